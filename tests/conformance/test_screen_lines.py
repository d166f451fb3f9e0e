"""Logical lines of two rows, and the scrolling of the screen.

Source: User's Guide (UG): a line may have 80 characters; Programmer's Reference Guide (PRG), memory map, and Mapping
the Commodore 64 (MAP): $D1-$D6, $D9-$F4.
"""

from __future__ import annotations

import pytest
from subject import SCREEN, Subject

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

LINKS, STARTS_LINE = 0xD9, 0x80
DOWN, UP, HOME, DELETE, INSERT, LEFT = b"\x11", b"\x91", b"\x13", b"\x14", b"\x94", b"\x9d"
PLOT = 0xFFF0


def letters(count: int) -> bytes:
    return bytes(0x41 + index % 26 for index in range(count))


def starts_line(c64: Subject, row: int) -> bool:
    return bool(c64.byte(LINKS + row) & STARTS_LINE)


def test_the_41st_character_goes_to_the_next_row(c64: Subject) -> None:
    """UG: text goes on in the next row."""
    c64.print(letters(41))
    assert c64.row(0) == letters(40).decode()
    assert c64.row(1) == letters(41)[40:].decode()


def test_a_full_row_takes_the_next_into_its_line(c64: Subject) -> None:
    """MAP: bit 7 of $D9-$F1 is clear in a row that continues the one above."""
    c64.print(letters(39))
    assert starts_line(c64, 1)
    c64.print("X")
    assert starts_line(c64, 0)
    assert not starts_line(c64, 1)


def test_a_line_of_two_rows_is_80_long(c64: Subject) -> None:
    """MAP: $D5 is the last column of the logical line, 39 or 79."""
    c64.print(letters(40))
    assert c64.byte(0xD5) == 79


def test_columns_are_those_of_the_line(c64: Subject) -> None:
    """MAP: $D3 is 0-79, the column in the logical line."""
    c64.print(letters(45))
    assert c64.cursor == (1, 45)


def test_the_pointer_is_that_of_the_line(c64: Subject) -> None:
    """MAP: $D1 points to the first character of the logical line."""
    c64.print(letters(45))
    assert c64.word(0xD1) == SCREEN


def test_the_81st_character_begins_a_new_line(c64: Subject) -> None:
    """UG: a line has 80 characters."""
    c64.print(letters(81))
    assert starts_line(c64, 2)
    assert c64.cursor == (2, 1)


def test_return_in_a_long_line_goes_below_it(c64: Subject) -> None:
    """UG."""
    c64.print(letters(50) + HOME + b"\r")
    assert c64.cursor == (2, 0)


def test_return_at_column_40_goes_below_the_line(c64: Subject) -> None:
    """UG: 40 characters and RETURN leave a row free."""
    c64.print(letters(40) + b"\r")
    assert c64.cursor == (2, 0)


def test_down_in_a_long_line_stays_in_it(c64: Subject) -> None:
    """UG: down goes one row."""
    c64.print(letters(50) + HOME + DOWN)
    assert c64.byte(0xD6) == 1
    c64.print("*")
    assert c64.codes(1, 0, 1) == b"*"


def test_up_in_a_long_line_goes_one_row(c64: Subject) -> None:
    """UG."""
    c64.print(letters(50) + UP + b"*")
    assert c64.codes(0, 10, 1) == b"*"


def test_delete_reaches_over_both_rows(c64: Subject) -> None:
    """UG: the whole line moves."""
    c64.print(letters(50) + LEFT * 30 + DELETE)
    text = letters(50)
    moved = text[:19] + text[20:]
    assert c64.row(0) == moved[:40].decode()
    assert c64.row(1) == moved[40:].decode()


def test_insert_reaches_over_both_rows(c64: Subject) -> None:
    """UG: the whole line moves."""
    c64.print(letters(50) + LEFT * 30 + INSERT)
    text = letters(50)
    moved = text[:20] + b" " + text[20:]
    assert c64.row(0) == moved[:40].decode()
    assert c64.row(1) == moved[40:].decode()


def test_insert_at_a_full_row_makes_room(c64: Subject) -> None:
    """MAP: a line of 40 grows to 80, and what lies below moves down."""
    c64.print(letters(39) + b"\rBELOW" + HOME + INSERT * 2)
    assert c64.row(1) == letters(39)[-1:].decode()
    assert c64.row(2) == "BELOW"
    assert not starts_line(c64, 1)


def test_insert_in_a_full_line_of_80_does_nothing(c64: Subject) -> None:
    """UG: there is no room."""
    c64.print(letters(80) + HOME + INSERT)
    assert c64.row(0) == letters(40).decode()
    assert c64.byte(0xD8) == 0


