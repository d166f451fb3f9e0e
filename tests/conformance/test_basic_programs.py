"""Short BASIC programs of whole numbers and texts, and what they print.

Source: Programmer's Reference Guide (PRG), chapter 2, each statement's and function's entry; User's Guide (UG).
"""

from __future__ import annotations

import pytest
from subject import Subject

pytestmark = [pytest.mark.vice, pytest.mark.cc65]


@pytest.mark.parametrize(
    ("program", "rows"),
    [
        pytest.param("10 FORI=1TO3:PRINTI:NEXT", [" 1", " 2", " 3"], id="PRG: FOR and NEXT"),
        pytest.param("10 FORI=5TO1STEP-2:PRINTI:NEXTI", [" 5", " 3", " 1"], id="PRG: STEP"),
        pytest.param("10 FORI=2TO1:PRINTI:NEXT", [" 2"], id="PRG: a loop runs once at least"),
        pytest.param("10 FORI=1TO2:NEXT:PRINTI", [" 3"], id="PRG: the counter after a loop"),
        pytest.param("10 IF1=1THENPRINT7", [" 7"], id="PRG: IF that is true"),
        pytest.param("10 IF1=2THENPRINT7:PRINT8\n20 PRINT9", [" 9"], id="PRG: IF that is false skips the line"),
        pytest.param("10 IF1THEN30\n20 PRINT2\n30 PRINT3", [" 3"], id="PRG: THEN and a line"),
        pytest.param("10 GOSUB30:PRINT2\n20 END\n30 PRINT1:RETURN", [" 1", " 2"], id="PRG: GOSUB and RETURN"),
        pytest.param("10 ON2GOTO20,30\n20 PRINT2\n30 PRINT3", [" 3"], id="PRG: ON and GOTO"),
        pytest.param("10 READA,B$:PRINTB$;A\n20 DATA7,X", ["X 7"], id="PRG: READ and DATA"),
        pytest.param("10 READA:RESTORE:READB:PRINTA;B\n20 DATA7", [" 7  7"], id="PRG: RESTORE"),
        pytest.param("10 A=7:A=A+1:PRINTA", [" 8"], id="PRG: a variable"),
        pytest.param("10 LETA=7:PRINTA", [" 7"], id="PRG: LET"),
        pytest.param("10 PRINTA", [" 0"], id="PRG: a variable that wasn't set"),
        pytest.param('10 A$="AB":PRINTA$+"C"', ["ABC"], id="PRG: texts are joined by +"),
        pytest.param("10 A%=7:PRINTA%", [" 7"], id="PRG: a whole variable"),
        pytest.param("10 DIMA(20):A(20)=7:PRINTA(20);A(0)", [" 7  0"], id="PRG: DIM"),
        pytest.param("10 A(10)=7:PRINTA(10)", [" 7"], id="PRG: an array of eleven without DIM"),
        pytest.param('10 PRINTLEN("ABC")', [" 3"], id="PRG: LEN"),
        pytest.param('10 PRINTLEFT$("ABC",2)', ["AB"], id="PRG: LEFT$"),
        pytest.param('10 PRINTRIGHT$("ABC",2)', ["BC"], id="PRG: RIGHT$"),
        pytest.param('10 PRINTMID$("ABCD",2,2)', ["BC"], id="PRG: MID$"),
        pytest.param('10 PRINTMID$("ABCD",3)', ["CD"], id="PRG: MID$ to the end"),
        pytest.param('10 PRINTVAL("12X")', [" 12"], id="PRG: VAL"),
        pytest.param("10 PRINTSTR$(12)", [" 12"], id="PRG: STR$"),
        pytest.param("10 PRINTABS(-3)", [" 3"], id="PRG: ABS"),
        pytest.param("10 PRINTSGN(-3);SGN(0);SGN(3)", ["-1  0  1"], id="PRG: SGN"),
        pytest.param("10 PRINT5AND3;5OR3;NOT0", [" 1  7 -1"], id="PRG: AND, OR, NOT"),
        pytest.param("10 PRINT2>1;1>2;1=1;1<>1", ["-1  0 -1  0"], id="PRG: true is -1"),
        pytest.param('10 PRINT"A"<"B"', ["-1"], id="PRG: texts are compared"),
        pytest.param('10 PRINTTAB(5)"A"', ["     A"], id="PRG: TAB"),
        pytest.param('10 PRINTSPC(3)"A"', ["   A"], id="PRG: SPC"),
        pytest.param('10 PRINT"ABC";:PRINTPOS(0)', ["ABC 3"], id="PRG: POS"),
        pytest.param("10 PRINT8/2", [" 4"], id="PRG: division"),
        pytest.param("10 REM PRINT1\n20 PRINT2", [" 2"], id="PRG: REM ends its line"),
        pytest.param("10 STOP", ["", "BREAK IN 10"], id="PRG: STOP"),
        pytest.param("10 RETURN", ["", "?RETURN WITHOUT GOSUB  ERROR IN 10"], id="PRG: RETURN WITHOUT GOSUB"),
        pytest.param("10 NEXT", ["", "?NEXT WITHOUT FOR  ERROR IN 10"], id="PRG: NEXT WITHOUT FOR"),
        pytest.param("10 READA", ["", "?OUT OF DATA  ERROR IN 10"], id="PRG: OUT OF DATA"),
        pytest.param("10 A(11)=1", ["", "?BAD SUBSCRIPT  ERROR IN 10"], id="PRG: BAD SUBSCRIPT"),
        pytest.param("10 DIMA(1):DIMA(1)", ["", "?REDIM'D ARRAY  ERROR IN 10"], id="PRG: REDIM'D ARRAY"),
        pytest.param("10 PRINT1/0", ["", "?DIVISION BY ZERO  ERROR IN 10"], id="PRG: DIVISION BY ZERO"),
        pytest.param("10 A$=1", ["", "?TYPE MISMATCH  ERROR IN 10"], id="PRG: TYPE MISMATCH"),
        pytest.param("10 PRINT#5,1", ["", "?FILE NOT OPEN  ERROR IN 10"], id="PRG: FILE NOT OPEN"),
        pytest.param("10 OPEN1,3:OPEN1,3", ["", "?FILE OPEN  ERROR IN 10"], id="PRG: FILE OPEN"),
        pytest.param("10 OPEN1,3:PRINT#1,7:CLOSE1", [" 7"], id="PRG: PRINT# to the screen"),
    ],
)
def test_what_a_program_prints(prompt: Subject, program: str, rows: list[str]) -> None:
    prompt.type(program.replace("\n", "\r") + "\r")
    assert prompt.direct("RUN") == rows


