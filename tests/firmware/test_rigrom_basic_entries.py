"""What machine programs use of BASIC: CHRGET, its vectors and entries at published addresses.

Source: Programmer's Reference Guide (memory map), Mapping the Commodore 64.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import pytest
from basic_prompt import Prompt

from soulrig.buildtools.assembler import assemble

pytestmark = pytest.mark.cc65

START = 0xC000
CONFIG = f"MEMORY {{ RAM: start = ${START:04X}, size = $0400; }} SEGMENTS {{ CODE: load = RAM, type = ro; }}"
SYS = f"SYS{START}"


@cache
def code(source: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="soulrig-entries-") as name:
        program, config = Path(name) / "program.s", Path(name) / "program.cfg"
        program.write_text(f".code\n{source}\n")
        config.write_text(CONFIG)
        return assemble([program], config, "program").outputs["program"]


def place(prompt: Prompt, source: str) -> None:
    binary = code(source)
    prompt.ram[START : START + len(binary)] = binary


@pytest.mark.parametrize(
    ("text", "character", "zero", "carry"),
    [
        ("A", "A", 0, 1),
        ("  7", "7", 0, 0),
        ("0", "0", 0, 0),
        ("9", "9", 0, 0),
        (":", ":", 1, 1),
        ("", "\0", 1, 1),
        ("/", "/", 0, 1),
        (";", ";", 0, 1),
        ("\xff", "\xff", 0, 1),
    ],
)
def test_chrget_and_chrgot(prompt: Prompt, text: str, character: str, zero: int, carry: int) -> None:
    cpu = prompt.rom_cpu
    prompt.ram[0x20FF : 0x2100 + len(text) + 1] = b"?" + text.encode("latin1") + b"\0"
    for entry, pointer in ((0x73, 0x20FF), (0x79, 0x2100)):
        prompt.ram[0x7A:0x7C] = pointer.to_bytes(2, "little")
        after = cpu.call(entry, x=5, y=6)
        assert (chr(after.a), after.x, after.y) == (character, 5, 6)
        assert (after.p >> 1 & 1, after.p & 1) == (zero, carry)
        assert prompt.word(0x7A) == 0x2100 + text.find(character) if character in text else 0x2100


def test_parameters_behind_sys(prompt: Prompt) -> None:
    """Comma, address, comma, byte: $AEFD, $B7EB; the numbers are printed by $BDCD."""
    place(prompt, "jsr $AEFD\njsr $B7EB\ntxa\npha\nlda $15\nldx $14\njsr $BDCD\njsr $AAD7\npla\ntax\nlda #0\njmp $BDCD")
    assert prompt.says(f'A=3:{SYS},A*400,LEN("ABC")') == "1200|3"
    assert prompt.says(f"{SYS},70000,1") == "?ILLEGAL QUANTITY  ERROR"
    assert prompt.says(f"{SYS},1,256") == "?ILLEGAL QUANTITY  ERROR"
    assert prompt.says(f"{SYS};1,2") == "?SYNTAX  ERROR"
    assert prompt.says(f"{SYS},1,2,3") == "1|2|?SYNTAX  ERROR"


def test_byte_parameters(prompt: Prompt) -> None:
    """$B79B (behind the next character), $B79E, $B7F1 (behind a comma): number in X."""
    place(prompt, "jsr $B79B\nstx $02\njsr $B7F1\nstx $03\njsr $AEFD\njsr $B79E\nstx $04\nrts")
    prompt.direct(f"{SYS}!7,8,9")
    assert prompt.ram[2:5] == bytes([7, 8, 9])


def test_a_string_parameter(prompt: Prompt) -> None:
    """$AD9E and $B6A3: length in A, address in $22."""
    place(prompt, "jsr $AD9E\njsr $B6A3\nsta $02\nlda $22\nldy $23\nsta $03\nsty $04\nrts")
    prompt.direct(f'A$="HEL"+"LO":{SYS}A$+"!"')
    assert prompt.ram[prompt.word(3) : prompt.word(3) + prompt.ram[2]] == b"HELLO!"
    assert prompt.says(f"{SYS}(5)") == "?TYPE MISMATCH  ERROR"


def test_a_number_parameter_as_a_signed_integer(prompt: Prompt) -> None:
    """$AD8A and $B1AA: high byte in A, low byte in Y."""
    place(prompt, "jsr $AEFD\njsr $AD8A\njsr $B1AA\nsta $02\nsty $03\nrts")
    prompt.direct(f"{SYS},-2*3")
    assert prompt.ram[2:4] == bytes([0xFF, 0xFA])
    assert prompt.says(f"{SYS},40000") == "?ILLEGAL QUANTITY  ERROR"


def test_numbers_to_integers_and_back_through_their_vectors(prompt: Prompt) -> None:
    """($0003) is $B1AA, ($0005) is $B391."""
    place(prompt, "jsr $AEFD\njsr $AD8A\njsr to\niny\njsr back\njmp $BDDD\nto: jmp ($0003)\nback: jmp ($0005)")
    prompt.direct(f"{SYS},-7")
    assert prompt.ram[0x0100:0x0103] == b"-6\0"


def test_brackets_and_characters(prompt: Prompt) -> None:
    """$AEFA "(", $AEF7 ")", $AEFF A, $AEF1 a bracketed value."""
    place(prompt, "jsr $AEFA\njsr $B79E\nstx $02\njsr $AEF7\nlda #'#'\njsr $AEFF\njsr $AEF1\njsr $B7F7\nrts")
    prompt.direct(f"{SYS}(9)#(515)")
    assert (prompt.ram[2], prompt.ram[0x14], prompt.ram[0x15]) == (9, 3, 2)


def test_a_variable_parameter(prompt: Prompt) -> None:
    """$B08B: address in A/Y and $47; a new variable is made."""
    place(prompt, "jsr $B08B\nsta $02\nsty $03\nrts")
    prompt.direct(f'A$="HELLO":B%=-5:{SYS}B%')
    assert prompt.ram[prompt.word(2) : prompt.word(2) + 2] == bytes([0xFF, 0xFB])
    prompt.direct(f"{SYS}C%")
    assert prompt.word(2) == prompt.word(0x47) == prompt.word(0x2F) - 5


def test_usr(prompt: Prompt) -> None:
    """The address in $0311 is called with the number; $B391 gives one back."""
    place(prompt, "jsr $B7F7\niny\nbne end\nclc\nadc #1\nend: jmp $B391")
    prompt.direct("POKE785,0:POKE786,192")
    assert prompt.says("?USR(255)+1") == " 257"


def test_new_statements_through_igone(prompt: Prompt) -> None:
    """($0308): what is not the wedge's goes on at $A7E7; its own ends at $A7AE."""
    place(prompt, "jsr $0073\ncmp #'!'\nbeq own\njsr $0079\njmp $A7E7\nown: jsr $0073\nlda #'*'\njsr $FFD2\njmp $A7AE")
    prompt.ram[0x0308:0x030A] = START.to_bytes(2, "little")
    prompt.enter('10 !:?"A":!\n20 !')
    assert prompt.says("RUN") == "*A|**"


