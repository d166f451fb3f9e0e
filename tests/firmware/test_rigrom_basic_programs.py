"""BASIC programs: the way they run, what they ask for and read, how they stop; strings under pressure."""

from __future__ import annotations

import pytest
from basic_prompt import Prompt

pytestmark = pytest.mark.cc65


def test_run_goto_and_end(prompt: Prompt) -> None:
    prompt.enter('10 ?"A"\n20 GO TO 40\n30 ?"B"\n40 ?"C":END\n50 ?"D"')
    assert prompt.direct("RUN") == ["A", "C", ""]
    assert prompt.direct("RUN30") == ["B", "C", ""]
    assert prompt.direct("GOTO50") == ["D", ""]


def test_subroutines_and_loops(prompt: Prompt) -> None:
    prompt.enter("10 FORI=1TO3:GOSUB20:?I;:NEXT:END\n20 FORJ=1TO9:IFJ=2THENRETURN\n30 NEXT")
    assert prompt.says("RUN") == " 1  2  3"


def test_next_ends_inner_loops_and_for_its_namesake(prompt: Prompt) -> None:
    prompt.enter("10 FORI=1TO2:FORJ=1TO5:?I;J;:NEXTI\n20 FORA=1TO9:FORA=1TO2:?A;:NEXT:NEXT")
    assert prompt.direct("RUN") == [" 1  1  2  1  1  2", "?NEXT WITHOUT FOR  ERROR IN 20"]


def test_steps(prompt: Prompt) -> None:
    prompt.enter("10 FORI=-3TO3STEP3:?I;:NEXT\n20 FORI=2TO1STEP-3:?I;:NEXT\n30 FORI=1TO3STEP0:I=I+1:?I;:NEXT")
    assert prompt.says("RUN") == "-3  0  3  2  2  3"


def test_on_takes_the_line_of_that_number(prompt: Prompt) -> None:
    prompt.enter('10 ON2GOTO10,30\n20 END\n30 ON3GOTO10,20:?"NONE":ON1GOSUB50:ON0GOTO10:?"BACK":END\n50 ?"SUB":RETURN')
    assert prompt.direct("RUN") == ["NONE", "SUB", "BACK", ""]


def test_read_and_data(prompt: Prompt) -> None:
    prompt.enter(
        '10 READA$,B,C$,D\n20 ?A$;B;C$;D\n30 DATA HELLO , -12,"A,B":REM\n40 DATA,7\n50 RESTORE:READA$:?A$:READA'
    )
    assert prompt.direct("RUN") == ["HELLO -12 A,B 0", "HELLO", ""]
    prompt.enter("60 READA$,A,A:?A:READA")
    assert prompt.direct("RUN") == ["HELLO -12 A,B 0", "HELLO", " 7", "", "?OUT OF DATA  ERROR IN 60"]


def test_text_in_a_number_of_data_is_a_fault_of_the_data_line(prompt: Prompt) -> None:
    prompt.enter("10 READA\n20 DATA X")
    assert prompt.says("RUN") == "?SYNTAX  ERROR IN 20"


def test_input(prompt: Prompt) -> None:
    prompt.enter('10 INPUT"NAME";A$,B:?A$;B')
    assert prompt.direct("RUN", "JOE,7") == ["NAME? JOE,7", "JOE 7", ""]
    assert prompt.direct("RUN", "JOE", "8") == ["NAME? JOE", "?? 8", "JOE 8", ""]
    assert prompt.direct("RUN", '"A,B",1,2') == ['NAME? "A,B",1,2', "?EXTRA IGNORED", "A,B 1", ""]
    assert prompt.direct("RUN", "A,X", "B,9") == ["NAME? A,X", "?REDO FROM START", "NAME? B,9", "B 9", ""]


def test_return_alone_leaves_the_variable(prompt: Prompt) -> None:
    prompt.enter("10 A=5:INPUTA:?A")
    assert prompt.direct("RUN", "") == ["?", " 5", ""]


def test_get_waits_for_nothing(prompt: Prompt) -> None:
    prompt.enter('10 GETA$,A:IFA$=""THEN?"NONE";A')
    assert prompt.direct("RUN") == ["NONE 0", ""]
    prompt.enter('10 GETA$:IFA$=""THEN10\n20 GETA:IFA=0THEN20\n30 ?A$;A')
    assert prompt.direct("RUN", "Q7") == ["Q 7", ""]


