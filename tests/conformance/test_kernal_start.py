"""What CINT, IOINIT, RAMTAS, RESTOR and VECTOR set up, and what a C64 is like when it is switched on.

Source: Programmer's Reference Guide (PRG), chapter 5 and appendix "memory map"; Mapping the Commodore 64 (MAP).
"""

from __future__ import annotations

from itertools import pairwise

import pytest
from subject import CARRY, HOOK, NO_IRQ, SCREEN, Subject

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

CINT, IOINIT, RAMTAS, RESTOR, VECTOR = 0xFF81, 0xFF84, 0xFF87, 0xFF8A, 0xFF8D
VECTORS, VECTOR_BYTES = 0x0314, 32
RAMTAS_CYCLES = 10_000_000


# CINT


@pytest.mark.parametrize(
    ("cell", "spoilt", "expected"),
    [
        pytest.param(0x0286, 1, 14, id="MAP: CINT makes the text light blue, $0286"),
        pytest.param(0x0289, 1, 10, id="MAP: CINT makes the keyboard buffer ten long, $0289"),
        pytest.param(0x028B, 99, 4, id="MAP: CINT sets the repeat rate, $028B"),
        pytest.param(0x0291, 0x80, 0, id="MAP: CINT allows SHIFT+C=, $0291"),
        pytest.param(0x0099, 8, 0, id="MAP: CINT makes the keyboard the input, $99"),
        pytest.param(0x009A, 8, 3, id="MAP: CINT makes the screen the output, $9A"),
        pytest.param(0x00D3, 9, 0, id="MAP: CINT puts the cursor into column 0, $D3"),
        pytest.param(0x00D6, 9, 0, id="MAP: CINT puts the cursor into row 0, $D6"),
        pytest.param(0x02A6, 9, 1, id="MAP: CINT sees a PAL machine, $02A6"),
    ],
)
def test_cint(c64: Subject, cell: int, spoilt: int, expected: int) -> None:
    c64.poke(cell, spoilt)
    c64.call(CINT)
    assert c64.byte(cell) == expected


def test_cint_clears_the_screen(c64: Subject) -> None:
    """PRG, CINT."""
    c64.poke(SCREEN, bytes([1]) * 1000)
    c64.call(CINT)
    assert c64.peek(SCREEN, 1000) == b" " * 1000


def test_cint_makes_every_row_a_line(c64: Subject) -> None:
    """MAP: bit 7 of $D9-$F1 is set where a row begins a logical line."""
    c64.poke(0xD9, bytes(25))
    c64.call(CINT)
    assert all(link & 0x80 for link in c64.peek(0xD9, 25))


@pytest.mark.parametrize(
    ("register", "mask", "expected"),
    [
        pytest.param(0xD018, 0xFE, 0x14, id="MAP: screen at $0400, upper case at $1000, $D018"),
        pytest.param(0xD020, 0x0F, 14, id="MAP: border light blue, $D020"),
        pytest.param(0xD021, 0x0F, 6, id="MAP: background blue, $D021"),
        pytest.param(0xD011, 0x7F, 0x1B, id="MAP: text mode, 25 rows, screen on, $D011"),
        pytest.param(0xD016, 0x1F, 0x08, id="MAP: 40 columns, no multicolour, $D016"),
        pytest.param(0xD015, 0xFF, 0, id="MAP: no sprites, $D015"),
        pytest.param(0xD01A, 0x0F, 0, id="MAP: no interrupts of the video chip, $D01A"),
    ],
)
def test_cint_sets_the_video_chip(c64: Subject, register: int, mask: int, expected: int) -> None:
    c64.poke(register, expected ^ mask & 0x7F, bank="io")
    c64.call(CINT, flags=NO_IRQ)
    assert c64.io(register) & mask == expected


# IOINIT


