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
from soulrig.vice_driver.process import Emulator, RomFiles, Standard, ViceOptions
from soulrig.vice_driver.vice import Vice

pytestmark = [
    pytest.mark.vice,
    pytest.mark.cc65,
    pytest.mark.skipif("SOULRIG_ROMS" not in os.environ, reason="SOULRIG_ROMS names no folder with a 1541's DOS"),
]

SECOND = 1_000_000  # cycles, about
START = 0x0801
LONG = bytes.fromhex("0108") + bytes((7 * n ^ n >> 8) & 0xFF for n in range(30_000))  # 119 blocks
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
        """Type a line on a cleared screen; the rows below it up to READY."""
        self.type("\x93" + text + "\r")
        self.vice.run_until(lambda: self.rows()[0] == text and "READY." in self.rows(), seconds * SECOND, text, 0.05)
        rows = self.rows()
        return rows[1 : rows.index("READY.")]


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
        assert drive.run('LOAD"LONG",8,1', 120) == ["", "SEARCHING FOR LONG", "LOADING"]
        assert vice.read(START, len(LONG) - 2) == LONG[2:]
        assert int.from_bytes(vice.read(0xAE, 2), "little") == START + len(LONG) - 2
        assert vice.read(0x90, 1) == b"\x40"