def test_stop_and_cont(prompt: Prompt) -> None:
    prompt.enter("10 A=7:STOP\n20 ?A")
    assert prompt.direct("RUN") == ["", "BREAK IN 10"]
    assert prompt.direct("CONT") == [" 7", ""]
    for spoiler in ("?1/0", "CLR"):
        prompt.direct("RUN")
        prompt.direct(spoiler)
        assert prompt.says("CONT") == "?CAN'T CONTINUE  ERROR"


def test_the_stop_key_ends_programs_and_listings(prompt: Prompt) -> None:
    prompt.enter("10 POKE145,127:GOTO10")
    assert prompt.direct("RUN") == ["", "BREAK IN 10"]
    prompt.ram[0x91] = 0xFF
    prompt.type(b"\x93LIST")
    prompt.press_stop()
    prompt.type("\r")
    assert prompt.rows()[:3] == ["LIST", "", "BREAK"]


def test_errors_name_their_line(prompt: Prompt) -> None:
    prompt.enter("10 REM\n120 POKE1,256")
    assert prompt.says("RUN") == "?ILLEGAL QUANTITY  ERROR IN 120"


def test_without_end_gosub_runs_out_of_memory(prompt: Prompt) -> None:
    prompt.enter("10 GOSUB10")
    assert prompt.says("RUN") == "?OUT OF MEMORY  ERROR IN 10"


def test_deep_brackets_run_out_of_memory(prompt: Prompt) -> None:
    assert prompt.says("?" + "(" * 70 + "1") == "?OUT OF MEMORY  ERROR"


def test_a_string_has_255_characters_at_most(prompt: Prompt) -> None:
    prompt.enter('10 A$=A$+"X":IFLEN(A$)<255THEN10\n20 ?LEN(A$):A$=A$+"Y"')
    assert prompt.says("RUN") == " 255|?STRING TOO LONG  ERROR IN 20"


def test_strings_that_nobody_uses_make_room(prompt: Prompt) -> None:
    """512 bytes of room see 200 strings of 25 characters; those in use keep their text."""
    prompt.enter(
        """
        10 POKE56,11:CLR:DIMA$(5):Z$="K"+"EPT"
        20 FORJ=1TO40:FORI=1TO5:A$(I)=STR$(I*J)+"ABCDEFGHIJKLMNOPQRST":NEXT:NEXT
        30 FORI=1TO5:?A$(I):NEXT:?Z$
        """
    )
    expected = [f" {40 * index}ABCDEFGHIJKLMNOPQRST" for index in range(1, 6)]
    assert prompt.direct("RUN") == [*expected, "KEPT", ""]


def test_strings_that_are_in_use_fill_the_memory(prompt: Prompt) -> None:
    prompt.enter('10 POKE56,11:CLR:DIMA$(90):FORI=0TO90:A$(I)=STR$(I)+"ABCDEFGHIJ":NEXT')
    assert prompt.says("RUN") == "?OUT OF MEMORY  ERROR IN 10"


def test_files_on_the_screen(prompt: Prompt) -> None:
    prompt.enter('10 OPEN1,3:PRINT#1,"X";5,"Y":CLOSE1\n20 OPEN3,3:CMD3:?"Z":PRINT#3:CLOSE3:PRINT#1')
    assert prompt.direct("RUN") == ["X 5       Y", "", "Z", "", "", "?FILE NOT OPEN  ERROR IN 20"]


def test_clr_and_new(prompt: Prompt) -> None:
    prompt.enter("10 A=5:CLR:?A")
    assert prompt.says("RUN") == " 0"
    prompt.direct("NEW")
    assert prompt.direct("LIST") == [""]
    assert prompt.word(0x2D) == prompt.word(0x2B) + 2


def test_a_program_above_the_basic_rom_runs(prompt: Prompt) -> None:
    prompt.enter("10 SYS2061")
    prompt.ram[0x080D:0x0813] = bytes.fromhex("A94F 4CD2FF 00")
    prompt.ram[0x2D:0x2F] = (0xCF00).to_bytes(2, "little")
    assert prompt.says("RUN") == "O"
