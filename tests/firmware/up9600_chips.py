"""What UP9600's line touches of a C64, to the cycle: both CIAs' timers and shift registers, what the video chip steals.

Sources: the 6526's data sheet, and the wiring: RXD on PB0, FLAG2 and SP2, PB7 on CNT2, TXD on SP1. An instruction
touches the chips in its last cycle.
"""

from __future__ import annotations

from typing import Any

from plain_machine import STACK_TOP, StrictMPU

from soulrig.buildtools.link_protocol import Driver
from soulrig.buildtools.riglink import RESIDENT, assemble_riglink, make_resident

BAUD = 9_600
HZ = {"pal": 985_248, "ntsc": 1_022_727}
RASTER_LAST = {"pal": 0x37, "ntsc": 0x06}
STOLEN, STOLEN_EVERY = 43, {"pal": 8 * 63, "ntsc": 8 * 65}  # cycles, where the screen is on
YSCROLL = 3  # the last bits of the lines in which it steals
START_DELAY = 2  # cycles from a write to a timer's first count; one more with a load
SAMPLE_DELAY = 2  # from a rise of CNT to the look at SP
RETURN = 0xFFF0
WRAP = 0x10000
START, PULSES, LOAD, OUTPUT, CHAINED = 0x01, 0x02, 0x10, 0x40, 0x40


class Host:
    """The computer at the cable: bytes that it sends, each a start bit, eight bits, one at rest."""

    def __init__(self, bit: float) -> None:
        self.bit = bit
        self.sent: list[tuple[float, int]] = []  # when each begins
        self.edges: list[float] = []  # falling ones

    def send(self, data: bytes, cycle: float) -> float:
        """One behind the other from a cycle on; the cycle when all are over."""
        for byte in data:
            self.sent.append((cycle, byte))
            bits = [1, 0, *(byte >> place & 1 for place in range(8))]
            self.edges += [cycle + place * self.bit for place in range(9) if (bits[place], bits[place + 1]) == (1, 0)]
            cycle += 10 * self.bit
        return cycle

    def where(self, cycle: float) -> tuple[int, float]:
        """The line's level, and how far into its bit it is: 0 to 1."""
        for begin, byte in self.sent:
            if begin <= cycle < begin + 10 * self.bit:
                place, into = divmod((cycle - begin) / self.bit, 1)
                return (0, *(byte >> place & 1 for place in range(8)), 1)[int(place)], into
        return 1, 0.5


