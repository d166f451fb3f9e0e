"""The vectors in RAM: whoever patches one gets the call.

Source: Programmer's Reference Guide (PRG), memory map, $0300-$0333; Mapping the Commodore 64 (MAP) for what each is
given.
"""

from __future__ import annotations

import pytest
from subject import CARRY, NO_IRQ, Subject

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

CALLED = 0x02
SEEN = 0x2000
RECORD = "sta $2000\nstx $2001\nsty $2002\nphp\npla\nsta $2003\ninc $02\nrts"

KERNAL_VECTORS = [
    ("OPEN", 0xFFC0, 0x031A),
    ("CLOSE", 0xFFC3, 0x031C),
    ("CHKIN", 0xFFC6, 0x031E),
    ("CHKOUT", 0xFFC9, 0x0320),
    ("CLRCHN", 0xFFCC, 0x0322),
    ("CHRIN", 0xFFCF, 0x0324),
    ("CHROUT", 0xFFD2, 0x0326),
    ("STOP", 0xFFE1, 0x0328),
    ("GETIN", 0xFFE4, 0x032A),
    ("CLALL", 0xFFE7, 0x032C),
]


@pytest.mark.parametrize(
    ("routine", "vector"),
    [
        pytest.param(routine, vector, id=f"PRG: {name} goes through ${vector:04X}")
        for name, routine, vector in KERNAL_VECTORS
    ],
)
def test_kernal_calls(c64: Subject, routine: int, vector: int) -> None:
    """With the caller's A, X, Y and carry."""
    c64.hook(vector, RECORD)
    for flags in (0, CARRY):
        c64.call(routine, a=0x12, x=0x34, y=0x56, flags=flags | NO_IRQ)
        assert c64.peek(SEEN, 3) == bytes([0x12, 0x34, 0x56])
        assert c64.byte(SEEN + 3) & CARRY == flags
    assert c64.byte(CALLED) == 2


def test_load_goes_through_0330(c64: Subject) -> None:
    """PRG; MAP: A is LOAD or VERIFY, X and Y are left at $C3 before."""
    c64.hook(0x0330, RECORD)
    c64.call(0xFFD5, a=1, x=0x34, y=0x56)
    assert c64.byte(CALLED) == 1
    assert c64.byte(SEEN) == 1
    assert c64.word(0xC3) == 0x5634


def test_save_goes_through_0332(c64: Subject) -> None:
    """PRG; MAP: the start is at $C1, the end at $AE by then."""
    c64.poke_word(0xFB, 0x4321)
    c64.hook(0x0332, RECORD)
    c64.call(0xFFD8, a=0xFB, x=0x34, y=0x56)
    assert c64.byte(CALLED) == 1
    assert c64.word(0xC1) == 0x4321
    assert c64.word(0xAE) == 0x5634


def test_the_caller_gets_what_the_patch_returns(c64: Subject) -> None:
    """MAP: a patch of GETIN takes its place."""
    c64.hook(0x032A, "lda #$77\nldx #$66\nsec\nrts")
    found = c64.call(0xFFE4)
    assert (found.a, found.x, found.carry) == (0x77, 0x66, True)


def test_a_patch_may_go_on_to_the_rom(c64: Subject) -> None:
    """MAP: wedges do their work and jump to where the vector led."""
    old = c64.word(0x0326)
    c64.hook(0x0326, f"inc $02\njmp ${old:04X}")
    c64.print("ABC")
    assert c64.row(0) == "ABC"
    assert c64.byte(CALLED) == 3


def test_the_rom_prints_through_the_vector(prompt: Subject) -> None:
    """MAP, $0326: what BASIC and the KERNAL print can be redirected."""
    prompt.type(b"\x93")
    old = prompt.word(0x0326)
    prompt.hook(0x0326, f"inc $02\njmp ${old:04X}")
    prompt.type("POKE2,0\r")
    assert prompt.byte(CALLED) >= len("\rREADY.\r")


def test_messages_pass_through_the_vector(c64: Subject) -> None:
    """PRG, SETMSG and $0326: what LOAD says."""
    old = c64.word(0x0326)
    c64.hook(0x0326, f"inc $02\njmp ${old:04X}")
    c64.call(0xFF90, a=0x80)
    c64.call(0xFFBA, a=1, x=8, y=1)
    c64.poke(0xC900, b"NONE")
    c64.call(0xFFBD, a=4, x=0x00, y=0xC9)
    c64.call(0xFFD5)
    assert c64.byte(CALLED) == len("\rSEARCHING FOR NONE")


# BASIC's vectors


def test_errors_go_through_0300(prompt: Subject) -> None:
    """PRG, $0300; MAP: X holds the error's number, 11 for SYNTAX."""
    old = prompt.word(0x0300)
    prompt.hook(0x0300, f"stx $2000\ninc $02\njmp ${old:04X}")
    prompt.type("QQ(\r")
    assert prompt.byte(CALLED) >= 1


