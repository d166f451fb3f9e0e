"""A C64 in VICE that has loaded riglink by itself, with a cable and no monitor: all else comes through a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vice_line import HARDWARE, Cable

from soulrig.buildtools.line import BAUD, DRIVERS, Line
from soulrig.buildtools.riglink import make_disk
from soulrig.machines.roms import our_roms
from soulrig.vice_driver.options import Emulator, RomFiles, Standard, ViceOptions
from soulrig.vice_driver.process import ViceProcess
from soulrig.vice_driver.serial_line import SerialLine


@contextmanager
def cabled_c64(
    folder: Path, line: Line = "swiftlink", emulator: Emulator = "x64", standard: Standard = "pal", speed: int = 4
) -> Iterator[Cable]:
    """The cable's host end is free. The C64 runs `speed` times as fast as one, and VICE's serial hardware with it."""
    disk = folder / "riglink.d64"
    disk.write_bytes(make_disk())
    roms = our_roms(folder)
    with Cable() as cable:
        options = ViceOptions(
            emulator=emulator,
            standard=standard,
            roms=RomFiles(roms.kernal, roms.basic, roms.chargen),
            disk=disk,
            warp=False,
            monitor=False,
            serial=SerialLine(HARDWARE[DRIVERS[line]], cable.c64, BAUD[line]),
            keys=f'load"riglink {line}",8\rrun\r',
            extra=("-speed", str(100 * speed)),
        )
        with ViceProcess(options):
            yield cable
