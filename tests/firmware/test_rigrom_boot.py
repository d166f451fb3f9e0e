"""From reset to READY. on a simulated processor, and the small calls of the jump table."""

from __future__ import annotations

import pytest
from rigrom_cpu import RomCpu

pytestmark = pytest.mark.cc65


@pytest.fixture(scope="module")
def booted() -> RomCpu:
    return RomCpu().boot()


@pytest.fixture
def cpu() -> RomCpu:
    return RomCpu().boot()


def screen_codes(text: str) -> bytes:
    return bytes(ord(letter) & 0x3F for letter in text)


def test_ready_is_there(booted: RomCpu) -> None:
    rows = [booted.row(number) for number in range(25)]
    assert screen_codes("READY.") in rows
    assert booted.cursor == (rows.index(screen_codes("READY.")) + 1, 0)


def test_the_port_gets_its_data_before_its_direction() -> None:
    cpu = RomCpu()
    cpu.boot()
    port = [write for write in cpu.memory.written if write[0] in (0, 1)]
    assert port[:2] == [(1, 0x37), (0, 0x2F)]


def test_colours_and_character_set(booted: RomCpu) -> None:
    ram = booted.memory.ram
    assert (ram[0xD020] & 15, ram[0xD021] & 15, ram[0x0286]) == (14, 6, 14)
    assert ram[0xD018] == 0x15
    assert set(ram[0xD800:0xDBE8]) == {14}


@pytest.mark.parametrize(("standard", "flag", "jiffy"), [("pal", 1, 985_248 / 60), ("ntsc", 0, 1_022_727 / 60)])
def test_television_standard(standard: str, flag: int, jiffy: float) -> None:
    cpu = RomCpu(standard).boot()
    assert cpu.memory.ram[0x02A6] == flag
    assert cpu.word(0xDC04) == pytest.approx(jiffy, abs=1)
    assert (0xDC0D, 0x81) in cpu.memory.written


def test_vectors_are_set_and_can_be_read_and_set_again(cpu: RomCpu) -> None:
    ram = cpu.memory.ram
    vectors = bytes(ram[0x0314:0x0334])
    assert all(cpu.word(0x0314 + offset) >= 0xE000 for offset in range(0, 32, 2))
    assert cpu.word(0x0314) == 0xEA31
    cpu.call(0xFF8D, x=0x00, y=0xC0, carry=True)
    assert ram[0xC000:0xC020] == vectors
    ram[0xC000:0xC020] = bytes(range(32))
    cpu.call(0xFF8D, x=0x00, y=0xC0, carry=False)
    assert ram[0x0314:0x0334] == bytes(range(32))
    cpu.call(0xFF8A)
    assert ram[0x0314:0x0334] == vectors


def test_memory_bounds(booted: RomCpu) -> None:
    ram = booted.memory.ram
    assert (booted.word(0x2B), booted.word(0x2D), booted.word(0x37)) == (0x0801, 0x0803, 0xA000)
    assert ram[0x0800:0x0803] == bytes(3)
    top = booted.call(0xFF99, carry=True)
    assert (top.x, top.y) == (0x00, 0xA0)
    bottom = booted.call(0xFF9C, carry=True)
    assert (bottom.x, bottom.y) == (0x00, 0x08)


def test_memory_outlives_a_reset() -> None:
    cpu = RomCpu()
    pattern = bytes(range(1, 256))
    cpu.memory.ram[0x0900:0x09FF] = pattern
    cpu.boot()
    assert cpu.memory.ram[0x0900:0x09FF] == pattern


def test_a_cartridge_starts_instead() -> None:
    cpu = RomCpu()
    cpu.memory.ram[0x8000:0x8009] = bytes([0x34, 0x12, 0x78, 0x56]) + b"\xc3\xc2\xcd80"
    cpu.run_to(0x1234)


def test_clock_counts_and_wraps_at_midnight(cpu: RomCpu) -> None:
    cpu.call(0xFFDB, a=0xFF, x=0x19, y=0x4F)
    cpu.call(0xFFEA)
    time = cpu.call(0xFFDE)
    assert (time.y, time.x, time.a) == (0x00, 0x00, 0x00)
    for _ in range(257):
        cpu.call(0xFFEA)
    time = cpu.call(0xFFDE)
    assert (time.y, time.x, time.a) == (0x00, 0x01, 0x01)


def test_small_calls(cpu: RomCpu) -> None:
    ram = cpu.memory.ram
    cpu.call(0xFFBA, a=2, x=8, y=15)
    assert (ram[0xB8], ram[0xBA], ram[0xB9]) == (2, 8, 15)
    cpu.call(0xFFBD, a=5, x=0x34, y=0x12)
    assert (ram[0xB7], cpu.word(0xBB)) == (5, 0x1234)
    cpu.call(0xFF90, a=0xC0)
    assert ram[0x9D] == 0xC0
    ram[0x90] = 0x42
    assert cpu.call(0xFFB7).a == 0x42
    size = cpu.call(0xFFED)
    assert (size.x, size.y) == (40, 25)
    base = cpu.call(0xFFF3)
    assert (base.x, base.y) == (0x00, 0xDC)


def test_serial_routines_without_a_bus_say_device_not_present(cpu: RomCpu) -> None:
    cpu.memory.ram[0x90] = 0
    cpu.call(0xFFB1, a=8)
    assert cpu.memory.ram[0x90] & 0x80


