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
        pytest.param('PRINT"HELLO"', ["HELLO"], id="UG: PRINT of a text"),
        pytest.param('?"HELLO"', ["HELLO"], id="UG: ? is PRINT"),
        pytest.param("PRINT", [], id="UG: PRINT alone"),
        pytest.param('PRINT"A";"B"', ["AB"], id="UG: a semicolon joins"),
        pytest.param('PRINT"A","B"', ["A         B"], id="UG: a comma goes to the next ten columns"),
        pytest.param('PRINT"A";', ["A"], id="UG: a semicolon at the end"),
        pytest.param('PRINT"A":PRINT"B"', ["A", "B"], id="UG: a colon parts statements"),
        pytest.param('PRINT"NO END', ["NO END"], id="PRG: the closing quote may be left out"),
        pytest.param("PRINT7", [" 7"], id="UG: a space before a number"),
        pytest.param("PRINT-7", ["-7"], id="UG: or its sign"),
        pytest.param('PRINT7;"A"', [" 7 A"], id="UG: a space behind a number"),
        pytest.param("PRINT2+3", [" 5"], id="UG: addition"),
        pytest.param("PRINT2-3", ["-1"], id="UG: subtraction"),
        pytest.param("PRINT6*7", [" 42"], id="UG: multiplication"),
        pytest.param("PRINT2+3*4", [" 14"], id="PRG: products come first"),
        pytest.param("PRINT(2+3)*4", [" 20"], id="PRG: brackets"),
        pytest.param("PRINT256*256", [" 65536"], id="PRG: numbers beyond 16 bits"),
        pytest.param("PRINTPEEK(648)", [" 4"], id="PRG: PEEK"),
        pytest.param("PRINTPEEK(43)+256*PEEK(44)", [" 2049"], id="PRG: PEEK of a pointer"),
        pytest.param("POKE8192,65:PRINTPEEK(8192)", [" 65"], id="PRG: POKE and PEEK"),
        pytest.param("PRINT ST", [" 0"], id="PRG: ST is the status"),
        pytest.param("PRINTCHR$(65)", ["A"], id="PRG: CHR$"),
        pytest.param('PRINTASC("A")', [" 65"], id="PRG: ASC"),
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
        pytest.param("POKE1,256", "?ILLEGAL QUANTITY  ERROR", id="PRG: POKE of more than 255"),
        pytest.param("POKE65536,0", "?ILLEGAL QUANTITY  ERROR", id="PRG: POKE beyond 65535"),
        pytest.param("POKE-1,0", "?ILLEGAL QUANTITY  ERROR", id="PRG: POKE below 0"),
        pytest.param("PRINTPEEK(65536)", "?ILLEGAL QUANTITY  ERROR", id="PRG: PEEK beyond 65535"),
        pytest.param("SYS65536", "?ILLEGAL QUANTITY  ERROR", id="PRG: SYS beyond 65535"),
        pytest.param("SYS", "?SYNTAX  ERROR", id="PRG: SYS without its number"),
        pytest.param("RUN100", "?UNDEF'D STATEMENT  ERROR", id="PRG: RUN of a line that isn't there"),
        pytest.param("GOTO100", "?UNDEF'D STATEMENT  ERROR", id="PRG: GOTO to a line that isn't there"),
        pytest.param('POKE"A",0', "?TYPE MISMATCH  ERROR", id="PRG: TYPE MISMATCH"),
        pytest.param("PRINT(1", "?SYNTAX  ERROR", id="PRG: a bracket is missing"),
        pytest.param('LOAD"",8', "?MISSING FILE NAME  ERROR", id="PRG: MISSING FILE NAME"),
        pytest.param('LOAD"A",0', "?ILLEGAL DEVICE NUMBER  ERROR", id="PRG: ILLEGAL DEVICE NUMBER"),
        pytest.param('SAVE"",8', "?MISSING FILE NAME  ERROR", id="PRG: SAVE without a name"),
        pytest.param("64000 END", "?SYNTAX  ERROR", id="PRG: line numbers go to 63999"),
    ],
)
def test_errors(prompt: Subject, line: str, message: str) -> None:
    assert prompt.direct(line) == ["", message]


def test_an_error_in_a_program_names_the_line(prompt: Subject) -> None:
    """PRG: ERROR IN and the line's number."""
    prompt.type("10 REM\r20 POKE1,999\r")
    assert prompt.direct("RUN") == ["", "?ILLEGAL QUANTITY  ERROR IN 20"]


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
        pytest.param("LIST20-", ["20 REM", "30 RUN"], id="UG: LIST from a line on"),
        pytest.param("LIST-20", ["10 END", "20 REM"], id="UG: LIST up to a line"),
        pytest.param("LIST15-25", ["20 REM"], id="UG: LIST from a line to another"),
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


def test_run_executes_the_program(prompt: Subject) -> None:
    """UG, RUN."""
    prompt.type('10 PRINT"A"\r20 PRINT"B"\r')
    assert prompt.direct("RUN") == ["A", "B"]


def test_run_begins_at_a_line(prompt: Subject) -> None:
    """PRG, RUN with a number."""
    prompt.type('10 PRINT"A"\r20 PRINT"B"\r')
    assert prompt.direct("RUN20") == ["B"]


