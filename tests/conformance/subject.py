"""The C64 under test: calls into its ROM, text that it is given, and what memory and screen hold afterwards.

Knows no address but those that are published: the jump table's CHROUT and the cells in page zero, two and four.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from soulrig.buildtools.assembler import assemble
from soulrig.vice_driver.errors import CyclesExceeded
from soulrig.vice_driver.vice import Vice

CALLER = 0xC000  # JSR routine, and there the C64 is stopped again
BACK = CALLER + 3
PROGRAM = 0xC100
HOOK = 0xC600
TEXT = 0xC800
NAME = 0xC900
SCREEN, COLOURS = 0x0400, 0xD800
CHROUT = 0xFFD2

NEGATIVE, OVERFLOW, BREAK, DECIMAL, NO_IRQ, ZERO, CARRY = 0x80, 0x40, 0x10, 0x08, 0x04, 0x02, 0x01

CALL_CYCLES = 3_000_000
PROMPT_CYCLES = 30_000_000
KEYS, KEY_COUNT, CURSOR_OFF = 0x0277, 0xC6, 0xCC
KEY_BUFFER = 10

CONFIG = "MEMORY {{ RAM: start = ${start:04X}, size = $0700; }} SEGMENTS {{ CODE: load = RAM, type = ro; }}"


@dataclass(frozen=True)
class Registers:
    """The CPU's registers when a routine has returned."""

    a: int
    x: int
    y: int
    sp: int
    pc: int
    flags: int

    @property
    def carry(self) -> bool:
        return bool(self.flags & CARRY)

    @property
    def zero(self) -> bool:
        return bool(self.flags & ZERO)

    @property
    def negative(self) -> bool:
        return bool(self.flags & NEGATIVE)

    @property
    def decimal(self) -> bool:
        return bool(self.flags & DECIMAL)

    @property
    def no_irq(self) -> bool:
        return bool(self.flags & NO_IRQ)


@cache
def code(source: str, start: int = PROGRAM) -> bytes:
    """ca65 source, assembled for `start`."""
    with tempfile.TemporaryDirectory(prefix="soulrig-conformance-") as name:
        program, config = Path(name) / "program.s", Path(name) / "program.cfg"
        program.write_text(f".code\n{source}\n")
        config.write_text(CONFIG.format(start=start))
        return assemble([program], config, "program").outputs["program"]