@pytest.mark.parametrize(
    ("line", "number"),
    [
        pytest.param("!", 11, id="MAP: 11 SYNTAX"),
        pytest.param("POKE0,256", 14, id="MAP: 14 ILLEGAL QUANTITY"),
        pytest.param("RUN9", 17, id="MAP: 17 UNDEF'D STATEMENT"),
        pytest.param('LOAD"NONE",8', 4, id="MAP: 4 FILE NOT FOUND"),
        pytest.param('LOAD"A",9', 5, id="MAP: 5 DEVICE NOT PRESENT"),
        pytest.param('LOAD"",8', 8, id="MAP: 8 MISSING FILE NAME"),
        pytest.param('LOAD"A",0', 9, id="MAP: 9 ILLEGAL DEVICE NUMBER"),
    ],
)
def test_numbers_of_errors(prompt: Subject, line: str, number: int) -> None:
    old = prompt.word(0x0300)
    prompt.hook(0x0300, f"cpx #$80\nbcs end\nstx $2000\ninc $02\nend: jmp ${old:04X}")
    prompt.poke(SEEN, 0xFF)
    prompt.type(line + "\r")
    assert prompt.byte(SEEN) == number
    assert prompt.byte(CALLED) == 1


def test_direct_mode_goes_through_0302(prompt: Subject) -> None:
    """PRG, $0302: the main loop of direct mode, taken after each command."""
    old = prompt.word(0x0302)
    prompt.hook(0x0302, f"inc $02\njmp ${old:04X}")
    prompt.type("POKE255,0\r")
    before = prompt.byte(CALLED)
    prompt.type("POKE255,0\r")
    assert prompt.byte(CALLED) == before + 1


def test_lines_are_crunched_through_0304(prompt: Subject) -> None:
    """PRG, $0304: the routine that makes tokens, called for each line."""
    old = prompt.word(0x0304)
    prompt.hook(0x0304, f"inc $02\njmp ${old:04X}")
    prompt.type("POKE255,0\r")
    prompt.type("10 END\r")
    assert prompt.byte(CALLED) == 2


def test_list_goes_through_0306(prompt: Subject) -> None:
    """PRG, $0306: the routine that prints tokens."""
    prompt.type("10 END\r")
    old = prompt.word(0x0306)
    prompt.hook(0x0306, f"inc $02\njmp ${old:04X}")
    prompt.type("LIST\r")
    assert prompt.byte(CALLED) >= 1


def test_statements_go_through_0308(prompt: Subject) -> None:
    """PRG, $0308: the routine that executes the next statement."""
    old = prompt.word(0x0308)
    prompt.hook(0x0308, f"inc $02\njmp ${old:04X}")
    prompt.type("POKE255,0:POKE255,0:POKE255,0\r")
    assert prompt.byte(CALLED) >= 3


def test_values_go_through_030a(prompt: Subject) -> None:
    """PRG, $030A: the routine that evaluates a term."""
    old = prompt.word(0x030A)
    prompt.hook(0x030A, f"inc $02\njmp ${old:04X}")
    prompt.type("POKE255,PEEK(255)\r")
    assert prompt.byte(CALLED) >= 2


# CHRGET


@pytest.mark.parametrize(
    ("text", "character", "carry", "zero"),
    [
        pytest.param(b"\x001", 0x31, False, False, id="MAP: CHRGET, C=0 for a digit"),
        pytest.param(b"\x00A", 0x41, True, False, id="MAP: CHRGET, C=1 for a letter"),
        pytest.param(b"\x00:", 0x3A, True, True, id="MAP: CHRGET, Z=1 for a colon"),
        pytest.param(b"\x00\x00", 0x00, False, True, id="MAP: CHRGET, Z=1 at the end of a line"),
        pytest.param(b"\x00   9", 0x39, False, False, id="MAP: CHRGET skips spaces"),
    ],
)
def test_chrget(c64: Subject, text: bytes, character: int, carry: bool, zero: bool) -> None:
    """In RAM at $0073, its pointer at $7A."""
    c64.poke(SEEN, text)
    c64.poke_word(0x7A, SEEN)
    found = c64.call(0x0073)
    assert (found.a, found.zero) == (character, zero)
    if character:
        assert found.carry == carry
    assert c64.word(0x7A) == SEEN + len(text) - 1


def test_chrgot_looks_again(c64: Subject) -> None:
    """MAP: CHRGOT at $0079 takes the same character."""
    c64.poke(SEEN, b"7")
    c64.poke_word(0x7A, SEEN)
    found = c64.call(0x0079)
    assert (found.a, found.carry) == (0x37, False)
    assert c64.word(0x7A) == SEEN
