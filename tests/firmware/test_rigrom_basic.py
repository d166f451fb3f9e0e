"""BASIC at the prompt: values, variables, strings, errors, lines; what CBM BASIC V2 is documented to say."""

from __future__ import annotations

import pytest
from basic_prompt import Prompt

pytestmark = pytest.mark.cc65


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("?1+2*3-4", " 3"),
        ("?2*(3+4)", " 14"),
        ("?-3--5", " 2"),
        ("?-2^2;2^10;5^0", "-4  1024  1"),
        ("?3*-2", "-6"),
        ("?10/5;INT(7/2);INT(-7/2)", " 2  3 -4"),
        ("?7AND3;8OR1;NOT5;-1AND32767", " 3  9 -6  32767"),
        ("?1=1;1>2;1<2;1<>1;1>=1;2<=1;1=>1", "-1  0 -1  0 -1  0 -1"),
        ("?1<2<3;NOT1=1", "-1  0"),
        ("?7/2>3;7/2<4;7/2=3", "-1 -1  0"),
        ("?100000*1000;-100000*1000", " 100000000 -100000000"),
        ("?65535+1;255*257", " 65536  65535"),
        ("?SGN(-4);SGN(0);SGN(9);ABS(-3)", "-1  0  1  3"),
        ("?FRE(0)", "-26627"),
        ("?PEEK(43)+256*PEEK(44)", " 2049"),
        ("?TI;ST;POS(0)", " 0  0  6"),
        ("?00012;. ", " 12  0"),
    ],
)
def test_numbers(prompt: Prompt, line: str, said: str) -> None:
    assert prompt.says(line) == said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('?"A"+"B"="AB";"A"<"B";"AB">"A";""=""', "-1 -1 -1 -1"),
        ('?LEN("ABC");ASC("A");CHR$(66)', " 3  65 B"),
        ('?VAL("12");VAL("-5X");VAL("");VAL("A")', " 12 -5  0  0"),
        ('?LEFT$("ABC",2)RIGHT$("ABC",2)MID$("ABC",2,1)MID$("ABC",2)', "ABBCBBC"),
        ('?LEFT$("ABC",9)RIGHT$("ABC",9)MID$("ABC",4)"."', "ABCABC."),
        ("?STR$(5)+STR$(-5);LEN(STR$(100))", " 5-5 4"),
        ('A$="X":A$=A$+A$+A$:?A$;LEN(A$)', "XXX 3"),
        ('A$="HELLO":A$=LEFT$(A$,2)+"Y"+MID$(A$,4):?A$', "HEYLO"),
        ('A$="Q":B$=A$:A$="R":?A$B$', "RQ"),
        ('TI$="123456":?TI$;TI', "123456 2717760"),
    ],
)
def test_strings(prompt: Prompt, line: str, said: str) -> None:
    assert prompt.says(line) == said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('?"A";1;-1;"B"', "A 1 -1 B"),
        ("?1,2,3", " 1         2         3"),
        ('?"123456789","A"', "123456789 A"),
        ('?"1234567890","A"', "1234567890          A"),
        ('?TAB(5)"X";TAB(3)"Y"SPC(2)"Z"', "     XY  Z"),
        ("?1 2 3", " 123"),
        ('?"A"TAB(0)"B":?SPC(0)"C";:?"D"', "AB|CD"),
        ('?"OPEN', "OPEN"),
    ],
)
def test_print(prompt: Prompt, line: str, said: str) -> None:
    assert prompt.says(line) == said


