"""The screen editor through CHROUT, PLOT and CHRIN, on a simulated processor."""

from __future__ import annotations

import pytest
from cbmcodecs2 import petscii_c64en_uc, screencode_c64_uc  # our oracle for screen codes
from rigrom_cpu import RomCpu

pytestmark = pytest.mark.cc65

CLEAR, HOME, RETURN, SHIFT_RETURN, DEL, INST = b"\x93", b"\x13", b"\r", b"\x8d", b"\x14", b"\x94"
RIGHT, LEFT, UP, DOWN, RVS_ON, RVS_OFF = b"\x1d", b"\x9d", b"\x91", b"\x11", b"\x12", b"\x92"
PRINTABLE = [*range(0x20, 0x80), *range(0xA0, 0x100)]
AUTODN = 0x0292


def petscii_text(data: bytes) -> str:
    text: str = petscii_c64en_uc.Codec().decode(data)[0]
    return text


def screen_text(data: bytes) -> str:
    text: str = screencode_c64_uc.Codec().decode(data)[0]
    return text


@pytest.fixture(scope="module")
def machine() -> RomCpu:
    return RomCpu().boot()


@pytest.fixture
def cpu(machine: RomCpu) -> RomCpu:
    machine.memory.ram[0xC7] = machine.memory.ram[0xD4] = machine.memory.ram[0xD8] = 0
    machine.memory.ram[0x0286], machine.memory.ram[AUTODN] = 14, 0
    machine.put(CLEAR)
    return machine


def codes(text: bytes) -> bytes:
    """Screen codes of letters in upper case, digits and signs."""
    return bytes(code & 0x3F if code < 0x60 else code for code in text)


def test_chrout_keeps_the_registers(cpu: RomCpu) -> None:
    for code in (0x41, 0x0D, 0x93, 0x00):
        after = cpu.call(0xFFD2, a=code, x=12, y=34, carry=True)
        assert (after.a, after.x, after.y, after.p & after.CARRY) == (code, 12, 34, 0)


def test_every_printable_character_gets_its_screen_code(cpu: RomCpu) -> None:
    for code in PRINTABLE:
        if code == 0x22:
            continue
        cpu.put(HOME + bytes([code]))
        drawn = bytes([cpu.memory.ram[0x0400]])
        meant = petscii_text(bytes([code]))
        assert screen_text(drawn) == meant, f"${code:02X}"


def test_every_screen_code_comes_back_as_a_character_that_looks_like_it(cpu: RomCpu) -> None:
    for code in range(0x80):
        if code in (0x20, 0x22):
            continue
        cpu.put(CLEAR)
        cpu.memory.ram[0x0400] = code
        petscii = cpu.read_line(RETURN)[:1]
        assert petscii_text(petscii) == screen_text(bytes([code]))


def test_colours(cpu: RomCpu) -> None:
    controls = bytes.fromhex("90051C9F9C1E1F9E 8195969798999A9B")
    for number, control in enumerate(controls):
        cpu.put(bytes([control]) + b"X")
        assert cpu.memory.ram[0xD800 + number] == number
        assert cpu.memory.ram[0x0286] == number


def test_reverse_until_return(cpu: RomCpu) -> None:
    cpu.put(b"A" + RVS_ON + b"B" + RVS_OFF + b"C" + RVS_ON + b"D" + RETURN + b"E")
    assert cpu.row(0) == bytes([1, 0x82, 3, 0x84])
    assert cpu.row(1) == bytes([5])


def test_cursor_keys(cpu: RomCpu) -> None:
    cpu.put(RIGHT * 3 + DOWN * 2)
    assert cpu.cursor == (2, 3)
    cpu.put(LEFT + UP)
    assert cpu.cursor == (1, 2)
    cpu.put(HOME + LEFT + UP)
    assert cpu.cursor == (0, 0)
    cpu.put(RIGHT * 40)
    assert cpu.cursor == (1, 0)
    cpu.put(LEFT)
    assert cpu.cursor == (0, 39)
    cpu.put(RETURN)
    assert cpu.cursor == (1, 0)


