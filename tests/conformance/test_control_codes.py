"""What each PETSCII code does on the screen when CHROUT gets it.

Source: Programmer's Reference Guide (PRG), appendix "ASCII and CHR$ codes" and "screen display codes"; User's Guide
(UG), appendix on the same; Mapping the Commodore 64 (MAP) for the cells.
"""

from __future__ import annotations

import pytest
from subject import COLOURS, SCREEN, Subject

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

DOWN, REVERSE, HOME, DELETE, RIGHT = b"\x11", b"\x12", b"\x13", b"\x14", b"\x1d"
UP, REVERSE_OFF, CLEAR, INSERT, LEFT = b"\x91", b"\x92", b"\x93", b"\x94", b"\x9d"
PLOT = 0xFFF0
REVERSED = 0x80


# Where the cursor goes


@pytest.mark.parametrize(
    ("start", "text", "end"),
    [
        pytest.param((5, 5), DOWN, (6, 5), id="PRG: 17 down"),
        pytest.param((5, 5), UP, (4, 5), id="PRG: 145 up"),
        pytest.param((5, 5), RIGHT, (5, 6), id="PRG: 29 right"),
        pytest.param((5, 5), LEFT, (5, 4), id="PRG: 157 left"),
        pytest.param((5, 5), HOME, (0, 0), id="PRG: 19 home"),
        pytest.param((5, 5), CLEAR, (0, 0), id="PRG: 147 clear and home"),
        pytest.param((5, 5), b"\r", (6, 0), id="PRG: 13 return"),
        pytest.param((5, 5), b"\x8d", (6, 0), id="PRG: 141 shifted return"),
        pytest.param((5, 5), b"A", (5, 6), id="PRG: a letter moves right"),
        pytest.param((5, 5), DELETE, (5, 4), id="PRG: 20 delete moves left"),
        pytest.param((5, 5), INSERT, (5, 5), id="PRG: 148 insert stays"),
        pytest.param((0, 5), UP, (0, 5), id="UG: up in the first row stays"),
        pytest.param((0, 0), LEFT, (0, 0), id="UG: left at home stays"),
        pytest.param((0, 0), DELETE, (0, 0), id="UG: delete at home stays"),
        pytest.param((5, 39), RIGHT, (6, 0), id="UG: right at the edge goes to the next row"),
        pytest.param((24, 5), DOWN, (24, 5), id="UG: down in the last row stays there"),
        pytest.param((24, 5), b"\r", (24, 0), id="UG: return in the last row stays there"),
        pytest.param((5, 5), DOWN + UP + RIGHT + LEFT, (5, 5), id="UG: round about"),
    ],
)
def test_cursor(c64: Subject, start: tuple[int, int], text: bytes, end: tuple[int, int]) -> None:
    c64.call(PLOT, x=start[0], y=start[1])
    c64.print(text)
    assert c64.cursor == end


def test_left_at_the_edge_goes_to_the_end_of_the_row_above(c64: Subject) -> None:
    """UG: the cursor wraps; MAP: the row in $D6, the column in $D3."""
    c64.call(PLOT, x=6, y=0)
    c64.print(LEFT)
    assert c64.cursor == (5, 39)


def test_delete_at_the_edge_goes_to_the_end_of_the_row_above(c64: Subject) -> None:
    """UG: DEL takes out the character to the left, which is there the last of the row above."""
    c64.poke(SCREEN + 5 * 40, b"\x01" * 40)
    c64.call(PLOT, x=6, y=0)
    c64.print(DELETE)
    assert c64.cursor == (5, 39)
    assert c64.codes(5) == b"\x01" * 39 + b" "


# Colours

COLOUR_CODES = [
    (144, "black"),
    (5, "white"),
    (28, "red"),
    (159, "cyan"),
    (156, "purple"),
    (30, "green"),
    (31, "blue"),
    (158, "yellow"),
    (129, "orange"),
    (149, "brown"),
    (150, "light red"),
    (151, "dark grey"),
    (152, "grey"),
    (153, "light green"),
    (154, "light blue"),
    (155, "light grey"),
]


@pytest.mark.parametrize(
    ("code", "colour"),
    [pytest.param(code, number, id=f"PRG: {code} {name}") for number, (code, name) in enumerate(COLOUR_CODES)],
)
def test_colour(c64: Subject, code: int, colour: int) -> None:
    c64.print(bytes([code]) + b"A")
    assert c64.byte(0x0286) == colour
    assert c64.colour(0, 0) == colour
    assert c64.cursor == (0, 1)


