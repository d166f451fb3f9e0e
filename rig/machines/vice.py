"""The machine `vice`: x64 or x64sc from the distribution, headless, through its binary monitor."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Literal, Self

from soulrig.capture.picture import Picture
from soulrig.channels.screen import text_rows
from soulrig.errors import Fault
from soulrig.machine import NTSC_HZ, PAL_HZ
from soulrig.machines.roms import RomSet, our_roms
from soulrig.vice_driver.errors import ViceError
from soulrig.vice_driver.monitor import Monitor
from soulrig.vice_driver.process import RomFiles, RomTree, ViceOptions, ViceProcess
from soulrig.vice_driver.snapshot import snapshot_clock

POLL_SECONDS = 0.004  # of wall time, between two looks at the machine
CLOCK_SECONDS = 0.25  # of wall time, between two readings of the emulated clock
FEED = 255  # keys that the monitor takes at once
# Where VICE looks for genuine ROMs by itself. It wants those there rather than by path (see RomFiles).
VICE_NAMES = {
    "kernal": "C64/kernal-901227-03.bin",
    "basic": "C64/basic-901226-01.bin",
    "chargen": "C64/chargen-901225-01.bin",
    "dos1541": "DRIVES/dos1541-325302-01+901229-05.bin",
}


class ViceMachine:
    """A C64 in VICE. It is switched on when a disk is inserted.

    Without `roms` it has our own, and VICE serves the drive; with a set that holds a 1541's ROM, the drive is emulated
    to the cycle. Offers Loader, Keys, Memory, Screen, Clock and Reset.
    """

    def __init__(
        self,
        emulator: Literal["x64", "x64sc"] = "x64",
        standard: Literal["pal", "ntsc"] = "pal",
        roms: RomSet | None = None,
    ) -> None:
        self._emulator = emulator
        self._standard = standard
        self._roms = roms
        self._stack = ExitStack()
        self._process: ViceProcess | None = None
        self.description: dict[str, Any] = {
            "kind": "vice",
            "emulator": emulator,
            "standard": standard,
            "hertz": self.hertz,
            "cycle_basis": "φ2 cycles with the screen on, those stolen by the video chip included",
        }

    @property
    def hertz(self) -> int:
        """φ2 cycles in a second."""
        return PAL_HZ if self._standard == "pal" else NTSC_HZ

    @property
    def pid(self) -> int:
        """The emulator's process id. Raises Fault where it is not switched on."""
        return self._running().pid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._process = None
        self._stack.close()

    def insert(self, disk: Path) -> None:
        """Switch the C64 on with a disk in drive 8; VICE works on a copy."""
        if self._process is not None:
            raise Fault("a disk can't be changed while VICE runs; insert it first")
        with self._faults():
            folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="soulrig-vice-")))
            roms = self._roms or our_roms(folder / "rigrom")
            # VICE serves a disk to a KERNAL it doesn't know only where that is given by path, and to one it knows
            # only where it is not.
            ours = RomFiles(roms.kernal, roms.basic, roms.chargen)
            options = ViceOptions(
                emulator=self._emulator,
                standard=self._standard,
                roms=_genuine_tree(roms, folder) if self._roms else ours,
                disk=disk,
                true_drive=roms.dos1541 is not None,
            )
            self._process = self._stack.enter_context(ViceProcess(options))
            self.description |= {
                "version": self._process.monitor.version(),
                "roms": roms.description(),
            }
            self._process.monitor.resume()

    def type(self, petscii: bytes) -> None:
        """Hand keys to VICE, which puts them into the keyboard buffer, ten at a time, whenever that is empty."""
        with self.stopped() as monitor:
            for start in range(0, len(petscii), FEED):
                monitor.feed_keys(petscii[start : start + FEED])

    def read(self, address: int, length: int) -> bytes:
        """`length` bytes of RAM from `address`."""
        with self.stopped() as monitor:
            return monitor.read(address, length, bank="ram")

    def write(self, address: int, data: bytes) -> None:
        """Write `data` into RAM from `address`."""
        with self.stopped() as monitor:
            monitor.write(address, data, bank="ram")

    def jump(self, address: int) -> None:
        """Go on at `address`, as after a JMP."""
        with self.stopped() as monitor:
            monitor.set_registers({"PC": address})

    def codes(self) -> bytes:
        """The 1000 screen codes at $0400."""
        return self.read(0x0400, 1000)

    def picture(self) -> Picture:
        """VICE's canvas."""
        with self.stopped() as monitor:
            display = monitor.display()
        return Picture(display.pixels, display.palette)

    def cycles(self) -> int:
        """φ2 cycles since power-up."""
        with self.stopped() as monitor:
            path = self._running().folder / "clock.vsf"
            monitor.dump(path)
            return snapshot_clock(path)

    def reset(self) -> None:
        """Press the reset button."""
        with self.stopped() as monitor:
            monitor.reset(hard=False)

    def wait(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        """Let the C64 run until `condition()`. Raises Fault after so many of its own seconds, or if it stands still."""
        last = self.cycles()
        limit = last + int(seconds * self.hertz)
        looked = time.monotonic()
        while not condition():
            time.sleep(POLL_SECONDS)
            if time.monotonic() - looked < CLOCK_SECONDS:
                continue
            now = self.cycles()
            if now > limit:
                raise Fault(f"waited {seconds:g} C64 seconds in vain for {what}\n{self._shown()}")
            if now == last:
                raise Fault(f"the emulator stands still while waiting for {what}")
            last, looked = now, time.monotonic()

    @contextmanager
    def stopped(self) -> Iterator[Monitor]:
        """VICE's monitor, with the C64 stopped for as long as it is used. Raises Fault for the driver's errors."""
        with self._faults():
            monitor = self._running().monitor
            yield monitor
            if monitor.jam_pc is not None:
                raise Fault(f"the 6510 jammed at ${monitor.jam_pc:04X}")
            monitor.resume()

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """The driver's errors as Fault."""
        try:
            yield
        except ViceError as error:
            raise Fault(str(error)) from error

    def _running(self) -> ViceProcess:
        if self._process is None:
            raise Fault("the machine vice is switched off; insert a disk first")
        return self._process

    def _shown(self) -> str:
        rows = [row for row in text_rows(self.codes()) if row]
        return "\n".join(["its screen showed:", *(f"  {row}" for row in rows)])


def _genuine_tree(roms: RomSet, folder: Path) -> RomTree:
    """A folder laid out as VICE's own data folder, with the set's images under the names it looks for."""
    root = folder / "roms"
    for part, name in VICE_NAMES.items():
        source: Path | None = getattr(roms, part)
        if source is not None:
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(source.resolve())
    return RomTree(root)
