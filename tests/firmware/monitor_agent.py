"""A C64 in VICE with the agent's disk part and no line: the emulator's monitor reads, writes and calls in its place."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from soulrig.buildtools.rom import build_roms
from soulrig.link.disk import Disk
from soulrig.machines.roms import find_roms
from soulrig.machines.vice import genuine_tree
from soulrig.vice_driver.options import Emulator, RomFiles, Standard, ViceOptions
from soulrig.vice_driver.vice import Vice

Drive = Callable[..., ViceOptions]
"""Makes the options for a folder, a disk in the drive or None, and further options of VICE's."""
STUB = 0x0334  # the tape buffer: JSR to the routine, and a jump in place
JSR, JMP = 0x20, 0x4C
PATIENCE = 60.0  # seconds, within which a drive formats a disk
STARTED = 4_000_000  # cycles, by when a genuine KERNAL has started too


class MonitorAgent:
    """Does what the agent on the C64 does; `cycles` is how long the latest call took."""

    def __init__(self, vice: Vice) -> None:
        self.vice = vice
        self.cycles = 0

    def peek(self, address: int, length: int) -> bytes:
        return self.vice.read(address, length, "cpu")

    def poke(self, address: int, data: bytes) -> None:
        self.vice.write(address, data)

    def call(self, address: int, a: int = 0, x: int = 0, y: int = 0, *, seconds: float) -> int:
        self.vice.stop()
        monitor = self.vice.monitor
        back = STUB + 3
        stub = bytes([JSR]) + address.to_bytes(2, "little") + bytes([JMP]) + back.to_bytes(2, "little")
        self.vice.write(STUB, stub)
        self.vice.set_registers({"A": a, "X": x, "Y": y, "PC": STUB})
        checkpoint = monitor.set_checkpoint(back)
        begun = self.vice.clock()
        monitor.resume()
        stopped = monitor.wait_for_stop(PATIENCE)
        monitor.delete_checkpoint(checkpoint.number)
        assert stopped is not None, f"${address:04X} does not return"
        self.cycles = self.vice.clock() - begun
        assert self.cycles <= seconds * self.vice.clock_hz
        return self.vice.registers()["A"]


def virtual(folder: Path, disk: Path | None, *options: str) -> ViceOptions:
    """Our ROMs, and a drive that VICE answers for; without a disk there is no drive."""
    return ViceOptions(roms=RomFiles(*build_roms(folder / "rigrom").paths), disk=disk, extra=options)


def genuine(folder: Path, disk: Path | None, *options: str) -> ViceOptions:
    """The given ROMs, and a 1541 that is emulated itself."""
    roms = find_roms(Path(os.environ["SOULRIG_ROMS"]))
    if roms.dos1541 is None:
        pytest.skip("SOULRIG_ROMS holds no dos1541")
    return ViceOptions(roms=genuine_tree(roms, folder), disk=disk, true_drive=True, extra=options)


def ours_and_true_drive(folder: Path, disk: Path | None, *options: str) -> ViceOptions:
    """Our ROMs, and the same 1541."""
    dos = find_roms(Path(os.environ["SOULRIG_ROMS"])).dos1541
    if dos is None:
        pytest.skip("SOULRIG_ROMS holds no dos1541")
    roms = build_roms(folder / "rigrom")
    return ViceOptions(roms=RomFiles(*roms.paths, dos), disk=disk, true_drive=True, extra=options)


@contextmanager
def switched_on(how: ViceOptions, emulator: Emulator = "x64", standard: Standard = "pal") -> Iterator[MonitorAgent]:
    """Such a C64, once it has started."""
    with Vice(replace(how, emulator=emulator, standard=standard)) as vice:
        vice.run_until(lambda: vice.clock() > STARTED, 2 * STARTED, "the KERNAL to have started")
        yield MonitorAgent(vice)


@contextmanager
def disk_at(how: ViceOptions, device: int = 8) -> Iterator[tuple[Disk, MonitorAgent]]:
    """Drive `device` of such a C64."""
    with switched_on(how) as agent:
        yield Disk(agent, device), agent
