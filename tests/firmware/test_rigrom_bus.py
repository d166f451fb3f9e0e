"""The serial bus bit by bit, against a device of our own: bytes, ends, times, and devices that are not there."""

from __future__ import annotations

import pytest
from iec_bus import SET_UP, VALID, Device
from rigrom_cpu import RomCpu

pytestmark = pytest.mark.cc65

NAME, START = 0x1000, 0x2000
CONTENT = bytes.fromhex("0020") + bytes([0x00, 0xFF, 0x55, 0xAA, 0x01, 0x80]) + bytes(range(40))
STATUS, EAL = 0x90, 0xAE


@pytest.fixture(scope="module")
def machine() -> RomCpu:
    return RomCpu().boot()


@pytest.fixture
def cpu(machine: RomCpu) -> RomCpu:
    machine.memory.devices = [Device(files={b"FILE": CONTENT})]
    machine.memory.ram[START : START + 256] = bytes(256)
    machine.memory.ram[0x98] = machine.memory.ram[STATUS] = 0
    return machine


def name(cpu: RomCpu, text: bytes, device: int = 8, secondary: int = 1) -> None:
    cpu.memory.ram[NAME : NAME + len(text)] = text
    cpu.call(0xFFBA, a=1, x=device, y=secondary)
    cpu.call(0xFFBD, a=len(text), x=NAME & 0xFF, y=NAME >> 8)


def load(cpu: RomCpu, text: bytes, device: int = 8) -> tuple[int, int]:
    """Error number or end, and the carry."""
    name(cpu, text, device)
    end = cpu.call(0xFFD5, a=0)
    return (end.a if end.p & end.CARRY else end.x | end.y << 8), end.p & end.CARRY


def test_load(cpu: RomCpu) -> None:
    assert load(cpu, b"FILE") == (START + len(CONTENT) - 2, 0)
    assert cpu.memory.ram[START : START + len(CONTENT) - 2] == CONTENT[2:]
    assert cpu.memory.ram[STATUS] == 0x40
    device = cpu.memory.devices[0]
    assert device.commands == [0x28, 0xF0, 0x3F, 0x48, 0x60, 0x5F, 0x28, 0xE0, 0x3F]


def test_the_name_ends_with_its_last_byte(cpu: RomCpu) -> None:
    load(cpu, b"FILE")
    data = [byte for byte in cpu.memory.devices[0].heard if byte[0] in b"FILE"]
    assert data[:4] == [(ord("F"), False), (ord("I"), False), (ord("L"), False), (ord("E"), True)]


def test_save(cpu: RomCpu) -> None:
    content = bytes([0x00, 0xFF, 0x81, 0x7E, 0x20])
    cpu.memory.ram[START : START + 5] = content
    cpu.memory.ram[0xFB:0xFD] = START.to_bytes(2, "little")
    name(cpu, b"N")
    end = cpu.call(0xFFD8, a=0xFB, x=(START + 5) & 0xFF, y=START >> 8)
    assert not end.p & end.CARRY
    device = cpu.memory.devices[0]
    assert device.commands == [0x28, 0xF1, 0x3F, 0x28, 0x61, 0x3F, 0x28, 0xE1, 0x3F]
    first = device.heard.index((0x61, False)) + 1
    sent = device.heard[first : first + 7]
    assert bytes(byte for byte, _ in sent) == bytes.fromhex("0020") + content
    assert [ended for _, ended in sent] == [False] * 6 + [True]


def test_bits_stand_as_long_as_the_bus_asks(cpu: RomCpu) -> None:
    load(cpu, b"FILE")
    device = cpu.memory.devices[0]
    assert device.shortest_set_up >= SET_UP
    assert device.shortest_valid >= VALID


def test_the_last_byte_is_noticed_after_256_microseconds(cpu: RomCpu) -> None:
    """A talker may take 200 to say that there is another byte."""
    cpu.memory.devices[0].hesitates = 190
    assert load(cpu, b"FILE") == (START + len(CONTENT) - 2, 0)


def test_the_lines_are_free_afterwards(cpu: RomCpu) -> None:
    load(cpu, b"FILE")
    assert cpu.memory[0xDD00] & 0xF8 == 0xC0


def test_no_such_file(cpu: RomCpu) -> None:
    assert load(cpu, b"NONE") == (4, 1)
    assert cpu.memory.ram[STATUS] & 0x02


def test_another_device_beside_it(cpu: RomCpu) -> None:
    cpu.memory.devices.append(Device(number=9, files={b"NINE": b"\x00\x20\x09"}))
    assert load(cpu, b"NINE", 9) == (START + 1, 0)
    assert cpu.memory.ram[START] == 9
    assert load(cpu, b"FILE", 30) == (5, 1)
    assert load(cpu, b"FILE", 8)[1] == 0
    name(cpu, b"FILE", 30, 2)
    opened = cpu.call(0xFFC0)
    assert (opened.a, opened.p & opened.CARRY) == (5, 1)


def test_nobody_on_the_bus(cpu: RomCpu) -> None:
    cpu.memory.devices = []
    assert load(cpu, b"FILE") == (5, 1)
    assert cpu.memory[0xDD00] & 0xF8 == 0xC0


def test_a_device_that_goes_off_within_a_byte(cpu: RomCpu) -> None:
    cpu.memory.devices[0].vanishes_after = 10
    assert load(cpu, b"FILE") == (29, 1)
    assert cpu.memory.ram[START : START + 8] == CONTENT[2:10]
    assert cpu.word(EAL) == START + 8


def test_the_calls_one_by_one(cpu: RomCpu) -> None:
    """As a fast loader does it, without LOAD and without a channel."""
    cpu.call(0xFFB1, a=8)
    cpu.call(0xFF93, a=0xF0)
    for byte in b"FILE":
        kept = cpu.call(0xFFA8, a=byte, x=12, y=34)
        assert (kept.a, kept.x, kept.y) == (byte, 12, 34)
    cpu.call(0xFFAE)
    cpu.call(0xFFB4, a=8)
    cpu.call(0xFF96, a=0x60)
    for byte in CONTENT:
        got = cpu.call(0xFFA5, x=12, y=34)
        assert (got.a, got.x, got.y, got.p & got.CARRY) == (byte, 12, 34, 0)
    assert cpu.memory.ram[STATUS] == 0x40
    cpu.call(0xFFAB)
    assert cpu.memory.devices[0].commands == [0x28, 0xF0, 0x3F, 0x48, 0x60, 0x5F]


def test_a_channel_is_read_and_written(cpu: RomCpu) -> None:
    name(cpu, b"FILE", secondary=2)
    assert not cpu.call(0xFFC0).p & 1
    assert not cpu.call(0xFFC6, x=1).p & 1
    assert bytes(cpu.call(0xFFCF).a for _ in CONTENT) == CONTENT
    cpu.call(0xFFCC)
    assert not cpu.call(0xFFC9, x=1).p & 1
    cpu.put(b"HI")
    cpu.call(0xFFCC)
    cpu.call(0xFFC3, a=1)
    device = cpu.memory.devices[0]
    assert device.heard[-6:-3] == [(ord("H"), False), (ord("I"), True), (0x3F, False)]
    assert device.commands[-6:] == [0x28, 0x62, 0x3F, 0x28, 0xE2, 0x3F]
