"""A C64 in VICE to work with: memory, keys, clock, picture, waiting in emulated time.

Composes `ViceProcess` and `Monitor`. Looking at the machine stops its CPU; every method here lets it run on, unless the
caller has stopped it with `stopped` or `stop`. Neither costs the C64 a cycle.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from soulrig.vice_driver.errors import (
    CpuJammed,
    CyclesExceeded,
    LaunchFailed,
    MonitorRefused,
    MonitorSilent,
    SnapshotFailed,
    ViceDied,
)
from soulrig.vice_driver.monitor import Monitor
from soulrig.vice_driver.options import ViceOptions
from soulrig.vice_driver.process import ViceProcess
from soulrig.vice_driver.protocol import Display
from soulrig.vice_driver.snapshot import snapshot_clock

CLOCK_HZ = {"pal": 985_248, "ntsc": 1_022_730}  # φ2
FRAME_CYCLES = {"pal": 312 * 63, "ntsc": 263 * 65}
KEY_COUNT = 0x00C6  # VICE fills the keyboard buffer at a frame in which this is 0
KEY_BUFFER = 10
JMP, SPIN, INTERRUPTS_OFF = 0x4C, 0xC000, 0x24  # RAM that nothing lies over
FIRST_CYCLES = 6 + 8  # the clock starts from 6, and no legal instruction takes more than 7
POLL_SECONDS = 0.005
MOST_STEPS = 65_535  # instructions that the monitor takes at once
STEP_CYCLES = 8  # more than instructions take in the mean, with what the video chip steals


class Vice:
    """A C64 switched on, as a context manager; see `ViceOptions` for its kinds.

    It is switched on anew on entering, so that with the same options and ROMs it goes the same way, cycle for
    cycle; with ``running=False`` it stands after its first instruction. ``timeout`` is in seconds of wall time: how
    long VICE may be silent before that is a fault. Every method may raise ViceDied or MonitorSilent.
    """

    def __init__(self, options: ViceOptions, timeout: float = 20.0, running: bool = True) -> None:
        self.process = ViceProcess(options, timeout)
        self.clock_hz = CLOCK_HZ[options.standard]
        self._frame = FRAME_CYCLES[options.standard]
        # VICE keeps keys back for the first 53 frames on PAL.
        self._keys_from = 3 * self.clock_hz // 2
        self._timeout = timeout
        self._depth = 0  # of nested `stopped`
        self._stay = not running

    @property
    def monitor(self) -> Monitor:
        """The binary monitor, for what this class has no method for; use it within `stopped`."""
        return self.process.monitor

    @property
    def text_port(self) -> int:
        """The text monitor's port; needs ``ViceOptions(text_monitor=True)``."""
        if self.process.text_port is None:
            raise RuntimeError("VICE has no text monitor: ask for it with ViceOptions(text_monitor=True)")
        return self.process.text_port

    def __enter__(self) -> Self:
        self.process.start()
        try:
            with self.stopped():
                # How far VICE got before its monitor could be reached is a matter of chance. Only this makes two
                # runs equal.
                self._reset(hard=True)
        except BaseException:
            self.process.close(gracefully=False)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.close(gracefully=kind is None)

    def _reset(self, hard: bool) -> None:
        """Reset and stop before the second instruction; VICE watches no address during the first."""
        checkpoint = self.monitor.set_checkpoint(0x0000, 0xFFFF)
        self.monitor.reset(hard)
        while True:
            if self.monitor.wait_for_stop(self._timeout) is None:
                raise LaunchFailed("the CPU did not start after a reset", self.process.log_tail())
            if self.clock() <= FIRST_CYCLES:
                break
            self.monitor.resume()  # the instruction that the reset interrupted
        self.monitor.delete_checkpoint(checkpoint.number)
        self.monitor.events.clear()

    # Stopping and running

    @contextmanager
    def stopped(self) -> Iterator[Monitor]:
        """The CPU stands still within this context, and runs again after it if it ran before.

        A CPU that has met a checkpoint of the caller's, or has jammed, stays where it is: see `resume`.
        """
        if self._depth == 0:
            self.monitor.stop()
        self._depth += 1
        alive = True
        try:
            yield self.monitor
        except (ViceDied, MonitorSilent):
            alive = False
            raise
        finally:
            self._depth -= 1
            halted = self._stay or self.monitor.jammed or self.monitor.at_checkpoint
            if self._depth == 0 and alive and not halted:
                self.monitor.resume()

    def stop(self) -> None:
        """Stop the CPU until `resume`."""
        self.monitor.stop()
        self._stay = True

    def resume(self) -> None:
        """Let the CPU run; raises CpuJammed if it can't, RuntimeError within `stopped`."""
        if self._depth:
            raise RuntimeError("resume within stopped(): leave that context instead")
        self._stay = False
        self._run()

    def run_until(
        self,
        condition: Callable[[], bool],
        limit_cycles: int,
        what: str = "the condition",
        poll_seconds: float = POLL_SECONDS,
    ) -> int:
        """Let the CPU run until ``condition()``, looked at now and then with the CPU stopped; the clock then.

        Raises CyclesExceeded when more than ``limit_cycles`` have passed, CpuJammed if the CPU jams, and
        MonitorSilent if the clock stands still. A checkpoint met on the way only hastens the next look.
        """
        with self.stopped():
            start = last = self.clock()
            moved = time.monotonic()
            while not condition():
                self._check_limit(last - start, limit_cycles, what)
                self._run()
                self.monitor.wait_for_stop(poll_seconds)
                self.monitor.stop()
                self._check_jam()
                now = self.clock()
                if now != last:
                    last, moved = now, time.monotonic()
                elif time.monotonic() - moved > self._timeout:
                    raise MonitorSilent(f"the emulated clock stands at {now}", self.process.log_tail())
            return last

    def run_to(self, addresses: int | Collection[int], limit_cycles: int) -> int:
        """Let the CPU run until it is about to execute one of the addresses, and stop it there; the clock then.

        At least one instruction is executed. Raises CyclesExceeded and CpuJammed as `run_until` does.
        """
        wanted = {addresses} if isinstance(addresses, int) else set(addresses)
        self.stop()
        checkpoints = {self.monitor.set_checkpoint(address).number for address in sorted(wanted)}
        looks = 0

        def arrived() -> bool:
            nonlocal looks
            looks += 1
            hit = any(
                event.checkpoint is not None and event.checkpoint.number in checkpoints for event in self.monitor.events
            )
            # A look may stop the CPU right here, and VICE would go on from it without regard to the checkpoint.
            return hit or (looks > 1 and self.registers()["PC"] in wanted)

        self.monitor.events.clear()
        places = ", ".join(f"${address:04X}" for address in sorted(wanted))
        try:
            clock = self.run_until(arrived, limit_cycles, f"the CPU to come to {places}")
        except (ViceDied, MonitorSilent):
            raise
        except BaseException:
            self._forget(checkpoints)
            raise
        self._forget(checkpoints)
        return clock

    def run_to_clock(self, clock: int) -> int:
        """Let the CPU run until the instruction that brings the clock to ``clock``, and stop it behind; the clock then.

        Step by step, which takes a tenth of a second of wall time for 200,000 cycles.
        """
        self.stop()
        while (now := self.clock()) < clock:
            self._check_jam()
            self.monitor.advance(min(MOST_STEPS, max(1, (clock - now) // STEP_CYCLES)))
        return now

    def _forget(self, checkpoints: Iterable[int]) -> None:
        for number in checkpoints:
            self.monitor.delete_checkpoint(number)

    def reset(self, hard: bool = False) -> None:
        """Press the reset button, or switch off and on (hard); the clock starts anew from 6.

        A C64 that the caller has stopped has executed one instruction afterwards.
        """
        with self.stopped():
            self._reset(hard)

    def _run(self) -> None:
        self._check_jam()
        self.monitor.resume()

    def _check_jam(self) -> None:
        pc = self.monitor.jam_pc
        if pc is not None:
            raise CpuJammed(f"the CPU jammed at ${pc:04X}", self.process.log_tail(), pc)

    def _check_limit(self, cycles: int, limit: int, what: str) -> None:
        if cycles > limit:
            raise CyclesExceeded(f"waited {cycles} cycles for {what}, limit {limit}", self.process.log_tail())

    # Looking and touching

    def read(self, address: int, length: int, bank: str = "ram") -> bytes:
        """Memory as the bank shows it: ram, rom, io, cart, or cpu for what the CPU sees at this moment."""
        with self.stopped() as monitor:
            return monitor.read(address, length, bank)

    def write(self, address: int, data: bytes, bank: str = "ram") -> None:
        """Write into memory, by default RAM whatever lies over it."""
        with self.stopped() as monitor:
            monitor.write(address, data, bank)

    def registers(self) -> dict[str, int]:
        """The CPU's registers and the raster position; names as in `Monitor.registers`."""
        with self.stopped() as monitor:
            return monitor.registers()

    def set_registers(self, values: Mapping[str, int]) -> None:
        """Set some of the CPU's registers."""
        with self.stopped() as monitor:
            monitor.set_registers(values)

    def clock(self) -> int:
        """φ2 cycles since the machine was switched on or reset, exactly."""
        with self.stopped() as monitor:
            path = self.process.folder / "clock.vsf"
            try:
                monitor.dump(path)
                return snapshot_clock(path)
            except (MonitorRefused, OSError, ValueError) as error:
                raise self.process.diagnose(
                    SnapshotFailed(f"no snapshot in {path.parent}, is there room for one? {error}")
                ) from error

    def screenshot(self) -> Display:
        """The canvas as the video chip has last drawn it; `Display.picture` cuts the border off."""
        with self.stopped() as monitor:
            return monitor.display()

    def type(self, petscii: bytes, limit_cycles: int | None = None) -> None:
        """Put PETSCII into the keyboard buffer, ten bytes at a time, and return when the last was fetched.

        Raises CyclesExceeded where the program leaves keys unread for ``limit_cycles``, by default ten emulated
        seconds.
        """
        limit = 10 * self.clock_hz if limit_cycles is None else limit_cycles
        with self.stopped():
            self.run_until(self._is_past(self._keys_from), self._keys_from + limit, "VICE to be ready for keys")
            for start in range(0, len(petscii), KEY_BUFFER):
                self.run_until(self._keys_fetched, limit, "an empty keyboard buffer")
                self.monitor.feed_keys(petscii[start : start + KEY_BUFFER])
                # At the end of a frame VICE fills the buffer.
                self.run_until(self._is_past(self.clock() + 2 * self._frame), limit + 2 * self._frame, "two frames")
            self.run_until(self._keys_fetched, limit, "the keys to be fetched")

    def drop_keys(self) -> None:
        """Rid VICE of the keys that it was fed and has not typed yet. What the C64 did is lost: `restore` it."""
        with self.stopped():
            self.monitor.write(SPIN, bytes([JMP, SPIN & 0xFF, SPIN >> 8]), bank="ram")
            self.monitor.set_registers({"PC": SPIN, "FL": INTERRUPTS_OFF})
            self.run_until(self._is_past(self._keys_from), 2 * self._keys_from, "VICE to be ready for keys")
            taken = True
            while taken:
                self.monitor.write(KEY_COUNT, b"\0", bank="ram")
                self.run_until(self._is_past(self.clock() + 2 * self._frame), 3 * self._frame, "two frames")
                taken = not self._keys_fetched()

    def _is_past(self, clock: int) -> Callable[[], bool]:
        return lambda: self.clock() >= clock

    def _keys_fetched(self) -> bool:
        return self.read(KEY_COUNT, 1) == b"\0"

    # Snapshots

    def save(self, path: Path, disks: bool = False) -> None:
        """Write a snapshot of the machine, with its disks if asked for; ROMs are not in it."""
        with self.stopped() as monitor:
            monitor.dump(path, disks=disks)

    def restore(self, path: Path) -> None:
        """Make the machine what it was when the snapshot was written, clock and all. Needs the same ROMs."""
        if not path.is_file():
            raise FileNotFoundError(f"no snapshot {path}")
        with self.stopped() as monitor:
            monitor.undump(path)
            monitor.events.clear()