def test_a_line_that_grows_pushes_the_next_down(c64: Subject) -> None:
    """Observed on a genuine ROM: with $0292 not 0 the screen below moves down when a line needs a second row."""
    c64.print(b"\rBELOW" + HOME)
    c64.poke(0x0292, 1)
    c64.print(letters(41))
    assert c64.row(0) == letters(40).decode()
    assert c64.row(1) == letters(41)[40:].decode()
    assert c64.row(2) == "BELOW"


def test_a_line_that_grows_takes_the_next_row(c64: Subject) -> None:
    """Observed on a genuine ROM: with $0292 0 nothing moves."""
    c64.print(b"\rBELOW" + HOME)
    c64.poke(0x0292, 0)
    c64.print(letters(41))
    assert c64.row(1) == letters(41)[40:].decode() + "ELOW"
    assert c64.row(2) == ""


def test_clear_makes_every_row_a_line(c64: Subject) -> None:
    """MAP: $D9-$F1."""
    c64.print(letters(80) + b"\x93")
    assert all(starts_line(c64, row) for row in range(25))
    assert c64.byte(0xD5) == 39


@pytest.mark.parametrize("row", [0, 7, 24], ids=lambda row: f"MAP: $D9 holds the page of row {row}")
def test_links_hold_the_page_of_the_row(c64: Subject, row: int) -> None:
    """MAP: the lower bits of $D9-$F1 are the high byte of the row's address."""
    assert c64.byte(LINKS + row) & 0x0F == SCREEN + 40 * row >> 8


# Scrolling


def test_return_in_the_last_row_scrolls(c64: Subject) -> None:
    """UG: all moves up by one row."""
    c64.print(b"\rONE\rTWO" + HOME + DOWN * 24 + b"LAST\r")
    assert c64.rows()[:2] == ["ONE", "TWO"]
    assert c64.rows()[23:] == ["LAST", ""]
    assert c64.cursor == (24, 0)


def test_down_in_the_last_row_scrolls(c64: Subject) -> None:
    """UG: so does cursor down."""
    c64.print(b"\rONE" + HOME + DOWN * 25)
    assert c64.row(0) == "ONE"
    assert c64.byte(0xD6) == 24


def test_text_beyond_the_last_row_scrolls(c64: Subject) -> None:
    """UG: so does text that needs a further row."""
    c64.print(b"\rONE" + HOME + DOWN * 24 + letters(41))
    assert c64.row(0) == "ONE"
    assert c64.row(23) == letters(40).decode()
    assert c64.row(24) == letters(41)[40:].decode()


def test_a_long_line_scrolls_as_a_whole(c64: Subject) -> None:
    """MAP: the screen scrolls by a logical line."""
    c64.print(letters(50) + b"\rTHIRD" + HOME + DOWN * 25)
    assert c64.row(0) == "THIRD"


def test_the_cursor_goes_up_with_a_long_line(c64: Subject) -> None:
    """MAP: as the screen scrolls by two rows, the cursor's row is one up."""
    c64.print(letters(50) + b"\rTHIRD" + HOME + DOWN * 25)
    assert c64.byte(0xD6) == 23


def test_colours_scroll_with_the_text(c64: Subject) -> None:
    """UG: characters keep their colours."""
    c64.print(b"\r\x05ONE\x9a" + HOME + DOWN * 25)
    assert [c64.colour(0, column) for column in range(3)] == [1, 1, 1]


def test_line_links_scroll_with_the_text(c64: Subject) -> None:
    """MAP: $D9-$F1."""
    c64.print(b"\r" + letters(45) + HOME + DOWN * 25)
    assert starts_line(c64, 0)
    assert not starts_line(c64, 1)
    assert starts_line(c64, 2)


def test_the_new_row_begins_a_line(c64: Subject) -> None:
    """MAP: $F1, the last row's link."""
    c64.print(HOME + DOWN * 25)
    assert starts_line(c64, 24)


def test_the_pointer_follows_the_scroll(c64: Subject) -> None:
    """MAP: $D1 points to the row where the cursor is."""
    c64.print(HOME + DOWN * 25)
    assert c64.word(0xD1) == SCREEN + 24 * 40


def test_thirty_lines_leave_the_last_24(c64: Subject) -> None:
    """UG: lines leave the screen above."""
    c64.print("".join(f"{number}\r" for number in range(30)))
    assert c64.rows() == [str(number) for number in range(6, 30)] + [""]
