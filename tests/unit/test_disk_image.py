"""D64 images, read back by a naive reader of the format and by VICE's c1541."""

import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from soulrig.buildtools.disk_image import check_image, make_d64, read_d64
from soulrig.errors import BadInput

SECTORS = [21] * 17 + [19] * 7 + [18] * 6 + [17] * 5


def sector(image: bytes, track: int, number: int) -> bytes:
    start = 256 * (sum(SECTORS[: track - 1]) + number)
    return image[start : start + 256]


def directory(image: bytes) -> list[tuple[int, bytes, int, int]]:
    """(type, name, first track, first sector) of the first directory sector's entries."""
    block = sector(image, 18, 1)
    entries = [block[start : start + 32] for start in range(0, 256, 32)]
    return [(entry[2], entry[5:21].rstrip(b"\xa0"), entry[3], entry[4]) for entry in entries if entry[2]]


def content(image: bytes, track: int, number: int) -> tuple[bytes, list[tuple[int, int]]]:
    data, chain = b"", []
    while track:
        chain.append((track, number))
        block = sector(image, track, number)
        data += block[2:] if block[0] else block[2 : block[1] + 1]
        track, number = block[0], block[1]
    return data, chain


@pytest.mark.parametrize("size", [174_848, 175_531, 196_608, 197_376, 349_696, 351_062, 819_200, 822_400])
def test_images_are_known_by_their_size(size: int, tmp_path: Path) -> None:
    path = tmp_path / "disk.d64"
    path.write_bytes(bytes(size))
    check_image(path)
    path.write_bytes(bytes(size - 1))
    with pytest.raises(BadInput, match=f"no D64 image.*{size - 1} bytes"):
        check_image(path)
    path.write_bytes(b"GCR-1541" + bytes(1000))
    check_image(path)


def test_programs_lie_on_the_disk_in_their_order() -> None:
    first, second = bytes(range(256)) * 100, b"\x01\x08hello"
    image = make_d64("label", "id", {"first": first, "second": second})
    assert len(image) == 174_848
    assert sector(image, 18, 0)[0x90:0xA0] == b"LABEL".ljust(16, b"\xa0")
    entries = directory(image)
    assert [(kind, name) for kind, name, *_ in entries] == [(0x82, b"FIRST"), (0x82, b"SECOND")]
    assert content(image, *entries[0][2:])[0] == first
    assert content(image, *entries[1][2:])[0] == second


def test_sectors_of_a_track_are_ten_apart() -> None:
    image = make_d64("label", "id", {"first": bytes(254 * 2)})
    _, [(_, first), (_, second)] = content(image, *directory(image)[0][2:])
    assert second - first == 10


def test_they_are_ten_apart_where_the_track_begins_anew_too() -> None:
    image = make_d64("label", "id", {"first": bytes(254 * 100), "second": bytes(254 * 100)})
    for entry in directory(image):
        _, chain = content(image, *entry[2:])
        assert len(set(chain)) == 100
        inside = [(before, after) for before, after in pairwise(chain) if before[0] == after[0]]
        steps = [(after[1] - before[1]) % SECTORS[before[0] - 1] for before, after in inside]
        assert steps.count(10) > 0.9 * len(steps)


def test_the_same_programs_give_the_same_bytes() -> None:
    assert make_d64("a", "b1", {"x": b"123"}) == make_d64("a", "b1", {"x": b"123"})


def test_a_program_too_large_for_a_floppy_is_refused() -> None:
    with pytest.raises(BadInput, match="665 blocks, a floppy holds 664"):
        make_d64("label", "id", {"first": bytes(664 * 254 + 1)})


def test_reading_names_what_is_not_there(tmp_path: Path) -> None:
    image = tmp_path / "image.d64"
    image.write_bytes(make_d64("label", "id", {"first": b"123"}))
    assert read_d64(image, "first") == b"123"
    with pytest.raises(BadInput, match="no program 'second'"):
        read_d64(image, "second")
    image.write_bytes(b"no disk")
    with pytest.raises(BadInput, match="no D64 image"):
        read_d64(image, "first")
    with pytest.raises(BadInput, match="can't be read"):
        read_d64(tmp_path / "missing.d64", "first")


@pytest.mark.vice
def test_c1541_reads_the_image_and_finds_nothing_wrong(tmp_path: Path) -> None:
    data = bytes(range(251)) * 150
    image = tmp_path / "image.d64"
    image.write_bytes(make_d64("label", "id", {"first": data}))
    commands = ["-attach", str(image), "-validate", "-list", "-read", "first", str(tmp_path / "out.prg")]
    run = subprocess.run(["c1541", *commands], capture_output=True, text=True, check=True)
    assert '"first"' in run.stdout
    assert (tmp_path / "out.prg").read_bytes() == data
    before = make_d64("label", "id", {"first": data})
    assert image.read_bytes() == before, "validate changed nothing"
