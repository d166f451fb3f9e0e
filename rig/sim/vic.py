"""The VIC-II without its picture: registers, the raster counter and its interrupt. It steals no cycle.

Source: C. Bauer, "The MOS 6567/6569 video controller (VIC-II)": lines and cycles, which register bits read as 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from soulrig.sim.cpu import NEVER

LINES = {"pal": 312, "ntsc": 263}
LINE_CYCLES = {"pal": 63, "ntsc": 65}
CONTROL, RASTER, CONTROL_2, MEMORY, FLAGS, MASK = 0x11, 0x12, 0x16, 0x18, 0x19, 0x1A
SPRITE_COLLISION, BACKGROUND_COLLISION = 0x1E, 0x1F
BORDER, BACKGROUND = 0x20, 0x21
REGISTERS = 0x2F  # the rest of 64 reads as $FF
LINE_BIT_8 = 0x80  # in CONTROL
RASTER_FLAG, ANY_FLAG = 0x01, 0x80
_ONES = {CONTROL_2: 0xC0, MEMORY: 0x01, FLAGS: 0x70, MASK: 0xF0, **dict.fromkeys(range(BORDER, REGISTERS), 0xF0)}


class Vic:
    """One VIC-II. `changed` is called when `interrupt_at`, when its interrupt line goes or went low, is another."""

    def __init__(self, standard: Literal["pal", "ntsc"], changed: Callable[[], None]) -> None:
        self._line_cycles = LINE_CYCLES[standard]
        self._frame = LINES[standard] * self._line_cycles
        self._changed = changed
        self.reset()

    @property
    def frame_cycles(self) -> int:
        """Cycles of a picture."""
        return self._frame

    def reset(self) -> None:
        """All registers 0."""
        self.interrupt_at = NEVER
        self.registers = bytearray(REGISTERS)
        self._flags = 0
        self._looked = 0  # matches up to this cycle are in the flags

    def line(self, cycle: int) -> int:
        """The raster line that is drawn in a cycle."""
        return cycle % self._frame // self._line_cycles

    def read(self, register: int, cycle: int) -> int:
        """Read register 0-63."""
        match register:
            case 0x11:
                return self.registers[CONTROL] & ~LINE_BIT_8 | self.line(cycle) >> 8 << 7
            case 0x12:
                return self.line(cycle) & 0xFF
            case 0x19:
                self._look(cycle)
                return self._flags | _ONES[FLAGS] | (ANY_FLAG if self._flags & self.registers[MASK] else 0)
            case 0x1E | 0x1F:
                return 0  # nothing collides
        return self.registers[register] | _ONES.get(register, 0) if register < REGISTERS else 0xFF

    def write(self, register: int, value: int, cycle: int) -> None:
        """Write register 0-63."""
        if register >= REGISTERS:
            return
        self._look(cycle)
        before = self._compared()
        if register == FLAGS:
            self._flags &= ~value
        else:
            self.registers[register] = value
        if self._compared() != before and self._compared() == self.line(cycle):
            self._flags |= RASTER_FLAG
        self._predict(cycle)

    def _compared(self) -> int:
        return self.registers[RASTER] | (self.registers[CONTROL] & LINE_BIT_8) << 1

    def _next_match(self, cycle: int) -> int:
        """The first cycle after `cycle` in which the compared line begins."""
        begin = self._compared() * self._line_cycles
        if begin >= self._frame:
            return NEVER
        return cycle + 1 + (begin - cycle - 1) % self._frame

    def _look(self, cycle: int) -> None:
        if self._next_match(self._looked) <= cycle:
            self._flags |= RASTER_FLAG
        self._looked = cycle

    def _predict(self, cycle: int) -> None:
        before = self.interrupt_at
        if not self.registers[MASK] & RASTER_FLAG:
            self.interrupt_at = NEVER
        elif self._flags & RASTER_FLAG:
            self.interrupt_at = min(self.interrupt_at, cycle)
        else:
            self.interrupt_at = self._next_match(cycle)
        if self.interrupt_at != before:
            self._changed()
