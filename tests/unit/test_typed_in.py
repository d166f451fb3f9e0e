"""The packet that the typed-in listing takes, and the listing as BASIC and the guide have it."""

from __future__ import annotations

import pytest

from soulrig.errors import BadInput
from soulrig.link import typed_in
from soulrig.link.line import Line
from soulrig.link.typed_in import BAUD, LISTINGS, START, packet, send


def taken(sent: bytes) -> tuple[bytes, bool]:
    """What the listing makes of bytes on the line, line by line: the program, and whether its sum is right."""
    line = iter(sent)
    while next(line) != ord("*"):  # line 20
        pass
    length = next(line) + 256 * next(line)  # line 30
    program = bytes(next(line) for _ in range(length))  # line 40
    checksum = next(line) + 256 * next(line)  # line 50
    assert list(line) == []
    return program, sum(program) % 65536 == checksum  # line 60


@pytest.mark.parametrize("length", [1, 255, 256, 4096])
def test_a_program_arrives(length: int) -> None:
    program = bytes((7 * n ^ n >> 8 | 0x2A) & 0xFF for n in range(length))
    assert taken(packet(START.to_bytes(2, "little") + program)) == (program, True)


def test_a_first_byte_that_arrives_shifted_does_no_harm() -> None:
    sent = packet(b"\x00\xc0\x60")
    for garbled in range(256):
        if garbled != ord("*"):
            assert taken(bytes([garbled]) + sent[1:]) == (b"\x60", True)


@pytest.mark.parametrize("program", [b"\x00\xc0", b"\x01\x08\x60", b"\x00\xc0" + bytes(4097), b""])
def test_what_the_listing_has_no_place_for_is_refused(program: bytes) -> None:
    with pytest.raises(BadInput, match=r"for \$C000, of 4096 bytes at most"):
        packet(program)


class Written(Line):
    """A line that keeps what is written, and takes no time."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.pieces.append(data)


def test_all_of_it_is_sent_in_order_and_no_faster_than_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr(typed_in.time, "monotonic", lambda: now)
    monkeypatch.setattr(typed_in.time, "sleep", sleep)
    line, told = Written(), []
    send(line, bytes(range(40)), told.append)
    assert b"".join(line.pieces) == bytes(range(40))
    assert told == [16, 32, 40]
    assert now == pytest.approx(40 * 10 / BAUD)


@pytest.mark.parametrize("listing", LISTINGS.values(), ids=LISTINGS)
def test_every_line_fits_the_editor_and_can_be_typed_as_it_stands(listing: tuple[str, ...]) -> None:
    for line in listing:
        assert len(line) <= 78  # the screen editor takes 80, and the cursor stands behind
        assert line == line.upper()