@pytest.mark.parametrize(
    ("register", "mask", "expected"),
    [
        pytest.param(0xDC02, 0xFF, 0xFF, id="MAP: columns of the keyboard are outputs, $DC02"),
        pytest.param(0xDC03, 0xFF, 0x00, id="MAP: rows of the keyboard are inputs, $DC03"),
        pytest.param(0xDD02, 0xFF, 0x3F, id="MAP: serial bus and video bank, $DD02"),
        pytest.param(0xDD00, 0x03, 0x03, id="MAP: video bank 0, $DD00"),
        pytest.param(0xDC0E, 0x09, 0x01, id="MAP: timer A of CIA 1 runs, continuously, $DC0E"),
        pytest.param(0xDC0F, 0x01, 0x00, id="MAP: timer B of CIA 1 stands, $DC0F"),
        pytest.param(0xDD0F, 0x01, 0x00, id="MAP: timer B of CIA 2 stands, $DD0F"),
    ],
)
def test_ioinit(c64: Subject, register: int, mask: int, expected: int) -> None:
    c64.poke(register, expected ^ mask, bank="io")
    c64.call(IOINIT, flags=NO_IRQ)
    assert c64.io(register) & mask == expected


def test_ioinit_sets_the_processor_port(c64: Subject) -> None:
    """MAP: $00 is $2F, $01 is $37: BASIC, KERNAL and I/O are there."""
    c64.run("lda #$3F\nsta 0\nlda #$27\nsta 1\njmp $FF84", flags=NO_IRQ)
    assert c64.peek(0, 1, bank="cpu")[0] == 0x2F
    assert c64.peek(1, 1, bank="cpu")[0] & 0x27 == 0x27


def test_ioinit_makes_60_interrupts_a_second(c64: Subject) -> None:
    """PRG: the clock is a 60th of a second; MAP: IOINIT starts timer A of CIA 1 for it."""
    c64.call(IOINIT, flags=NO_IRQ)
    c64.hook(VECTORS, "jmp $EA31")
    c64.idle()
    times = [c64.go_on(HOOK) for _ in range(5)]
    gaps = [after - before for before, after in pairwise(times[1:])]
    assert gaps == pytest.approx([c64.vice.clock_hz / 60] * 3, abs=60)


# RAMTAS


@pytest.mark.parametrize(
    ("start", "length"),
    [
        pytest.param(0x0002, 0x60, id="PRG: RAMTAS clears page 0"),
        pytest.param(0x0200, 0x80, id="PRG: RAMTAS clears page 2"),
        pytest.param(0x0300, 0x100, id="PRG: RAMTAS clears page 3"),
    ],
)
def test_ramtas_clears(c64: Subject, start: int, length: int) -> None:
    c64.poke(start, b"\x55" * length)
    c64.call(RAMTAS, flags=NO_IRQ, cycles=RAMTAS_CYCLES)
    assert c64.peek(start, length) == bytes(length)


def test_ramtas_finds_the_top_of_memory(c64: Subject) -> None:
    """PRG, RAMTAS; MAP: $A000 at $0283."""
    c64.call(RAMTAS, flags=NO_IRQ, cycles=RAMTAS_CYCLES)
    assert c64.word(0x0283) == 0xA000


def test_ramtas_sets_the_bottom_of_memory(c64: Subject) -> None:
    """PRG, RAMTAS; MAP: $0800 at $0281."""
    c64.call(RAMTAS, flags=NO_IRQ, cycles=RAMTAS_CYCLES)
    assert c64.word(0x0281) == 0x0800


def test_ramtas_sets_the_page_of_the_screen(c64: Subject) -> None:
    """PRG, RAMTAS: the screen at $0400; MAP: $0288."""
    c64.call(RAMTAS, flags=NO_IRQ, cycles=RAMTAS_CYCLES)
    assert c64.byte(0x0288) == 4


def test_ramtas_sets_the_tape_buffer(c64: Subject) -> None:
    """PRG, RAMTAS: the cassette buffer at $033C; MAP: $B2 points to it."""
    c64.call(RAMTAS, flags=NO_IRQ, cycles=RAMTAS_CYCLES)
    assert c64.word(0xB2) == 0x033C


