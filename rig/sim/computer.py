"""A C64 put together: processor, memory, chips, a drive, and what happens to it from outside, by cycle."""

from __future__ import annotations

import copy
import heapq
import random
from collections import deque
from collections.abc import Callable
from itertools import count
from typing import Literal, Self

from soulrig.errors import Fault
from soulrig.sim import serial
from soulrig.sim.banks import IO_START, KERNAL_START, PORT, Banks
from soulrig.sim.chips import Chips
from soulrig.sim.cpu import Cpu
from soulrig.sim.drive import Drive
from soulrig.sim.keyboard import RESTORE, check_key

RAM = 0x10000
WAITING_KEYS, KEY_BUFFER, KEY_BUFFER_SIZE = 0xC6, 0x0277, 10  # the KERNAL's


class Computer:
    """A C64 as it is switched on. RAM is random, by `seed`; with the same seed and keys every cycle is the same.

    `stores` holds cycle, address and value of each byte that the program stored to what is watched, see `watch`.
    """

    def __init__(
        self, standard: Literal["pal", "ntsc"], seed: int, kernal: bytes, basic: bytes, chargen: bytes
    ) -> None:
        power_up = random.Random(seed).randbytes(RAM)
        self.banks = Banks(power_up, kernal, basic, chargen, serial.entries(kernal))
        self.cpu = Cpu(self.banks.cells, self)
        self.chips = Chips(standard, self.cpu)
        self.drive = Drive()
        self._keys: deque[int] = deque()
        self._events: list[tuple[int, int, Callable[[], None]]] = []  # a heap: cycle, order, what
        self._order = count()
        self._watched = range(0)
        self.stores: list[tuple[int, int, int]] = []
        self.reset()

    @property
    def cycles(self) -> int:
        """Since power-up."""
        return int(self.cpu.processorCycles)

    def reset(self) -> None:
        """The reset line."""
        self.banks.reset()
        self.chips.reset()
        self.drive.reset()
        self._arrange()
        self.cpu.reset()

    def run(self, until: int) -> None:
        """Run until a cycle, or a few more to the end of an instruction. Raises Fault at an undefined opcode."""
        while self.cycles < until:
            self.cpu.run(self._until_event(until))

    def run_to(self, marked: bytearray, until: int) -> bool:
        """The same, but stop before an instruction whose address is marked, see `Cpu.run_to`; whether it came there."""
        while self.cycles < until:
            if self.cpu.run_to(marked, self._until_event(until)):
                return True
        return False

    def copy(self) -> Self:
        """Another that goes on from here as this one would.

        Raises Fault while keys of the matrix are yet to be pressed or released.
        """
        if any(what != self._feed for _, _, what in self._events):
            raise Fault("a copy can't be made of a C64 while keys are being pressed; let it run until they are up")
        return copy.deepcopy(self)

    def _until_event(self, until: int) -> int:
        """Let happen what is due; the cycle of what comes next, `until` at the latest."""
        while self._events and self._events[0][0] <= self.cycles:
            heapq.heappop(self._events)[2]()
        return min(until, self._events[0][0] if self._events else until)

    def at(self, cycle: int, event: Callable[[], None]) -> None:
        """Let something happen before the first instruction that begins at or after `cycle`."""
        heapq.heappush(self._events, (cycle, next(self._order), event))

    def press(self, key: str, cycle: int) -> None:
        """Press a key of the keyboard at a cycle. Raises BadInput for one that isn't there."""
        check_key(key)
        self.at(cycle, lambda: self.chips.press_restore(cycle) if key == RESTORE else self.chips.keyboard.down.add(key))

    def release(self, key: str, cycle: int) -> None:
        """Let it go."""
        check_key(key)
        keyboard = self.chips.keyboard
        self.at(cycle, self.chips.release_restore if key == RESTORE else lambda: keyboard.down.discard(key))

    def feed(self, petscii: bytes) -> None:
        """Put keys into the KERNAL's buffer, ten at a time, whenever a picture ends and the buffer is empty."""
        idle = not self._keys
        self._keys.extend(petscii)
        if idle and self._keys:
            self.at(self._next_picture(), self._feed)

    def _feed(self) -> None:
        cells = self.banks.cells
        if cells[WAITING_KEYS] == 0:
            keys = [self._keys.popleft() for _ in range(min(KEY_BUFFER_SIZE, len(self._keys)))]
            cells[KEY_BUFFER : KEY_BUFFER + len(keys)] = keys
            cells[WAITING_KEYS] = len(keys)
        if self._keys:
            self.at(self._next_picture(), self._feed)

    def _next_picture(self) -> int:
        length = self.chips.vic.frame_cycles
        return (self.cycles // length + 1) * length

    def poke(self, address: int, value: int) -> None:
        """Write RAM whatever lies over it, or the port at $00 and $01."""
        if address <= PORT:
            self.write(address, value)
        else:
            self.banks.write_below(address, value)

    def watch(self, start: int, end: int) -> None:
        """Note in `stores` what is stored in RAM from `start` to before `end`, from now on; only one such range."""
        self._watched = range(start, end)
        self._arrange()

    # The bus, as the processor calls it.

    def read(self, address: int) -> int:
        """A cell that is no plain memory."""
        return self.chips.read(address) if address < KERNAL_START else self.banks.kernal_byte(address)

    def write(self, address: int, value: int) -> None:
        """A cell that may be no plain RAM."""
        if address <= PORT:
            self.banks.write_port(address, value)
            self._arrange()
        elif IO_START <= address < KERNAL_START and self.banks.chips_shown:
            self.chips.write(address, value)
        else:
            if address in self._watched:
                self.stores.append((self.cpu.now, address, value))
            self.banks.write_below(address, value)

    def _arrange(self) -> None:
        """Tell the processor which writes are to come here."""
        plain_end = self.banks.plain_end
        self.cpu.plain_end = min(plain_end, self._watched.start) if self._watched else plain_end

    def trap(self, address: int) -> None:
        """An entry of the serial bus is run."""
        serial.serve(address, self.cpu, self.drive)
