"""Key matrix, decode tables, repeat, buffer, STOP: key by key on a simulated keyboard."""

from __future__ import annotations

import pytest
from rigrom_cpu import NDX, RomCpu

pytestmark = pytest.mark.cc65

# Key numbers by what is printed on the keys, in the order of the matrix as published.
PRINTED = "3WA4ZSE 5RD6CFTX7YG8BHUV9IJ0MKON+PL-.:@,£*;  =↑/1← 2  Q "
KEYS = {letter: number + 8 for number, letter in enumerate(PRINTED) if letter != " "}
DEL, RETURN, RIGHT, F7, F1, F3, F5, DOWN = range(8)
LEFT_SHIFT, HOME, RIGHT_SHIFT, CTRL, SPACE, COMMODORE, RUN_STOP = 15, 51, 52, 58, 60, 61, 63
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# The graphics on the keys' left sides, as the user's guide lists their codes.
LEFT_GRAPHICS = {
    letter: 0xA0 + code
    for letter, code in zip(
        "KITGMNQDZSPAERWHJLYUOFCXVB",
        [1, 2, 3, 5, 7, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 27, 28, 29, 30, 31],
        strict=True,
    )
}


@pytest.fixture(scope="module")
def cpu() -> RomCpu:
    cpu = RomCpu().boot()
    cpu.take_keys()
    return cpu


def test_letters(cpu: RomCpu) -> None:
    for letter in LETTERS:
        key, code = KEYS[letter], ord(letter)
        assert cpu.strike(key) == bytes([code])
        assert cpu.strike(LEFT_SHIFT, key) == cpu.strike(RIGHT_SHIFT, key) == bytes([code | 0x80])
        assert cpu.strike(CTRL, key) == bytes([code - 0x40])
        assert cpu.strike(COMMODORE, key) == bytes([LEFT_GRAPHICS[letter]]), letter


def test_figures_and_signs(cpu: RomCpu) -> None:
    for sign in "0123456789+-.:,*;=/@":
        assert cpu.strike(KEYS[sign]) == sign.encode()
    assert [cpu.strike(KEYS[sign]) for sign in "£↑←"] == [b"\x5c", b"\x5e", b"\x5f"]
    for plain, shifted in zip("123456789.,/:;", "!\"#$%&'()><?[]", strict=True):
        assert cpu.strike(LEFT_SHIFT, KEYS[plain]) == shifted.encode()
    assert cpu.strike(LEFT_SHIFT, KEYS["↑"]) == b"\xde"


def test_colour_keys(cpu: RomCpu) -> None:
    assert b"".join(cpu.strike(CTRL, KEYS[n]) for n in "12345678") == bytes.fromhex("90051C9F9C1E1F9E")
    assert b"".join(cpu.strike(COMMODORE, KEYS[n]) for n in "12345678") == bytes.fromhex("819596979899 9A9B")
    assert b"".join(cpu.strike(CTRL, KEYS[n]) for n in "90") == bytes.fromhex("1292")


def test_function_and_cursor_keys(cpu: RomCpu) -> None:
    keys = [F1, F3, F5, F7, DEL, RETURN, RIGHT, DOWN, HOME, SPACE, RUN_STOP]
    assert b"".join(cpu.strike(key) for key in keys) == bytes.fromhex("85868788 140D1D1113 2003")
    shifted = b"".join(cpu.strike(LEFT_SHIFT, key) for key in keys)
    assert shifted == bytes.fromhex("898A8B8C 948D9D9193 A083")


def test_modifiers_alone_give_no_key(cpu: RomCpu) -> None:
    for key, bit in ((LEFT_SHIFT, 1), (RIGHT_SHIFT, 1), (COMMODORE, 2), (CTRL, 4)):
        cpu.memory.pressed = {key}
        cpu.jiffy()
        assert (cpu.memory.ram[0x028D], cpu.memory.ram[0xCB]) == (bit, 64)
        assert cpu.strike(key) == b""


def test_a_held_letter_comes_once_and_the_current_key_is_told(cpu: RomCpu) -> None:
    cpu.memory.pressed = {KEYS["A"]}
    cpu.jiffy(100)
    assert (cpu.memory.ram[0xCB], cpu.memory.ram[0xC5]) == (KEYS["A"], KEYS["A"])
    cpu.memory.pressed = set()
    cpu.jiffy()
    assert (cpu.memory.ram[0xCB], cpu.memory.ram[0xC5]) == (64, 64)
    assert cpu.take_keys() == b"A"


def held(cpu: RomCpu, key: int, jiffies: int) -> int:
    """How often a key comes while it is held and a reader takes every one."""
    count = 0
    cpu.memory.pressed = {key}
    for _ in range(jiffies):
        cpu.jiffy()
        count += len(cpu.take_keys())
    cpu.memory.pressed = set()
    cpu.jiffy()
    return count


