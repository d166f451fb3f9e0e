"""Squeezes the program's code and tables, so that a floppy has less to load; `expand.s` makes them again at the start.

Bytes are made from the last to the first, each item of the stream some of them: bytes that stand in the stream, or a
repetition of what was made `distance` bytes before. So the stream may lie where the first of them will be: see
`squeeze`. The stream too is read from its end. In the order in which it is read:

    item         0 length bytes: `length` bytes of the stream
                 1 new distance, length - 1: a repetition
    after bytes  0 length: a repetition at the same distance as the one before
                 1 new distance, length - 1: a repetition
                 but after LONGEST bytes an item as above
    number n     n in binary without its leading 1, before each bit a 1; then a 0
    distance     the number (distance - 1) / 256 + 1, the byte (distance - 1) % 256

Bits are taken from a byte of the stream, the highest first; the next such byte is read when the first of its bits is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

FIRST_SQUEEZED, LAST_SQUEEZED = "SPARE", "RODATA"  # segments, at the program's end
LONGEST = 255  # bytes of an item
SHORTEST = 2  # repetition at a new distance
SEED = 3  # bytes that places of a longer repetition have in common
PLACES = 16  # looked at for each byte
SHORTENED = 16  # by how many bytes a repetition may be shorter than it could
BYTE_BITS = 8
UNREACHED = 1 << 60
NUMBER_BITS = (0, *(2 * number.bit_length() - 1 for number in range(1, 1 << 9)))


@dataclass(frozen=True)
class Item:
    """`length` bytes as they are, where `distance` is 0, or repeated from `distance` bytes before."""

    length: int
    distance: int


def squeeze(data: bytes) -> bytes | None:
    """A stream that makes `data`, if it can lie where data's first bytes will be: none of it is overwritten unread.

    None where it can't, which is where there is too little to gain.
    """
    stream = _Stream()
    backwards = data[::-1]
    left_after = []  # (bytes of the stream read, bytes made) after each item
    made = distance = 0
    after_bytes = False
    for item in _best_items(backwards):
        if not item.distance:
            stream.bit(0)
            stream.number(item.length)
            stream.content += backwards[made : made + item.length]
        elif after_bytes and item.distance == distance:
            stream.bit(0)
            stream.number(item.length)
        else:
            stream.bit(1)
            stream.number((item.distance - 1) // 256 + 1)
            stream.content.append((item.distance - 1) % 256)
            stream.number(item.length - 1)
        after_bytes = not item.distance and item.length < LONGEST
        distance = item.distance or distance
        made += item.length
        left_after.append((len(stream.content), made))
    size = len(stream.content)
    if any(size - read > len(data) - made for read, made in ((0, 0), *left_after)):
        return None
    return bytes(stream.content[::-1])


def expand(stream: bytes, size: int) -> bytes:
    """The `size` bytes that a stream makes."""
    source = iter(stream[::-1])
    bits: list[int] = []

    def bit() -> int:
        if not bits:
            byte = next(source)
            bits.extend(byte >> place & 1 for place in range(BYTE_BITS))
        return bits.pop()

    def number() -> int:
        found = 1
        while bit():
            found = 2 * found + bit()
        return found

    made = bytearray()
    distance = 0
    after_bytes = False
    while len(made) < size:
        new = bit()
        if not new and not after_bytes:
            length = number()
            made += bytes(next(source) for _ in range(length))
            after_bytes = length < LONGEST
            continue
        if new:
            distance = (number() - 1) * 256 + next(source) + 1
        for _ in range(number() + new):
            made.append(made[-distance])
        after_bytes = False
    return bytes(made[::-1])


class _Stream:
    """The stream as it is read, from its first byte on."""

    def __init__(self) -> None:
        self.content = bytearray()
        self._bits_at = 0
        self._bits_free = 0

    def bit(self, bit: int) -> None:
        if not self._bits_free:
            self._bits_at = len(self.content)
            self.content.append(0)
            self._bits_free = BYTE_BITS
        self._bits_free -= 1
        self.content[self._bits_at] |= bit << self._bits_free

    def number(self, number: int) -> None:
        for place in reversed(range(number.bit_length() - 1)):
            self.bit(1)
            self.bit(number >> place & 1)
        self.bit(0)


def _best_items(data: bytes) -> list[Item]:
    """The items that make `data` with few bits: the cheapest way to each byte is the way to those before, extended.

    A way that ends with a repetition is kept for each byte, and one that ends with bytes of the stream, since what
    may follow differs. For both, the distance of the last repetition.
    """
    end = len(data)
    repeated = [UNREACHED] * (end + 1)  # bits of the way that ends with a repetition
    repeated_distance = [0] * (end + 1)
    repeated_item: list[tuple[int, bool, Item]] = [(0, False, Item(0, 0))] * (end + 1)  # from where, after bytes, item
    plain = [UNREACHED] * (end + 1)  # of the way that ends with bytes
    plain_distance = [0] * (end + 1)
    plain_length = [0] * (end + 1)
    plain_joined = [False] * (end + 1)  # to LONGEST bytes before
    repeated[0] = 0
    before: list[int] = []  # the last place with the same SEED bytes
    latest: dict[bytes, int] = {}

    def reach(start: int, after_bytes: bool, lengths: Iterable[int], distance: int, bits: int, less: int) -> None:
        for length in lengths:
            cost = bits + NUMBER_BITS[length - less]
            if cost < repeated[start + length]:
                repeated[start + length] = cost
                repeated_distance[start + length] = distance
                repeated_item[start + length] = start, after_bytes, Item(length, distance)

    for at in range(end):
        from_repetition = repeated[at] + 1 + NUMBER_BITS[1] + BYTE_BITS
        length = plain_length[at]
        one_more = 1 + NUMBER_BITS[1] if length == LONGEST else NUMBER_BITS[length + 1] - NUMBER_BITS[length]
        from_bytes = plain[at] + one_more + BYTE_BITS
        follows = from_bytes <= from_repetition
        plain[at + 1] = from_bytes if follows else from_repetition
        plain_distance[at + 1] = plain_distance[at] if follows else repeated_distance[at]
        plain_length[at + 1] = length % LONGEST + 1 if follows else 1
        plain_joined[at + 1] = follows and (length == LONGEST or plain_joined[at])

        distance = plain_distance[at]
        if distance and length != LONGEST and data[at] == data[at - distance]:
            most = _common(data, at - distance, at)
            reach(at, True, _lengths(1, most), distance, plain[at] + 1, 0)
        after_bytes = plain[at] < repeated[at]
        bits = min(plain[at], repeated[at]) + 1 + BYTE_BITS
        pair, seed = data[at : at + SHORTEST], data[at : at + SEED]
        place = latest.get(pair, -1)
        if place >= 0 and len(pair) == SHORTEST:
            distance = at - place
            reach(at, after_bytes, (SHORTEST,), distance, bits + NUMBER_BITS[(distance - 1) // 256 + 1], 1)
        place = latest.get(seed, -1)
        longest = SHORTEST
        for _ in range(PLACES):
            if place < 0 or longest == LONGEST:
                break
            most = _common(data, place, at)
            if most > longest:
                distance = at - place
                new = bits + NUMBER_BITS[(distance - 1) // 256 + 1]
                reach(at, after_bytes, _lengths(longest + 1, most), distance, new, 1)
                longest = most
            place = before[place]
        before.append(latest.get(seed, -1) if len(seed) == SEED else -1)
        latest[seed] = latest[pair] = at

    items = []
    at, in_bytes = end, plain[end] < repeated[end]
    while at:
        if in_bytes:
            items.append(Item(plain_length[at], 0))
            in_bytes = plain_joined[at]
            at -= plain_length[at]
        else:
            start, in_bytes, item = repeated_item[at]
            items.append(item)
            at = start
    return items[::-1]


def _lengths(fewest: int, most: int) -> Iterable[int]:
    """Those that are tried where up to `most` bytes are alike."""
    return range(fewest, most + 1) if most - fewest < SHORTENED else (*range(fewest, fewest + SHORTENED), most)


def _common(data: bytes, place: int, at: int) -> int:
    """How many bytes are alike from both places on, up to LONGEST."""
    most = min(LONGEST, len(data) - at)
    length = 0
    while length < most and data[place + length] == data[at + length]:
        length += 1
    return length
