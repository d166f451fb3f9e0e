"""The 6526 as far as programs see it: two ports, two timers, interrupts; the serial port and the clock are only memory.

Source: MOS 6526 data sheet; delays of interrupts as in W. Lorenz, "A Software Model of the CIA6526".
"""

from __future__ import annotations

from collections.abc import Callable

from soulrig.sim.cpu import NEVER
from soulrig.sim.timer import Timer

PORT_A, PORT_B, DIRECTION_A, DIRECTION_B = 0x0, 0x1, 0x2, 0x3
TIMER_A_LOW, TIMER_A_HIGH, TIMER_B_LOW, TIMER_B_HIGH = 0x4, 0x5, 0x6, 0x7
INTERRUPT, CONTROL_A, CONTROL_B = 0xD, 0xE, 0xF
FLAG_A, FLAG_B, FLAG_ANY = 0x01, 0x02, 0x80
SET_MASK = 0x80  # written to INTERRUPT: the other bits set sources; without it they clear them
COUNTS_CNT = 0x20  # control A: counts pulses at a pin where there are none
INPUT_B, INPUT_B_UNDERFLOWS = 0x60, 0x40  # control B: what it counts
LINE_DELAY = 0  # cycles from an underflow to the interrupt line: none on the 8521, one on the older 6526

Port = Callable[[int, int], int]


class Cia:
    """One 6526.

    `port_a` and `port_b` stand for what is wired to the ports: given the levels that the chip drives on both, 1 for
    inputs, they say what level the port's pins have. `changed` is called when `interrupt_at`, the cycle in which the
    interrupt line goes or went low, is another.
    """

    def __init__(self, port_a: Port, port_b: Port, changed: Callable[[], None]) -> None:
        self._ports = (port_a, port_b)
        self._changed = changed
        self.reset()

    def reset(self) -> None:
        """All registers as after a reset."""
        self.interrupt_at = NEVER
        self._registers = bytearray(16)
        self._timer_a = Timer()
        self._timer_b = Timer(self._timer_a)
        self._flags = 0
        self._mask = 0
        self._counted = [0, 0]

    def read(self, register: int, cycle: int) -> int:
        """Read register 0-15."""
        self._advance(cycle)
        match register:
            case 0x0 | 0x1:
                return self._pins(register)
            case 0x4 | 0x5:
                return self._timer_a.shown(cycle) >> 8 * (register - TIMER_A_LOW) & 0xFF
            case 0x6 | 0x7:
                return self._timer_b.shown(cycle) >> 8 * (register - TIMER_B_LOW) & 0xFF
            case 0xD:
                return self._take_flags(cycle)
            case 0xE:
                return self._timer_a.control
            case 0xF:
                return self._timer_b.control
        return self._registers[register]

    def write(self, register: int, value: int, cycle: int) -> None:
        """Write register 0-15."""
        self._advance(cycle)
        self._registers[register] = value
        match register:
            case 0x4:
                self._timer_a.set_low(cycle, value)
            case 0x5:
                self._timer_a.set_high(cycle, value)
            case 0x6:
                self._timer_b.set_low(cycle, value)
            case 0x7:
                self._timer_b.set_high(cycle, value)
            case 0xD:
                self._mask = self._mask | value & 0x1F if value & SET_MASK else self._mask & ~value
            case 0xE:
                self._timer_a.set_control(cycle, value, counts=not value & COUNTS_CNT)
            case 0xF:
                chained = bool(value & INPUT_B_UNDERFLOWS)  # with CNT high, both codes count underflows
                self._timer_b.set_control(cycle, value, chained=chained, counts=value & INPUT_B != COUNTS_CNT)
        self._predict(cycle)

    def _pins(self, register: int) -> int:
        return self._ports[register](self._driven(PORT_A), self._driven(PORT_B))

    def _driven(self, port: int) -> int:
        """Levels of a port, 1 where it is an input."""
        return self._registers[port] | ~self._registers[port + DIRECTION_A] & 0xFF

    def _advance(self, cycle: int) -> None:
        """Flags for the underflows that came."""
        for index, (timer, flag) in enumerate(((self._timer_a, FLAG_A), (self._timer_b, FLAG_B))):
            timer.advance(cycle)
            if timer.underflows != self._counted[index]:
                self._counted[index] = timer.underflows
                self._flags |= flag

    def _take_flags(self, cycle: int) -> int:
        """Read and clear."""
        value = self._flags | (FLAG_ANY if self._flags & self._mask or self.interrupt_at <= cycle else 0)
        self._flags = 0
        self._predict(cycle)
        return value

    def _predict(self, cycle: int) -> None:
        """When the interrupt line goes low, or went."""
        before = self.interrupt_at
        if self._flags & self._mask:
            self.interrupt_at = min(self.interrupt_at, cycle)
        elif self.interrupt_at > cycle or not self._flags:
            timers = ((self._timer_a, FLAG_A), (self._timer_b, FLAG_B))
            coming = [timer.next_underflow() for timer, flag in timers if self._mask & flag]
            self.interrupt_at = min([NEVER, *(underflow + LINE_DELAY for underflow in coming)])
        if self.interrupt_at != before:
            self._changed()
