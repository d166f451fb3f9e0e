"""Images as sectors, their directories, and how they differ; what is expected is told by the library `d64`."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from d64 import DiskImage

from soulrig.buildtools.disk_image import make_d64
from soulrig.errors import BadInput
from soulrig.flash.directory import directory_of, directory_of_file
from soulrig.flash.image import Difference, Image, Sector, check_floppy, differences, sectors_on


def image_of(**programs: int) -> Image:
    contents = {name: random.Random(name).randbytes(size) for name, size in programs.items()}
    return Image("test.d64", make_d64("my disk", "id", contents))


@pytest.mark.parametrize(("size", "tracks"), [(174_848, 35), (175_531, 35), (196_608, 40), (197_376, 40)])
def test_the_four_kinds_of_file(size: int, tracks: int, tmp_path: Path) -> None:
    path = tmp_path / "some.d64"
    path.write_bytes(bytes(size))
    image = Image.load(path)
    assert (image.tracks, image.file, image.errors) == (tracks, bytes(size), {})
    path.write_bytes(bytes(size + 1))
    with pytest.raises(BadInput, match=f"is no D64 image: it has {size + 1} bytes"):
        Image.load(path)


def test_sectors_lie_where_the_library_finds_them(tmp_path: Path) -> None:
    path = tmp_path / "some.d64"
    path.write_bytes(random.Random(1).randbytes(174_848))
    image = Image.load(path)
    with DiskImage(path) as library:
        library.open("rb")
        for sector in image.sectors:
            offset = library.block_start(*sector)
            assert image.sector(sector) == path.read_bytes()[offset : offset + 256]
        assert [sectors_on(track) for track in range(1, 36)] == [library.max_sectors(track) for track in range(1, 36)]


def test_used_sectors_are_those_that_the_library_says_are_allocated(tmp_path: Path) -> None:
    image = image_of(one=30_000, two=700)
    path = tmp_path / "some.d64"
    path.write_bytes(image.file)
    with DiskImage(path) as library:
        allocated = [sector for sector in image.sectors if library.bam.is_allocated(*sector)]
    assert image.used_sectors() == allocated
    assert Sector(18, 0) in allocated


def test_all_are_used_where_the_map_counts_wrong() -> None:
    content = bytearray(image_of(one=30_000).content)
    content[0x16500 + 4 * 30] -= 1  # the free sectors of track 30
    image = Image("test.d64", bytes(content))
    assert image.used_sectors() == image.sectors


def test_a_map_of_nothing_free_says_that_all_are_used() -> None:
    assert len(Image("test.d64", bytes(174_848)).used_sectors()) == 683


def test_a_directory_as_it_is_listed() -> None:
    directory = directory_of(image_of(first=1000, second=254 * 150))
    assert directory.rows() == [
        '0 "my disk         " id 2a',
        '4    "first"            PRG',
        '150  "second"           PRG',
        "510 blocks free.",
    ]
    assert directory.holds_files
    assert not directory_of(image_of()).holds_files


def test_a_long_directory_of_several_sectors() -> None:
    directory = directory_of(image_of(**{f"file {number}": 10 for number in range(100)}))
    assert len(directory.files) == 100
    assert directory.files[99] == '1    "file 99"          PRG'


@pytest.mark.parametrize(
    ("link", "words"), [((18, 1), "goes on at 18/1"), ((36, 0), "goes on at 36/0"), ((18, 19), "goes on at 18/19")]
)
def test_a_directory_that_leads_astray(link: tuple[int, int], words: str) -> None:
    """In a circle, off the disk: what was found is shown, and it counts as holding something."""
    content = bytearray(image_of(first=10).content)
    content[0x16600:0x16602] = bytes(link)
    directory = directory_of(Image("test.d64", bytes(content)))
    assert directory.files == ('1    "first"            PRG',)
    assert words in str(directory.damage)
    assert directory.holds_files


def test_a_file_that_is_no_image_holds_something() -> None:
    directory = directory_of_file("letter.txt", b"dear all")
    assert directory.holds_files
    assert "is no D64 image" in directory.rows()[1]


def test_where_two_images_differ() -> None:
    image = image_of(one=5000)
    content = bytearray(image.content)
    content[0x16500 + 7] ^= 0xFF
    content[256 * 22] ^= 0x01
    other = Image("other.d64", bytes(content)).with_errors({Sector(35, 16): 23})
    found = differences(image, other, image.sectors)
    assert [difference.sector for difference in found] == [Sector(2, 1), Sector(18, 0), Sector(35, 16)]
    assert str(found[1]).startswith("18/0: 1 bytes differ, the first at $07: $")
    assert str(found[2]) == "35/16: can't be read (error 23)"
    assert differences(image, other, [Sector(1, 0)]) == []
    assert str(Difference(None, "no file")) == "no file"


def test_what_a_drive_does_not_take() -> None:
    check_floppy(Image("good.d64", bytes(174_848), b"\x01" * 683))
    with pytest.raises(BadInput, match="40 tracks"):
        check_floppy(Image("long.d64", bytes(196_608)))
    with pytest.raises(BadInput, match=r"1 of its sectors are marked as errors \(17/20\)"):
        check_floppy(image_of().with_errors({Sector(17, 20): 5}))
