"""The simulator's processor: what py65 has wrong, put right. Timing in detail is held against x64sc elsewhere."""

from __future__ import annotations

import pytest
from py65.devices.mpu6502 import MPU
from sim_boards import bare, put, run

from soulrig.errors import Fault
from soulrig.sim.cpu import Cpu

CARRY, ZERO, MASK, DECIMAL, OVERFLOW, NEGATIVE = 0x01, 0x02, 0x04, 0x08, 0x40, 0x80

# Cycles by opcode from the data sheet of the 6502, without those of branches taken and pages crossed; 0: not defined.
DATA_SHEET = """
7 6 0 0 0 3 5 0 3 2 2 0 0 4 6 0   2 5 0 0 0 4 6 0 2 4 0 0 0 4 7 0
6 6 0 0 3 3 5 0 4 2 2 0 4 4 6 0   2 5 0 0 0 4 6 0 2 4 0 0 0 4 7 0
6 6 0 0 0 3 5 0 3 2 2 0 3 4 6 0   2 5 0 0 0 4 6 0 2 4 0 0 0 4 7 0
6 6 0 0 0 3 5 0 4 2 2 0 5 4 6 0   2 5 0 0 0 4 6 0 2 4 0 0 0 4 7 0
0 6 0 0 3 3 3 0 2 0 2 0 4 4 4 0   2 6 0 0 4 4 4 0 2 5 2 0 0 5 0 0
2 6 2 0 3 3 3 0 2 2 2 0 4 4 4 0   2 5 0 0 4 4 4 0 2 4 2 0 4 4 4 0
2 6 0 0 3 3 5 0 2 2 2 0 4 4 6 0   2 5 0 0 0 4 6 0 2 4 0 0 0 4 7 0
2 6 0 0 3 3 5 0 2 2 2 0 4 4 6 0   2 5 0 0 0 4 6 0 2 4 0 0 0 4 7 0
"""
CYCLES = [int(number) for number in DATA_SHEET.split()]
UNDEFINED = [opcode for opcode, cycles in enumerate(CYCLES) if cycles == 0]


def test_cycles_are_those_of_the_data_sheet() -> None:
    assert Cpu.cycletime[:256] == CYCLES


def test_py65_counts_dec_absolute_wrong_and_nothing_else() -> None:
    assert [opcode for opcode in range(256) if MPU.cycletime[opcode] != CYCLES[opcode]] == [0xCE]


def test_dec_absolute_takes_six_cycles() -> None:
    before = bare()
    start = before.cycles
    assert run("CE 00 20", computer=before).cycles - start == 6


def test_105_opcodes_are_undefined() -> None:
    assert len(UNDEFINED) == 105


@pytest.mark.parametrize("opcode", UNDEFINED)
def test_an_undefined_opcode_is_a_fault_that_names_it_and_its_address(opcode: int) -> None:
    with pytest.raises(Fault, match=rf"\${opcode:02X} at \$1001"):
        run(f"EA {opcode:02X} EA EA")


def test_reset_masks_interrupts_and_goes_on_counting() -> None:
    computer = bare()
    computer.run(1000)
    computer.cpu.p = 0
    before = computer.cycles
    computer.reset()
    assert computer.cpu.p & MASK
    assert (computer.cpu.sp, computer.cpu.pc) == (0xFD, 0xE000)
    assert computer.cycles == before + 7


def test_words_and_code_wrap_at_the_end_of_memory() -> None:
    computer = bare()
    put(computer, 0x1000, "A9 34 85 01 4C FE FF")  # all RAM; JMP $FFFE
    put(computer, 0xFFFE, "A9 07")  # LDA #7, then what $00 and $01 hold: $2F $34, undefined
    computer.cpu.pc = 0x1000
    computer.poke(0, 0x2F)
    with pytest.raises(Fault, match=r"\$2F at \$0000"):
        computer.run(computer.cycles + 30)
    assert computer.cpu.a == 7

    computer = bare()
    computer.banks.write_port(1, 0x34)
    computer.banks.write_port(0, 0x07)
    computer.cpu.plain_end = computer.banks.plain_end
    put(computer, 0xFFFF, "4C")  # JMP, its operand at $0000
    computer.cpu.pc = 0xFFFF
    computer.run(computer.cycles + 1)
    assert computer.cpu.pc == 0x1407  # the port's pins: what is driven, and a cassette key that is up