def test_print_moves_the_cursor_over_what_stands_there(prompt: Prompt) -> None:
    prompt.ram[0x0400 + 80 + 2] = 1  # behind the number that will be printed
    prompt.type('\r\r\r?"\x13\x11\x11";7;\r')
    assert prompt.rows()[2].startswith(" 7A")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("?A;A%;A$;B(3);B$(3);0", " 0  0  0  0"),
        ('A=5:B%=7:C$="X":?A;B%;C$', " 5  7 X"),
        ("AB=1:ABC=2:A1=3:?AB;A1", " 2  3"),
        ("LETA=3:B=A:A=4:?A;B", " 4  3"),
        ("A%=-7/2:?A%", "-4"),
        ('DIMA(2,3),B$(4),C%(5):A(2,3)=7:C%(5)=8:B$(4)="Q":?A(2,3);C%(5);B$(4);A(1,3)', " 7  8 Q 0"),
        ("A(1,1)=2:A(2,1)=3:A(1,2)=4:?A(1,1);A(2,1);A(1,2)", " 2  3  4"),
        ("A=1:A%=2:A(1)=3:A%(1)=4:B=5:?A;A%;A(1);A%(1);B", " 1  2  3  4  5"),
    ],
)
def test_variables(prompt: Prompt, line: str, said: str) -> None:
    assert prompt.says(line) == said


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("HELLO!", "SYNTAX"),
        ("?(1", "SYNTAX"),
        ("?1)", "SYNTAX"),
        ("?SQR(4)", "SYNTAX"),
        ("?LEFT$(1,2)", "TYPE MISMATCH"),
        ("TI=5", "SYNTAX"),
        ("ST=5", "SYNTAX"),
        ("?FNA(1)", "UNDEF'D FUNCTION"),
        ("FORA%=1TO2", "SYNTAX"),
        ("FORA$=1TO2", "TYPE MISMATCH"),
        ("A$=5", "TYPE MISMATCH"),
        ('A="X"', "TYPE MISMATCH"),
        ('?"A"+1', "TYPE MISMATCH"),
        ('?-"A"', "TYPE MISMATCH"),
        ("?LEN(5)", "TYPE MISMATCH"),
        ("?PEEK(65536)", "ILLEGAL QUANTITY"),
        ("POKE1,256", "ILLEGAL QUANTITY"),
        ("POKE-1,0", "ILLEGAL QUANTITY"),
        ("?CHR$(256)", "ILLEGAL QUANTITY"),
        ('?ASC("")', "ILLEGAL QUANTITY"),
        ('?MID$("A",0)', "ILLEGAL QUANTITY"),
        ("A%=32768", "ILLEGAL QUANTITY"),
        ("?32768AND1", "ILLEGAL QUANTITY"),
        ("?USR(1)", "ILLEGAL QUANTITY"),
        ('TI$="12"', "ILLEGAL QUANTITY"),
        ("?2147483647+1", "OVERFLOW"),
        ("?50000*50000", "OVERFLOW"),
        ("?2147483648", "OVERFLOW"),
        ("?4294967300", "OVERFLOW"),
        ("?1/0", "DIVISION BY ZERO"),
        ("?7/2", "WHOLE NUMBERS ONLY"),
        ("A=7/2", "WHOLE NUMBERS ONLY"),
        ("?1.5", "WHOLE NUMBERS ONLY"),
        ("?1E3", "WHOLE NUMBERS ONLY"),
        ("GOTO10", "UNDEF'D STATEMENT"),
        ("RUN7", "UNDEF'D STATEMENT"),
        ("NEXT", "NEXT WITHOUT FOR"),
        ("RETURN", "RETURN WITHOUT GOSUB"),
        ("READA", "OUT OF DATA"),
        ("CONT", "CAN'T CONTINUE"),
        ("INPUTA", "ILLEGAL DIRECT"),
        ("GETA$", "ILLEGAL DIRECT"),
        ("DIMA(3):DIMA(3)", "REDIM'D ARRAY"),
        ("A(11)=1", "BAD SUBSCRIPT"),
        ("DIMA(3):?A(1,1)", "BAD SUBSCRIPT"),
        ("DIMA(99,99,99)", "OUT OF MEMORY"),
        ("PRINT#5", "FILE NOT OPEN"),
        ("OPEN1,3:OPEN1,3", "FILE OPEN"),
        ('LOAD"A",8', "DEVICE NOT PRESENT"),
        ('SAVE"",8', "MISSING FILE NAME"),
        ('LOAD"A",3', "ILLEGAL DEVICE NUMBER"),
    ],
)
def test_errors(prompt: Prompt, line: str, error: str) -> None:
    assert prompt.direct(line)[-1] == f"?{error}  ERROR"