def test_delete_and_insert(cpu: RomCpu) -> None:
    cpu.put(b"ABCDE" + LEFT * 2 + DEL)
    assert cpu.row(0) == codes(b"ABDE")
    assert cpu.cursor == (0, 2)
    cpu.put(INST * 2 + b"XY")
    assert cpu.row(0) == codes(b"ABXYDE")
    cpu.put(HOME + DEL)
    assert cpu.cursor == (0, 0)
    cpu.put(DOWN + DEL)
    assert cpu.cursor == (0, 39)


def test_control_codes_between_quotes_are_shown(cpu: RomCpu) -> None:
    cpu.put(b'"' + HOME + CLEAR + b'"' + RIGHT + b"A")
    assert cpu.row(0) == bytes([0x22, 0x93, 0xD3, 0x22, 0x20, 0x01])


def test_controls_while_inserting_are_shown(cpu: RomCpu) -> None:
    cpu.put(b"A" + LEFT + INST + DEL + RIGHT)
    assert cpu.row(0) == bytes([0x94, 0x01])
    assert cpu.cursor == (0, 2)


def test_a_line_grows_over_the_next_row(cpu: RomCpu) -> None:
    cpu.put(DOWN + b"BELOW" + DOWN + b"B" * 60 + HOME + b"A" * 40)
    assert cpu.row(1) == codes(b"BELOW")
    assert cpu.cursor == (1, 40)
    cpu.put(b"A" * 41)
    assert cpu.cursor == (2, 1)
    assert cpu.memory.ram[0xD9 + 2] & 0x80
    assert not cpu.memory.ram[0xD9 + 1] & 0x80


def test_a_line_that_is_typed_grows_between_the_rows(cpu: RomCpu) -> None:
    cpu.memory.ram[AUTODN] = 1
    cpu.put(DOWN + b"BELOW" + HOME + b"A" * 41)
    assert cpu.row(1) == codes(b"A")
    assert cpu.row(2) == codes(b"BELOW")
    assert cpu.cursor == (1, 41)
    cpu.put(b"A" * 40)
    assert cpu.cursor == (2, 1)
    assert cpu.row(2) == codes(b"AELOW")


def test_a_line_that_fills_its_row_holds_the_next_one(cpu: RomCpu) -> None:
    cpu.put(b"A" * 40 + RETURN)
    assert cpu.cursor == (2, 0)
    cpu.put(UP)
    assert cpu.cursor == (1, 40)
    cpu.put(UP)
    assert cpu.cursor == (0, 0)


def test_delete_across_the_rows_of_a_line(cpu: RomCpu) -> None:
    cpu.put(b"A" * 40 + b"BC" + LEFT * 2 + DEL)
    assert cpu.row(0) == codes(b"A" * 39 + b"B")
    assert cpu.row(1) == codes(b"C")
    assert cpu.cursor == (0, 39)


def test_scroll_takes_the_whole_top_line_with_its_colours(cpu: RomCpu) -> None:
    cpu.put(b"A" * 41 + RETURN + b"\x05B" + RETURN + b"\x1cC" + DOWN * 21)
    assert cpu.cursor == (24, 1)
    cpu.put(DOWN)
    assert cpu.row(0) == codes(b"B")
    assert cpu.memory.ram[0xD800] == 1
    assert cpu.memory.ram[0xD828] == 2
    assert cpu.cursor == (23, 1)
    assert cpu.row(24) == b""


def test_writing_in_the_last_cell_scrolls(cpu: RomCpu) -> None:
    cpu.put(b"TOP" + RETURN + b"NEXT")
    cpu.call(0xFFF0, x=24, y=39)
    cpu.put(b"X")
    assert cpu.row(0) == codes(b"NEXT")
    assert cpu.memory.ram[0x0400 + 23 * 40 + 39] == 0x18
    assert cpu.cursor == (24, 40)


