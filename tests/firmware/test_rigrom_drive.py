"""The rig ROM and a 1541 that is emulated itself: the serial bus bit by bit.

The drive's DOS ROM is not ours: it is looked for in the folder that SOULRIG_ROMS names.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from soulrig.buildtools.disk_image import make_d64
from soulrig.buildtools.rom import build_roms
from soulrig.machines.roms import find_roms
from soulrig.vice_driver.options import Emulator, RomFiles, Standard, ViceOptions
from soulrig.vice_driver.vice import Vice

pytestmark = [
    pytest.mark.vice,
    pytest.mark.cc65,
    pytest.mark.roms,
]

SECOND = 1_000_000  # cycles, about
START = 0x0801
LONG = bytes.fromhex("0108") + bytes((7 * n ^ n >> 8) & 0xFF for n in range(30_000))  # 119 blocks
CIA1_PORT_B, CIA1_DDRB = 0xDC01, 0xDC03
SHORT = bytes.fromhex("00C0") + bytes(range(1, 255))
FILES = {"long": LONG, "short": SHORT, "one": bytes.fromhex("00C0 5A")}


class Drive:
    """A C64 at READY. with a true drive; what is typed and what stands on the screen."""

    def __init__(self, vice: Vice) -> None:
        self.vice = vice

    def rows(self) -> list[str]:
        codes = self.vice.read(0x0400, 1000)
        text = "".join(chr(code + 64 if code < 32 else code) if code < 64 else "~" for code in codes)
        return [text[start : start + 40].rstrip() for start in range(0, 1000, 40)]

    def type(self, text: str) -> None:
        self.vice.type(text.encode("latin-1"))

    def wait(self, text: str, seconds: int) -> list[str]:
        self.vice.run_until(lambda: text in self.rows(), seconds * SECOND, f"{text} in {self.rows()}", 0.05)
        return self.rows()

    def run(self, text: str, seconds: int = 20) -> list[str]:
        """Type a line on a cleared screen; the rows below it up to READY., without the blank ones."""
        self.type("\x93" + text + "\r")
        self.vice.run_until(lambda: self.rows()[0] == text and "READY." in self.rows(), seconds * SECOND, text, 0.05)
        rows = self.rows()
        return [row for row in rows[1 : rows.index("READY.")] if row]


def options(folder: Path, emulator: Emulator = "x64", standard: Standard = "pal") -> ViceOptions:
    dos = find_roms(Path(os.environ["SOULRIG_ROMS"])).dos1541
    if dos is None:
        pytest.skip("SOULRIG_ROMS holds no dos1541")
    disk = folder / "disk.d64"
    disk.write_bytes(make_d64("true drive", "41", FILES))
    roms = RomFiles(*build_roms(folder).paths, dos)
    return ViceOptions(emulator=emulator, standard=standard, roms=roms, disk=disk, true_drive=True)


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drive]:
    with Vice(options(tmp_path_factory.mktemp("drive"))) as vice:
        drive = Drive(vice)
        drive.wait("READY.", 10)
        yield drive


@pytest.mark.parametrize(("emulator", "standard"), list(product(("x64", "x64sc"), ("pal", "ntsc"))))
def test_a_program_of_119_blocks_is_loaded_byte_by_byte(tmp_path: Path, emulator: Emulator, standard: Standard) -> None:
    with Vice(options(tmp_path, emulator, standard)) as vice:
        drive = Drive(vice)
        drive.wait("READY.", 10)
        assert drive.run('LOAD"LONG",8,1', 120) == ["SEARCHING FOR LONG", "LOADING"]
        assert vice.read(START, len(LONG) - 2) == LONG[2:]
        assert int.from_bytes(vice.read(0xAE, 2), "little") == START + len(LONG) - 2
        assert vice.read(0x90, 1) == b"\x40"


def test_a_program_is_saved_and_verified(drive: Drive) -> None:
    drive.run("NEW")
    for line in ("10 PRINTCHR$(65)", "20 REM " + "SAVED " * 10):
        drive.type(line + "\r")
    assert drive.run('SAVE"KEPT",8') == ["SAVING KEPT"]
    assert drive.run('VERIFY"KEPT",8') == ["SEARCHING FOR KEPT", "VERIFYING", "OK"]
    drive.vice.write(START + 10, b"X")
    assert drive.run('VERIFY"KEPT",8')[-1] == "?VERIFY  ERROR"
    drive.run("NEW")
    drive.run('LOAD"KEPT",8')
    assert drive.run("RUN") == ["A"]


def test_the_directory(drive: Drive) -> None:
    drive.run('LOAD"$",8')
    listing = drive.run("LIST")
    assert [row.split('"')[1] for row in listing if '"' in row][:3] == ["LONG", "SHORT", "ONE"]
    assert listing[1].split()[0] == "119"


def test_the_drive_tells_its_status(drive: Drive) -> None:
    assert drive.run('LOAD"NONE",8')[-1] == "?FILE NOT FOUND  ERROR"
    assert status(drive) == "62, FILE NOT FOUND,00,00"
    assert status(drive) == "00, OK,00,00"


def status(drive: Drive) -> str:
    """The DOS status, read by a program."""
    drive.run("NEW")
    for line in ("1 OPEN1,8,15", "2 GET#1,A$:PRINTA$;:IFST=0THEN2", "3 CLOSE1"):
        drive.type(line + "\r")
    return drive.run("RUN")[0]


def test_a_command_is_sent(drive: Drive) -> None:
    assert drive.run('OPEN1,8,15,"S:ONE":CLOSE1') == []
    assert drive.run('LOAD"ONE",8')[-1] == "?FILE NOT FOUND  ERROR"


def test_a_file_is_written_and_read_byte_by_byte(drive: Drive) -> None:
    drive.run("NEW")
    for line in (
        '1 OPEN2,8,2,"TEXT,S,W":FORI=1TO20:PRINT#2,"LINE"I:NEXT:CLOSE2',
        '2 OPEN2,8,2,"TEXT,S,R"',
        "3 INPUT#2,A$:B$=A$:IFST=0THEN3",
        "4 CLOSE2:PRINTB$;ST",
    ):
        drive.type(line + "\r")
    assert drive.run("RUN", 60) == ["LINE 20  64"]


@pytest.mark.parametrize("device", [9, 10, 15, 16, 24, 30])
def test_a_missing_device_beside_a_present_one(drive: Drive, device: int) -> None:
    assert drive.run(f'LOAD"LONG",{device}')[-1] == "?DEVICE NOT PRESENT  ERROR"
    assert drive.run(f'SAVE"LONG",{device}')[-1] == "?DEVICE NOT PRESENT  ERROR"
    assert drive.run('VERIFY"SHORT",8,1')[-1] in ("OK", "?VERIFY  ERROR")


@pytest.fixture
def own_drive(tmp_path: Path) -> Iterator[Drive]:
    """A C64 of its own, for what can't be undone."""
    with Vice(options(tmp_path)) as vice:
        drive = Drive(vice)
        drive.wait("READY.", 10)
        yield drive


