"""The machine `sim`: a C64 in Python (`soulrig.sim`), exact to the cycle but for those that a video chip steals."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Literal, Self

from soulrig.buildtools.disk_image import read_disk
from soulrig.capture.picture import Picture
from soulrig.capture.screen_log import ScreenWrite
from soulrig.capture.sid_log import SidWrite
from soulrig.channels.screen import seen_rows, text_rows
from soulrig.errors import BadInput, Fault
from soulrig.machine import NTSC_HZ, PAL_HZ, InVain, Registers, is_cartridge
from soulrig.machines.roms import RomSet, our_roms
from soulrig.sim.canvas import draw
from soulrig.sim.computer import RAM, Computer
from soulrig.sim.vic import MEMORY

POLL_CYCLES = 10_000  # between two looks at the machine
SCREEN, CELLS = 0x0400, 1000
CHARACTERS = 2048  # bytes of a character set
SECOND_SET = 0x02  # in the VIC-II's MEMORY


class SimMachine:
    """A C64 in this process. It is switched on when a disk is inserted, and runs only in `wait` and `run`.

    Without `roms` it has our own. RAM at power-up is random, by `seed`; the same seed and the same calls give the same
    cycles. Offers every protocol but Log and those of a cable and a microphone, and the key matrix.
    """

    def __init__(self, standard: Literal["pal", "ntsc"] = "pal", seed: int = 1, roms: RomSet | None = None) -> None:
        self._standard = standard
        self._seed = seed
        self._roms = roms
        self._chargen = b""
        self._computer: Computer | None = None
        self.description: dict[str, Any] = {
            "kind": "sim",
            "standard": standard,
            "seed": seed,
            "hertz": self.hertz,
            "cycle_basis": "φ2 cycles, none stolen by the video chip",
        }

    @property
    def hertz(self) -> int:
        """φ2 cycles in a second."""
        return PAL_HZ if self._standard == "pal" else NTSC_HZ

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._computer = None

    def insert(self, disk: Path) -> None:
        """Put a disk into drive 8, and switch the C64 on if it is off. Raises BadInput for what is no D64 image."""
        if is_cartridge(disk):
            raise BadInput(f"{disk}: the machine sim takes no cartridge; --machine vice does")
        contents = read_disk(disk)
        if self._computer is None:
            self._computer = self._switched_on()
        self._computer.drive.disk = contents

    def type(self, petscii: bytes) -> None:
        """Queue keys; they go into the keyboard buffer, ten at a time, whenever that is empty while the C64 runs."""
        self._running().feed(petscii)

    def press(self, key: str, cycle: int | None = None) -> None:
        """Press a key of the matrix, or RESTORE, now or at a cycle. Raises BadInput for a key that isn't there."""
        self._running().press(key, self.cycles() if cycle is None else cycle)

    def release(self, key: str, cycle: int | None = None) -> None:
        """Let it go."""
        self._running().release(key, self.cycles() if cycle is None else cycle)

    def read(self, address: int, length: int) -> bytes:
        """`length` bytes of RAM from `address`; at $00 and $01 the processor port."""
        return self._running().banks.ram(address, address + length)

    def write(self, address: int, data: bytes) -> None:
        """Write `data` into RAM from `address`; at $00 and $01 the processor port."""
        computer = self._running()
        for offset, value in enumerate(data):
            computer.poke(address + offset, value)

    def jump(self, address: int) -> None:
        """Go on at `address`, as after a JMP, once it is waited for."""
        self._running().cpu.pc = address

    def codes(self) -> bytes:
        """The 1000 screen codes at $0400."""
        return self.read(SCREEN, CELLS)

    @property
    def small_letters(self) -> bool:
        """Whether the character set is the one with small letters, not the one with capitals and graphics."""
        return bool(self._running().chips.vic.registers[MEMORY] & SECOND_SET)

    def text(self) -> list[str]:
        """The rows of the screen at $0400, as they look in the character set that is shown."""
        return seen_rows(self.codes(), small_letters=self.small_letters)

    def picture(self) -> Picture:
        """The text screen at $0400 with the border around it."""
        chips = self._running().chips
        second = CHARACTERS if self.small_letters else 0
        characters = self._chargen[second : second + CHARACTERS]
        return draw(self.codes(), bytes(chips.colours[:CELLS]), characters, bytes(chips.vic.registers))

    def chargen(self) -> bytes:
        """Its character ROM. Raises Fault where it is not switched on."""
        self._running()
        return self._chargen

    def sid_writes(self) -> list[SidWrite]:
        """Every write to the SID since power-up, in order."""
        return list(self._running().chips.sid.log)

    def watch_screen(self, row: int) -> None:
        """Note what is written to the screen at $0400, all of it."""
        self._running().watch(SCREEN, SCREEN + CELLS)

    def screen_writes(self) -> list[ScreenWrite]:
        """Every write to the screen that was noted."""
        return [ScreenWrite(cycle, address - SCREEN, value) for cycle, address, value in self._running().stores]

    def cycles(self) -> int:
        """φ2 cycles since power-up."""
        return self._running().cycles

    def reset(self) -> None:
        """Press the reset button."""
        self._running().reset()

    def registers(self) -> dict[str, int]:
        """The processor's."""
        cpu = self._running().cpu
        return {"PC": cpu.pc, "A": cpu.a, "X": cpu.x, "Y": cpu.y, "SP": cpu.sp, "P": cpu.p}

    def keep(self) -> Computer:
        """What the C64 is now. Raises Fault while keys of the matrix are yet to be pressed or released."""
        return self._running().copy()

    def restore(self, kept: object) -> None:
        """Make it what it was when `keep` was called."""
        if not isinstance(kept, Computer):
            raise TypeError(f"{kept!r} is nothing that this machine has kept")
        self._computer = kept.copy()

    def run(self, cycles: int) -> None:
        """Run so many cycles, and to the end of the instruction. Raises Fault at an undefined opcode."""
        computer = self._running()
        computer.run(computer.cycles + cycles)

    def wait(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        """Let the C64 run until `condition()`. Raises InVain after so many of its own seconds."""
        limit = self.cycles() + int(seconds * self.hertz)
        while not condition():
            if self.cycles() >= limit:
                raise self._in_vain(seconds, what)
            self.run(POLL_CYCLES)

    def run_to(self, addresses: Collection[int], seconds: float, what: str) -> Registers:
        """Run until the next instruction is that at one of the addresses. Raises InVain after so many C64 seconds."""
        computer = self._running()
        marked = bytearray(RAM + 2)
        for address in addresses:
            marked[address] = 1
        if not computer.run_to(marked, computer.cycles + int(seconds * self.hertz)):
            raise self._in_vain(seconds, what)
        return Registers(computer.cpu.pc, computer.cpu.x, computer.cpu.sp)

    def run_to_cycle(self, cycle: int) -> None:
        """Run until a cycle, and to the end of the instruction. Raises Fault at an undefined opcode."""
        self._running().run(cycle)

    def _in_vain(self, seconds: float, what: str) -> InVain:
        rows = "\n".join(f"  {row}" for row in text_rows(self.codes()) if row)
        return InVain(f"waited {seconds:g} C64 seconds in vain for {what}\nits screen showed:\n{rows}")

    def _switched_on(self) -> Computer:
        try:
            folder = tempfile.TemporaryDirectory(prefix="soulrig-sim-")
        except OSError as error:
            raise Fault(f"no temporary folder can be made: {error}") from error
        with folder:
            roms = self._roms or our_roms(Path(folder.name))
            self.description |= {"roms": roms.description()}
            self._chargen = roms.chargen.read_bytes()
            return Computer(
                self._standard, self._seed, roms.kernal.read_bytes(), roms.basic.read_bytes(), self._chargen
            )

    def _running(self) -> Computer:
        if self._computer is None:
            raise Fault("the machine sim is switched off; insert a disk first")
        return self._computer