class Subject:
    """A C64 that has executed the SYS of a program, and does nothing else than what a check has it do.

    It stands still between two methods: no time passes for it.
    """

    def __init__(self, vice: Vice) -> None:
        self.vice = vice

    # Memory

    def rom_word(self, address: int) -> int:
        return int.from_bytes(self.peek(address, 2, bank="rom"), "little")

    def peek(self, address: int, length: int = 1, bank: str = "ram") -> bytes:
        return self.vice.monitor.read(address, length, bank)

    def byte(self, address: int) -> int:
        return self.peek(address)[0]

    def word(self, address: int) -> int:
        return int.from_bytes(self.peek(address, 2), "little")

    def io(self, address: int) -> int:
        """An I/O register, or a cell of the colour RAM, whose upper half is noise."""
        value = self.peek(address, bank="io")[0]
        return value & 0x0F if COLOURS <= address < COLOURS + 0x400 else value

    def poke(self, address: int, data: bytes | int, bank: str = "ram") -> None:
        self.vice.monitor.write(address, bytes([data]) if isinstance(data, int) else data, bank)

    def poke_word(self, address: int, value: int) -> None:
        self.poke(address, value.to_bytes(2, "little"))

    # Calls

    def call(
        self, address: int, a: int = 0, x: int = 0, y: int = 0, flags: int = 0, cycles: int = CALL_CYCLES
    ) -> Registers:
        """JSR to `address` with these registers, and what is in them when it has returned."""
        self.poke(CALLER, bytes([0x20, address & 0xFF, address >> 8, 0x4C, BACK & 0xFF, BACK >> 8]))
        return self.go(CALLER, BACK, a, x, y, flags, cycles)

    def go(
        self,
        start: int,
        end: int,
        a: int = 0,
        x: int = 0,
        y: int = 0,
        flags: int = 0,
        cycles: int = CALL_CYCLES,
    ) -> Registers:
        """Execute from `start` until `end` is about to be executed."""
        self.vice.set_registers({"A": a, "X": x, "Y": y, "FL": flags | 0x20, "PC": start})
        self.vice.run_to(end, cycles)
        return self.registers()

    def jump(self, address: int) -> None:
        """Go on at `address` next, interrupts on."""
        self.vice.set_registers({"PC": address, "FL": 0x20})

    def registers(self) -> Registers:
        found = self.vice.registers()
        return Registers(*(found[name] for name in ("A", "X", "Y", "SP", "PC", "FL")))

    def program(self, source: str, start: int = PROGRAM) -> None:
        """Put ca65 source into memory."""
        self.poke(start, code(source, start))

    def run(self, source: str, a: int = 0, x: int = 0, y: int = 0, flags: int = 0) -> Registers:
        """Call ca65 source, which ends with RTS."""
        self.program(source)
        return self.call(PROGRAM, a, x, y, flags)

    def hook(self, vector: int, source: str = "inc $02\nrts", start: int = HOOK) -> None:
        """Point a RAM vector to ca65 source; as it is, it counts in $02."""
        self.poke(0x02, 0)
        self.program(source, start)
        self.poke_word(vector, start)

    def idle(self) -> None:
        """Have the C64 loop in RAM, interrupts on, when it goes on."""
        self.program("loop: jmp loop")
        self.jump(PROGRAM)

    def go_on(self, end: int) -> int:
        """Go on until `end` is about to be executed; the clock then."""
        return self.vice.run_to(end, CALL_CYCLES)

    def interrupts(self, count: int, cycles: int = CALL_CYCLES) -> None:
        """Let so many interrupts be served, by way of ($0314), while the C64 does nothing else."""
        self.poke(0x02, 0)
        self.poke(0x2F00, self.peek(0x0314, 2))
        self.program("inc $02\njmp ($2F00)", 0x2F10)
        self.program(f"loop: lda #{count}\ncmp $02\nbne loop\nrts")
        self.poke_word(0x0314, 0x2F10)
        self.call(PROGRAM, cycles=cycles)
        self.poke(0x0314, self.peek(0x2F00, 2))

    # Text

    def print(self, text: bytes | str) -> Registers:
        """Send PETSCII through CHROUT."""
        data = text.encode("ascii") if isinstance(text, str) else text
        self.poke(TEXT, data)
        return self.run(f"""
                ldy #0
        next:   sty count
                lda ${TEXT:04X},y
                jsr ${CHROUT:04X}
                ldy count
                iny
                cpy #{len(data)}
                bne next
                rts
        count:  .byte 0
        """)

    def keys(self, petscii: bytes | str) -> None:
        """Put up to ten keys into the keyboard buffer."""
        data = petscii.encode("ascii") if isinstance(petscii, str) else petscii
        assert len(data) <= KEY_BUFFER
        self.poke(KEYS, data)
        self.poke(KEY_COUNT, len(data))

    @property
    def cursor(self) -> tuple[int, int]:
        """Row ($D6) and column ($D3)."""
        return self.byte(0xD6), self.byte(0xD3)

    def codes(self, row: int, column: int = 0, length: int = 40) -> bytes:
        """Screen codes."""
        return self.peek(SCREEN + 40 * row + column, length)

    def colour(self, row: int, column: int) -> int:
        return self.io(COLOURS + 40 * row + column)

    def row(self, row: int) -> str:
        """A row of the screen as text."""
        return self.rows()[row]

    def rows(self) -> list[str]:
        """The 25 rows; a reversed glyph reads as itself, a graphic one as ~."""
        text = "".join(_character(code & 0x7F) for code in self.peek(SCREEN, 1000))
        return [text[start : start + 40].rstrip() for start in range(0, 1000, 40)]

    # Direct mode

    def type(self, text: bytes | str, cycles: int = PROMPT_CYCLES) -> None:
        """Keys at the prompt, as many as wished, and wait until they are done."""
        data = text.encode("ascii") if isinstance(text, str) else text
        for start in range(0, len(data), KEY_BUFFER):
            self.keys(data[start : start + KEY_BUFFER])
            self.to_prompt(cycles)

    def to_prompt(self, cycles: int = PROMPT_CYCLES) -> None:
        """Go on until the C64 waits for a key with a flashing cursor."""
        try:
            self.vice.run_until(self._waits_for_key, cycles, "the prompt")
        except CyclesExceeded as fault:
            raise AssertionError("\n".join([str(fault), "the screen:", *self.rows()])) from fault

    def to_ready(self, cycles: int = PROMPT_CYCLES) -> None:
        """Go on until READY. stands on the screen, where it didn't, and keys are waited for."""
        self.vice.run_until(lambda: "READY." in self.rows(), cycles, "READY.")
        self.to_prompt(cycles)

    def direct(self, line: str, cycles: int = PROMPT_CYCLES) -> list[str]:
        """Enter a line on a cleared screen; the rows between it and READY., without empty ones at the end."""
        self.type(b"\x93" + line.encode("ascii") + b"\r", cycles)
        rows = self.rows()
        assert "READY." in rows, rows
        shown = rows[1 + (len(line) - 1) // 40 : rows.index("READY.")]
        while shown and not shown[-1]:
            shown.pop()
        return shown

    def _waits_for_key(self) -> bool:
        return self.byte(KEY_COUNT) == 0 and self.byte(CURSOR_OFF) == 0


def _character(code: int) -> str:
    if code < 32:
        return chr(code + 64)
    return chr(code) if code < 64 else "~"