def start_loading(drive: Drive) -> None:
    """Until some blocks of a long program have come."""
    drive.type('\x93LOAD"LONG",8,1\r')
    drive.vice.run_until(lambda: 0x10 <= drive.vice.read(0xAF, 1)[0] < 0x70, 30 * SECOND, "some blocks", 0.02)


def wait_for_ready(drive: Drive, seconds: int) -> list[str]:
    drive.vice.run_until(lambda: "READY." in drive.rows(), seconds * SECOND, "READY.", 0.05)
    return drive.rows()


def test_a_drive_switched_off_while_it_sends_is_an_error(own_drive: Drive) -> None:
    start_loading(own_drive)
    with own_drive.vice.stopped() as monitor:
        monitor.set_resource("Drive8Type", 0)
    assert "?LOAD  ERROR" in wait_for_ready(own_drive, 5)
    assert own_drive.run('LOAD"LONG",8')[-1] == "?DEVICE NOT PRESENT  ERROR"


def test_a_drive_switched_off_while_it_listens_is_an_error(own_drive: Drive) -> None:
    own_drive.run("NEW")
    own_drive.type('1 OPEN1,8,2,"OUT,S,W"\r2 PRINT#1,"LINE";:PRINTST:IFST=0THEN2\r\x93RUN\r')
    own_drive.vice.run_until(lambda: own_drive.rows()[10] == " 0", 30 * SECOND, "some lines", 0.02)
    with own_drive.vice.stopped() as monitor:
        monitor.set_resource("Drive8Type", 0)
    rows = wait_for_ready(own_drive, 5)
    told = [row for row in rows[: rows.index("READY.")] if row][-1]
    # between two bytes nobody is there (128), within one nobody takes it (3); or PRINT# itself finds out
    assert told == "?DEVICE NOT PRESENT  ERROR IN 2" or int(told) & 0x83, rows


def test_the_stop_key_ends_a_load(own_drive: Drive) -> None:
    start_loading(own_drive)
    own_drive.vice.write(CIA1_PORT_B, b"\x7f", bank="io")  # pulls the row of RUN/STOP, as the key does
    own_drive.vice.write(CIA1_DDRB, b"\x80", bank="io")
    rows = wait_for_ready(own_drive, 5)
    own_drive.vice.write(CIA1_DDRB, b"\x00", bank="io")
    assert any("BREAK" in row for row in rows)
    assert own_drive.run('LOAD"SHORT",8,1') == ["SEARCHING FOR SHORT", "LOADING"]
    assert own_drive.vice.read(0xC000, len(SHORT) - 2) == SHORT[2:]


def test_no_drive_at_all(own_drive: Drive) -> None:
    with own_drive.vice.stopped() as monitor:
        monitor.set_resource("Drive8Type", 0)
    for line in ('LOAD"LONG",8', 'SAVE"LONG",8', 'VERIFY"LONG",30', 'OPEN1,8,15,"I"', "OPEN2,8,15:PRINT#2"):
        assert own_drive.run(line)[-1] == "?DEVICE NOT PRESENT  ERROR", line
