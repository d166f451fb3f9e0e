"""The serial bus byte by byte: LISTEN, SECOND, CIOUT, UNLSN, TALK, TKSA, ACPTR, UNTLK.

Source: Programmer's Reference Guide (PRG), chapter 5, with the examples of each; 1541 User's Guide for what the drive
answers.
"""

from __future__ import annotations

import pytest
from subject import Subject

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

SECOND, TKSA, ACPTR, CIOUT = 0xFF93, 0xFF96, 0xFFA5, 0xFFA8
UNTLK, UNLSN, LISTEN, TALK, READST = 0xFFAB, 0xFFAE, 0xFFB1, 0xFFB4, 0xFFB7
STATUS = 0x90


def send(c64: Subject, secondary: int, data: bytes) -> None:
    c64.call(LISTEN, a=8)
    c64.call(SECOND, a=secondary)
    for byte in data:
        c64.call(CIOUT, a=byte)
    c64.call(UNLSN)


def receive(c64: Subject, secondary: int, limit: int) -> bytes:
    """Bytes until the last, at most so many."""
    data = b""
    c64.call(TALK, a=8)
    c64.call(TKSA, a=secondary)
    while len(data) < limit and not c64.byte(STATUS):
        data += bytes([c64.call(ACPTR).a])
    c64.call(UNTLK)
    return data


@pytest.fixture(autouse=True)
def status(c64: Subject) -> None:
    c64.poke(STATUS, 0)


def test_a_command_and_its_answer(c64: Subject) -> None:
    """PRG: LISTEN, SECOND, CIOUT, UNLSN; TALK, TKSA, ACPTR, UNTLK."""
    send(c64, 0x6F, b"I0")
    assert receive(c64, 0x6F, 40).rstrip(b"\r") == b"00, OK,00,00"


def test_the_last_byte_sets_the_status(c64: Subject) -> None:
    """PRG, READST: bit 6 after the last ACPTR."""
    send(c64, 0x6F, b"I0")
    receive(c64, 0x6F, 40)
    assert c64.byte(STATUS) == 0x40


def test_a_file_by_the_bus_alone(c64: Subject) -> None:
    """1541 User's Guide: $F0 opens, $60 talks, $E0 closes."""
    send(c64, 0xF2, b"SHORT,P,R")
    assert receive(c64, 0x62, 40) == bytes([0x00, 0x20, 1, 2, 3])
    send(c64, 0xE2, b"")


def test_a_listener_that_is_not_there(c64: Subject) -> None:
    """PRG, READST: bit 7, device not present."""
    c64.call(LISTEN, a=9)
    c64.call(SECOND, a=0x6F)
    assert c64.call(READST).a & 0x80


def test_a_talker_that_is_not_there(c64: Subject) -> None:
    """PRG, READST: bit 7, device not present."""
    c64.call(TALK, a=9)
    assert c64.call(READST).a & 0x80


def test_a_device_that_is_there(c64: Subject) -> None:
    """READST: 0."""
    c64.call(LISTEN, a=8)
    c64.call(SECOND, a=0x6F)
    assert c64.byte(STATUS) == 0
    c64.call(UNLSN)


def test_acptr_gives_the_byte_in_a(c64: Subject) -> None:
    """PRG, ACPTR; its flags are not promised."""
    send(c64, 0x6F, b"I0")
    c64.call(TALK, a=8)
    c64.call(TKSA, a=0x6F)
    assert c64.call(ACPTR).a == ord("0")
    c64.call(UNTLK)


def test_ciout_keeps_the_byte(c64: Subject) -> None:
    """PRG, CIOUT: the byte is buffered, registers affected: none; sent, the last with EOI, by UNLSN."""
    c64.call(LISTEN, a=8)
    c64.call(SECOND, a=0x6F)
    assert c64.call(CIOUT, a=ord("I")).a == ord("I")
    c64.call(CIOUT, a=ord("0"))
    c64.call(UNLSN)
    assert receive(c64, 0x6F, 2) == b"00"
