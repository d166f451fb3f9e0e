"""Squeezing: what is made from the stream is what went in, and the stream may lie in its place."""

import random

import pytest

from soulrig.buildtools.squeeze import LONGEST, expand, squeeze


def code_like(chance: random.Random, size: int) -> bytes:
    """Templates again and again, with other numbers in them, runs of zeros, and what is like nothing else."""
    templates = [chance.randbytes(chance.randrange(3, 40)) for _ in range(6)]
    data = bytearray()
    while len(data) < size:
        kind = chance.random()
        if kind < 0.1:
            data += chance.randbytes(chance.randrange(1, 60))
        elif kind < 0.15:
            data += bytes(chance.randrange(1, 600))
        else:
            template = bytearray(chance.choice(templates))
            template[chance.randrange(len(template))] = chance.randrange(256)
            data += template
    return bytes(8) + data


@pytest.mark.parametrize("seed", range(20))
def test_what_was_squeezed_comes_back(seed: int) -> None:
    chance = random.Random(seed)
    data = code_like(chance, chance.randrange(200, 3000))
    stream = squeeze(data)
    assert stream is not None
    assert len(stream) < len(data)
    assert expand(stream, len(data)) == data


@pytest.mark.parametrize(
    "plain", [LONGEST - 1, LONGEST, LONGEST + 1, 2 * LONGEST, 2 * LONGEST + 1, 3 * LONGEST], ids=lambda size: str(size)
)
def test_items_of_the_greatest_length(plain: int) -> None:
    middle = random.Random(2).randbytes(plain)
    data = bytes(3 * LONGEST + 1) + middle + bytes(LONGEST) + middle
    stream = squeeze(data)
    assert stream is not None
    assert expand(stream, len(data)) == data


class InPlace:
    """The program's way, written down once more: one memory, the stream at its begin, bytes made from its end down."""

    def __init__(self, stream: bytes, size: int) -> None:
        self.memory = bytearray(stream) + bytes(size - len(stream))
        self.read_at, self.made_at, self.bits = len(stream), size, ""

    def byte(self) -> int:
        self.read_at -= 1
        return self.memory[self.read_at]

    def bit(self) -> str:
        if not self.bits:
            self.bits = f"{self.byte():08b}"
        first, self.bits = self.bits[0], self.bits[1:]
        return first

    def number(self) -> int:
        digits = "1"
        while self.bit() == "1":
            digits += self.bit()
        return int(digits, 2)

    def make(self, byte: int) -> None:
        self.made_at -= 1
        assert self.made_at >= self.read_at, "the stream is overwritten unread"
        self.memory[self.made_at] = byte

    def run(self) -> bytes:
        distance = 0
        plain = False
        while self.made_at:
            if self.bit() == "1":
                high = self.number() - 1
                distance = high * 256 + self.byte() + 1
                length, plain = self.number() + 1, False
            elif plain:
                length, plain = self.number(), False
            else:
                length = self.number()
                for _ in range(length):
                    self.make(self.byte())
                plain = length < LONGEST
                continue
            for _ in range(length):
                self.make(self.memory[self.made_at - 1 + distance])
        return bytes(self.memory)


@pytest.mark.parametrize("seed", range(5))
def test_a_stream_lies_where_the_first_bytes_are_made(seed: int) -> None:
    data = code_like(random.Random(seed), 4000)
    stream = squeeze(data)
    assert stream is not None
    assert InPlace(stream, len(data)).run() == data


def test_what_gains_nothing_stays_as_it_is() -> None:
    assert squeeze(random.Random(3).randbytes(500)) is None


def test_nothing_is_squeezed_to_nothing() -> None:
    assert squeeze(b"") == b""
    assert expand(b"", 0) == b""