def test_input_asks_and_takes(prompt: Subject) -> None:
    """PRG, INPUT: a question mark, and what is typed."""
    prompt.type("10 INPUTA$:PRINTA$+A$\r")
    prompt.type(b"\x93RUN\r")
    prompt.type("HI\r")
    prompt.to_ready()
    assert prompt.rows()[1:3] == ["? HI", "HIHI"]


def test_input_of_a_number_asks_again(prompt: Subject) -> None:
    """PRG, INPUT: ?REDO FROM START where a number is wanted."""
    prompt.type("10 INPUTA:PRINTA+1\r")
    prompt.type(b"\x93RUN\r")
    prompt.type("HI\r")
    prompt.type("41\r")
    prompt.to_ready()
    assert prompt.rows()[1:5] == ["? HI", "?REDO FROM START", "? 41", " 42"]


def test_get_takes_a_key(prompt: Subject) -> None:
    """PRG, GET: a key if there is one, no key is an empty text."""
    prompt.type('10 GETA$:IFA$=""THEN10\r20 PRINTA$;A$\r')
    prompt.type(b"\x93")
    prompt.keys(b"RUN\rX")
    prompt.to_ready()
    assert prompt.rows()[1] == "XX"


def test_a_file_is_written_and_read(prompt: Subject) -> None:
    """PRG, OPEN, PRINT#, INPUT#, CLOSE, ST."""
    prompt.type('10 OPEN2,8,2,"@0:BASIC,S,W":PRINT#2,"ONE":PRINT#2,"TWO":CLOSE2\r')
    prompt.type('20 OPEN2,8,2,"BASIC,S,R":INPUT#2,A$,B$:PRINTA$;B$;ST:CLOSE2\r')
    assert prompt.direct("RUN") == ["ONETWO 64"]


def test_the_error_channel(prompt: Subject) -> None:
    """1541 User's Guide: OPEN15,8,15 and INPUT#15."""
    prompt.type('10 OPEN15,8,15,"I0":INPUT#15,A,B$,C,D:PRINTA;B$;C;D:CLOSE15\r')
    assert prompt.direct("RUN") == [" 0 OK 0  0"]


def test_cont_goes_on_after_stop(prompt: Subject) -> None:
    """PRG, CONT."""
    prompt.type("10 STOP:PRINT7\r")
    prompt.direct("RUN")
    assert prompt.direct("CONT") == [" 7"]


def test_variables_stay_after_a_program(prompt: Subject) -> None:
    """PRG: until RUN, CLR or NEW."""
    prompt.type("10 A=7\r")
    prompt.direct("RUN")
    assert prompt.direct("PRINTA") == [" 7"]
    prompt.direct("CLR")
    assert prompt.direct("PRINTA") == [" 0"]


def test_usr_goes_through_0311(prompt: Subject) -> None:
    """PRG, USR: the routine at $0311; MAP: without one an error."""
    assert prompt.direct("PRINTUSR(1)") == ["", "?ILLEGAL QUANTITY  ERROR"]
    prompt.hook(0x0311)
    assert prompt.direct("PRINTUSR(7)") == [" 7"]
    assert prompt.byte(0x02) == 1
