"""BASIC in direct mode, as far as a person or a loader needs it: what is typed and what the screen says.

Source: User's Guide (UG) and Programmer's Reference Guide (PRG), chapters 1 and 2, appendix "error messages"; Mapping
the Commodore 64 (MAP), $2B-$38, $030C-$030F.
"""

from __future__ import annotations

import pytest
from subject import PROGRAM, Subject

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

PEEKED = 0x2000


@pytest.mark.parametrize(
    ("line", "rows"),
    [
        pytest.param("REM ANYTHING ;:?", [], id="UG: REM"),
    ],
)
def test_statements(prompt: Subject, line: str, rows: list[str]) -> None:
    assert prompt.direct(line) == rows


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param("HELLO!", "?SYNTAX  ERROR", id="PRG: SYNTAX"),
        pytest.param("POKE", "?SYNTAX  ERROR", id="PRG: POKE without its numbers"),
        pytest.param("SYS65536", "?ILLEGAL QUANTITY  ERROR", id="PRG: SYS beyond 65535"),
        pytest.param("SYS", "?SYNTAX  ERROR", id="PRG: SYS without its number"),
        pytest.param("RUN100", "?UNDEF'D STATEMENT  ERROR", id="PRG: RUN of a line that isn't there"),
        pytest.param("PRINT(1", "?SYNTAX  ERROR", id="PRG: a bracket is missing"),
        pytest.param('LOAD"",8', "?MISSING FILE NAME  ERROR", id="PRG: MISSING FILE NAME"),
        pytest.param('LOAD"A",0', "?ILLEGAL DEVICE NUMBER  ERROR", id="PRG: ILLEGAL DEVICE NUMBER"),
    ],
)
def test_errors(prompt: Subject, line: str, message: str) -> None:
    assert prompt.direct(line) == ["", message]


# Program lines


def test_lines_are_listed_in_order(prompt: Subject) -> None:
    """UG: LIST."""
    prompt.type('20 PRINT"B"\r10 PRINT"A"\r')
    assert prompt.direct("LIST") == ["", '10 PRINT"A"', '20 PRINT"B"']


def test_a_line_is_replaced(prompt: Subject) -> None:
    """UG: the same number again."""
    prompt.type("10 END\r10 REM\r")
    assert prompt.direct("LIST") == ["", "10 REM"]


def test_a_number_alone_takes_the_line_out(prompt: Subject) -> None:
    """UG."""
    prompt.type("10 END\r20 REM\r10\r")
    assert prompt.direct("LIST") == ["", "20 REM"]


@pytest.mark.parametrize(
    ("command", "lines"),
    [
        pytest.param("LIST20", ["20 REM"], id="UG: LIST of one line"),
    ],
)
def test_parts_of_a_listing(prompt: Subject, command: str, lines: list[str]) -> None:
    prompt.type("10 END\r20 REM\r30 RUN\r")
    assert prompt.direct(command) == ["", *lines]


def test_words_are_tokens(prompt: Subject) -> None:
    """PRG, appendix: END $80, PRINT $99, SYS $9E; MAP: link, number, text, 0."""
    prompt.type("10 SYS 2061\r")
    assert prompt.peek(0x0801, 13) == bytes.fromhex("0C08 0A00 9E 20 32303631 00 0000")
    assert prompt.word(0x2D) == 0x080E


# In the order of their tokens, a check's share in each row.
WORDS = [
    *("END", "FOR", "NEXT", "DATA", "INPUT#", "INPUT", "DIM", "READ", "LET", "GOTO", "RUN", "IF"),
    *("RESTORE", "GOSUB", "RETURN", "REM", "STOP", "ON", "WAIT", "LOAD", "SAVE", "VERIFY", "DEF", "POKE"),
    *("PRINT#", "PRINT", "CONT", "LIST", "CLR", "CMD", "SYS", "OPEN", "CLOSE", "GET", "NEW", "TAB("),
    *("TO", "FN", "SPC(", "THEN", "NOT", "STEP", "+", "-", "*", "/", "^", "AND"),
    *("OR", ">", "=", "<", "SGN", "INT", "ABS", "USR", "FRE", "POS", "SQR", "RND"),
    *("LOG", "EXP", "COS", "SIN", "TAN", "ATN", "PEEK", "LEN", "STR$", "VAL", "ASC", "CHR$"),
    *("LEFT$", "RIGHT$", "MID$", "GO"),
]


@pytest.mark.parametrize(
    "first", range(0, len(WORDS), 12), ids=lambda first: f"PRG: tokens from ${0x80 + first:02X}, {WORDS[first]}"
)
def test_tokens(prompt: Subject, first: int) -> None:
    """PRG, appendix: each word becomes its token, from $80 on, and LIST makes the word of it."""
    words = WORDS[first : first + 12]
    for number, word in enumerate(words):
        prompt.type(f"{number}{word}\r")
    assert prompt.direct("LIST") == ["", *(f"{number} {word}" for number, word in enumerate(words))]
    found = [prompt.byte(0x0805 + 6 * number) for number in range(len(words))]
    assert found == list(range(0x80 + first, 0x80 + first + len(words)))


def test_words_in_quotes_are_left(prompt: Subject) -> None:
    """PRG: text between quotes is text."""
    prompt.type('10 "END"\r')
    assert prompt.peek(0x0805, 6) == b'"END"\0'


def test_new_forgets_the_program(prompt: Subject) -> None:
    """PRG, NEW; MAP: $2D is $0803 again."""
    prompt.type("10 END\r")
    prompt.direct("NEW")
    assert prompt.direct("LIST") == []
    assert prompt.word(0x2D) == 0x0803