def test_repeat(cpu: RomCpu) -> None:
    ram = cpu.memory.ram
    assert held(cpu, SPACE, 10) == 1
    # one at once, then after the first delay one every four jiffies
    assert [held(cpu, key, 100) for key in (SPACE, DEL, RIGHT, DOWN)] == pytest.approx([1 + 80 / 4] * 4, abs=1)
    ram[0x028A] = 0x80
    assert held(cpu, KEYS["A"], 100) == pytest.approx(1 + 80 / 4, abs=1)
    ram[0x028A] = 0x40
    assert held(cpu, SPACE, 100) == 1
    ram[0x028A] = 0


def test_repeats_wait_for_the_reader(cpu: RomCpu) -> None:
    cpu.memory.pressed = {SPACE}
    cpu.jiffy(100)
    cpu.memory.pressed = set()
    cpu.jiffy()
    assert cpu.take_keys() == b" "


def test_the_buffer_takes_ten_keys(cpu: RomCpu) -> None:
    for letter in "ABCDEFGHIJKL":
        cpu.memory.pressed = {KEYS[letter]}
        cpu.jiffy()
        cpu.memory.pressed = set()
        cpu.jiffy()
    assert cpu.memory.ram[NDX] == 10
    got = [cpu.call(0xFFE4).a for _ in range(12)]
    assert bytes(got) == b"ABCDEFGHIJ\0\0"


def test_getin_keeps_x_y_and_the_interrupt_flag(cpu: RomCpu) -> None:
    cpu.memory.ram[NDX] = 1
    cpu.cpu.p |= cpu.cpu.INTERRUPT
    got = cpu.call(0xFFE4, x=12, y=34)
    assert (got.x, got.y, bool(got.p & got.INTERRUPT), got.p & got.CARRY) == (12, 34, True, 0)


def test_shift_and_commodore_switch_the_case_once_a_press(cpu: RomCpu) -> None:
    ram = cpu.memory.ram
    before = ram[0xD018]
    cpu.memory.pressed = {LEFT_SHIFT, COMMODORE}
    cpu.jiffy(6)
    assert ram[0xD018] == before ^ 2
    cpu.memory.pressed = set()
    cpu.jiffy()
    ram[0x0291] = 0x80
    assert cpu.strike(LEFT_SHIFT, COMMODORE) == b""
    assert ram[0xD018] == before ^ 2
    ram[0x0291] = 0
    cpu.strike(LEFT_SHIFT, COMMODORE)
    assert ram[0xD018] == before


def test_stop_key(cpu: RomCpu) -> None:
    cpu.take_keys()
    assert not cpu.call(0xFFE1).p & cpu.cpu.ZERO
    cpu.memory.pressed = {RUN_STOP}
    cpu.jiffy(2)
    assert cpu.memory.ram[0x91] == 0x7F
    assert cpu.call(0xFFE1).p & cpu.cpu.ZERO
    assert cpu.memory.ram[NDX] == 0
    cpu.memory.pressed = set()
    cpu.jiffy(2)
    assert cpu.memory.ram[0x91] == 0xFF


def test_the_cursor_flashes_while_it_may(cpu: RomCpu) -> None:
    cpu.call(0xFFF0, x=10, y=5)
    ram = cpu.memory.ram
    cell = 0x0400 + 10 * 40 + 5
    ram[0xCC], ram[0xCD] = 0, 1
    seen = []
    for _ in range(40):
        cpu.jiffy()
        seen.append(ram[cell])
    assert seen == [0xA0] * 20 + [0x20] * 20
    ram[cell] = 0x20
    ram[0xCC], ram[0xCF] = 1, 0
    cpu.jiffy(100)
    assert ram[cell] == 0x20


def test_the_decoding_can_be_patched(cpu: RomCpu) -> None:
    """$028F is called with a key down, and only then."""
    ram = cpu.memory.ram
    kept = bytes(ram[0x028F:0x0291])
    ram[0x028F:0x0291] = b"\x00\x15"
    ram[0x1500:0x1504] = bytes.fromhex("E6 02 60 00")  # INC $02, RTS
    ram[0x02] = 0
    cpu.call(0xFF9F)
    cpu.memory.pressed = {KEYS["A"]}
    cpu.call(0xFF9F)
    cpu.memory.pressed = set()
    ram[0x028F:0x0291] = kept
    assert ram[0x02] == 1
    cpu.call(0xFF9F)


def test_shifted_space_repeats_as_space_does(cpu: RomCpu) -> None:
    ram = cpu.memory.ram
    ram[NDX] = 0
    cpu.memory.pressed = {LEFT_SHIFT, SPACE}
    count = 0
    for _ in range(60):
        cpu.jiffy()
        count += len(cpu.take_keys())
    cpu.memory.pressed = set()
    cpu.jiffy()
    assert count > 8


def test_control_makes_scrolling_slow(cpu: RomCpu) -> None:
    def scroll(stop_row: int) -> int:
        cpu.memory.ram[0x91] = stop_row
        start: int = cpu.cpu.processorCycles
        cpu.call(0xE8EA)
        end: int = cpu.cpu.processorCycles
        return end - start

    assert scroll(0xFB) > scroll(0xFF) + 150_000
    cpu.memory.ram[0x91] = 0xFF
