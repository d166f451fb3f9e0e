"""A floppy image written to a drive of a C64's, sector by sector, by the agent's disk part: whole, cut, and refused."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zlib import crc32

import pytest
from monitor_agent import Drive, MonitorAgent, genuine, switched_on, virtual
from raw_disk import unformatted

from soulrig.buildtools.disk_image import make_d64
from soulrig.errors import BadInput, Fault
from soulrig.flash.cable import CableDrive
from soulrig.flash.flashing import Flashed, Listener, Wishes, flash
from soulrig.flash.image import Image, Sector

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

KINDS = [pytest.param(virtual, id="virtual"), pytest.param(genuine, id="genuine", marks=pytest.mark.roms)]
FILES = {"soul": b"\x01\x08" + bytes((place * place >> 3) & 0xFF for place in range(5000)), "b": b"\x00\xc0\x60"}
IMAGE = Image("new.d64", make_d64("new", "nw", FILES))
OLD = make_d64("old disk", "od", {"precious": bytes(2000)})
USED = len(IMAGE.used_sectors())
SECTORS = 683
PLAIN, OVERWRITE = Wishes(), Wishes(force=True)
UNREADABLE = 4  # of an image's error information: no data block
TITLE = 17 * 21 * 256 + 0x90
MARK = 1  # sectors written to mark a disk as unfinished


class CutError(Fault):
    """The line is cut."""


class Line:
    """The agent behind a line that can be cut: after `left` sectors written it brings nothing more."""

    def __init__(self, agent: MonitorAgent) -> None:
        self.agent = agent
        self.left = SECTORS
        self.written = 0
        self.opened = 0

    @contextmanager
    def open(self) -> Iterator[Line]:
        self.opened += 1
        yield self

    def peek(self, address: int, length: int) -> bytes:
        return self.agent.peek(address, length)

    def poke(self, address: int, data: bytes) -> None:
        if len(data) == 256:
            if not self.left:
                raise CutError("the line brings nothing")
            self.left -= 1
            self.written += 1
        self.agent.poke(address, data)

    def call(self, address: int, a: int = 0, x: int = 0, y: int = 0, *, seconds: float) -> int:
        return self.agent.call(address, a, x, y, seconds=seconds)


class Station:
    """A C64 with a drive; `notes` and `steps` are what was told while flashing."""

    def __init__(self, agent: MonitorAgent) -> None:
        self.line = Line(agent)
        self.notes: list[str] = []
        self.steps: list[tuple[str, int, int]] = []
        self.image = agent.vice.process.disk

    def flash(self, image: Image = IMAGE, wishes: Wishes = PLAIN, drive: int = 8) -> Flashed:
        target = CableDrive(self.line.open, "the test's line", drive)
        told = Listener(lambda *step: self.steps.append(step), self.notes.append)
        self.line.written = 0
        return flash(target, image, wishes, told)

    def content(self) -> bytes:
        """The image as VICE has written it: a virtual drive does so at once."""
        assert self.image is not None
        return self.image.read_bytes()


@contextmanager
def station(kind: Drive, folder: Path, disk: bytes | None = OLD, *options: str) -> Iterator[Station]:
    image = None
    if disk is not None:
        image = folder / ("disk.g64" if disk.startswith(b"GCR") else "disk.d64")
        image.write_bytes(disk)
    with switched_on(kind(folder, image, *options)) as agent:
        yield Station(agent)


def used_by(image: Image, content: bytes) -> list[bytes]:
    found = Image("found", content)
    return [found.sector(sector) for sector in image.used_sectors()]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_is_there(kind: Drive, tmp_path: Path) -> None:
    with station(kind, tmp_path) as c64:
        flashed = c64.flash(wishes=OVERWRITE)
        assert (flashed.sectors, flashed.attempts, flashed.differences) == (USED, 1, [])
        assert flashed.directory is not None
        assert any("precious" in row for row in flashed.directory.files)
        assert ("writing", USED, USED) in c64.steps
        assert ("comparing", USED, USED) in c64.steps
        again = c64.flash(wishes=OVERWRITE)
        assert (again.differences, c64.line.written) == ([], 0), "nothing is written that is right"
        verified = c64.flash(wishes=Wishes(verify_only=True))
        assert (verified.attempts, verified.differences) == (0, [])
        if kind is virtual:
            assert used_by(IMAGE, c64.content()) == used_by(IMAGE, IMAGE.content)
            read_by_c1541(c64.content(), tmp_path)


def read_by_c1541(content: bytes, folder: Path) -> None:
    """The files, read by VICE's own tool for images."""
    tool = shutil.which("c1541")
    assert tool is not None, "c1541 comes with VICE"
    image = folder / "found.d64"
    image.write_bytes(content)
    for name, wanted in FILES.items():
        found = folder / f"{name}.prg"
        subprocess.run([tool, "-attach", str(image), "-read", name, str(found)], check=True, capture_output=True)
        assert found.read_bytes() == wanted
    check = subprocess.run([tool, "-attach", str(image), "-validate"], check=True, capture_output=True, text=True)
    assert "ERR" not in check.stdout