def test_load_without_a_bus_returns_error_5(cpu: RomCpu) -> None:
    cpu.memory.ram[0x1000:0x1001] = b"A"
    cpu.call(0xFFBA, a=1, x=8, y=1)
    cpu.call(0xFFBD, a=1, x=0x00, y=0x10)
    end = cpu.call(0xFFD5, a=0)
    assert (end.a, end.p & end.CARRY) == (5, 1)


@pytest.mark.parametrize(("device", "name", "error"), [(0, 1, 9), (3, 1, 9), (1, 1, 5), (8, 0, 8)])
def test_load_refuses(cpu: RomCpu, device: int, name: int, error: int) -> None:
    cpu.call(0xFFBA, a=1, x=device, y=0)
    cpu.call(0xFFBD, a=name, x=0x00, y=0x10)
    end = cpu.call(0xFFD5, a=0)
    assert (end.a, end.p & end.CARRY) == (error, 1)


def test_files_on_the_screen(cpu: RomCpu) -> None:
    cpu.call(0xFFBA, a=4, x=3, y=0)
    cpu.call(0xFFBD, a=0)
    assert not cpu.call(0xFFC0).p & 1
    again = cpu.call(0xFFC0)
    assert (again.a, again.p & 1) == (2, 1)
    assert not cpu.call(0xFFC9, x=4).p & 1
    missing = cpu.call(0xFFC6, x=5)
    assert (missing.a, missing.p & 1) == (3, 1)
    assert not cpu.call(0xFFC3, a=4).p & 1
    closed = cpu.call(0xFFC9, x=4)
    assert (closed.a, closed.p & 1) == (3, 1)


def test_closing_a_file_keeps_the_others(cpu: RomCpu) -> None:
    cpu.call(0xFFBD, a=0)
    for number in (1, 2, 3):
        cpu.call(0xFFBA, a=number, x=3, y=number)
        cpu.call(0xFFC0)
    cpu.call(0xFFC3, a=1)
    for number in (3, 2):
        assert not cpu.call(0xFFC6, x=number).p & 1
        assert (cpu.memory.ram[0xB8], cpu.memory.ram[0xB9]) == (number, 0x60 | number)
    cpu.call(0xFFCC)
    assert cpu.memory.ram[0x98] == 2


def test_break_and_nmi_go_through_their_vectors(cpu: RomCpu) -> None:
    ram = cpu.memory.ram
    ram[0x0316:0x031A] = bytes([0x00, 0x11, 0x00, 0x12])
    ram[0x1000] = 0x00
    cpu.cpu.pc = 0x1000
    cpu.run_to(0x1100)
    cpu.cpu.pc = cpu.word(0xFFFA)
    cpu.run_to(0x1200)


def nmi(cpu: RomCpu) -> None:
    """RESTORE, between two instructions."""
    processor = cpu.cpu
    processor.stPushWord(processor.pc)
    processor.stPush(processor.p & ~processor.BREAK | processor.UNUSED)
    processor.p |= processor.INTERRUPT
    processor.pc = cpu.word(0xFFFA)


def test_restore_alone_changes_nothing(cpu: RomCpu) -> None:
    processor = cpu.cpu
    processor.pc, processor.a, processor.x, processor.y = 0x1000, 1, 2, 3
    before = processor.p
    nmi(cpu)
    cpu.run_to(0x1000)
    assert (processor.a, processor.x, processor.y, processor.p & 0xCF) == (1, 2, 3, before & 0xCF)


def test_restore_with_stop_is_a_warm_start(cpu: RomCpu) -> None:
    ram = cpu.memory.ram
    ram[0x0314:0x0316] = b"\x34\x12"
    ram[0xD020] = ram[0x0286] = 3
    cpu.put(b"GONE")
    cpu.memory.pressed = {63}
    cpu.cpu.pc = 0x1000
    nmi(cpu)
    cpu.run_to(cpu.word(0xA002))
    assert cpu.word(0x0314) == 0xEA31
    assert (ram[0xD020] & 15, ram[0x0286]) == (14, 14)
    assert not any(cpu.row(number) for number in range(25))


def test_restore_with_a_cartridge_is_the_cartridges(cpu: RomCpu) -> None:
    cpu.memory.ram[0x8000:0x8009] = bytes([0x34, 0x12, 0x78, 0x56]) + b"\xc3\xc2\xcd80"
    nmi(cpu)
    cpu.run_to(0x5678)


def test_the_start_of_a_cartridge_can_be_done_by_hand(cpu: RomCpu) -> None:
    """The four calls that cartridges make by their addresses, in the published order."""
    cpu.memory.ram[0x0314] = 0
    for entry in (0xFDA3, 0xFD50, 0xFD15, 0xFF5B):
        cpu.call(entry)
    assert (cpu.word(0x0314), cpu.memory.ram[0x0288], cpu.word(0x0283)) == (0xEA31, 4, 0xA000)


def test_readst_of_rs_232_clears_it(cpu: RomCpu) -> None:
    cpu.call(0xFFBA, a=2, x=2, y=0)
    cpu.memory.ram[0x0297], cpu.memory.ram[0x90] = 0x08, 0x40
    assert [cpu.call(0xFFB7).a for _ in range(2)] == [0x08, 0]
    assert cpu.memory.ram[0x90] == 0x40