def test_new_operands_through_ieval(prompt: Prompt) -> None:
    """($030A): what is not the wedge's goes on at $AE8D."""
    place(
        prompt,
        "lda #0\nsta $0D\njsr $0073\ncmp #'@'\nbeq own\njsr $0079\njmp $AE8D\n"
        "own: jsr $0073\nlda #1\nldy #4\njmp $B391",
    )
    prompt.ram[0x030A:0x030C] = START.to_bytes(2, "little")
    assert prompt.says("?@+1;2*@") == " 261  520"


@pytest.mark.parametrize("vector", [0x0300, 0x0302, 0x0304, 0x0306, 0x0308, 0x030A])
def test_the_vectors_are_used_and_hold_addresses_of_the_rom(prompt: Prompt, vector: int) -> None:
    default = prompt.word(vector)
    assert 0xA000 <= default < 0xC000
    place(prompt, f"inc $02\njmp ${default:04X}")
    prompt.ram[2] = 0
    prompt.ram[vector : vector + 2] = START.to_bytes(2, "little")
    prompt.enter("10 REM")
    prompt.direct("?1")
    prompt.direct("LIST")
    prompt.direct("?1/0")
    assert prompt.ram[2] > 0


@pytest.mark.parametrize(
    ("vector", "address"),
    [(0x0302, 0xA483), (0x0304, 0xA57C), (0x0306, 0xA71A), (0x0308, 0xA7E4), (0x030A, 0xAE86)],
)
def test_programs_may_put_the_published_addresses_back(prompt: Prompt, vector: int, address: int) -> None:
    prompt.ram[vector : vector + 2] = address.to_bytes(2, "little")
    prompt.enter("10 ?1")
    assert prompt.direct("LIST") == ["", "10 PRINT1"]
    assert prompt.says("RUN") == " 1"


