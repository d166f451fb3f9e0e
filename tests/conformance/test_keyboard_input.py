"""What programs get of the keyboard: GETIN and CHRIN.

Source: Programmer's Reference Guide (PRG), chapter 5; User's Guide (UG), chapter 2, on editing; Mapping the Commodore
64 (MAP), $C6, $CC, $0277.
"""

from __future__ import annotations

import pytest
from subject import TEXT, Subject

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

CHRIN, GETIN = 0xFFCF, 0xFFE4
KEYS, KEY_COUNT = 0x0277, 0xC6


# GETIN


def test_getin_without_a_key_is_0(c64: Subject) -> None:
    """PRG, GETIN: A=0 if the buffer is empty."""
    found = c64.call(GETIN, a=0x55)
    assert found.a == 0
    assert found.zero


def test_getin_takes_the_first_key(c64: Subject) -> None:
    """PRG, GETIN; MAP: the others move up in $0277."""
    c64.keys("XYZ")
    assert c64.call(GETIN).a == ord("X")
    assert c64.byte(KEY_COUNT) == 2
    assert c64.peek(KEYS, 2) == b"YZ"


def test_getin_leaves_the_carry_clear(c64: Subject) -> None:
    """MAP: no error."""
    c64.keys("X")
    assert not c64.call(GETIN, flags=1).carry


def test_getin_shows_nothing(c64: Subject) -> None:
    """PRG: the key is not echoed."""
    c64.keys("X")
    c64.call(GETIN)
    assert c64.row(0) == ""
    assert c64.cursor == (0, 0)


def test_getin_gives_control_codes(c64: Subject) -> None:
    """PRG: as any other key."""
    c64.keys(b"\x93\x0d\x05")
    assert [c64.call(GETIN).a for _ in range(4)] == [0x93, 0x0D, 0x05, 0]


# CHRIN

READ_LINE = f"""
        ldx #0
next:   stx count
        jsr ${CHRIN:04X}
        ldx count
        sta ${TEXT:04X},x
        inx
        cmp #$0D
        bne next
        rts
count:  .byte 0
"""


def read_line(c64: Subject, keys: bytes) -> bytes:
    """What a program gets from CHRIN for these keys, at most ten."""
    c64.keys(keys)
    found = c64.run(READ_LINE)
    return c64.peek(TEXT, found.x)


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        pytest.param(b"HELLO\r", b"HELLO\r", id="PRG: CHRIN gives the line, and RETURN"),
        pytest.param(b"AB   \r", b"AB\r", id="MAP: spaces at the end are left out"),
        pytest.param(b"  AB\r", b"  AB\r", id="MAP: spaces at the beginning are not"),
        pytest.param(b"ABX\x14C\r", b"ABC\r", id="UG: a line is edited before RETURN"),
        pytest.param(b"ABC\x9d\x9d\r", b"ABC\r", id="UG: RETURN takes the whole line wherever the cursor is"),
        pytest.param(b"AC\x9d\x94B\r", b"ABC\r", id="UG: characters can be put in"),
        pytest.param(b'"\x05"\r', b'"\x05"\r', id="UG: codes between quotes come as codes"),
        pytest.param(b"\xc1\xda\r", b"\xc1\xda\r", id="PRG: shifted letters come as $C1-$DA"),
        pytest.param(b"1+2=3?\r", b"1+2=3?\r", id="PRG: signs"),
    ],
)
def test_chrin_of_the_keyboard(c64: Subject, keys: bytes, line: bytes) -> None:
    assert read_line(c64, keys) == line


def test_chrin_gives_an_empty_line_as_a_space(c64: Subject) -> None:
    """Observed on a genuine ROM, where programs meet it; no publication is known to say so."""
    assert read_line(c64, b"\r") == b" \r"


def test_chrin_leaves_the_cursor_in_the_row(c64: Subject) -> None:
    """Observed on a genuine ROM: the RETURN that ends the line is handed out, and left to the caller to print."""
    read_line(c64, b"HELLO\r")
    assert c64.cursor == (0, 6)


def test_the_cursor_goes_along_as_chrin_hands_out_a_line(c64: Subject) -> None:
    """MAP: $D3 is where the next character is taken from."""
    c64.keys(b"HELLO\r")
    c64.call(CHRIN)
    assert c64.cursor == (0, 1)
    c64.call(CHRIN)
    assert c64.cursor == (0, 2)


def test_a_line_that_is_being_handed_out_is_marked(c64: Subject) -> None:
    """MAP: $D0 is not 0 until the RETURN at its end has been taken."""
    c64.keys(b"A\r")
    c64.call(CHRIN)
    assert c64.byte(0xD0) != 0
    c64.call(CHRIN)
    assert c64.byte(0xD0) == 0


def test_printing_ends_the_line_that_is_being_handed_out(c64: Subject) -> None:
    """Observed on a genuine ROM: CHROUT to the screen sets $D0 to 0, so that the next CHRIN waits for a new line."""
    c64.keys(b"ABC\r")
    c64.call(CHRIN)
    c64.print("X")
    assert c64.byte(0xD0) == 0
    c64.print(b"\r")
    assert read_line(c64, b"NEW\r") == b"NEW\r"


def test_chrin_shows_what_is_typed(c64: Subject) -> None:
    """PRG, CHRIN: the cursor flashes, keys are echoed until RETURN."""
    read_line(c64, b"HELLO\r")
    assert c64.row(0) == "HELLO"


def test_chrin_begins_where_the_cursor_was(c64: Subject) -> None:
    """MAP: a prompt before it is not part of the line."""
    c64.print("NAME? ")
    assert read_line(c64, b"BOB\r") == b"BOB\r"
    assert c64.row(0) == "NAME? BOB"


def test_chrin_reads_a_long_line(c64: Subject) -> None:
    """UG: up to 80 characters: here from the screen, with cursor keys."""
    c64.print(b"A" * 60 + b"\x13")
    assert read_line(c64, b"B\r") == b"B" + b"A" * 59 + b"\r"


def test_chrin_turns_the_cursor_off(c64: Subject) -> None:
    """MAP, $CC: it flashes only while a key is waited for."""
    read_line(c64, b"A\r")
    assert c64.byte(0xCC) != 0
    assert b"\xa0" not in c64.peek(0x0400, 1000)


def test_chrin_of_the_screen(c64: Subject) -> None:
    """PRG, CHRIN: device 3 reads the line under the cursor; MAP: $99 is the input device."""
    c64.print(b"HELLO THERE\x13")
    c64.poke(0x99, 3)
    found = c64.run(READ_LINE)
    line = c64.peek(TEXT, found.x)
    assert line.rstrip(b" \r") == b"HELLO THERE"
    assert line.endswith(b"\r")


def test_shift_and_run_type_load_and_run(c64: Subject) -> None:
    """UG: SHIFT RUN/STOP enters LOAD and RUN."""
    c64.keys(b"\x83")
    c64.program(f"jmp ${CHRIN:04X}")
    c64.jump(0xC100)
    c64.vice.run_until(lambda: c64.row(0).startswith("LOAD"), 3_000_000, "LOAD on the screen")