def test_all_sectors_make_the_same_image(tmp_path: Path) -> None:
    with station(virtual, tmp_path) as c64:
        whole = Image("all.d64", bytearray(IMAGE.content).replace(bytes(256), bytes(range(256)), 3))
        flashed = c64.flash(whole, Wishes(force=True, everything=True))
        assert (flashed.sectors, flashed.differences) == (SECTORS, [])
        assert c64.content() == whole.content


@pytest.mark.parametrize("sectors", [0, 1, 2, USED // 2, USED])
def test_one_that_was_cut_goes_on(sectors: int, tmp_path: Path) -> None:
    with station(virtual, tmp_path) as c64:
        c64.line.left = sectors
        with pytest.raises(Fault, match=rf"brings nothing \(\d+ of {USED} sectors were right by then\)"):
            c64.flash(wishes=OVERWRITE)
        assert c64.line.written == sectors
        if sectors:
            assert c64.content()[TITLE:].startswith(b"UNFINISHED"), "nobody takes it for either disk"
            assert "half written" in c64.notes[-1]
            assert "goes on where it stopped" in c64.notes[-1]
        else:
            assert c64.content() == OLD
        c64.line.left = SECTORS
        assert c64.flash(wishes=PLAIN if sectors else OVERWRITE).differences == []
        assert used_by(IMAGE, c64.content()) == used_by(IMAGE, IMAGE.content)
        assert c64.line.written <= USED + MARK - max(0, sectors - MARK)


@pytest.mark.parametrize("sectors", [0, USED - 1])
def test_the_line_is_cut_behind_the_formatting(sectors: int, tmp_path: Path) -> None:
    with station(virtual, tmp_path) as c64:
        c64.line.left = sectors
        with pytest.raises(Fault, match="brings nothing"):
            c64.flash(wishes=Wishes(format=True, force=True))
        assert c64.content()[TITLE:].startswith(b"UNFINISHED")
        c64.line.left = SECTORS
        assert c64.flash(wishes=PLAIN).differences == []
        assert c64.line.written <= USED + MARK - sectors
        assert used_by(IMAGE, c64.content()) == used_by(IMAGE, IMAGE.content)


def test_a_sector_that_differs_is_named(tmp_path: Path) -> None:
    changed = bytearray(IMAGE.content)
    first, *_ = IMAGE.used_sectors()
    place = IMAGE.content.index(IMAGE.sector(first))
    changed[place + 100] ^= 1
    with station(virtual, tmp_path, bytes(changed)) as c64:
        (found,) = c64.flash(wishes=Wishes(verify_only=True)).differences
        assert found.sector == first
        assert f"CRC-32 is {crc32(changed[place : place + 256]):08X}" in found.what
        assert f"where {crc32(IMAGE.sector(first)):08X} was expected" in found.what
        assert c64.content() == bytes(changed)


def test_a_disk_that_holds_files_is_not_touched(tmp_path: Path) -> None:
    with station(virtual, tmp_path) as c64:
        with pytest.raises(BadInput, match=r"(?s)precious.*--force"):
            c64.flash()
        assert c64.content() == OLD


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_there_is_saved(kind: Drive, tmp_path: Path) -> None:
    marked = bytearray([1] * SECTORS)
    marked[0] = UNREADABLE
    with station(kind, tmp_path, OLD + bytes(marked)) as c64:
        image = Image("old.d64", OLD)
        target = CableDrive(c64.line.open, "the test's line", 8)
        with target:
            found = target.read(lambda done, total: None)
    assert found.errors == {Sector(1, 0): UNREADABLE}
    assert found.content[256:] == image.content[256:]


@pytest.mark.parametrize("kind", KINDS)
def test_a_protected_disk(kind: Drive, tmp_path: Path) -> None:
    with station(kind, tmp_path, OLD, "-attach8ro") as c64:
        with pytest.raises(Fault, match=r"26,WRITE PROTECT ON,18,00; .*notch.* \(0 of \d+ sectors were right"):
            c64.flash(wishes=OVERWRITE)
        assert not any("half written" in note for note in c64.notes)
        if kind is virtual:
            assert c64.content() == OLD


def test_a_missing_drive(tmp_path: Path) -> None:
    with station(virtual, tmp_path) as c64, pytest.raises(Fault, match=r"drive 9, .* not there"):
        c64.flash(drive=9)


def test_a_drive_that_fails_midway(tmp_path: Path) -> None:
    with station(virtual, tmp_path) as c64:

        def switched_off(what: str, done: int, total: int) -> None:
            if (what, done) == ("writing", 10):
                with c64.line.agent.vice.stopped() as monitor:
                    monitor.set_resource("Drive8Type", 0)
                    monitor.set_resource("VirtualDevice8", 0)

        target = CableDrive(c64.line.open, "the test's line", 8)
        notes: list[str] = []
        with pytest.raises(Fault, match=rf"not there.* \(10 of {USED} sectors were right by then\)"):
            flash(target, IMAGE, OVERWRITE, Listener(switched_off, notes.append))
        assert "half written" in notes[-1]


@pytest.mark.parametrize("kind", KINDS)
def test_a_sector_that_can_not_be_read(kind: Drive, tmp_path: Path) -> None:
    """A virtual drive mends it by writing, a true one can't find its head."""
    marked = bytearray([1] * SECTORS)
    marked[17 * 21 - 21] = 2  # track 17 sector 0: no header
    with station(kind, tmp_path, OLD + bytes(marked)) as c64:
        if kind is virtual:
            assert c64.flash(wishes=OVERWRITE).differences == []
        else:
            with pytest.raises(Fault, match=r"track 17 sector 0 to be written: 20,READ ERROR,17,00; .*damaged there"):
                c64.flash(wishes=OVERWRITE)
            assert "half written" in c64.notes[-1]


@pytest.mark.roms
def test_a_disk_that_was_never_formatted(tmp_path: Path) -> None:
    with station(genuine, tmp_path, unformatted()) as c64:
        with pytest.raises(BadInput, match="not formatted; --format does it first"):
            c64.flash()
        flashed = c64.flash(wishes=Wishes(format=True))
        assert (flashed.differences, c64.line.written) == ([], USED)


@pytest.mark.roms
def test_no_disk(tmp_path: Path) -> None:
    formatted_in_vain = pytest.raises(Fault, match=r"could not be formatted \(21,.*is one in the drive")
    with station(genuine, tmp_path, None) as c64, formatted_in_vain:
        c64.flash(wishes=Wishes(format=True))