class Up9600(list[int]):
    """Memory with the chips in it, and the processor; `host` is at the other end."""

    def __init__(self, standard: str, host: Host, phase: int, timer_a: int = 0) -> None:
        super().__init__([0] * WRAP)
        self.standard, self.host, self.now, self._phase = standard, host, 0, phase
        self.symbols = assemble_riglink(Driver.UP9600).symbols
        program = make_resident(Driver.UP9600)[2:]
        self[RESIDENT : RESIDENT + len(program)] = list(program)
        self._cpu = StrictMPU(memory=self)
        self._cpu.p |= StrictMPU.INTERRUPT
        self.samples: list[float] = []  # where in its bit each was looked at
        # CIA 2
        self._a_began = timer_a - WRAP  # when timer A was at $FFFF
        self._flags = self._control_2 = self._shift_2 = self._came = self._bits = 0
        self._b_latch, self._b_base, self._b_from = 0xFFFF, 0xFFFF, 0
        self._control_b2, self._pulse = CHAINED | START, None
        self._edges = 0
        # CIA 1
        self.level, self.changes = 1, [(0, 1)]
        self._control_1, self._latch_1, self._count_1, self._next_1 = START, 0x4025, 0, 0x4025
        self._b_1, self._b_1_on, self._left, self._out, self._waiting, self._shift_1 = 0, False, 0, 0, False, 0
        self.interrupt_1 = False

    def wraps(self) -> int:
        """How often CIA 2's timer A has wrapped."""
        return (self.now - self._a_began) // WRAP

    def upper(self) -> int:
        """CIA 2's timer B, which must be chained."""
        assert self._control_b2 & 0x7F == CHAINED | START
        assert self._b_latch == 0xFFFF
        return (self._b_base - (self.wraps() - self._b_from)) % WRAP

    def kernal_timer(self) -> int:
        """Cycles until CIA 1's timer A runs out."""
        assert self._control_1 & START
        return self._next_1 - self.now

    def call(self, routine: str, a: int = 0) -> tuple[int, bool]:
        """Run a routine; A and C."""
        cpu = self._cpu
        cpu.a, cpu.sp, cpu.pc = a, STACK_TOP, self.symbols[routine]
        self[0x1FE], self[0x1FF] = (RETURN - 1) & 0xFF, (RETURN - 1) >> 8
        while cpu.pc != RETURN:
            begin, length = self.now, cpu.cycletime[self[cpu.pc]]
            if (begin - self._phase) % STOLEN_EVERY[self.standard] > STOLEN_EVERY[self.standard] - length:
                self.now = begin = begin + STOLEN
            self._advance(begin + length - 1)
            cpu.processorCycles = 0
            cpu.step()
            self._advance(begin + cpu.processorCycles)
        return int(cpu.a), bool(cpu.p & StrictMPU.CARRY)

    def work(self, cycles: int) -> None:
        """Time passes."""
        self._advance(self.now + cycles)

    def _advance(self, cycle: int) -> None:
        self.now = cycle
        while self._control_1 & START and self._next_1 <= cycle:
            self._underflow(self._next_1)
            self._next_1 += self._latch_1 + 1
        while self._pulse is not None and self._pulse <= cycle:
            level, into = self.host.where(self._pulse + SAMPLE_DELAY)
            self.samples.append(into)
            self._came, self._bits = (self._came << 1 | level) & 0xFF, self._bits + 1
            if self._bits == 8:
                self._shift_2, self._bits = self._came, 0
                self._flags |= 0x08
            self._pulse += self._b_latch + 1
        while self._edges < len(self.host.edges) and self.host.edges[self._edges] <= cycle:
            self._edges += 1
            self._flags |= 0x10

    def _underflow(self, cycle: int) -> None:
        self.interrupt_1 = True
        if self._b_1_on:
            self._b_1 -= 1
        if not self._left and not self._waiting:
            return
        if self._left:
            self._left -= 1
        if not self._left & 1:
            self._out <<= 1
            return
        if self._out >> 8 & 1 != self.level:
            self.level ^= 1
            self.changes.append((cycle, self.level))
        if self._left == 1 and self._waiting:
            self._out |= self._shift_1
            self._left, self._waiting = 17, False

    def __getitem__(self, address: Any) -> Any:
        if address.__class__ is not int or not 0xD000 <= address < 0xDE00:
            return list.__getitem__(self, address)
        timer_a = 0xFFFF - (self.now - self._a_began) % WRAP
        match address:
            case 0xD011:
                return YSCROLL
            case 0xD012:
                every = STOLEN_EVERY[self.standard]
                return YSCROLL + (self.now - self._phase) % every // (every // 8)
            case 0xDC04 | 0xDC05:
                count = self._next_1 - self.now if self._control_1 & START else self._count_1
                return count >> 8 * (address & 1) & 0xFF
            case 0xDC06:
                return self._b_1 & 0xFF
            case 0xDC0D:
                due, self.interrupt_1 = self.interrupt_1, False
                return int(due)
            case 0xDC0E:
                return self._control_1
            case 0xDD01:
                return list.__getitem__(self, address) & 0xFE | self.host.where(self.now)[0]
            case 0xDD04 | 0xDD05:
                return timer_a >> 8 * (address & 1) & 0xFF
            case 0xDD06 | 0xDD07:
                count = self.upper() if self._control_b2 & CHAINED else self._b_base
                return count >> 8 * (address & 1) & 0xFF
            case 0xDD0C:
                return self._shift_2
            case 0xDD0D:
                flags, self._flags = self._flags, 0
                return flags
            case 0xDD0E:
                return self._control_2
        return list.__getitem__(self, address)

    def __setitem__(self, address: Any, value: Any) -> None:
        list.__setitem__(self, address, value)
        match address:
            case 0xDC04:
                self._latch_1 = self._latch_1 & 0xFF00 | value
            case 0xDC05:
                self._latch_1 = self._latch_1 & 0xFF | value << 8
                if not self._control_1 & START:
                    self._count_1 = self._latch_1
            case 0xDC06:
                self._b_1 = value
            case 0xDC0C:
                self._shift_1 = value
                if self._left == 0:
                    self._left, self._out = 16, value << 1
                elif self._left == 1:
                    self._left, self._out = 17, self._out | value
                else:
                    self._waiting = True
            case 0xDC0E:
                if self._control_1 & START and not value & START:
                    self._count_1 = self._next_1 - self.now
                if value & LOAD:
                    self._count_1 = self._latch_1
                if value & START and not self._control_1 & START:
                    self._next_1 = self.now + self._count_1 + 1 + START_DELAY + (value & LOAD > 0)
                self._control_1 = value & ~LOAD
            case 0xDC0F:
                self._b_1_on = value == CHAINED | START | LOAD
            case 0xDD06:
                self._b_latch = self._b_latch & 0xFF00 | value
            case 0xDD07:
                self._b_latch = self._b_latch & 0xFF | value << 8
                if not self._control_b2 & START:
                    self._b_base = self._b_latch
            case 0xDD0E:
                if (value ^ self._control_2) & OUTPUT:
                    self._bits = 0
                self._control_2 = value
            case 0xDD0F:
                if self._control_b2 & CHAINED:
                    self._b_base = (self._b_base - (self.wraps() - self._b_from)) % WRAP
                self._b_from, self._control_b2, self._pulse = self.wraps(), value & ~LOAD, None
                if value == START | PULSES | LOAD:
                    self._pulse = self.now + START_DELAY + 1 + self._b_latch + 1
