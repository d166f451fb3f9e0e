"""The simulator's disk drive, byte by byte on the serial bus."""

from __future__ import annotations

from pathlib import Path

import pytest
from sim_boards import bare, bare_kernal, put, run

from soulrig.buildtools.disk_image import make_d64, read_disk
from soulrig.sim.drive import Drive, matches
from soulrig.sim.serial import SIGNATURES, entries

LISTEN, UNLISTEN, TALK, UNTALK = 0x28, 0x3F, 0x48, 0x5F
LONG = bytes(range(256)) * 3


@pytest.fixture
def drive(tmp_path: Path) -> Drive:
    image = tmp_path / "disk.d64"
    image.write_bytes(make_d64("a disk", "xy", {"first": b"\x01\x08one", "second": LONG}))
    drive = Drive()
    drive.disk = read_disk(image)
    return drive


def open_file(drive: Drive, name: bytes, channel: int = 0) -> None:
    assert drive.send_command(LISTEN) == 0
    assert drive.send_secondary(0xF0 | channel) == 0
    assert [drive.send(byte) for byte in name] == [0] * len(name)
    drive.send_command(UNLISTEN)


def receive_all(drive: Drive, channel: int = 0) -> tuple[bytes, int]:
    """Everything up to the end, and the status at the end."""
    drive.send_command(TALK)
    drive.send_secondary(0x60 | channel)
    received, status = b"", 0
    while not status:
        byte, status = drive.receive()
        received += bytes([byte])
    drive.send_command(UNTALK)
    return received, status


def message(drive: Drive) -> bytes:
    return receive_all(drive, 15)[0]


@pytest.mark.parametrize(
    ("name", "content"),
    [(b"FIRST", b"\x01\x08one"), (b"SECOND", LONG), (b"*", b"\x01\x08one"), (b"0:S?C*", LONG), (b"SECOND,P,R", LONG)],
)
def test_a_file_by_name(drive: Drive, name: bytes, content: bytes) -> None:
    message(drive)
    open_file(drive, name)
    assert receive_all(drive) == (content, 0x40)
    assert message(drive) == b"00, OK,00,00\r"


def test_two_files_at_once(drive: Drive) -> None:
    open_file(drive, b"FIRST", 2)
    open_file(drive, b"SECOND", 3)
    assert receive_all(drive, 3)[0] == LONG
    assert receive_all(drive, 2)[0] == b"\x01\x08one"


def test_no_such_file(drive: Drive) -> None:
    open_file(drive, b"THIRD")
    assert receive_all(drive)[1] == 0x42
    assert message(drive) == b"62,FILE NOT FOUND,00,00\r"
    assert message(drive) == b"00, OK,00,00\r"


def test_the_drive_says_its_name_after_power_up_and_reset(drive: Drive) -> None:
    assert message(drive).startswith(b"73,CBM DOS")
    drive.reset()
    assert message(drive).startswith(b"73,CBM DOS")


def test_no_disk() -> None:
    drive = Drive()
    open_file(drive, b"*")
    assert receive_all(drive)[1] == 0x42
    assert message(drive) == b"74,DRIVE NOT READY,00,00\r"


def test_the_disk_is_not_written_to(drive: Drive) -> None:
    open_file(drive, b"NEW", 1)
    assert message(drive) == b"26,WRITE PROTECT ON,00,00\r"


@pytest.mark.parametrize("device", [4, 9, 30])
def test_no_other_device_answers(drive: Drive, device: int) -> None:
    assert drive.send_command(0x20 + device) == 0x80
    assert drive.send_secondary(0xF0) == 0x80
    assert drive.send(65) == 0x80
    assert drive.send_command(0x40 + device) == 0x80
    assert drive.receive()[1] & 0x80


def test_the_directory_is_a_program(drive: Drive) -> None:
    open_file(drive, b"$")
    listing, _ = receive_all(drive)
    assert listing[:2] == b"\x01\x04"
    assert b'\0\0\x12"A DISK          " XY 2A\0' in listing
    assert b'\x01\0   "FIRST"            PRG  \0' in listing
    assert b'\x04\0   "SECOND"           PRG  \0' in listing
    assert (659).to_bytes(2, "little") + b"BLOCKS FREE." in listing
    open_file(drive, b"$:S*")
    assert b"FIRST" not in receive_all(drive)[0]


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [(b"ABC", True), (b"AB", False), (b"ABCD", False), (b"A?C", True), (b"ABC*", True), (b"B*", False)],
)
def test_wildcards(pattern: bytes, fits: bool) -> None:
    assert matches(b"ABC", pattern) is fits


def signed_kernal() -> bytes:
    kernal = bytearray(bare_kernal())
    for address, signature in SIGNATURES.items():
        kernal[address - 0xE000 : address - 0xE000 + len(signature)] = signature
    kernal[0xEDAB - 0xE000] = 0x60
    return bytes(kernal)


def test_entries_are_served_only_where_the_kernal_has_their_bytes() -> None:
    assert entries(bare_kernal()) == []
    assert entries(signed_kernal()) == [0xED24, 0xED37, 0xED41, 0xEE14, 0xEEA9]
    changed = bytearray(signed_kernal())
    changed[0x0D25] ^= 1
    assert 0xED24 not in entries(bytes(changed))


def test_a_served_entry_returns_with_carry_and_mask_clear_and_can_be_read() -> None:
    computer = bare(kernal=signed_kernal())
    put(computer, 0x90, "00")
    run("A9 29 85 95 38 78 20 24 ED", computer=computer)  # LISTEN to device 9
    assert computer.banks.cells[0x90] == 0x80
    assert computer.cpu.p & 0x05 == 0
    assert run("AD 24 ED", computer=computer).cpu.a == 0x20


def test_a_served_entry_under_ram_is_not_served() -> None:
    computer = bare(kernal=signed_kernal())
    put(computer, 0xED24, "A2 77 60")
    put(computer, 0x00, "2F")
    assert run("A9 35 85 01 20 24 ED A9 37 85 01", computer=computer).cpu.x == 0x77