def test_st_has_a_sign(prompt: Prompt) -> None:
    assert prompt.says("POKE144,131:?ST") == "-125"
    assert prompt.says("POKE144,66:?ST") == " 66"


def test_fractions_are_cut_where_whole_numbers_are_taken(prompt: Prompt) -> None:
    assert prompt.says("POKE8192,511/2:POKE8193.9,7:?PEEK(8192);PEEK(8193);CHR$(133/2)") == " 255  7 B"


def test_poke_writes_and_sys_takes_and_leaves_the_registers(prompt: Prompt) -> None:
    prompt.ram[0x2000:0x200D] = bytes.fromhex("8D0030 8E0130 8C0230 A907 38 60")
    assert prompt.direct("POKE780,1:POKE781,2:POKE782,3:SYS8192") == [""]
    assert prompt.ram[0x3000:0x3003] == bytes([1, 2, 3])
    assert prompt.ram[0x030C] == 7
    assert prompt.ram[0x030F] & 1


def test_loops_and_decisions_at_the_prompt(prompt: Prompt) -> None:
    assert prompt.says("FORI=3TO1STEP-1:?I;:NEXT:?I") == " 3  2  1  0"
    assert prompt.says("FORI=5TO1:?I:NEXT") == " 5"
    assert prompt.says('IF1THEN?"A":?"B"') == "A|B"
    assert prompt.says('IF0THEN?"A":?"B"') == ""
    assert prompt.says("FORI=1TO2:FORJ=1TO2:?I;J;:NEXTJ,I") == " 1  1  1  2  2  1  2  2"


def test_lines_are_entered_listed_replaced_and_taken_out(prompt: Prompt) -> None:
    prompt.enter('30 PRINT"C"\n10 ?"A"\n20 GOTO 40\n40 END\n20\n40 REM ?')
    assert prompt.direct("LIST") == ["", '10 PRINT"A"', '30 PRINT"C"', "40 REM ?"]
    assert prompt.direct("LIST-10") == ["", '10 PRINT"A"', ""]
    assert prompt.direct("LIST20-30") == ["", '30 PRINT"C"', ""]
    assert prompt.direct("LIST30-") == ["", '30 PRINT"C"', "40 REM ?"]
    assert prompt.direct("LIST40") == ["", "40 REM ?"]


def test_a_listed_line_can_be_changed_on_the_screen(prompt: Prompt) -> None:
    prompt.enter('10 PRINT"A"')
    prompt.direct("LIST")
    prompt.type(b"\x13\x11\x11" + b"\x1d" * 9 + b"B\r")
    assert prompt.direct("RUN") == ["B", ""]


def test_words_may_be_abbreviated_and_shifted_characters_are_left_out(prompt: Prompt) -> None:
    prompt.type(b"10 P\xcf1024,1:?P\xc5(1):F\xcfI=1TO3:N\xc5:G\xcf10:RE\xd4:L\xc9\xc1\r")
    assert "".join(prompt.direct("LIST")) == "10 POKE1024,1:PRINTPEEK(1):FORI=1TO3:NEXT:GOTO10:RETURN:LIST"


def test_line_numbers_end_at_63999(prompt: Prompt) -> None:
    prompt.type("63999 REM\r")
    assert prompt.says("64000 REM") == "?SYNTAX  ERROR"
    assert prompt.direct("LIST") == ["", "63999 REM"]


def test_a_new_line_makes_variables_forgotten(prompt: Prompt) -> None:
    prompt.type("A=5\r10 REM\r")
    assert prompt.says("?A") == " 0"


def test_text_is_printed_and_files_are_named_with_no_room_for_strings(prompt: Prompt) -> None:
    prompt.ram[0x2D:0x2F] = (0xCF00).to_bytes(2, "little")
    prompt.type("CLR\r")
    assert prompt.says('?"A"') == "A"
    assert prompt.says('LOAD"A",8') == "SEARCHING FOR A|?DEVICE NOT PRESENT  ERROR"
    assert prompt.says("A=1") == "?OUT OF MEMORY  ERROR"