def test_clr_keeps_the_program(prompt: Subject) -> None:
    """PRG, CLR: variables go; MAP: $2F and $31 follow $2D."""
    prompt.type("10 END\r")
    prompt.poke_word(0x31, 0x1234)
    prompt.direct("CLR")
    assert prompt.word(0x31) == prompt.word(0x2D) == prompt.word(0x2F)
    assert prompt.direct("LIST") == ["", "10 END"]


# SYS


def test_sys_passes_the_registers(prompt: Subject) -> None:
    """PRG, $030C-$030F: A, X, Y and flags."""
    prompt.program("php\nsta $2000\nstx $2001\nsty $2002\npla\nsta $2003\nrts")
    prompt.poke(0x030C, bytes([0x12, 0x34, 0x56, 0x01]))
    prompt.direct(f"SYS{PROGRAM}")
    assert prompt.peek(PEEKED, 3) == bytes([0x12, 0x34, 0x56])
    assert prompt.byte(PEEKED + 3) & 0x01


def test_sys_brings_the_registers_back(prompt: Subject) -> None:
    """PRG, $030C-$030F."""
    prompt.program("lda #$21\nldx #$43\nldy #$65\nsec\nrts")
    prompt.poke(0x030C, bytes(4))
    prompt.direct(f"SYS{PROGRAM}")
    assert prompt.peek(0x030C, 3) == bytes([0x21, 0x43, 0x65])
    assert prompt.byte(0x030F) & 0x01


def test_sys_takes_an_expression(prompt: Subject) -> None:
    """PRG, SYS."""
    prompt.program("inc $2000\nrts")
    prompt.poke(PEEKED, 0)
    prompt.direct("SYS(192+1)*256")
    assert prompt.byte(PEEKED) == 1


def test_sys_leaves_the_address_in_14(prompt: Subject) -> None:
    """MAP: $14 holds the address of SYS and POKE."""
    prompt.program("lda $14\nsta $2000\nlda $15\nsta $2001\nrts")
    prompt.direct(f"SYS{PROGRAM}")
    assert prompt.word(PEEKED) == PROGRAM


# The clock


# Disks


@pytest.mark.parametrize(
    ("line", "rows"),
    [
        pytest.param('LOAD"HELLO",8', ["", "SEARCHING FOR HELLO", "LOADING"], id="UG: LOAD"),
        pytest.param('LOAD"*",8,1', ["", "SEARCHING FOR *", "LOADING"], id="UG: LOAD of the first"),
        pytest.param(
            'LOAD"NONE",8', ["", "SEARCHING FOR NONE", "?FILE NOT FOUND  ERROR"], id="UG: LOAD, FILE NOT FOUND"
        ),
        pytest.param(
            'LOAD"HELLO",9',
            ["", "SEARCHING FOR HELLO", "?DEVICE NOT PRESENT  ERROR"],
            id="UG: LOAD, DEVICE NOT PRESENT",
        ),
    ],
)
def test_load(prompt: Subject, line: str, rows: list[str]) -> None:
    assert prompt.direct(line) == rows


def test_load_and_run(prompt: Subject) -> None:
    """UG."""
    prompt.direct('LOAD"HELLO",8')
    assert prompt.direct("LIST") == ["", "10 SYS2061"]
    assert prompt.direct("RUN") == ["OK"]


def test_load_sets_the_end_of_the_program(prompt: Subject) -> None:
    """MAP: $2D."""
    prompt.direct('LOAD"LISTING",8')
    assert prompt.word(0x2D) == prompt.word(0xAE)


def test_load_by_a_program_starts_the_next(prompt: Subject) -> None:
    """PRG, LOAD in a program: the loaded one runs from its beginning."""
    prompt.type('10 LOAD"HELLO",8\r')
    assert "OK" in prompt.direct("RUN")


def test_the_directory(prompt: Subject) -> None:
    """1541 User's Guide: LOAD"$",8 and LIST."""
    prompt.direct('LOAD"$",8')
    rows = prompt.direct("LIST")
    assert rows[0] == ""
    assert rows[1] == '0 "CONFORMANCE     " 01 2A'
    assert rows[2].split() == ["1", '"HELLO"', "PRG"]
    assert rows[-1].endswith("BLOCKS FREE.")


def test_load_with_address_leaves_basic(prompt: Subject) -> None:
    """PRG, LOAD with secondary address 1: where the file says."""
    prompt.direct('LOAD"SHORT",8,1')
    assert prompt.peek(0x2000, 3) == bytes([1, 2, 3])


# The editor at work


def test_shift_return_enters_nothing(prompt: Subject) -> None:
    """UG: SHIFT RETURN leaves a line."""
    prompt.type(b'\x93PRINT"A"\x8d')
    assert prompt.rows()[1] == ""


def test_a_line_may_fill_two_rows(prompt: Subject) -> None:
    """UG: 80 columns, RETURN among them."""
    line = "10 REM " + "ABCDEFGHIJ" * 7 + "KL"
    prompt.type(b"\x93" + line.encode() + b"\r")
    assert prompt.peek(0x0806, 74) == line[6:].encode() + b"\0"


def test_no_ready_follows_a_program_line(prompt: Subject) -> None:
    """UG."""
    prompt.type(b"\x9310 END\r")
    assert prompt.rows()[:2] == ["10 END", ""]
    assert prompt.cursor == (1, 0)