def test_end_ends_a_program(prompt: Subject) -> None:
    """PRG, END."""
    prompt.type('10 PRINT"A":END\r20 PRINT"B"\r')
    assert prompt.direct("RUN") == ["A"]


def test_goto_goes_to_a_line(prompt: Subject) -> None:
    """PRG, GOTO."""
    prompt.type('10 GOTO30\r20 PRINT"B"\r30 PRINT"C"\r')
    assert prompt.direct("RUN") == ["C"]


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


def test_a_program_goes_on_after_sys(prompt: Subject) -> None:
    """PRG: RTS returns to BASIC."""
    prompt.program("inc $2000\nrts")
    prompt.poke(PEEKED, 0)
    prompt.type(f'10 SYS{PROGRAM}:PRINT"BACK"\r')
    assert prompt.direct("RUN") == ["BACK"]
    assert prompt.byte(PEEKED) == 1


# The clock


def test_ti_counts_jiffies(prompt: Subject) -> None:
    """PRG, TI: the jiffy clock."""
    prompt.poke(0xA0, bytes([0, 4, 0]))
    assert 0 <= int(prompt.direct("PRINTTI")[0]) - 1024 < 60


def test_ti_string_is_the_time_of_day(prompt: Subject) -> None:
    """PRG, TI$: hours, minutes, seconds."""
    prompt.poke(0xA0, ((12 * 60 + 34) * 60 * 60).to_bytes(3, "big"))
    assert prompt.direct("PRINTTI$")[0].startswith("1234")


def test_ti_string_sets_the_clock(prompt: Subject) -> None:
    """PRG, TI$; read in the same line, since time passes at the prompt."""
    assert 0 <= int(prompt.direct('TI$="010000":PRINTTI')[0]) - 60 * 60 * 60 < 60


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


def test_save_and_verify(prompt: Subject) -> None:
    """UG, SAVE and VERIFY."""
    prompt.type("10 END\r")
    assert prompt.direct('SAVE"@0:MINE",8') == ["", "SAVING @0:MINE"]
    assert prompt.direct('VERIFY"MINE",8') == ["", "SEARCHING FOR MINE", "VERIFYING", "OK"]
    prompt.direct("NEW")
    prompt.direct('LOAD"MINE",8')
    assert prompt.direct("LIST") == ["", "10 END"]


def test_verify_tells_a_difference(prompt: Subject) -> None:
    """PRG: VERIFY ERROR."""
    prompt.direct('LOAD"LISTING",8')
    prompt.poke(0x0806, prompt.byte(0x0806) ^ 1)
    assert prompt.direct('VERIFY"LISTING",8')[-1] == "?VERIFY  ERROR"


def test_load_with_address_leaves_basic(prompt: Subject) -> None:
    """PRG, LOAD with secondary address 1: where the file says."""
    prompt.direct('LOAD"SHORT",8,1')
    assert prompt.peek(0x2000, 3) == bytes([1, 2, 3])


# The editor at work


def test_a_line_on_the_screen_is_entered_again(prompt: Subject) -> None:
    """UG: the cursor is moved to a line, and RETURN enters it."""
    prompt.type(b'\x93PRINT"A"\r')
    prompt.type(b"\x13\r")
    assert prompt.rows()[1] == "A"
    assert prompt.cursor[0] == 4


def test_shift_return_enters_nothing(prompt: Subject) -> None:
    """UG: SHIFT RETURN leaves a line."""
    prompt.type(b'\x93PRINT"A"\x8d')
    assert prompt.rows()[1] == ""


def test_a_line_may_fill_two_rows(prompt: Subject) -> None:
    """UG: 80 columns, RETURN among them."""
    line = "10 REM " + "ABCDEFGHIJ" * 7 + "KL"
    prompt.type(b"\x93" + line.encode() + b"\r")
    assert prompt.peek(0x0806, 74) == line[6:].encode() + b"\0"


def test_ready_follows_each_command(prompt: Subject) -> None:
    """UG."""
    prompt.type(b"\x93POKE255,0\r")
    assert prompt.rows()[:3] == ["POKE255,0", "", "READY."]
    assert prompt.cursor == (3, 0)


def test_no_ready_follows_a_program_line(prompt: Subject) -> None:
    """UG."""
    prompt.type(b"\x9310 END\r")
    assert prompt.rows()[:2] == ["10 END", ""]
    assert prompt.cursor == (1, 0)


def test_stop_stops_a_program(prompt: Subject) -> None:
    """UG: RUN/STOP; MAP: $7F in $91 when STOP is called, as it is after each statement."""
    prompt.type("10 GOTO10\r")
    prompt.type(b"\x93")
    old = prompt.word(0x0328)
    prompt.hook(0x0328, f"inc $02\nbpl end\nlda #$7F\nsta $91\nend: jmp ${old:04X}")
    prompt.keys(b"RUN\r")
    prompt.vice.run_until(lambda: "READY." in prompt.rows(), 5_000_000, "READY.")
    assert "BREAK IN 10" in prompt.rows()
