"""The agent's disk part against drives of VICE's: what it reads, writes and tells, without a line between."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from monitor_agent import Drive, MonitorAgent, disk_at, genuine, ours_and_true_drive, virtual
from raw_disk import unformatted

from soulrig.buildtools.disk_image import make_d64, read_disk
from soulrig.buildtools.disk_part import make_disk_part
from soulrig.buildtools.link_protocol import Driver
from soulrig.buildtools.riglink import LINES, assemble_riglink
from soulrig.link.disk import Disk
from soulrig.link.dos import BusFault, DriveFault, Entry

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

KINDS = [
    pytest.param(virtual, id="virtual"),
    pytest.param(genuine, id="genuine", marks=pytest.mark.roms),
    pytest.param(ours_and_true_drive, id="ours-true", marks=pytest.mark.roms),
]
IMAGE = make_d64("a disk", "xy", {"first": b"\x01\x08one", "second": bytes(range(256)) * 30})
DIRECTORY = (17 * 21) * 256  # of sector 18/0 in an image
PATTERN = bytes((7 * place + 3) & 0xFF for place in range(256))
ERRORS = {20: 2, 22: 4, 23: 5}  # the drive's number: an image's code for a sector that has it
SECTORS = 683
CALL_CYCLES = 450  # of a call of none, two badlines included
CYCLES_A_BYTE = 121  # of the CRC, the video chip's share included


@pytest.fixture(scope="module", params=KINDS)
def drive(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Disk, MonitorAgent]]:
    folder = tmp_path_factory.mktemp("drive")
    image = folder / "disk.d64"
    image.write_bytes(IMAGE)
    with disk_at(request.param(folder, image)) as opened:
        yield opened


@pytest.fixture
def disk(drive: tuple[Disk, MonitorAgent]) -> Disk:
    return drive[0]


def written_image(agent: MonitorAgent) -> Path:
    """What VICE has written to its copy of the image."""
    path = agent.vice.process.disk
    assert path is not None
    return path


def test_a_sector_is_read(disk: Disk) -> None:
    assert disk.read_sector(18, 0) == IMAGE[DIRECTORY : DIRECTORY + 256]
    assert disk.read_sector(35, 16) == IMAGE[-256:]


def test_a_sector_is_written_and_its_crc_is_that_of_zlib(drive: tuple[Disk, MonitorAgent]) -> None:
    disk, _ = drive
    disk.write_sector(1, 20, PATTERN)
    assert disk.crc_sector(1, 20) == zlib.crc32(PATTERN)
    disk.write_sector(1, 20, bytes(256))
    assert disk.crc_sector(1, 20) == zlib.crc32(bytes(256))
    assert disk.read_sector(1, 20) == bytes(256)


def test_the_directory(disk: Disk) -> None:
    listing = disk.directory()
    assert (listing.label, listing.identifier, listing.blocks_free) == (b"A DISK", b"XY 2A", 632)
    assert listing.entries == (Entry(1, b"FIRST", "PRG"), Entry(31, b"SECOND", "PRG"))


def test_a_sector_that_there_is_not(disk: Disk) -> None:
    with pytest.raises(DriveFault, match=r"drive 8, track 36 sector 0 to be read: (66|74),"):
        disk.read_sector(36, 0)
    assert disk.status().number == 0
    assert disk.read_sector(1, 0) == IMAGE[:256]


def test_its_status_is_told_once(drive: tuple[Disk, MonitorAgent]) -> None:
    disk, agent = drive
    for text in (b"X", b"U1:9 0 1 1"):  # an unknown command, which a virtual drive takes; no such channel
        agent.poke(disk._at("line"), text)
        assert agent.call(disk._at("say_line"), x=0x6F, y=len(text), seconds=5) == 0
    assert disk.status().number == 70
    assert disk.status().number == 0


@pytest.mark.parametrize(
    ("address", "length"), [(0xE000, 0x2000), (0x0801, 1), (0x08FF, 2), (0x0900, 255), (0x1000, 256), (0xE100, 257)]
)
def test_the_crc_of_memory(drive: tuple[Disk, MonitorAgent], address: int, length: int) -> None:
    disk, agent = drive
    agent.poke(0x0801, bytes(range(1, 256)) * 10)
    assert disk.crc_memory(address, length) == zlib.crc32(agent.peek(address, length))
    assert agent.cycles <= CALL_CYCLES + CYCLES_A_BYTE * length


@pytest.mark.parametrize("driver", LINES)
def test_the_agent_leaves_it_its_memory(driver: Driver) -> None:
    resident = max(segment.end for segment in assemble_riglink(driver).segments)
    part = make_disk_part()
    assert resident < part.start
    assert part.start + len(part.code) <= part.symbols["device"] < part.symbols["buffer"]
    assert part.symbols["buffer"] + 256 == 0xD000


@pytest.mark.parametrize("device", [9, 30])
@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_drive_beside_a_present_one(kind: Drive, device: int, tmp_path: Path) -> None:
    image = tmp_path / "disk.d64"
    image.write_bytes(IMAGE)
    with disk_at(kind(tmp_path, image), device) as (disk, _):
        for ask in (disk.status, disk.directory, lambda: disk.command("I0"), lambda: disk.read_sector(1, 0)):
            with pytest.raises(BusFault, match=f"drive {device}, .*not there"):
                ask()


def test_no_drive_at_all(tmp_path: Path) -> None:
    with disk_at(virtual(tmp_path, None)) as (disk, _):
        for ask in (disk.status, disk.directory, lambda: disk.write_sector(1, 0, PATTERN)):
            with pytest.raises(BusFault, match="is it switched on"):
                ask()


@pytest.mark.parametrize("kind", KINDS)
def test_a_protected_disk_is_not_written_to(kind: Drive, tmp_path: Path) -> None:
    image = tmp_path / "disk.d64"
    image.write_bytes(IMAGE)
    with disk_at(kind(tmp_path, image, "-attach8ro")) as (disk, agent):
        with pytest.raises(DriveFault, match=r"26,WRITE PROTECT ON,01,01; .*notch") as caught:
            disk.write_sector(1, 1, PATTERN)
        assert caught.value.status.number == 26
        assert disk.crc_sector(1, 1) == zlib.crc32(bytes(256))
        assert written_image(agent).read_bytes() == IMAGE


@pytest.mark.parametrize("kind", KINDS[:2])
def test_a_damaged_sector_is_told(kind: Drive, tmp_path: Path) -> None:
    image = tmp_path / "disk.d64"
    image.write_bytes(IMAGE + bytes([*ERRORS.values(), *[1] * (SECTORS - len(ERRORS))]))
    with disk_at(kind(tmp_path, image)) as (disk, _):
        for sector, number in enumerate(ERRORS):
            with pytest.raises(DriveFault, match=f"{number},READ ERROR,01,{sector:02}; .*damaged"):
                disk.crc_sector(1, sector)
        assert disk.crc_sector(1, 5) == zlib.crc32(IMAGE[5 * 256 : 6 * 256])


@pytest.mark.parametrize("kind", KINDS)
def test_a_disk_is_formatted(kind: Drive, tmp_path: Path) -> None:
    image = tmp_path / "disk.d64"
    image.write_bytes(IMAGE)
    with disk_at(kind(tmp_path, image)) as (disk, agent):
        disk.format("My disk", "ab")
        listing = disk.directory()
        assert (listing.label, listing.identifier, listing.entries) == (b"MY DISK", b"AB 2A", ())
        disk.write_sector(17, 3, PATTERN)
        assert disk.crc_sector(17, 3) == zlib.crc32(PATTERN)
        if kind is virtual:  # a 1541 writes when it likes
            assert read_disk(written_image(agent)).label == b"MY DISK"
            assert written_image(agent).read_bytes()[(16 * 21 + 3) * 256 :][:256] == PATTERN


@pytest.mark.roms
def test_a_disk_that_was_never_formatted(tmp_path: Path) -> None:
    image = tmp_path / "raw.g64"
    image.write_bytes(unformatted())
    with disk_at(genuine(tmp_path, image)) as (disk, _):
        with pytest.raises(DriveFault, match="21,READ ERROR,18,00; there is no formatted disk"):
            disk.command("I0")
        disk.format("new", "nn")
        assert disk.directory().blocks_free == 664
        disk.write_sector(1, 1, PATTERN)
        assert disk.crc_sector(1, 1) == zlib.crc32(PATTERN)
