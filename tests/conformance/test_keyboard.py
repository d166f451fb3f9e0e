"""Keys: the matrix, its decoding, repeating, and the buffer.

Source: Programmer's Reference Guide (PRG), chapter 5, memory map and the keyboard matrix; Mapping the Commodore 64
(MAP), $C5, $CB, $F5, $0277, $028A-$028F, $DC00.

A key is pressed here by what a joystick in port 1 does: a row of the matrix is pulled low in every column. By MAP,
$DC01, the fire button types a space and so on.
"""

from __future__ import annotations

from itertools import pairwise

import pytest
from subject import NO_IRQ, TEXT, Subject

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

SCNKEY = 0xFF9F
KEYS, KEY_COUNT, BUFFER_SIZE = 0x0277, 0xC6, 0x0289
LAST_KEY, KEY, MODIFIERS, TABLE, DECODE = 0xC5, 0xCB, 0x028D, 0xF5, 0x028F
REPEATS, LOCK, CHARACTER_SET = 0x028A, 0x0291, 0xD018
SHIFT, COMMODORE, CONTROL = 1, 2, 4
NO_KEY, SPACE = 64, 60

# The matrix as the PRG draws it, a column a line: key 8 * column + row. SHIFT is 1, C= 2, CTRL 4 and STOP 3.
PLAIN = [
    *(0x14, 0x0D, 0x1D, 0x88, 0x85, 0x86, 0x87, 0x11),
    *b"3WA4ZSE", 0x01,
    *b"5RD6CFTX",
    *b"7YG8BHUV",
    *b"9IJ0MKON",
    *b"+PL-.:@,",
    0x5C, *b"*;", 0x13, 0x01, *b"=^/",
    *b"1_", 0x04, *b"2 ", 0x02, *b"Q", 0x03,
]  # fmt: skip
SHIFTED = [
    *(0x94, 0x8D, 0x9D, 0x8C, 0x89, 0x8A, 0x8B, 0x91),
    *b"#", 0xD7, 0xC1, *b"$", 0xDA, 0xD3, 0xC5, 0x01,
    *b"%", 0xD2, 0xC4, *b"&", 0xC3, 0xC6, 0xD4, 0xD8,
    *b"'", 0xD9, 0xC7, *b"(", 0xC2, 0xC8, 0xD5, 0xD6,
    *b")", 0xC9, 0xCA, *b"0", 0xCD, 0xCB, 0xCF, 0xCE,
    0xDB, 0xD0, 0xCC, 0xDD, *b">[", 0xBA, *b"<",
    0xA9, 0xC0, *b"]", 0x93, 0x01, *b"=", 0xDE, *b"?",
    *b"!_", 0x04, *b'"', 0xA0, 0x02, 0xD1, 0x83,
]  # fmt: skip
# The Commodore key: the graphics on the left of the keys' fronts, and the second eight colours.
LEFT_GRAPHICS = {
    "A": 0xB0, "B": 0xBF, "C": 0xBC, "D": 0xAC, "E": 0xB1, "F": 0xBB, "G": 0xA5, "H": 0xB4, "I": 0xA2, "J": 0xB5,
    "K": 0xA1, "L": 0xB6, "M": 0xA7, "N": 0xAA, "O": 0xB9, "P": 0xAF, "Q": 0xAB, "R": 0xB2, "S": 0xAE, "T": 0xA3,
    "U": 0xB8, "V": 0xBE, "W": 0xB3, "X": 0xBD, "Y": 0xB7, "Z": 0xAD, "+": 0xA6, "-": 0xDC, "@": 0xA4, "*": 0xDF,
}  # fmt: skip
SECOND_COLOURS = dict(zip("12345678", (0x81, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0x9B), strict=True))
FIRST_COLOURS = dict(zip("12345678", (0x90, 0x05, 0x1C, 0x9F, 0x9C, 0x1E, 0x1F, 0x9E), strict=True))
CONTROL_CODES = {chr(0x40 + code): code for code in range(1, 27)} | {"9": 0x12, "0": 0x92}
CODES = {chr(petscii): code for code, petscii in enumerate(PLAIN) if 0x20 <= petscii < 0x60}