def test_colour_changes_no_text_that_stands(c64: Subject) -> None:
    """UG: a colour is that of the characters which follow."""
    c64.print(b"\x05AB\x1c" + LEFT + b"C")
    assert [c64.colour(0, column) for column in range(2)] == [1, 2]


# Reverse


def test_reverse_on(c64: Subject) -> None:
    """PRG: 18; MAP: $C7."""
    c64.print(REVERSE + b"AB")
    assert c64.codes(0, 0, 3) == bytes([0x81, 0x82, 0x20])
    assert c64.byte(0xC7) != 0


def test_reverse_off(c64: Subject) -> None:
    """PRG: 146; MAP: $C7."""
    c64.print(REVERSE + b"A" + REVERSE_OFF + b"B")
    assert c64.codes(0, 0, 2) == bytes([0x81, 0x02])
    assert c64.byte(0xC7) == 0


@pytest.mark.parametrize("end", [b"\r", b"\x8d"], ids=["UG: RETURN ends reverse", "UG: shifted RETURN ends reverse"])
def test_return_ends_reverse(c64: Subject, end: bytes) -> None:
    c64.print(REVERSE + b"A" + end + b"B")
    assert c64.codes(1, 0, 1) == b"\x02"
    assert c64.byte(0xC7) == 0


def test_reverse_space_is_a_block(c64: Subject) -> None:
    """UG: bars are drawn with reversed spaces."""
    c64.print(REVERSE + b"  ")
    assert c64.codes(0, 0, 2) == bytes([0xA0, 0xA0])


def test_reverse_by_its_cell(c64: Subject) -> None:
    """MAP: $C7 may be set rather than the code printed."""
    c64.poke(0xC7, 18)
    c64.print(b"A")
    assert c64.codes(0, 0, 1) == b"\x81"


# Character sets


@pytest.mark.parametrize(
    ("code", "bit"),
    [pytest.param(14, 2, id="PRG: 14 lower case"), pytest.param(142, 0, id="PRG: 142 upper case")],
)
def test_character_set(c64: Subject, code: int, bit: int) -> None:
    """MAP: bit 1 of $D018."""
    c64.poke(0xD018, 0x17 ^ bit, bank="io")
    c64.print(bytes([code]))
    assert c64.io(0xD018) & 2 == bit
    assert c64.cursor == (0, 0)


@pytest.mark.parametrize(
    ("code", "cell"),
    [pytest.param(8, 0x80, id="PRG: 8 locks SHIFT+C="), pytest.param(9, 0x00, id="PRG: 9 unlocks SHIFT+C=")],
)
def test_lock(c64: Subject, code: int, cell: int) -> None:
    """MAP: bit 7 of $0291."""
    c64.poke(0x0291, cell ^ 0x80)
    c64.print(bytes([code]))
    assert c64.byte(0x0291) & 0x80 == cell


# Clearing, deleting, inserting


def test_clear_fills_the_screen_with_spaces(c64: Subject) -> None:
    """PRG: 147."""
    c64.poke(SCREEN, b"\x01" * 1000)
    c64.print(CLEAR)
    assert c64.peek(SCREEN, 1000) == b" " * 1000


def test_clear_paints_the_whole_screen(c64: Subject) -> None:
    """MAP: colour memory gets the colour of $0286."""
    c64.poke(COLOURS, bytes(1000), bank="io")
    c64.print(b"\x05" + CLEAR)
    assert {c64.colour(row, column) for row in range(25) for column in (0, 20, 39)} == {1}


def test_clear_leaves_what_lies_behind_the_screen(c64: Subject) -> None:
    """MAP: the sprite pointers at $07F8 are no part of the text."""
    c64.poke(0x07F8, bytes(range(8)))
    c64.print(CLEAR)
    assert c64.peek(0x07F8, 8) == bytes(range(8))


def test_home_leaves_the_text(c64: Subject) -> None:
    """PRG: 19."""
    c64.print(b"ABC" + HOME + b"X")
    assert c64.row(0) == "XBC"


def test_delete_closes_the_gap(c64: Subject) -> None:
    """PRG: 20."""
    c64.print(b"ABCDEF" + LEFT * 3 + DELETE)
    assert c64.row(0) == "ABDEF"
    assert c64.cursor == (0, 2)


