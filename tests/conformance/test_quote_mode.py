"""Quote mode and insert mode: control codes that show themselves instead of acting.

Source: User's Guide (UG), "the PRINT statement"; Programmer's Reference Guide (PRG), chapter 1, "editing and quote
mode"; Mapping the Commodore 64 (MAP), $D4 and $D8.
"""

from __future__ import annotations

import pytest
from subject import Subject

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

DELETE, INSERT, LEFT = b"\x14", b"\x94", b"\x9d"
# Code to the screen code that it shows between quotes: codes below 32 as reversed letters, from 128 as reversed
# graphics.
SHOWN = [
    (0x05, 0x85, "white"),
    (0x11, 0x91, "down"),
    (0x12, 0x92, "reverse on"),
    (0x13, 0x93, "home"),
    (0x1C, 0x9C, "red"),
    (0x1D, 0x9D, "right"),
    (0x1E, 0x9E, "green"),
    (0x1F, 0x9F, "blue"),
    (0x90, 0xD0, "black"),
    (0x91, 0xD1, "up"),
    (0x92, 0xD2, "reverse off"),
    (0x93, 0xD3, "clear"),
    (0x9C, 0xDC, "purple"),
    (0x9D, 0xDD, "left"),
    (0x9E, 0xDE, "yellow"),
    (0x9F, 0xDF, "cyan"),
    (0x81, 0xC1, "orange"),
    (0x85, 0xC5, "F1"),
    (0x0E, 0x8E, "lower case"),
    (0x03, 0x83, "stop"),
]


@pytest.mark.parametrize(
    ("code", "shown"), [pytest.param(code, shown, id=f"PRG: {name} between quotes") for code, shown, name in SHOWN]
)
def test_codes_between_quotes_show_themselves(c64: Subject, code: int, shown: int) -> None:
    c64.print(b'"' + bytes([code]) + b"A")
    assert c64.codes(0, 0, 3) == bytes([0x22, shown, 0x01])
    assert c64.cursor == (0, 3)
    assert c64.byte(0x0286) == 14


def test_a_quote_begins_quote_mode(c64: Subject) -> None:
    """MAP: $D4 is not 0 within quotes."""
    c64.print('A"')
    assert c64.byte(0xD4) & 1


def test_the_second_quote_ends_quote_mode(c64: Subject) -> None:
    """MAP: $D4."""
    c64.print(b'"A"\x1dB')
    assert c64.byte(0xD4) == 0
    assert c64.row(0) == '"A" B'


def test_return_ends_quote_mode(c64: Subject) -> None:
    """UG: RETURN leaves it."""
    c64.print('"A\r')
    assert c64.byte(0xD4) == 0


def test_shifted_return_ends_quote_mode(c64: Subject) -> None:
    """UG: so does SHIFT RETURN."""
    c64.print(b'"A\x8d')
    assert c64.byte(0xD4) == 0
    assert c64.cursor == (1, 0)


def test_delete_deletes_in_quote_mode(c64: Subject) -> None:
    """UG: DEL is the one that works between quotes."""
    c64.print(b'"AB' + DELETE)
    assert c64.row(0) == '"A'


def test_insert_shows_itself_in_quote_mode(c64: Subject) -> None:
    """UG: an INST between quotes is a reversed graphic."""
    c64.print(b'"A' + INSERT)
    assert c64.codes(0, 0, 3) == bytes([0x22, 0x01, 0xD4])


def test_quote_mode_by_its_cell(c64: Subject) -> None:
    """MAP: $D4 may be set to 0 to leave quote mode."""
    c64.print('"')
    c64.poke(0xD4, 0)
    c64.print(b"\x05A")
    assert c64.byte(0x0286) == 1


def test_quoted_text_can_be_reversed(c64: Subject) -> None:
    """MAP: $C7 holds within quotes too."""
    c64.print(b'\x12"A')
    assert c64.codes(0, 0, 2) == bytes([0xA2, 0x81])


# Insert mode


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        pytest.param(0x1D, 0x9D, id="UG: right in a gap"),
        pytest.param(0x93, 0xD3, id="UG: clear in a gap"),
        pytest.param(0x05, 0x85, id="UG: white in a gap"),
        pytest.param(0x14, 0x94, id="UG: delete in a gap"),
    ],
)
def test_codes_in_a_gap_show_themselves(c64: Subject, code: int, shown: int) -> None:
    c64.print(b"AB" + LEFT + INSERT * 2 + bytes([code]))
    assert c64.codes(0, 0, 4) == bytes([0x01, shown, 0x20, 0x02])
    assert c64.byte(0xD8) == 1


def test_codes_act_again_behind_the_gap(c64: Subject) -> None:
    """UG: as many characters as were inserted."""
    c64.print(b"AB" + LEFT + INSERT + b"X\x05")
    assert c64.row(0) == "AXB"
    assert c64.byte(0x0286) == 1


def test_return_ends_insert_mode(c64: Subject) -> None:
    """UG: RETURN leaves it; MAP: $D8."""
    c64.print(b"AB" + LEFT + INSERT * 2 + b"\r")
    assert c64.byte(0xD8) == 0
    assert c64.cursor == (1, 0)