LETTERS = [CODES[letter] for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
DIGITS = [CODES[digit] for digit in "0123456789"]
SIGNS = [CODES[sign] for sign in "+-*/@:;=.,^_\\ "]
FUNCTIONS = [3, 4, 5, 6]
MOVES = [0, 1, 2, 7, 51, 63]  # the last is STOP


def decoded(c64: Subject, key: int, modifiers: int = 0) -> bytes:
    """What the keyboard buffer gets when the scan has found a new key."""
    c64.poke(LAST_KEY, NO_KEY)
    c64.poke(KEY, key)
    c64.poke(KEY_COUNT, 0)
    c64.poke(MODIFIERS, modifiers)
    c64.poke(0x028E, modifiers)
    c64.program(f"ldy #{key}\njmp (${DECODE:04X})")
    c64.call(0xC100, y=key, flags=NO_IRQ)
    return c64.peek(KEYS, c64.byte(KEY_COUNT)) if c64.byte(KEY_COUNT) else b""


@pytest.mark.parametrize(
    ("modifiers", "table", "keys"),
    [
        pytest.param(0, PLAIN, LETTERS, id="PRG: letters"),
        pytest.param(0, PLAIN, DIGITS, id="PRG: digits"),
        pytest.param(0, PLAIN, SIGNS, id="PRG: signs"),
        pytest.param(0, PLAIN, FUNCTIONS, id="PRG: F1, F3, F5, F7"),
        pytest.param(0, PLAIN, MOVES, id="PRG: cursor keys, RETURN, DEL, HOME, STOP"),
        pytest.param(SHIFT, SHIFTED, LETTERS, id="PRG: SHIFT and letters"),
        pytest.param(SHIFT, SHIFTED, DIGITS, id="PRG: SHIFT and digits"),
        pytest.param(SHIFT, SHIFTED, SIGNS, id="PRG: SHIFT and signs"),
        pytest.param(SHIFT, SHIFTED, FUNCTIONS, id="PRG: F2, F4, F6, F8"),
        pytest.param(SHIFT, SHIFTED, MOVES[:-1], id="PRG: SHIFT and cursor keys, RETURN, INST, CLR"),
    ],
)
def test_decoding(c64: Subject, modifiers: int, table: list[int], keys: list[int]) -> None:
    assert [decoded(c64, key, modifiers) for key in keys] == [bytes([table[key]]) for key in keys]


@pytest.mark.parametrize(
    ("modifiers", "expected"),
    [
        pytest.param(COMMODORE, LEFT_GRAPHICS, id="PRG: C= and a letter or sign: the graphic on the left"),
        pytest.param(COMMODORE, SECOND_COLOURS, id="PRG: C= and a digit: the second eight colours"),
        pytest.param(CONTROL, FIRST_COLOURS, id="PRG: CTRL and a digit: the first eight colours"),
        pytest.param(CONTROL, CONTROL_CODES, id="PRG: CTRL and a letter: 1 to 26; 9 and 0: reverse"),
    ],
)
def test_decoding_of_modified_keys(c64: Subject, modifiers: int, expected: dict[str, int]) -> None:
    found = {key: decoded(c64, CODES[key], modifiers) for key in expected}
    assert found == {key: bytes([code]) for key, code in expected.items()}


@pytest.mark.parametrize(
    ("modifiers", "table"),
    [
        pytest.param(0, PLAIN, id="MAP: $F5 points to the table of plain keys"),
        pytest.param(SHIFT, SHIFTED, id="MAP: $F5 points to the table of shifted keys"),
    ],
)
def test_the_table_of_the_keys(c64: Subject, modifiers: int, table: list[int]) -> None:
    """64 codes, and $FF for no key."""
    decoded(c64, CODES["A"], modifiers)
    address = c64.word(TABLE)
    found = c64.peek(address, 65, bank="rom")
    assert [found[key] for key in LETTERS + DIGITS + SIGNS] == [table[key] for key in LETTERS + DIGITS + SIGNS]
    assert found[64] == 0xFF


def test_a_patch_of_the_decoding(c64: Subject) -> None:
    """MAP, $028F: SCNKEY jumps through it once it knows key and modifiers."""
    c64.hook(DECODE)
    c64.call(SCNKEY, flags=NO_IRQ)
    assert c64.byte(0x02) == 0
    c64.run(hold(4))
    assert c64.byte(0x02) == 1


@pytest.mark.parametrize(
    ("lock", "start", "end"),
    [
        pytest.param(0, 0x15, 0x17, id="PRG: SHIFT and C= change the character set"),
        pytest.param(0, 0x17, 0x15, id="PRG: SHIFT and C= change it back"),
        pytest.param(0x80, 0x15, 0x15, id="PRG: SHIFT and C= do nothing when locked"),
    ],
)
def test_shift_and_commodore(c64: Subject, lock: int, start: int, end: int) -> None:
    """MAP: $D018, $0291."""
    c64.poke(LOCK, lock)
    c64.poke(CHARACTER_SET, start, bank="io")
    c64.poke(MODIFIERS, SHIFT | COMMODORE)
    c64.poke(0x028E, 0)
    c64.poke(KEY, NO_KEY)
    c64.program(f"ldy #{NO_KEY}\njmp (${DECODE:04X})")
    c64.call(0xC100, y=NO_KEY, flags=NO_IRQ)
    assert c64.io(CHARACTER_SET) & 2 == end & 2


# The scan


def hold(row: int, scans: int = 1) -> str:
    """A program that scans while a joystick in port 1 pulls a row of the matrix low, then once without it."""
    return f"""
        lda #{scans}
        sta $02FF
        lda #{1 << row}
        sta $DC03
        lda #{0xFF ^ 1 << row}
        sta $DC01
scan:   jsr ${SCNKEY:04X}
        dec $02FF
        bne scan
        lda #0
        sta $DC03
        rts
    """


def test_no_key_is_64(c64: Subject) -> None:
    """MAP: $CB, the key that is down; $C5, that of the scan before."""
    c64.poke(KEY, 1)
    c64.call(SCNKEY, flags=NO_IRQ)
    assert c64.byte(KEY) == NO_KEY
    assert c64.byte(MODIFIERS) == 0


@pytest.mark.parametrize(
    ("row", "key", "modifiers"),
    [
        pytest.param(1, 57, 0, id="MAP: joystick down is the left arrow"),
        pytest.param(2, 50, CONTROL, id="MAP: joystick left is CTRL"),
        pytest.param(3, 59, 0, id="MAP: joystick right is 2"),
        pytest.param(4, SPACE, SHIFT, id="MAP: joystick fire is space"),
    ],
)
def test_a_joystick_is_seen_as_keys(c64: Subject, row: int, key: int, modifiers: int) -> None:
    """The last key found counts, and each modifier."""
    c64.run(hold(row), flags=NO_IRQ)
    assert c64.byte(KEY) == key
    assert c64.byte(LAST_KEY) == key
    assert c64.byte(MODIFIERS) == modifiers


@pytest.mark.parametrize(
    ("row", "character"),
    [
        pytest.param(1, 0x5F, id="MAP: joystick down types the left arrow"),
        pytest.param(3, 0x32, id="MAP: joystick right types 2"),
        pytest.param(4, 0xA0, id="MAP: joystick fire types a space"),
    ],
)
def test_a_key_goes_into_the_buffer(c64: Subject, row: int, character: int) -> None:
    c64.run(hold(row), flags=NO_IRQ)
    assert c64.byte(KEY_COUNT) == 1
    assert c64.byte(KEYS) == character


def fetched(c64: Subject, row: int, scans: int) -> list[int]:
    """At which of so many scans a program that empties the buffer after each gets a key."""
    c64.poke(TEXT, bytes(scans))
    c64.run(
        f"""
        lda #0
        sta $02FF
        lda #{1 << row}
        sta $DC03
        lda #{0xFF ^ 1 << row}
        sta $DC01
scan:   jsr ${SCNKEY:04X}
        ldx $02FF
        lda ${KEY_COUNT:02X}
        sta ${TEXT:04X},x
        lda #0
        sta ${KEY_COUNT:02X}
        inc $02FF
        cpx #{scans - 1}
        bne scan
        lda #0
        sta $DC03
        rts
    """,
        flags=NO_IRQ,
    )
    return [scan for scan, key in enumerate(c64.peek(TEXT, scans)) if key]


@pytest.mark.parametrize(
    ("row", "flag", "repeats"),
    [
        pytest.param(3, 0x00, False, id="PRG: a digit does not repeat with $028A 0"),
        pytest.param(4, 0x00, True, id="PRG: space repeats with $028A 0"),
        pytest.param(3, 0x80, True, id="PRG: all keys repeat with bit 7 of $028A"),
        pytest.param(4, 0x40, False, id="PRG: no key repeats with bit 6 of $028A"),
    ],
)
def test_repeat(c64: Subject, row: int, flag: int, repeats: bool) -> None:
    c64.poke(REPEATS, flag)
    found = fetched(c64, row, 60)
    assert found[0] == 0
    assert (len(found) > 5) == repeats
    assert repeats or len(found) == 1


def test_the_first_repeat_comes_late_and_then_every_four_scans(c64: Subject) -> None:
    """MAP: $028C, the delay of 16 scans until repeating, $028B, of 4 between two."""
    c64.call(SCNKEY, flags=NO_IRQ)
    found = fetched(c64, 4, 60)
    gaps = [after - before for before, after in pairwise(found)]
    assert 16 <= gaps[0] <= 21
    assert set(gaps[1:]) == {4}


def test_a_key_repeats_into_an_empty_buffer_only(c64: Subject) -> None:
    """MAP: while a key waits, none comes by repeating."""
    c64.run(hold(4, 100), flags=NO_IRQ)
    assert c64.byte(KEY_COUNT) == 1


def test_a_key_pressed_anew_comes_anew(c64: Subject) -> None:
    """MAP: $C5 is 64 after a scan without a key."""
    c64.run(hold(3), flags=NO_IRQ)
    c64.call(SCNKEY, flags=NO_IRQ)
    assert c64.byte(LAST_KEY) == NO_KEY
    c64.run(hold(3), flags=NO_IRQ)
    assert c64.peek(KEYS, c64.byte(KEY_COUNT)) == b"22"


def test_the_buffer_holds_ten(c64: Subject) -> None:
    """PRG: $0277-$0280; further keys are lost."""
    c64.keys(b"ABCDEFGHIJ")
    after = c64.peek(0x0281, 2)
    c64.run(hold(3), flags=NO_IRQ)
    assert c64.byte(KEY_COUNT) == 10
    assert c64.peek(KEYS, 10) == b"ABCDEFGHIJ"
    assert c64.peek(0x0281, 2) == after


def test_the_size_of_the_buffer_can_be_set(c64: Subject) -> None:
    """PRG, $0289."""
    c64.poke(BUFFER_SIZE, 2)
    c64.keys("AB")
    c64.run(hold(3), flags=NO_IRQ)
    assert c64.byte(KEY_COUNT) == 2


def test_the_interrupt_scans(c64: Subject) -> None:
    """PRG, SCNKEY: called by the interrupt."""
    c64.program("lda #8\nsta $DC03\nlda #$F7\nsta $DC01\nloop: lda $C6\nbeq loop\nlda #0\nsta $DC03\nrts")
    c64.call(0xC100)
    assert c64.byte(KEYS) == 0x32
