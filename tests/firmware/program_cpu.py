"""The program's machine code on py65, with as much of a C64 around it as the front end touches.

RAM everywhere; at $D000-$DFFF the raster line, the SID (a log of writes), the keyboard's RUN/STOP, and CIA 2's chained
timers as the data sheet has them; once the program has its own, an interrupt a jiffy. Instead of a KERNAL two stubs:
CHROUT and PLOT return. `keys` go into the KERNAL's buffer, one when the program looks there and it is empty.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from py65.devices.mpu6502 import MPU

from soulrig.buildtools.build import Built
from soulrig.buildtools.unpack import memory_of

CHROUT, PLOT = 0xFFD2, 0xFFF0
KEY_COUNT, KEY_BUFFER = 0xC6, 0x0277
IRQ_VECTOR = 0xFFFE
JIFFY = 16_421  # cycles
RETURN_TO = 0x0200  # a call is over when the program counter comes here
SID, SID_END = 0xD400, 0xD419
RASTER_HIGH, RASTER = 0xD011, 0xD012
CYCLES_A_LINE = 63
LINES = {"pal": 312, "ntsc": 263}
CIA1_COLUMNS, CIA1_ROWS = 0xDC00, 0xDC01
TIMER_A, TIMER_B, CONTROL_A, CONTROL_B = 0xDD04, 0xDD06, 0xDD0E, 0xDD0F
CHAIN_DELAY = 2  # cycles from an underflow of timer A to timer B's step

DEC_ABSOLUTE = 0xCE  # counted as 3 cycles by py65 1.2.0


class Undefined(Exception):
    """An opcode that the 6502's data sheet doesn't have."""


class Memory(list[Any]):
    """64 KB, with chips over $D000-$DFFF while these are banked in: what was written to them, and a function to ask."""

    def __init__(self, content: Iterable[int], read: Callable[[int], int], write: Callable[[int, int], None]) -> None:
        super().__init__(content)
        self.read, self.write = read, write
        self.chips: dict[int, int] = {}  # by address, what was written last

    @property
    def io_banked_in(self) -> bool:
        return bool(list.__getitem__(self, 0x01) & 3)

    def __getitem__(self, address: Any) -> Any:
        if address.__class__ is int and 0xD000 <= address < 0xE000 and self.io_banked_in:
            return self.read(address)
        return list.__getitem__(self, address)

    def __setitem__(self, address: Any, value: Any) -> None:
        if address.__class__ is int and 0xD000 <= address < 0xE000 and self.io_banked_in:
            self.write(address, value)
            self.chips[address] = value
        else:
            list.__setitem__(self, address, value)


class ProgramCpu:
    """A built program in memory, nothing squeezed. The rest is random, as after power-on or a run before."""

    def __init__(self, built: Built, standard: str = "pal", seed: int = 1) -> None:
        self.symbols = built.symbols
        self.lines = LINES[standard]
        self.keys: deque[int] = deque()
        self.on_key: Callable[[], None] = lambda: None  # called whenever a key is asked for
        self.stop_key = False
        self.sid: list[tuple[int, int, int]] = []  # (cycles, register, value)
        self._next_jiffy = 0
        self._started = {CONTROL_A: 0, CONTROL_B: 0}
        content = list(random.Random(seed).randbytes(0x10000))
        self.memory = Memory(content, self._read, self._write)
        load, program = memory_of(built.prg, built.manifest)
        self.memory[load : load + len(program)] = list(program)
        self.put("stream_end", [0, 0])
        for entry in (CHROUT, PLOT):
            self.memory[entry] = 0x60  # RTS
        self.memory[KEY_COUNT] = 0
        self.memory[0x00], self.memory[0x01] = 0x2F, 0x37
        self.cpu = MPU(self.memory)
        self._instructions = [
            None if name[0] == "???" else instruction
            for name, instruction in zip(MPU.disassemble, MPU.instruct, strict=True)
        ]

    @property
    def cycles(self) -> int:
        return int(self.cpu.processorCycles)

    @cycles.setter
    def cycles(self, value: int) -> None:
        self.cpu.processorCycles = value

    def __getitem__(self, label: str) -> int:
        """The byte at a label."""
        return int(list.__getitem__(self.memory, self.symbols[label]))

    def __setitem__(self, label: str, value: int) -> None:
        self.memory[self.symbols[label]] = value

    def bytes_at(self, label: str, count: int) -> list[int]:
        """`count` bytes from a label on."""
        start = self.symbols[label]
        return list(self.memory[start : start + count])

    def put(self, label: str, values: Iterable[int]) -> None:
        """Write bytes from a label on."""
        for offset, value in enumerate(values):
            self.memory[self.symbols[label] + offset] = value

    def word(self, label: str, size: int = 2) -> int:
        """The little-endian number at a label."""
        return int.from_bytes(bytes(self.bytes_at(label, size)), "little")

    def call(self, label: str, a: int = 0, x: int = 0, y: int = 0, limit: int = 400_000_000) -> int:
        """Call a routine; the cycles it took, its RTS included."""
        cpu = self.cpu
        cpu.sp = 0xFD
        return_to = RETURN_TO - 1
        self.memory[0x1FE], self.memory[0x1FF] = return_to & 255, return_to >> 8
        cpu.a, cpu.x, cpu.y, cpu.pc = a, x, y, self.symbols[label]
        begin = self.cycles
        self.run_to(RETURN_TO, limit)
        return self.cycles - begin

    def run_to(self, address: int, limit: int = 400_000_000) -> None:
        """Run until the program counter is at an address. Raises Undefined; fails after `limit` cycles."""
        cpu, instructions = self.cpu, self._instructions
        end = self.cycles + limit
        handler = list(self.symbols["interrupt"].to_bytes(2, "little"))
        take = self.symbols["keyboard_take"]
        while cpu.pc != address:
            if cpu.processorCycles >= self._next_jiffy and not cpu.p & MPU.INTERRUPT:
                self._next_jiffy = cpu.processorCycles + JIFFY
                if self.memory[IRQ_VECTOR : IRQ_VECTOR + 2] == handler:
                    cpu.irq()
            if cpu.pc == take:
                self._hand_out()
            opcode = self.memory[cpu.pc]
            if instructions[opcode] is None:
                raise Undefined(f"opcode ${opcode:02X} at ${cpu.pc:04X}")
            cpu.step()
            if opcode == DEC_ABSOLUTE:
                cpu.processorCycles += 3
            assert cpu.processorCycles < end, f"${address:04X} not reached, now at ${cpu.pc:04X}"

    def _hand_out(self) -> None:
        self.on_key()
        if self.keys and self.memory[KEY_COUNT] == 0:
            self.memory[KEY_BUFFER] = self.keys.popleft()
            self.memory[KEY_COUNT] = 1

    @property
    def carry(self) -> bool:
        return bool(self.cpu.p & MPU.CARRY)

    def screen(self) -> list[int]:
        """1000 screen codes."""
        return list(self.memory[0x0400:0x07E8])

    def colours(self) -> list[int]:
        """1000 colours."""
        return [self.memory.chips.get(address, 0) for address in range(0xD800, 0xDBE8)]

    def timers(self) -> tuple[int, int]:
        """What timers A and B show. Timer A shows $FFFF for two cycles and 0 for none; timer B steps a little later."""
        elapsed = self.cycles - self._started[CONTROL_A]
        a = 0xFFFF - elapsed % 0x10000
        b = 0xFFFF - max(0, elapsed - CHAIN_DELAY) // 0x10000
        return (a or 0xFFFF), b & 0xFFFF

    def _read(self, address: int) -> int:
        if address in (RASTER, RASTER_HIGH):
            line = self.cycles // CYCLES_A_LINE % self.lines
            return line & 255 if address == RASTER else 0x1B | line >> 8 << 7
        if TIMER_A <= address < TIMER_A + 4:
            a, b = self.timers()
            return (a | b << 16) >> 8 * (address - TIMER_A) & 255
        if address == CIA1_ROWS:
            selected = self.memory.chips.get(CIA1_COLUMNS, 0xFF) < 0x80  # RUN/STOP's column, or all
            return 0x7F if self.stop_key and selected else 0xFF
        return self.memory.chips.get(address, 0xFF)

    def _write(self, address: int, value: int) -> None:
        if SID <= address < SID_END:
            self.sid.append((self.cycles, address - SID, value))
        if address in self._started:
            self._started[address] = self.cycles
