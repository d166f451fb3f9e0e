"""What a drive says of itself: status lines and directories, whole and broken."""

from __future__ import annotations

import pytest

from soulrig.errors import Fault
from soulrig.link.dos import DriveFault, Entry, Status, parse_listing, parse_status


def line(number: int, text: bytes) -> bytes:
    return b"\x01\x01" + number.to_bytes(2, "little") + text + b"\0"


LISTING = (
    b"\x01\x04"
    + line(0, b'\x12"THE NAME        " ID 2A')
    + line(17, b'  "SOUL"             PRG  ')
    + line(3, b'   "A,B"             *SEQ<')
    + line(644, b"BLOCKS FREE.             ")
    + b"\0\0"
)


@pytest.mark.parametrize(
    ("text", "status", "failed"),
    [
        (b"00, OK,00,00\r", Status(0, "OK", 0, 0), False),
        (b"01,FILES SCRATCHED,03,00\r", Status(1, "FILES SCRATCHED", 3, 0), False),
        (b"26,WRITE PROTECT ON,18,01\r", Status(26, "WRITE PROTECT ON", 18, 1), True),
        (b"73,CBM DOS V2.6 1541,00,00\r", Status(73, "CBM DOS V2.6 1541", 0, 0), False),
        (b"72,DISK FULL,00,00\r\0", Status(72, "DISK FULL", 0, 0), True),
        (b"00,SD2IEC, V1.0,00,00\r", Status(0, "SD2IEC, V1.0", 0, 0), False),
    ],
)
def test_a_status_line(text: bytes, status: Status, failed: bool) -> None:
    assert parse_status(text) == status
    assert status.failed is failed


@pytest.mark.parametrize("text", [b"", b"\r", b"OK", b"00, OK", b"\xff\xff\xff"])
def test_what_is_no_status_line(text: bytes) -> None:
    with pytest.raises(Fault, match="expected one like '00, OK,00,00'"):
        parse_status(text)


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (21, "formatted"),
        (23, "damaged"),
        (26, "write-protected"),
        (27, "damaged"),
        (31, "is it a disk drive"),
        (72, "full"),
        (74, "no disk"),
        (99, "manual"),
    ],
)
def test_every_error_says_what_to_do(number: int, advice: str) -> None:
    fault = DriveFault(8, Status(number, "SOME ERROR", 18, 1), "track 18 sector 1 to be written")
    assert f"drive 8, track 18 sector 1 to be written: {number},SOME ERROR,18,01; " in str(fault)
    assert advice in str(fault)


def test_a_directory() -> None:
    listing = parse_listing(LISTING)
    assert (listing.label, listing.identifier, listing.blocks_free) == (b"THE NAME", b"ID 2A", 644)
    assert listing.entries == (Entry(17, b"SOUL", "PRG"), Entry(3, b"A,B", "*SEQ<"))


@pytest.mark.parametrize("size", [0, 1, 2, 10, 30])
def test_a_directory_that_breaks_off_is_none(size: int) -> None:
    with pytest.raises(Fault, match="directory can't be read"):
        parse_listing(LISTING[:size])