def test_ramtas_keeps_programs(c64: Subject) -> None:
    """MAP: the memory test leaves each byte as it was."""
    c64.poke(0x0801, bytes(range(1, 200)))
    c64.call(RAMTAS, flags=NO_IRQ, cycles=RAMTAS_CYCLES)
    assert c64.peek(0x0801, 199) == bytes(range(1, 200))


# The table of vectors


def test_restor_brings_all_vectors_back(c64: Subject) -> None:
    """PRG, RESTOR."""
    at_power_up = c64.peek(VECTORS, VECTOR_BYTES)
    c64.poke(VECTORS, bytes(VECTOR_BYTES))
    c64.call(RESTOR, flags=NO_IRQ)
    assert c64.peek(VECTORS, VECTOR_BYTES) == at_power_up


def test_vector_with_carry_set_copies_the_vectors_out(c64: Subject) -> None:
    """PRG, VECTOR: to the list at X, Y."""
    c64.poke(0x2000, bytes(VECTOR_BYTES + 1))
    c64.call(VECTOR, x=0x00, y=0x20, flags=CARRY | NO_IRQ)
    assert c64.peek(0x2000, VECTOR_BYTES) == c64.peek(VECTORS, VECTOR_BYTES)
    assert c64.byte(0x2000 + VECTOR_BYTES) == 0


def test_vector_with_carry_clear_sets_the_vectors(c64: Subject) -> None:
    """PRG, VECTOR: from the list at X, Y."""
    others = bytes(range(0x40, 0x40 + VECTOR_BYTES))
    c64.poke(0x2000, others)
    c64.call(VECTOR, x=0x00, y=0x20, flags=NO_IRQ)
    assert c64.peek(VECTORS, VECTOR_BYTES) == others


@pytest.mark.parametrize(
    ("vector", "routine"),
    [
        pytest.param(0x0314, 0xEA31, id="PRG: $0314 IRQ is $EA31"),
        pytest.param(0x0316, 0xFE66, id="PRG: $0316 BRK is $FE66"),
        pytest.param(0x0318, 0xFE47, id="PRG: $0318 NMI is $FE47"),
        pytest.param(0x031A, 0xF34A, id="PRG: $031A OPEN is $F34A"),
        pytest.param(0x031C, 0xF291, id="PRG: $031C CLOSE is $F291"),
        pytest.param(0x031E, 0xF20E, id="PRG: $031E CHKIN is $F20E"),
        pytest.param(0x0320, 0xF250, id="PRG: $0320 CHKOUT is $F250"),
        pytest.param(0x0322, 0xF333, id="PRG: $0322 CLRCHN is $F333"),
        pytest.param(0x0324, 0xF157, id="PRG: $0324 CHRIN is $F157"),
        pytest.param(0x0326, 0xF1CA, id="PRG: $0326 CHROUT is $F1CA"),
        pytest.param(0x0328, 0xF6ED, id="PRG: $0328 STOP is $F6ED"),
        pytest.param(0x032A, 0xF13E, id="PRG: $032A GETIN is $F13E"),
        pytest.param(0x032C, 0xF32F, id="PRG: $032C CLALL is $F32F"),
        pytest.param(0x0330, 0xF4A5, id="PRG: $0330 LOAD is $F4A5"),
        pytest.param(0x0332, 0xF5ED, id="PRG: $0332 SAVE is $F5ED"),
    ],
)
def test_vectors_when_switched_on(c64: Subject, vector: int, routine: int) -> None:
    assert c64.word(vector) == routine


