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


# Where published memory maps say that a routine is, and what programs set the vectors to by POKE.
PUBLISHED = {
    "screen_init": 0xE518,
    "screen_clear": 0xE544,
    "home": 0xE566,
    "select_row": 0xE56C,
    "chip_defaults": 0xE5A0,
    "key_fetch": 0xE5B4,
    "screen_put": 0xE716,
    "scroll_up": 0xE8EA,
    "insert_row": 0xE965,
    "row_start": 0xE9F0,
    "clear_row": 0xE9FF,
    "irq_handler": 0xEA31,
    "scnkey": 0xEA87,
    "choose_table": 0xEB48,
    "decode_plain": 0xEB81,
    "decode_shifted": 0xEBC2,
    "decode_commodore": 0xEC03,
    "decode_control": 0xEC78,
    "vic_defaults": 0xECB9,
    "row_low": 0xECF0,
    "talk": 0xED09,
    "listen": 0xED0C,
    "second": 0xEDB9,
    "release_attention": 0xEDBE,
    "tksa": 0xEDC7,
    "ciout": 0xEDDD,
    "untlk": 0xEDEF,
    "unlsn": 0xEDFE,
    "acptr": 0xEE13,
    "getin": 0xF13E,
    "chrin": 0xF157,
    "chrout": 0xF1CA,
    "chkin": 0xF20E,
    "chkout": 0xF250,
    "close_file": 0xF291,
    "clall": 0xF32F,
    "clrchn": 0xF333,
    "open_file": 0xF34A,
    "load": 0xF49E,
    "load_handler": 0xF4A5,
    "save": 0xF5DD,
    "save_handler": 0xF5ED,
    "udtim": 0xF69B,
    "stop_scan": 0xF6BC,
    "stop_key": 0xF6ED,
    "reset": 0xFCE2,
    "restor": 0xFD15,
    "vector": 0xFD1A,
    "ramtas": 0xFD50,
    "chip_init": 0xFDA3,
    "setnam": 0xFDF9,
    "setlfs": 0xFE00,
    "readst": 0xFE07,
    "setmsg": 0xFE18,
    "settmo": 0xFE21,
    "memory_top": 0xFE25,
    "memory_bottom": 0xFE34,
    "nmi_handler": 0xFE47,
    "brk_handler": 0xFE66,
    "cint": 0xFF5B,
}


@pytest.mark.parametrize(("label", "address"), PUBLISHED.items())
def test_published_addresses(label: str, address: int) -> None:
    assert rom("kernal").symbols[label] == address


def test_a_stop_vector_that_programs_poke_never_stops() -> None:
    """POKE 808,225 and 234: LDA #1, RTS, after NOPs at most."""
    for entry in (0xF6E1, 0xF6EA):
        assert kernal(entry, 3) == bytes.fromhex("A9 01 60")


def test_basic_begins_with_its_two_vectors() -> None:
    image = rom("basic").outputs["basic"]
    for offset in (0, 2):
        assert 0xA004 <= int.from_bytes(image[offset : offset + 2], "little") < 0xC000


def test_sources_are_upper_case_hexadecimal() -> None:
    for path in SOURCES.rglob("*.s"):
        code = [line.split(";")[0] for line in path.read_text().splitlines()]
        numbers = [word for line in code for word in line.replace("#", " ").split() if word.startswith("$")]
        assert [word for word in numbers if word != word.upper()] == [], path.name
