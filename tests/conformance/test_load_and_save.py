"""LOAD, VERIFY and SAVE of the KERNAL, with a disk in drive 8.

Source: Programmer's Reference Guide (PRG), chapter 5 with its table of error codes; Mapping the Commodore 64 (MAP),
$90, $93, $AE, $C1, $C3.
"""

from __future__ import annotations

import pytest
from floppy import FILES, NUMBERS
from subject import NAME, Registers, Subject

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

SETMSG, SETLFS, SETNAM, LOAD, SAVE = 0xFF90, 0xFFBA, 0xFFBD, 0xFFD5, 0xFFD8
NOT_FOUND, NO_DEVICE, NO_NAME, BAD_DEVICE = 4, 5, 8, 9
STATUS, VERIFYING, LAST = 0x90, 0x93, 0xAE
DISK_CYCLES = 10_000_000


def parameters(c64: Subject, name: bytes, device: int, secondary: int) -> None:
    c64.call(SETLFS, a=1, x=device, y=secondary)
    if name:
        c64.poke(NAME, name)
    c64.call(SETNAM, a=len(name), x=NAME & 0xFF, y=NAME >> 8)


def load(
    c64: Subject, name: bytes, device: int = 8, secondary: int = 1, verify: int = 0, start: int = 0x3000
) -> Registers:
    parameters(c64, name, device, secondary)
    return c64.call(LOAD, a=verify, x=start & 0xFF, y=start >> 8, cycles=DISK_CYCLES)


def save(c64: Subject, name: bytes, start: int, end: int, device: int = 8) -> Registers:
    parameters(c64, name, device, 0)
    c64.poke_word(0xFB, start)
    return c64.call(SAVE, a=0xFB, x=end & 0xFF, y=end >> 8, cycles=DISK_CYCLES)


@pytest.fixture(autouse=True)
def quiet(c64: Subject) -> None:
    c64.call(SETMSG, a=0)


def test_load_with_secondary_address_1_goes_where_the_file_says(c64: Subject) -> None:
    """PRG, LOAD."""
    assert not load(c64, b"DATA").carry
    assert c64.peek(0x2000, 512) == NUMBERS


def test_load_with_secondary_address_0_goes_to_x_and_y(c64: Subject) -> None:
    """PRG, LOAD: a relocated load."""
    c64.poke(0x2000, bytes(512))
    load(c64, b"DATA", secondary=0, start=0x3456)
    assert c64.peek(0x3456, 512) == NUMBERS
    assert c64.peek(0x2000, 512) == bytes(512)


def test_load_gives_the_end_in_x_and_y(c64: Subject) -> None:
    """PRG, LOAD: the highest address loaded, and one."""
    found = load(c64, b"DATA")
    assert found.y << 8 | found.x == 0x2200


def test_load_leaves_the_end_in_ae(c64: Subject) -> None:
    """MAP: $AE."""
    load(c64, b"DATA", secondary=0, start=0x3456)
    assert c64.word(LAST) == 0x3656


def test_load_leaves_the_end_in_the_status(c64: Subject) -> None:
    """PRG, READST: bit 6."""
    load(c64, b"DATA")
    assert c64.byte(STATUS) & 0x40
    assert not c64.byte(STATUS) & 0x83


def test_load_writes_no_further_than_the_file(c64: Subject) -> None:
    """PRG, LOAD."""
    c64.poke(0x2003, b"\xee")
    load(c64, b"SHORT")
    assert c64.peek(0x2000, 4) == bytes([1, 2, 3, 0xEE])


def test_load_finds_a_file_by_a_pattern(c64: Subject) -> None:
    """1541 User's Guide: * and ?."""
    assert not load(c64, b"DA*").carry
    assert c64.peek(0x2000, 512) == NUMBERS
    assert not load(c64, b"SH?RT").carry
    assert c64.peek(0x2000, 3) == bytes([1, 2, 3])


def test_load_of_the_directory(c64: Subject) -> None:
    """1541 User's Guide: $ is the directory as a BASIC program."""
    found = load(c64, b"$", secondary=0, start=0x0801)
    assert not found.carry
    text = c64.peek(0x0801, (found.y << 8 | found.x) - 0x0801)
    assert b'"CONFORMANCE' in text
    assert all(name.upper().encode() in text for name in FILES)
    assert b"BLOCKS FREE." in text


def test_load_sets_93(c64: Subject) -> None:
    """MAP: $93 is 0 for LOAD."""
    c64.poke(VERIFYING, 1)
    load(c64, b"SHORT")
    assert c64.byte(VERIFYING) == 0


@pytest.mark.parametrize(
    ("name", "device", "error"),
    [
        pytest.param(b"NONE", 8, NOT_FOUND, id="PRG: LOAD, error 4, file not found"),
        pytest.param(b"DATA", 9, NO_DEVICE, id="PRG: LOAD, error 5, device not present"),
        pytest.param(b"", 8, NO_NAME, id="PRG: LOAD, error 8, file name is missing"),
        pytest.param(b"DATA", 0, BAD_DEVICE, id="PRG: LOAD, error 9, the keyboard"),
        pytest.param(b"DATA", 3, BAD_DEVICE, id="PRG: LOAD, error 9, the screen"),
    ],
)
def test_load_errors(c64: Subject, name: bytes, device: int, error: int) -> None:
    found = load(c64, name, device)
    assert (found.carry, found.a) == (True, error)