def test_plot(cpu: RomCpu) -> None:
    cpu.call(0xFFF0, x=7, y=33)
    place = cpu.call(0xFFF0, carry=True)
    assert (place.x, place.y) == (7, 33)
    cpu.put(b"Z")
    assert cpu.row(7) == b" " * 33 + codes(b"Z")
    assert cpu.memory.ram[0x0286] == cpu.memory.ram[0xD800 + 7 * 40 + 33]


def test_case_switch_and_lock(cpu: RomCpu) -> None:
    cpu.put(b"\x0e")
    assert cpu.memory.ram[0xD018] == 0x17
    cpu.put(b"\x8e")
    assert cpu.memory.ram[0xD018] == 0x15
    cpu.put(b"\x08")
    assert cpu.memory.ram[0x0291] & 0x80
    cpu.put(b"\x09")
    assert not cpu.memory.ram[0x0291] & 0x80


def test_chrin_hands_out_the_line_that_was_typed(cpu: RomCpu) -> None:
    assert cpu.read_line(b"HELLO\r") == b"HELLO\r"
    assert cpu.cursor == (0, 6)
    cpu.put(RETURN)
    assert cpu.read_line(b"\r") == b" \r"
    assert cpu.read_line(b"TWO\r") == b"TWO\r"


def test_chrin_from_the_screen_reads_on_to_the_end_of_the_line(cpu: RomCpu) -> None:
    cpu.put(b"SCREEN" + HOME + RIGHT)
    cpu.memory.ram[0x99] = 3
    assert bytes(cpu.call(0xFFCF).a for _ in range(39)) == b"CREEN".ljust(38) + RETURN
    assert cpu.cursor == (1, 0)
    cpu.memory.ram[0x99] = 0


def test_a_line_is_read_whole_where_the_cursor_left_it(cpu: RomCpu) -> None:
    cpu.put(RETURN + b"P")
    assert cpu.read_line(b"Q\r") == b"Q\r"
    cpu.put(HOME + RETURN + b"P")
    assert cpu.read_line(UP + DOWN + RETURN) == b"PQ\r"


def test_insert_at_the_end_of_a_row_opens_another(cpu: RomCpu) -> None:
    cpu.call(0xFFF0, x=3, y=39)
    cpu.put(INST)
    assert (cpu.memory.ram[0xD5], cpu.memory.ram[0xD8]) == (79, 1)


def test_insert_is_shown_between_quotes(cpu: RomCpu) -> None:
    cpu.put(b'"' + INST)
    assert cpu.row(0) == bytes([0x22, 0xD4])


def test_chrin_leaves_out_a_prompt(cpu: RomCpu) -> None:
    cpu.put(b"NAME? ")
    assert cpu.read_line(b"JOE\r") == b"JOE\r"


def test_chrin_reads_another_line_whole(cpu: RomCpu) -> None:
    cpu.put(b"FIRST" + RETURN)
    assert cpu.read_line(UP + RIGHT + RETURN) == b"FIRST\r"


def test_chrin_reads_both_rows(cpu: RomCpu) -> None:
    cpu.put(b"B" * 60 + HOME)
    assert cpu.read_line(b"\r") == b"B" * 60 + b"\r"


def test_control_codes_between_quotes_are_read_back(cpu: RomCpu) -> None:
    assert cpu.read_line(b'"' + CLEAR + DOWN + b'"X\r') == b'"' + CLEAR + DOWN + b'"X\r'


def test_pi_is_read_as_the_code_that_basic_knows(cpu: RomCpu) -> None:
    assert cpu.read_line(b"\xde\r") == b"\xff\r"


def test_line_input_after_a_scroll(cpu: RomCpu) -> None:
    cpu.put(DOWN * 24)
    assert cpu.read_line(b"ABC\r") == b"ABC\r"
    cpu.put(b"P" * 39)
    assert cpu.read_line(b"QRS\r") == b"QRS\r"


def test_the_cursor_rests_while_a_program_runs(cpu: RomCpu) -> None:
    cpu.read_line(b"X\r")
    assert cpu.memory.ram[0xCC] != 0
