"""The machine `vice`: x64 or x64sc from the distribution, headless, through its binary monitor."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from soulrig.capture.picture import Picture
from soulrig.capture.recording import relabel
from soulrig.capture.screen_log import ScreenWrite
from soulrig.capture.sid_log import REGISTERS, SidWrite
from soulrig.channels.screen import COLUMNS, seen_rows, text_rows
from soulrig.errors import Fault
from soulrig.machine import NTSC_HZ, PAL_HZ, InVain, Registers, is_cartridge
from soulrig.machines.roms import RomSet, our_roms
from soulrig.vice_driver.errors import CyclesExceeded, ViceError
from soulrig.vice_driver.monitor import Monitor
from soulrig.vice_driver.options import RomFiles, RomTree, Sound, ViceOptions
from soulrig.vice_driver.store_trace import StoreTrace
from soulrig.vice_driver.vice import POLL_SECONDS, Vice

SID = 0xD400
SID_LAST = SID + REGISTERS - 1
RECORDING_SPEED = 10  # times a C64's; what VICE labels as so many samples a second is that much longer in truth
RECORDING_RATE = 9_600  # Hz: three times the highest note of a token's chord
RECORDING_OPTIONS = ("-speed", str(100 * RECORDING_SPEED), "-soundrate", str(RECORDING_SPEED * RECORDING_RATE))
SID_MODELS = {"6581": "256", "8580": "257"}  # VICE's numbers for reSID's
VIC_MEMORY, SECOND_SET = 0xD018, 0x02  # which character set is shown
SCREEN, CELLS = 0x0400, 1000
SCREEN_LAST = SCREEN + CELLS - 1
LAST_ROW = CELLS // COLUMNS - 1
FEED = 255  # keys that the monitor takes at once
# Where VICE looks for genuine ROMs by itself. It wants those there rather than by path (see RomFiles).
VICE_NAMES = {
    "kernal": "C64/kernal-901227-03.bin",
    "basic": "C64/basic-901226-01.bin",
    "chargen": "C64/chargen-901225-01.bin",
    "dos1541": "DRIVES/dos1541-325302-01+901229-05.bin",
}


@dataclass(frozen=True)
class _Kept:
    snapshot: Path
    disk: bytes | None


class ViceMachine:
    """A C64 in VICE. It is switched on when a disk is inserted.

    Without `roms` it has our own, and VICE serves the drive; with a set that holds a 1541's ROM, the drive is emulated
    to the cycle. `port` is that of VICE's monitor, by default a free one; `timeout` is in seconds of wall time, how
    long VICE may be silent before that is a fault. `recording` is where to leave a WAV of all that its
    `sid` sounds like: VICE runs at ten times a C64's speed then, not in warp; the file at a C64's own. Offers every
    protocol but those of a cable and a microphone.
    """

    poll_seconds = POLL_SECONDS
    """Of wall time, between two looks while waiting; each look stops the C64 for a moment."""

    def __init__(
        self,
        emulator: Literal["x64", "x64sc"] = "x64",
        standard: Literal["pal", "ntsc"] = "pal",
        roms: RomSet | None = None,
        port: int | None = None,
        timeout: float = 20.0,
        recording: Path | None = None,
        sid: Literal["6581", "8580"] = "6581",
    ) -> None:
        self._emulator = emulator
        self._standard = standard
        self._roms = roms
        self._port = port
        self._timeout = timeout
        self._recording = recording
        self._sid_model = sid
        self._stack = ExitStack()
        self._vice: Vice | None = None
        self._trace: StoreTrace | None = None
        self._watched: tuple[int, int] | None = None  # the first row, and the trace's number
        self._chargen = b""
        self._folder = Path()  # there while it is switched on
        self._disk: Path | None = None  # VICE's copy of the one in the drive
        self._numbers = count(1)
        self._typed = False  # whether VICE may hold keys
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
        return self._running().process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._vice is not None:
            with suppress(ViceError):
                self._vice.stop()  # a VICE that runs on hangs at the first store that nobody listens for any more
        self._vice = self._trace = None
        self._watched = None
        self._stack.__exit__(kind, error, trace)  # a VICE that has failed is not asked to end, it is killed

    def insert(self, disk: Path) -> None:
        """Switch the C64 on with a disk in drive 8, or with a cartridge (.crt) and no drive; VICE works on a copy.

        In a C64 that is on, the disk is changed. Raises Fault where there is no drive, or for a cartridge then.
        """
        with _faults(OSError):
            if self._vice is not None:
                if self._disk is None or is_cartridge(disk):
                    raise Fault("a C64 that is on has its disk changed alone: no cartridge, and no disk beside one")
                self._attach(disk.read_bytes())
                return
            folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="soulrig-vice-")))
            roms = self._roms or our_roms(folder / "rigrom")
            if self._recording is not None:
                self._stack.callback(relabel, self._recording, RECORDING_RATE)  # once VICE has ended
            vice = self._stack.enter_context(Vice(self._options(roms, folder, disk), self._timeout))
            with vice.stopped():
                try:
                    self._trace = self._stack.enter_context(
                        StoreTrace(vice.text_port, self._timeout, vice.process.diagnose)
                    )
                    self._trace.watch(SID, SID_LAST, in_io=True)
                except ViceError as error:
                    raise vice.process.diagnose(error) from error
            self._vice, self._folder, self._disk = vice, folder, vice.process.disk
            self._chargen = roms.chargen.read_bytes()
            self.description |= {
                "version": self._version(),
                "roms": roms.description(),
            }

    def _options(self, roms: RomSet, folder: Path, disk: Path) -> ViceOptions:
        """How to start VICE; `folder` is there for as long as it runs."""
        # VICE serves a disk to a KERNAL it doesn't know only where that is given by path, and to one it knows only
        # where it is not.
        ours = RomFiles(roms.kernal, roms.basic, roms.chargen)
        return ViceOptions(
            emulator=self._emulator,
            standard=self._standard,
            roms=genuine_tree(roms, folder) if self._roms else ours,
            disk=None if is_cartridge(disk) else disk,
            cartridge=disk if is_cartridge(disk) else None,
            true_drive=roms.dos1541 is not None,
            port=self._port,
            text_monitor=True,
            warp=self._recording is None,
            sound=None if self._recording is None else Sound("wav", str(self._recording.absolute())),
            extra=(*(RECORDING_OPTIONS if self._recording else ()), "-sidenginemodel", SID_MODELS[self._sid_model]),
        )

    def _attach(self, image: bytes) -> None:
        """Change the disk in drive 8."""
        disk = self._folder / f"{next(self._numbers)}.d64"  # VICE has the one that is in the drive open
        disk.write_bytes(image)
        with self.stopped():
            assert self._trace is not None
            self._trace.command(f'attach "{disk}" 8')
        self._disk = disk

    def _image(self) -> bytes | None:
        """The disk in the drive as it is now, None without a drive."""
        return None if self._disk is None else self._disk.read_bytes()

    def type(self, petscii: bytes) -> None:
        """Hand keys to VICE, which puts them into the keyboard buffer, ten at a time, whenever that is empty."""
        with self.stopped() as monitor:
            self._typed = True
            for start in range(0, len(petscii), FEED):
                monitor.feed_keys(petscii[start : start + FEED])

    def read(self, address: int, length: int) -> bytes:
        """`length` bytes of RAM from `address`."""
        with self._on() as vice:
            return vice.read(address, length)

    def write(self, address: int, data: bytes) -> None:
        """Write `data` into RAM from `address`."""
        with self._on() as vice:
            vice.write(address, data)

    def jump(self, address: int) -> None:
        """Go on at `address`, as after a JMP, once it is waited for."""
        with self._on() as vice:
            vice.stop()
            vice.set_registers({"PC": address})

    def codes(self) -> bytes:
        """The 1000 screen codes at $0400."""
        return self.read(SCREEN, CELLS)

    def text(self) -> list[str]:
        """The rows of the screen at $0400, as they look in the character set that is shown."""
        with self.stopped() as monitor:
            codes, memory = self.codes(), monitor.read(VIC_MEMORY, 1, bank="io")[0]
        return seen_rows(codes, small_letters=bool(memory & SECOND_SET))

    def picture(self) -> Picture:
        """VICE's canvas."""
        with self._on() as vice:
            display = vice.screenshot()
        return Picture(display.pixels, display.palette, display.origin)

    def chargen(self) -> bytes:
        """Its character ROM. Raises Fault where it is not switched on."""
        self._running()
        return self._chargen

    def cycles(self) -> int:
        """φ2 cycles since the C64 was switched on or reset."""
        with self._on() as vice:
            return vice.clock()

    def sid_writes(self) -> list[SidWrite]:
        """Every write to the SID since it was switched on; cycles are those at the end of the instruction."""
        with self.stopped():
            stores = self._trace.stores() if self._trace is not None else []
        return [SidWrite(one.cycle, one.address - SID, one.value) for one in stores if SID <= one.address <= SID_LAST]

    def watch_screen(self, row: int) -> None:
        """Note what is written to the screen at $0400 in its first row, and from that row on.

        Each write costs VICE 0.05 ms, and a screen that scrolls is written anew: of the other rows only the last is
        watched for as long as that will do.
        """
        if self._watched is not None and (self._watched[0] == row or self._watched[0] < row < LAST_ROW):
            return
        with self.stopped():
            assert self._trace is not None
            if self._watched is None:
                self._trace.watch(SCREEN, SCREEN + COLUMNS - 1)
            else:
                self._trace.unwatch(self._watched[1])
            self._watched = row, self._trace.watch(SCREEN + COLUMNS * max(row, 1), SCREEN_LAST)

    def screen_writes(self) -> list[ScreenWrite]:
        """Every write to the screen that was noted; cycles are those at the end of the instruction."""
        with self.stopped():
            stores = self._trace.stores() if self._trace is not None else []
        return [
            ScreenWrite(one.cycle, one.address - SCREEN, one.value)
            for one in stores
            if SCREEN <= one.address <= SCREEN_LAST
        ]

    def reset(self) -> None:
        """Press the reset button."""
        with self._on() as vice:
            vice.reset()

    def registers(self) -> dict[str, int]:
        """The processor's."""
        with self._on() as vice:
            found = vice.registers()
        return {"P" if name == "FL" else name: found[name] for name in ("PC", "A", "X", "Y", "SP", "FL")}

    def log_tail(self) -> str:
        """The last lines of VICE's log."""
        return self._running().process.log_tail()

    def keep(self) -> object:
        """What the C64 is now, and its disk."""
        snapshot = self._folder / f"{next(self._numbers)}.vsf"
        with self._on() as vice:
            vice.save(snapshot)
        with _faults(OSError):
            return _Kept(snapshot, self._image())

    def restore(self, kept: object) -> None:
        """Make it what it was when `keep` was called; it stands there until it is waited for."""
        if not isinstance(kept, _Kept):
            raise TypeError(f"{kept!r} is nothing that this machine has kept")
        with _faults(OSError):
            vice = self._running()
            vice.stop()
            vice.restore(kept.snapshot)
            if self._typed:
                # VICE's own queue of keys is in no snapshot, and what it holds would be typed now.
                vice.drop_keys()
                vice.restore(kept.snapshot)
                self._typed = False
            if kept.disk is not None and self._image() != kept.disk:
                self._attach(kept.disk)
            assert self._trace is not None
            self._trace.forget()

    def wait(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        """Let the C64 run until `condition()`. Raises InVain after so many of its seconds, Fault if it stands still."""
        with self._on() as vice:
            try:
                vice.run_until(condition, int(seconds * self.hertz), what, self.poll_seconds)
            except CyclesExceeded as error:
                raise self._in_vain(seconds, what) from error

    def run_to(self, addresses: Collection[int], seconds: float, what: str) -> Registers:
        """Run until the next instruction is that at one of the addresses. Raises InVain after so many C64 seconds."""
        with self._on() as vice:
            try:
                vice.run_to(addresses, int(seconds * self.hertz))
            except CyclesExceeded as error:
                raise self._in_vain(seconds, what) from error
            found = vice.registers()
        return Registers(found["PC"], found["X"], found["SP"])

    def run_to_cycle(self, cycle: int) -> None:
        """Run until a cycle, and to the end of the instruction."""
        with self._on() as vice:
            vice.run_to_clock(cycle)

    def _in_vain(self, seconds: float, what: str) -> InVain:
        rows = [f"  {row}" for row in text_rows(self.codes()) if row]
        message = f"waited {seconds:g} C64 seconds in vain for {what}; its screen showed:"
        return InVain("\n".join([message, *rows]))

    @contextmanager
    def stopped(self) -> Iterator[Monitor]:
        """VICE's monitor, with the C64 stopped for as long as it is used."""
        with self._on() as vice, vice.stopped() as monitor:
            yield monitor

    @contextmanager
    def _on(self) -> Iterator[Vice]:
        """The C64 switched on, the driver's errors as Fault."""
        with _faults():
            yield self._running()

    def _version(self) -> str:
        with self.stopped() as monitor:
            return monitor.version()

    def _running(self) -> Vice:
        if self._vice is None:
            raise Fault("the machine vice is switched off; insert a disk first")
        return self._vice


@contextmanager
def _faults(*others: type[Exception]) -> Iterator[None]:
    """The driver's errors, and others, as Fault."""
    errors: tuple[type[Exception], ...] = (ViceError, *others)
    try:
        yield
    except errors as error:
        raise Fault(str(error)) from error


def genuine_tree(roms: RomSet, folder: Path) -> RomTree:
    """A folder laid out as VICE's own data folder, with the set's images under the names it looks for."""
    root = folder / "roms"
    for part, name in VICE_NAMES.items():
        source: Path | None = getattr(roms, part)
        if source is not None:
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(source.resolve())
    return RomTree(root)