def test_delete_moves_the_colours(c64: Subject) -> None:
    """UG: characters keep their colours."""
    c64.print(b"\x05A\x1cB\x1eC" + LEFT * 2 + DELETE)
    assert c64.row(0) == "BC"
    assert [c64.colour(0, column) for column in range(2)] == [2, 5]


def test_insert_opens_a_gap(c64: Subject) -> None:
    """PRG: 148."""
    c64.print(b"ABC" + LEFT * 2 + INSERT)
    assert c64.row(0) == "A BC"
    assert c64.cursor == (0, 1)


def test_insert_counts(c64: Subject) -> None:
    """MAP: $D8 is the number of inserts."""
    c64.print(b"ABC" + LEFT * 2 + INSERT * 3)
    assert c64.row(0) == "A   BC"
    assert c64.byte(0xD8) == 3


def test_a_character_fills_the_gap(c64: Subject) -> None:
    """MAP: $D8 counts down."""
    c64.print(b"ABC" + LEFT * 2 + INSERT * 3 + b"X")
    assert c64.row(0) == "AX  BC"
    assert c64.byte(0xD8) == 2


def test_insert_moves_the_colours(c64: Subject) -> None:
    """UG: characters keep their colours."""
    c64.print(b"\x05A\x1cB" + LEFT * 2 + INSERT)
    assert [c64.colour(0, column) for column in (1, 2)] == [1, 2]


def test_insert_at_the_end_of_a_line_does_nothing(c64: Subject) -> None:
    """UG: nothing is put in where no character follows."""
    c64.print(b"ABC" + INSERT)
    assert c64.row(0) == "ABC"
    assert c64.cursor == (0, 3)


# Printing


def ranges(*parts: tuple[int, int, int]) -> list[tuple[str, bytes, bytes]]:
    return [
        (
            f"PRG: ${first:02X}-${last:02X} show as ${code:02X}",
            bytes(range(first, last + 1)),
            bytes(range(code, code + last - first + 1)),
        )
        for first, last, code in parts
    ]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        pytest.param(text, codes, id=name)
        for name, text, codes in ranges(
            (0x20, 0x21, 0x20),
            (0x23, 0x3F, 0x23),
            (0x40, 0x5F, 0x00),
            (0x60, 0x7F, 0x40),
            (0xA0, 0xBF, 0x60),
            (0xC0, 0xDF, 0x40),
            (0xE0, 0xFE, 0x60),
            (0xFF, 0xFF, 0x5E),
        )
    ],
)
def test_screen_codes(c64: Subject, text: bytes, codes: bytes) -> None:
    c64.print(text)
    assert c64.codes(0, 0, len(codes)) == codes


NO_CODES = [0, 1, 2, 3, 4, 6, 7, 10, 11, 12, 15, 16, 21, 22, 23, 24, 25, 26, 27]
NO_CODES += [128, 130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 140, 143]


def test_codes_without_a_meaning_show_nothing(c64: Subject) -> None:
    """PRG: those that the table of CHR$ codes leaves empty, and the function keys."""
    c64.print(bytes(NO_CODES))
    assert c64.peek(SCREEN, 1000) == b" " * 1000
    assert c64.cursor == (0, 0)


def test_chrout_keeps_the_registers(c64: Subject) -> None:
    """PRG, CHROUT: A is the only register affected; MAP: to the screen it is kept too."""
    found = c64.call(0xFFD2, a=0x41, x=0x12, y=0x34)
    assert (found.a, found.x, found.y) == (0x41, 0x12, 0x34)


def test_chrout_to_the_screen_has_no_error(c64: Subject) -> None:
    """PRG, CHROUT: C=0."""
    assert not c64.call(0xFFD2, a=0x41, flags=1).carry


def test_printing_paints_the_colour_memory(c64: Subject) -> None:
    """MAP: $0286 goes where the character goes."""
    c64.poke(0x0286, 7)
    c64.poke(COLOURS, bytes(4), bank="io")
    c64.print(b"ABC")
    assert [c64.colour(0, column) for column in range(4)] == [7, 7, 7, 0]


def test_chrout_prints_to_the_page_of_0288(c64: Subject) -> None:
    """MAP: $0288 is the page of the screen, from the next clear on."""
    c64.poke(0x0288, 0x0C)
    c64.print(CLEAR + b"AB")
    assert c64.peek(0x0C00, 3) == b"\x01\x02 "
