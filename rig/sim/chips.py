"""$D000-$DFFF: which chip answers where, and who gets their interrupt lines."""

from __future__ import annotations

from typing import Literal

from soulrig.sim.cia import Cia
from soulrig.sim.cpu import NEVER, Cpu
from soulrig.sim.keyboard import Keyboard
from soulrig.sim.sid import Sid
from soulrig.sim.vic import Vic

VIC, SID, COLOUR_RAM, CIA_1, CIA_2, EXPANSION = 0xD000, 0xD400, 0xD800, 0xDC00, 0xDD00, 0xDE00
COLOURS = 1024
CLOCK_OUT, DATA_OUT = 0x10, 0x20  # of CIA 2's port A: 1 pulls a line of the serial bus down
CLOCK_IN, DATA_IN = 0x40, 0x80  # and what it sees of them


class Chips:
    """All chips of a C64 but the processor."""

    def __init__(self, standard: Literal["pal", "ntsc"], cpu: Cpu) -> None:
        self._cpu = cpu
        self.keyboard = Keyboard()
        self.vic = Vic(standard, self._irq)
        self.sid = Sid()
        self.cia1 = Cia(self.keyboard.columns, self.keyboard.rows, self._irq)
        self.cia2 = Cia(_serial_lines, lambda _, driven_b: driven_b, self._nmi)
        self.colours = bytearray(COLOURS)
        self._restore_at = NEVER  # since when the key is down
        self._nmi_low_at = NEVER

    def reset(self) -> None:
        """The reset line: chips start over, colours and held keys stay."""
        for chip in (self.vic, self.cia1, self.cia2):
            chip.reset()
        self._nmi_low_at = self._restore_at
        self._irq()

    def read(self, address: int) -> int:
        """Read $D000-$DFFF."""
        cycle = self._cpu.now
        if address < SID:
            return self.vic.read(address & 0x3F, cycle)
        if address < COLOUR_RAM:
            return self.sid.read(address & 0x1F, cycle)
        if address < CIA_1:
            return self.colours[address - COLOUR_RAM] | _open_bus(cycle) & 0xF0
        if address < CIA_2:
            return self.cia1.read(address & 0x0F, cycle)
        if address < EXPANSION:
            return self.cia2.read(address & 0x0F, cycle)
        return _open_bus(cycle)

    def write(self, address: int, value: int) -> None:
        """Write $D000-$DFFF."""
        cycle = self._cpu.now
        if address < SID:
            self.vic.write(address & 0x3F, value, cycle)
        elif address < COLOUR_RAM:
            self.sid.write(address & 0x1F, value, cycle)
        elif address < CIA_1:
            self.colours[address - COLOUR_RAM] = value & 0x0F
        elif address < CIA_2:
            self.cia1.write(address & 0x0F, value, cycle)
        elif address < EXPANSION:
            self.cia2.write(address & 0x0F, value, cycle)

    def press_restore(self, cycle: int) -> None:
        """The RESTORE key goes down."""
        self._restore_at = cycle
        self._nmi()

    def release_restore(self) -> None:
        """It comes up."""
        self._restore_at = NEVER
        self._nmi()

    def _irq(self) -> None:
        self._cpu.set_irq(min(self.cia1.interrupt_at, self.vic.interrupt_at))

    def _nmi(self) -> None:
        """Only a falling edge of the line counts, and it is remembered until it is taken."""
        cpu, now = self._cpu, self._cpu.now
        was_low = self._nmi_low_at <= now
        self._nmi_low_at = min(self.cia2.interrupt_at, self._restore_at)
        waiting = cpu.nmi_at <= now
        if not waiting and not (was_low and self._nmi_low_at <= now):
            cpu.nmi_at = self._nmi_low_at
        cpu.look_up()


def _serial_lines(driven_a: int, _: int) -> int:
    """CIA 2's port A with nobody else on the serial bus: it sees what it does itself."""
    lines = (0 if driven_a & CLOCK_OUT else CLOCK_IN) | (0 if driven_a & DATA_OUT else DATA_IN)
    return driven_a & ~(CLOCK_IN | DATA_IN) | lines


def _open_bus(cycle: int) -> int:
    """What is read where nothing answers: on a C64 what the video chip fetched last, here noise made of the cycle."""
    return (cycle * 0x9E3779B1 >> 11) & 0xFF
