"""The simulator's memory and chips, as a program sees them."""

from __future__ import annotations

import pytest
from sim_boards import bare, put, run

from soulrig.errors import BadInput
from soulrig.sim.computer import Computer

ROWS, COLUMNS = 0xDC01, 0xDC00


def test_memory_at_power_up_is_random_and_follows_from_the_seed() -> None:
    def ram(seed: int) -> bytes:
        return Computer("pal", seed, bytes(0x2000), bytes(0x2000), bytes(0x1000)).banks.ram(2, 0x10000)

    assert ram(1) == ram(1) != ram(2)
    assert len(set(ram(1))) == 256


@pytest.mark.parametrize(
    ("port", "basic", "middle", "kernal"),
    [
        (0x37, 0xBA, "chips", 0x4C),
        (0x36, None, "chips", 0x4C),
        (0x35, None, "chips", None),
        (0x34, None, None, None),
        (0x33, 0xBA, 0x00, 0x4C),
        (0x31, None, 0x00, None),
        (0x30, None, None, None),
    ],
)
def test_banking(port: int, basic: int | None, middle: int | str | None, kernal: int | None) -> None:
    """A ROM's byte or None for RAM, which writes go to whatever lies over it."""
    computer = bare()
    put(computer, 0x00, "2F")
    write, read = "A9 5A 8D 00 A0 8D 00 D0 8D 00 E0", "AD 00 A0 85 10 AD 00 D0 85 11 AD 00 E0 85 12"
    run(f"A9 {port:02X} 85 01 {write} {read} A9 37 85 01", computer=computer)
    found = list(computer.banks.ram(0x10, 0x13))
    if middle == "chips":
        assert computer.chips.vic.registers[0] == 0x5A
        assert computer.banks.ram(0xD000, 0xD001) != b"\x5a"
        middle = None
    else:
        assert computer.banks.ram(0xD000, 0xD001) == b"\x5a"
    assert found == [0x5A if expected is None else expected for expected in (basic, middle, kernal)]
    assert computer.banks.ram(0xA000, 0xA001) == computer.banks.ram(0xE000, 0xE001) == b"\x5a"


def test_colours_have_four_bits() -> None:
    computer = run("A9 FF 8D 00 D8 A9 E5 8D E7 DB")
    assert (computer.chips.colours[0], computer.chips.colours[0x3E7]) == (0x0F, 0x05)
    upper = {run("AD 00 D8" + " EA" * count, computer=computer).cpu.a & 0xF0 for count in range(20)}
    assert len(upper) > 1, "a program must not rely on the upper bits"


@pytest.mark.parametrize(("standard", "lines", "cycles"), [("pal", 312, 63), ("ntsc", 263, 65)])
def test_the_raster_moves_with_the_cycles(standard: str, lines: int, cycles: int) -> None:
    vic = bare(standard).chips.vic

    def shown(cycle: int) -> int:
        return vic.read(0x12, cycle) | vic.read(0x11, cycle) >> 7 << 8

    assert [shown(line * cycles) for line in range(lines)] == list(range(lines))
    assert [shown(line * cycles + cycles - 1) for line in range(lines)] == list(range(lines))
    assert shown(lines * cycles) == 0


def test_the_raster_flag_tells_of_an_interrupt_only_where_one_is_let_through() -> None:
    computer = bare()
    vic = computer.chips.vic
    assert vic.read(0x19, vic.frame_cycles) == 0x71
    vic.write(0x1A, 0x01, vic.frame_cycles + 1)
    assert vic.read(0x19, vic.frame_cycles + 2) == 0xF1
    vic.write(0x19, 0x01, vic.frame_cycles + 3)
    assert vic.read(0x19, vic.frame_cycles + 4) == 0x70


def test_reading_the_flags_clears_them() -> None:
    computer = run("A9 03 8D 04 DC A9 00 8D 05 DC A9 09 8D 0E DC EA EA EA EA EA EA AD 0D DC 85 10 AD 0D DC 85 11")
    assert computer.banks.ram(0x10, 0x12) == b"\x01\x00"