@pytest.mark.parametrize(
    ("name", "device", "error"),
    [
        pytest.param(b"X", 9, NO_DEVICE, id="PRG: SAVE, error 5, device not present"),
        pytest.param(b"", 8, NO_NAME, id="PRG: SAVE, error 8, file name is missing"),
        pytest.param(b"X", 0, BAD_DEVICE, id="PRG: SAVE, error 9, the keyboard"),
        pytest.param(b"X", 3, BAD_DEVICE, id="PRG: SAVE, error 9, the screen"),
    ],
)
def test_save_errors(c64: Subject, name: bytes, device: int, error: int) -> None:
    found = save(c64, name, 0x2000, 0x2010, device)
    assert (found.carry, found.a) == (True, error)


def test_stop_breaks_a_load_off(c64: Subject) -> None:
    """PRG, error 0: routine terminated by the STOP key; MAP: LOAD asks STOP, by way of ($0328)."""
    c64.hook(0x0328, "lda #0\nrts")
    found = load(c64, b"DATA")
    assert (found.carry, found.a) == (True, 0)
    assert c64.peek(0x2010, 256) != NUMBERS[16:272]


# VERIFY


def test_verify_of_what_is_there(c64: Subject) -> None:
    """PRG, LOAD with A=1: C=0 and no error in the status."""
    load(c64, b"DATA")
    found = load(c64, b"DATA", verify=1)
    assert not found.carry
    assert c64.byte(STATUS) & 0x10 == 0


def test_verify_of_something_else(c64: Subject) -> None:
    """PRG, READST: bit 4."""
    load(c64, b"DATA")
    c64.poke(0x2100, c64.byte(0x2100) ^ 1)
    load(c64, b"DATA", verify=1)
    assert c64.byte(STATUS) & 0x10


def test_verify_writes_nothing(c64: Subject) -> None:
    """PRG."""
    c64.poke(0x2000, b"\x77" * 512)
    load(c64, b"DATA", verify=1)
    assert c64.peek(0x2000, 512) == b"\x77" * 512


def test_verify_sets_93(c64: Subject) -> None:
    """MAP: $93 is 1 for VERIFY."""
    load(c64, b"DATA", verify=1)
    assert c64.byte(VERIFYING) == 1


# SAVE


def test_what_is_saved_can_be_loaded(c64: Subject) -> None:
    """PRG, SAVE: from the pointer in page 0 that A names up to X, Y."""
    c64.poke(0x2000, NUMBERS)
    assert not save(c64, b"@0:SAVED", 0x2000, 0x2200).carry
    c64.poke(0x2000, bytes(512))
    found = load(c64, b"SAVED")
    assert not found.carry
    assert found.y << 8 | found.x == 0x2200
    assert c64.peek(0x2000, 512) == NUMBERS


def test_save_leaves_out_the_end_address(c64: Subject) -> None:
    """PRG, SAVE: X, Y is one more than the last address saved."""
    c64.poke(0x2000, b"\x11\x22\x33\x44")
    save(c64, b"@0:THREE", 0x2000, 0x2003)
    c64.poke(0x2000, bytes(4))
    load(c64, b"THREE")
    assert c64.peek(0x2000, 4) == b"\x11\x22\x33\x00"


def test_save_keeps_the_address(c64: Subject) -> None:
    """PRG, SAVE: the first two bytes of the file."""
    c64.poke(0x4321, b"HERE")
    save(c64, b"@0:PLACE", 0x4321, 0x4325)
    c64.poke(0x4321, bytes(4))
    load(c64, b"PLACE")
    assert c64.peek(0x4321, 4) == b"HERE"


def test_save_keeps_its_pointer(c64: Subject) -> None:
    """PRG, SAVE: the caller's cells in page 0 are only read."""
    save(c64, b"@0:POINT", 0x2000, 0x2010)
    assert c64.word(0xFB) == 0x2000


# What they say


def messages(c64: Subject) -> list[str]:
    return [row for row in c64.rows() if row]


@pytest.mark.parametrize("mode", [0x00, 0x40], ids=lambda mode: f"PRG: SETMSG ${mode:02X}, LOAD is silent")
def test_a_load_by_a_program_is_silent(c64: Subject, mode: int) -> None:
    c64.call(SETMSG, a=mode)
    load(c64, b"SHORT")
    assert messages(c64) == []


def test_load_says_what_it_does(c64: Subject) -> None:
    """PRG, SETMSG $80."""
    c64.call(SETMSG, a=0x80)
    load(c64, b"SHORT")
    assert messages(c64) == ["SEARCHING FOR SHORT", "LOADING"]


def test_verify_says_what_it_does(c64: Subject) -> None:
    """PRG, SETMSG $80."""
    c64.call(SETMSG, a=0x80)
    load(c64, b"SHORT", verify=1)
    assert messages(c64) == ["SEARCHING FOR SHORT", "VERIFYING"]


def test_save_says_what_it_does(c64: Subject) -> None:
    """PRG, SETMSG $80."""
    c64.call(SETMSG, a=0x80)
    save(c64, b"@0:SAVED", 0x2000, 0x2010)
    assert messages(c64) == ["SAVING @0:SAVED"]


def test_an_error_is_said_when_asked_for(c64: Subject) -> None:
    """PRG, SETMSG $40."""
    c64.call(SETMSG, a=0x40)
    load(c64, b"NONE")
    assert messages(c64) == ["I/O ERROR #4"]
