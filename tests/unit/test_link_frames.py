"""The frame codec, against a CRC of its own and with every kind of damage."""

from __future__ import annotations

import random

import pytest

from soulrig.link.frames import Frame, Parser, crc16

FRAMES = [
    Frame(0, 1, 0x1234, b"identity"),
    Frame(255, 2),
    Frame(7, 3, 0xFFFF, bytes(range(256)) * 4),
    Frame(8, 4, 0x5A5A, b"\x5a\xc3\xff" * 9),
]


def naive_crc(data: bytes) -> int:
    """Division by x^16 + x^12 + x^5 + 1, bit by bit."""
    register = 0xFFFF
    for byte in data:
        for bit in range(7, -1, -1):
            carry = (register >> 15) ^ (byte >> bit & 1)
            register = register << 1 & 0xFFFF
            if carry:
                register ^= 0x1021
    return register


def test_the_crc_is_the_polynomial_and_the_documented_vector() -> None:
    assert crc16(b"123456789") == 0x29B1
    rng = random.Random(1)
    for length in (0, 1, 2, 6, 300):
        data = rng.randbytes(length)
        assert crc16(data) == naive_crc(data)


def test_a_frame_lies_as_documented() -> None:
    encoded = Frame(1, 0x1C, 0x2000, b"\x00\x04").encode(preamble=2)
    fields = bytes([1, 0x1C, 0x00, 0x20, 2, 0])
    header = naive_crc(fields)
    both = naive_crc(fields + b"\x00\x04")
    assert encoded == b"\xff\xff\x5a" + fields + header.to_bytes(2, "big") + b"\x00\x04" + both.to_bytes(
        2, "big"
    ) + bytes([0xC3])


@pytest.mark.parametrize("piece", [1, 3, 1000])
def test_frames_are_found_however_they_come(piece: int) -> None:
    stream = b"noise" + b"".join(frame.encode(preamble=5) for frame in FRAMES)
    parser = Parser()
    found = [frame for begin in range(0, len(stream), piece) for frame in parser.feed(stream[begin : begin + piece])]
    assert found == FRAMES
    assert not parser.waits


@pytest.mark.parametrize("seed", range(300))
def test_of_a_damaged_stream_nothing_wrong_is_taken(seed: int) -> None:
    """Bytes lost, doubled and changed: what is found was sent, in order; the last frame, whole, always is."""
    rng = random.Random(seed)
    sent = [Frame(n, 3, rng.randrange(0x10000), rng.randbytes(rng.choice((0, 1, 40, 200)))) for n in range(20)]
    stream = bytearray()
    for byte in b"".join(frame.encode() for frame in sent):
        match rng.randrange(400):
            case 0:
                pass
            case 1:
                stream += bytes([byte, byte])
            case 2:
                stream.append(byte ^ 1 << rng.randrange(8))
            case _:
                stream.append(byte)
    parser = Parser()
    whole = [frame for frame in (*parser.feed(bytes(stream)), *parser.silence()) if not frame.damaged]
    last = Frame(99, 2)
    whole += [frame for frame in parser.feed(last.encode()) if not frame.damaged]
    assert whole[-1] == last
    numbers = [frame.sequence for frame in whole]
    assert numbers == sorted(set(numbers))
    assert all(frame == sent[frame.sequence] for frame in whole[:-1])
    assert len(whole) > 2


def test_a_frame_that_stops_midway_is_told_by_its_header() -> None:
    parser = Parser()
    assert parser.feed(FRAMES[2].encode()[:-1]) == []
    assert parser.waits
    assert parser.silence() == [Frame(7, 3, 0xFFFF, damaged=True)]
    assert parser.feed(FRAMES[0].encode()) == [FRAMES[0]]