def test_chained_timers_count_32_bits() -> None:
    code = "A9 FF 8D 04 DD 8D 05 DD 8D 06 DD 8D 07 DD A9 51 8D 0F DD A9 11 8D 0E DD"
    computer = run(code)
    began = computer.cycles
    computer.run(began + 0x54321)
    cycle = computer.cycles
    cia = computer.chips.cia2
    value = sum(cia.read(4 + place, cycle) << 8 * place for place in range(4)) ^ 0xFFFFFFFF
    assert value == pytest.approx(cycle - began, abs=8)
    assert value >> 16 == 5


def nmi_count(computer: Computer) -> int:
    return computer.banks.cells[0x20]


def counting_nmis() -> Computer:
    computer = bare()
    put(computer, 0x0318, "00 30")
    put(computer, 0x3000, "E6 20 40")  # INC $20; RTI
    put(computer, 0x20, "00")
    return computer


def test_restore_interrupts_once_a_press() -> None:
    computer = counting_nmis()
    for start in (1000, 3000):
        computer.press("RESTORE", start)
        computer.release("RESTORE", start + 1000)
    computer.run(900)
    assert nmi_count(computer) == 0
    computer.run(2900)
    assert nmi_count(computer) == 1
    computer.run(5000)
    assert nmi_count(computer) == 2


def test_an_unread_cia_holds_the_line_so_that_restore_makes_no_edge() -> None:
    computer = counting_nmis()
    run("A9 81 8D 0D DD A9 40 8D 04 DD A9 00 8D 05 DD A9 19 8D 0E DD", computer=computer)
    computer.run(computer.cycles + 200)
    assert nmi_count(computer) == 1
    computer.press("RESTORE", computer.cycles)
    computer.run(computer.cycles + 200)
    assert nmi_count(computer) == 1
    computer.release("RESTORE", computer.cycles)
    computer.run(computer.cycles + 10)
    run("AD 0D DD", computer=computer)
    computer.press("RESTORE", computer.cycles)
    computer.run(computer.cycles + 200)
    assert nmi_count(computer) == 2


def test_keys_join_columns_and_rows_from_a_cycle_to_another() -> None:
    computer = bare()
    run("A9 FF 8D 02 DC A9 00 8D 03 DC A9 FD 8D 00 DC", computer=computer)  # columns out, rows in, column 1 selected
    now = computer.cycles
    computer.press("A", now + 100)
    computer.press("S", now + 200)
    computer.press("P", now + 200)
    computer.release("A", now + 300)
    rows = []
    for cycle in (50, 150, 250, 350):
        computer.run(now + cycle)
        rows.append(computer.chips.cia1.read(1, computer.cycles))
    assert rows == [0xFF, 0xFB, 0xDB, 0xDF]


def test_the_matrix_reads_both_ways() -> None:
    computer = bare()
    run("A9 00 8D 02 DC A9 FF 8D 03 DC A9 FB 8D 01 DC", computer=computer)  # rows out, row 2 selected
    computer.press("A", computer.cycles)
    computer.run(computer.cycles + 10)
    assert computer.chips.cia1.read(0, computer.cycles) == 0xFD


def test_a_key_that_is_not_there() -> None:
    with pytest.raises(BadInput, match=r"no key 'ESC'.*RETURN"):
        bare().press("ESC", 0)


def test_the_sid_is_logged_with_the_cycle_of_each_write() -> None:
    computer = bare()
    start = computer.cycles
    run("A9 0F 8D 18 D4 A9 21 8D 24 D4 8D 1B D4", computer=computer)
    assert [(write.cycle - start, write.register, write.value) for write in computer.chips.sid.log] == [
        (5, 0x18, 0x0F),
        (11, 0x04, 0x21),  # $D424 is $D404 again, $D41B can't be written
    ]
    noise = [computer.chips.sid.read(0x1B, cycle) for cycle in range(1000)]
    assert len(set(noise)) > 200


def test_typed_keys_come_ten_at_a_time_when_the_buffer_is_empty() -> None:
    computer = bare()
    put(computer, 0xC6, "03")
    computer.feed(b"ABCDEFGHIJKL")
    computer.run(50_000)
    assert computer.banks.cells[0xC6] == 3
    put(computer, 0xC6, "00")
    computer.run(100_000)
    assert computer.banks.cells[0xC6] == 10
    assert computer.banks.ram(0x0277, 0x0281) == b"ABCDEFGHIJ"
    put(computer, 0xC6, "00")
    computer.run(150_000)
    assert (computer.banks.cells[0xC6], computer.banks.ram(0x0277, 0x0279)) == (2, b"KL")
