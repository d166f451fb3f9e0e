"""The ROM images as such: sizes, and the bytes that the outside world looks for at fixed addresses."""

from __future__ import annotations

from pathlib import Path

import pytest
from rigrom_cpu import rom

from soulrig.buildtools.rom import SOURCES, build_roms

pytestmark = pytest.mark.cc65

KERNAL = 0xE000
JMP, RTS = 0x4C, 0x60


def kernal(address: int, length: int) -> bytes:
    image = rom("kernal").outputs["kernal"]
    return image[address - KERNAL : address - KERNAL + length]


def test_sizes_and_reproducible(tmp_path: Path) -> None:
    first, second = build_roms(tmp_path / "a"), build_roms(tmp_path / "b")
    assert [path.stat().st_size for path in first.paths] == [8192, 8192, 4096]
    assert [path.read_bytes() for path in first.paths] == [path.read_bytes() for path in second.paths]
    assert [path.name for path in first.paths] == ["kernal.bin", "basic.bin", "chargen.bin"]


@pytest.mark.parametrize(
    ("address", "signature"),
    [(0xED24, "2097EE"), (0xED37, "208EEE"), (0xED41, "2097EE"), (0xEE14, "A90085"), (0xEEA9, "AD00DD")],
)
def test_signatures_of_the_serial_traps(address: int, signature: str) -> None:
    assert kernal(address, 3).hex().upper() == signature


def test_the_traps_resume_at_a_return() -> None:
    assert kernal(0xEDAB, 1)[0] == RTS


def test_every_entry_of_the_jump_table_jumps_into_the_rom() -> None:
    for address in range(0xFF81, 0xFFF6, 3):
        opcode, low, high = kernal(address, 3)
        assert opcode == JMP, f"${address:04X}"
        assert KERNAL <= low | high << 8 < 0xFF81, f"${address:04X}"


def test_hardware_vectors() -> None:
    vectors = kernal(0xFFFA, 6)
    assert vectors == bytes.fromhex("43FE E2FC 48FF")


def test_nmi_entry_masks_interrupts_and_goes_through_the_vector() -> None:
    assert kernal(0xFE43, 4) == bytes.fromhex("78 6C 18 03")


def test_published_ends_of_interrupt_handlers() -> None:
    assert kernal(0xEA81, 6) == kernal(0xFEBC, 6) == bytes.fromhex("68 A8 68 AA 68 40")
    assert kernal(0xEA7E, 3) == bytes.fromhex("AD 0D DC")


def test_basic_begins_with_its_two_vectors() -> None:
    image = rom("basic").outputs["basic"]
    for offset in (0, 2):
        assert 0xA004 <= int.from_bytes(image[offset : offset + 2], "little") < 0xC000


def test_sources_are_upper_case_hexadecimal() -> None:
    for path in SOURCES.rglob("*.s"):
        code = [line.split(";")[0] for line in path.read_text().splitlines()]
        numbers = [word for line in code for word in line.replace("#", " ").split() if word.startswith("$")]
        assert [word for word in numbers if word != word.upper()] == [], path.name