def decimal_add(a: int, b: int, carry: int) -> tuple[int, int]:
    """ADC in decimal mode on an NMOS 6502, by B. Clark, "Decimal Mode", appendix A: result, flags."""
    low = (a & 0x0F) + (b & 0x0F) + carry
    if low >= 0x0A:
        low = ((low + 0x06) & 0x0F) + 0x10
    result = (a & 0xF0) + (b & 0xF0) + low
    signed = ((a & 0xF0) ^ 0x80) - 0x80 + ((b & 0xF0) ^ 0x80) - 0x80 + low
    flags = (NEGATIVE if result & 0x80 else 0) | (OVERFLOW if not -128 <= signed <= 127 else 0)
    flags |= ZERO if (a + b + carry) & 0xFF == 0 else 0
    if result >= 0xA0:
        result += 0x60
    return result & 0xFF, flags | (CARRY if result >= 0x100 else 0)


def decimal_subtract(a: int, b: int, carry: int) -> tuple[int, int]:
    """SBC likewise; all flags are those of binary mode."""
    low = (a & 0x0F) - (b & 0x0F) + carry - 1
    if low < 0:
        low = ((low - 0x06) & 0x0F) - 0x10
    result = (a & 0xF0) - (b & 0xF0) + low
    if result < 0:
        result -= 0x60
    binary = a - b + carry - 1
    signed = (a ^ 0x80) - (b ^ 0x80) + carry - 1
    flags = (NEGATIVE if binary & 0x80 else 0) | (OVERFLOW if not -128 <= signed <= 127 else 0)
    return result & 0xFF, flags | (ZERO if binary & 0xFF == 0 else 0) | (CARRY if binary >= 0 else 0)


@pytest.mark.parametrize(("operation", "oracle"), [("opADC", decimal_add), ("opSBC", decimal_subtract)])
def test_decimal_mode_with_every_operand(operation: str, oracle: object) -> None:
    cpu = bare().cpu
    wrong = []
    for a in range(256):
        for b in range(256):
            cpu.memory[0x20] = b
            for carry in (0, 1):
                cpu.a, cpu.p = a, DECIMAL | carry
                getattr(cpu, operation)(lambda: 0x20)
                found = cpu.a, cpu.p & (CARRY | ZERO | OVERFLOW | NEGATIVE)
                if found != oracle(a, b, carry):  # type: ignore[operator]
                    wrong.append((a, b, carry, found))
    assert wrong == []


def test_read_modify_write_writes_twice() -> None:
    """INC $D019 acknowledges a raster interrupt: the old value comes first, and it is the flags themselves."""
    computer = bare()
    computer.run(1000)
    assert computer.chips.vic.read(0x19, computer.cycles) & 1 == 0
    computer.run(computer.chips.vic.frame_cycles + 1000)
    assert computer.chips.vic.read(0x19, computer.cycles) & 1 == 1
    run("EE 19 D0", computer=computer)
    assert computer.chips.vic.read(0x19, computer.cycles) & 1 == 0


def test_brk_and_interrupts_differ_in_the_status_on_the_stack() -> None:
    computer = bare()
    put(computer, 0x0314, "00 20")
    put(computer, 0x2000, "4C 00 20")
    run_to = computer.cpu
    put(computer, 0x1000, "58 00 EA")  # CLI; BRK
    run_to.pc = 0x1000
    while run_to.pc != 0x2000:
        computer.run(computer.cycles + 1)
    assert computer.banks.cells[0x0100 + run_to.sp + 1] & 0x14 == 0x10
    assert computer.banks.cells[0x0100 + run_to.sp + 2] == 0x03  # two bytes on: behind BRK and its operand
    assert run_to.p & MASK


def test_code_runs_from_a_chip_s_registers() -> None:
    computer = bare()
    for register, value in enumerate(bytes.fromhex("E8 E8 4C 00 D0")):  # INX, INX, JMP $D000
        computer.chips.vic.write(register, value, 0)
    computer.cpu.pc = 0xD000
    start = computer.cycles
    computer.run(start + 700)
    assert computer.cpu.x == 200
    assert computer.cycles - start == 700