# Switched on


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        pytest.param(0x002B, 0x0801, id="PRG: BASIC text begins at $0801, $2B"),
        pytest.param(0x002D, 0x0803, id="PRG: an empty program's variables, $2D"),
        pytest.param(0x002F, 0x0803, id="PRG: an empty program's arrays, $2F"),
        pytest.param(0x0031, 0x0803, id="PRG: an empty program's end of arrays, $31"),
        pytest.param(0x0033, 0xA000, id="PRG: bottom of strings, $33"),
        pytest.param(0x0037, 0xA000, id="PRG: end of BASIC memory, $37"),
        pytest.param(0x00B2, 0x033C, id="PRG: tape buffer, $B2"),
        pytest.param(0x0281, 0x0800, id="PRG: bottom of memory, $0281"),
        pytest.param(0x0283, 0xA000, id="PRG: top of memory, $0283"),
        pytest.param(0x0800, 0x0000, id="PRG: a zero before the BASIC text, and an empty program, $0800"),
    ],
)
def test_pointers_when_switched_on(prompt: Subject, cell: int, expected: int) -> None:
    assert prompt.word(cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        pytest.param(0x0013, 0, id="MAP: input is by the keyboard, $13"),
        pytest.param(0x0802, 0, id="PRG: an empty program, $0802"),
        pytest.param(0x0090, 0, id="PRG: status, $90"),
        pytest.param(0x0091, 0xFF, id="PRG: no key in the STOP key's row, $91"),
        pytest.param(0x0098, 0, id="PRG: no open files, $98"),
        pytest.param(0x0099, 0, id="PRG: input device, $99"),
        pytest.param(0x009A, 3, id="PRG: output device, $9A"),
        pytest.param(0x009D, 0x80, id="PRG: direct mode shows control messages, $9D"),
        pytest.param(0x00C5, 64, id="PRG: no key was pressed, $C5"),
        pytest.param(0x00C6, 0, id="PRG: no keys wait, $C6"),
        pytest.param(0x00C7, 0, id="PRG: no reverse, $C7"),
        pytest.param(0x00CB, 64, id="PRG: no key is pressed, $CB"),
        pytest.param(0x00CC, 0, id="PRG: the cursor flashes, $CC"),
        pytest.param(0x00D4, 0, id="PRG: no quote mode, $D4"),
        pytest.param(0x00D5, 39, id="PRG: length of the line, $D5"),
        pytest.param(0x00D8, 0, id="PRG: no inserts, $D8"),
        pytest.param(0x0286, 14, id="PRG: colour of the text, $0286"),
        pytest.param(0x0288, 4, id="PRG: page of the screen, $0288"),
        pytest.param(0x0289, 10, id="PRG: size of the keyboard buffer, $0289"),
        pytest.param(0x028A, 0, id="PRG: only some keys repeat, $028A"),
        pytest.param(0x028D, 0, id="PRG: no SHIFT, C= or CTRL, $028D"),
        pytest.param(0x0291, 0, id="PRG: SHIFT+C= is allowed, $0291"),
        pytest.param(0x0292, 0, id="PRG: the screen scrolls, $0292"),
        pytest.param(0x02A6, 1, id="PRG: PAL, $02A6"),
        pytest.param(0x0310, 0x4C, id="PRG: USR is a JMP, $0310"),
    ],
)
def test_cells_when_switched_on(prompt: Subject, cell: int, expected: int) -> None:
    assert prompt.byte(cell) == expected


def test_ready_and_the_cursor_below_it(prompt: Subject) -> None:
    """User's Guide: the machine says READY. and waits in the line below."""
    assert "READY." in prompt.rows()
    assert prompt.cursor == (prompt.rows().index("READY.") + 1, 0)


def test_colour_memory_when_switched_on(prompt: Subject) -> None:
    """PRG: text is light blue."""
    row = prompt.rows().index("READY.")
    assert [prompt.colour(row, column) for column in range(6)] == [14] * 6


def test_the_processor_port_when_switched_on(prompt: Subject) -> None:
    """PRG: the processor port selects BASIC, KERNAL and I/O."""
    assert prompt.peek(0, 1, bank="cpu")[0] == 0x2F
    assert prompt.peek(1, 1, bank="cpu")[0] & 0x07 == 7