def test_errors_by_number(prompt: Prompt) -> None:
    place(prompt, "ldx #14\njmp $A437")
    assert prompt.says(SYS) == "?ILLEGAL QUANTITY  ERROR"
    prompt.enter(f"10 {SYS}")
    assert prompt.says("RUN") == "?ILLEGAL QUANTITY  ERROR IN 10"
    for number, said in ((0, "BREAK IN 10"), (30, "BREAK IN 10"), (0x80, ""), (1, "?TOO MANY FILES  ERROR IN 10")):
        place(prompt, f"ldx #{number}\njmp $A437")
        assert prompt.says("RUN") == said
    for address, error in ((0xA435, "OUT OF MEMORY"), (0xAF08, "SYNTAX"), (0xB248, "ILLEGAL QUANTITY")):
        assert prompt.says(f"SYS{address}") == f"?{error}  ERROR"


def test_a_loader_starts_a_program_that_it_put_there(prompt: Prompt) -> None:
    """$A533 sets the links, $A659 the text pointer, $A7AE runs."""
    prompt.ram[0x0801:0x0813] = bytes.fromhex("0101 0A00 99 22484922 00 0101 1400 80 00 0000")
    prompt.ram[0x2D:0x2F] = (0x0813).to_bytes(2, "little")
    place(prompt, "jsr $A533\njsr $A659\njmp $A7AE")
    assert prompt.says(SYS) == "HI"
    assert prompt.word(0x0801) == 0x080B
    place(prompt, "lda #0\njsr $A871\njmp $A7AE")
    assert prompt.says(SYS) == "HI"


def test_lines_and_numbers_in_the_text(prompt: Prompt) -> None:
    """$A96B: number to $14; $A613: C = 1 and the line's address in $5F."""
    prompt.enter("10 REM\n20 REM")
    place(prompt, "jsr $0073\njsr $A96B\njsr $A613\nlda #0\nrol\nsta $02\nrts")
    prompt.direct(f"{SYS}#20")
    assert (prompt.word(0x14), prompt.ram[2], prompt.word(0x5F)) == (20, 1, prompt.word(0x0801))
    prompt.direct(f"{SYS}#15")
    assert prompt.ram[2] == 0


def test_new_and_ready(prompt: Prompt) -> None:
    prompt.enter("10 REM")
    place(prompt, "lda #0\njsr $A642\njmp $A474")
    assert prompt.direct(SYS) == [""]
    assert prompt.direct("LIST") == [""]


def test_texts_and_numbers_are_printed(prompt: Prompt) -> None:
    """$AB1E text, $AAD7 RETURN, $AB47 a character, $BDCD a number; $BDDD writes one at $0100."""
    place(
        prompt,
        """
            lda #<text
            ldy #>text
            jsr $AB1E
            jsr $AAD7
            lda #'!'
            jsr $AB47
            lda #255
            ldx #254
            jsr $BDCD
            ldy #7
            jsr $B3A2
            jsr $BDDD
            jmp $AB1E
    text:   .byte "ABC", 0
    """,
    )
    assert prompt.says(SYS) == "ABC|!65534 7"


def test_goto_and_data_from_machine_programs(prompt: Prompt) -> None:
    """$A8A0 goes to the line in the text, $A8F8 skips the rest of the statement."""
    prompt.enter(f'10 {SYS}#30\n20 ?"NO"\n30 ?"YES":SYS{START + 16} "A:B",5:?"ON"')
    place(prompt, "jsr $0073\njsr $A8A0\njmp $A7AE\n.res 7\njmp $A8F8")
    assert prompt.says("RUN") == "YES|ON"
