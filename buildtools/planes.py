"""Matrices as bit planes: how the engine's products by subset sums want weights, and what a product costs.

The inputs of a product are split into groups of up to eight. The engine tables the sums of every subset of a group; a
weight's bit, of all inputs of a group, is then one index into that table. So a row is stored as bit planes: a weight w
of a row that needs k bits is u = w + 2^(k-1), and plane t (0 the highest) holds a byte a group: bit j is bit k-1-t of
the u of the group's input j. Rows are sorted by k, widest first, so that each plane is a list of the first rows only.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from soulrig.errors import BadInput

Array = npt.NDArray[Any]

PLANES = 8
LARGEST_GROUP = 8  # inputs; with |x| < 2^13 the sums stay in 16 bits
LOW_INPUTS = 4  # of a group; the engine makes a table by runs of all their sums
SMALLEST_TABLE = 1 << LOW_INPUTS  # entries
LARGEST_BLOCK = 128  # rows
PAGE = 256
WORD_LIMIT = 127  # sum |x|, as the engine rounds it, must be below 256 times this for the product in 16 bits
LARGEST_CHUNK = 32  # inputs of a row at once, where no norm bounds them
LARGEST_FRACTION = 2  # dropped bits that the 16-bit product can keep, for shifts less than a row's planes want

# Cycles: of a row's plane, a group in it, a further pair of groups; of a table's entry, of a group besides.
PLANE, LOOKUP, PAIR = 11, 18, 6
ENTRY, GROUP = 24, 1200
CODE = 210  # bytes, of a group
BYTE_WORTH = 3  # cycles a token that a byte of memory is worth


@dataclass(frozen=True)
class Group:
    """Inputs `first` .. `first + size - 1` of a product, their table at `table` bytes from the tables' begin."""

    first: int
    size: int
    table: int

    @property
    def entries(self) -> int:
        """Of its table."""
        return max(SMALLEST_TABLE, 1 << self.size)


def group_inputs(inputs: int, plane_rows: int, sets: int, *, tight: bool, chunks: int = 1) -> tuple[Group, ...]:
    """The groups for a soul's products of `inputs` numbers: `plane_rows` planes of rows, `sets` sets of tables a token.

    The best for speed, with an eye on memory, or if `tight` those that take the least memory. The inputs come in
    `chunks` of one size and of the same groups. Two groups at least, as the engine's code has them.
    """
    most_entries = max(4 * PAGE, 11 * inputs) // chunks
    inputs //= chunks

    def sizes(count: int) -> list[int]:
        return [inputs // count + (number < inputs % count) for number in range(count)]

    def entries(count: int) -> int:
        return sum(max(SMALLEST_TABLE, 1 << size) for size in sizes(count))

    def cost(count: int) -> int:
        memory = count * (chunks * plane_rows + CODE) + 2 * chunks * entries(count)
        if tight:
            return memory
        row = count * LOOKUP + (count - 1) // 2 * PAIR + PLANE
        return chunks * (sets * (entries(count) * ENTRY + count * GROUP) + plane_rows * row) + memory * BYTE_WORTH

    fewest = max(2, -(-inputs // LARGEST_GROUP))
    most = max(fewest, inputs // LOW_INPUTS)
    counts = [count for count in range(fewest, most + 1) if tight or entries(count) <= most_entries]
    return groups_of(sizes(min(counts or [most], key=cost)) * chunks)


def chunks_of(inputs: int) -> int:
    """How many chunks of one size, LARGEST_CHUNK at most, inputs come in that no norm bounds."""
    return next(count for count in range(-(-inputs // LARGEST_CHUNK), inputs + 1) if inputs % count == 0)


def groups_of(sizes: list[int]) -> tuple[Group, ...]:
    """Groups of these sizes, largest first, one after the other."""
    groups = []
    first = table = 0
    for size in sizes:
        groups.append(Group(first, size, table))
        first += size
        table += groups[-1].entries
    return tuple(groups)


def bits_needed(row: Array, bias: int = 0) -> int:
    """k with -2^(k-1) <= w < 2^(k-1) for the row's weights, and its sum over any int16 less than 2^(23+k-1) in size."""
    low, high = int(row.min()), int(row.max())
    worst = int(np.abs(row.astype(np.int64)).sum()) * 32767 + abs(bias)
    return next(k for k in range(1, PLANES + 1) if k == PLANES or (-low <= 1 << k - 1 > high and worst < 1 << 22 + k))


@dataclass(frozen=True)
class Block:
    """Up to LARGEST_BLOCK rows of a matrix, as the engine takes them at once."""

    order: tuple[int, ...]  # row of the matrix, by the row here
    plane_rows: tuple[int, ...]  # PLANES numbers: how many rows plane t has
    data: bytes  # chunk after chunk; in it the planes, the lowest bits first; in it group after group, a byte a row

    def bits(self, row: int) -> int:
        """k of a row, by its index here."""
        return sum(count > row for count in self.plane_rows)


def streams(groups: tuple[Group, ...], chunks: int) -> Iterator[tuple[int, Group]]:
    """Plane and group of a block's bytes, in the order in which they lie; `chunks` of equally many of the groups."""
    count = len(groups) // chunks
    for first in range(0, len(groups), count):
        yield from itertools.product(reversed(range(PLANES)), groups[first : first + count])


def pack_block(matrix: Array, bits: list[int], rows: range, groups: tuple[Group, ...], chunks: int) -> Block:
    """The block of `rows` of a matrix (R, C) int8 whose rows need `bits` (R)."""
    order = sorted(rows, key=lambda row: -bits[row])
    counts = [sum(bits[row] > plane for row in order) for plane in range(PLANES)]
    data = []
    for plane, group in streams(groups, chunks):
        members = np.array(order[: counts[plane]], np.int64)
        weights = matrix[members, group.first : group.first + group.size].astype(np.int64)
        widths = np.array([bits[row] for row in members.tolist()], np.int64)[:, np.newaxis]
        plane_bits = (weights + (1 << widths - 1)) >> (widths - 1 - plane) & 1
        data.append((plane_bits << np.arange(group.size)).sum(axis=1).astype(np.uint8).tobytes())
    return Block(tuple(order), tuple(counts), b"".join(data))


def read_blocks(data: bytes, plane_rows: list[tuple[int, ...]], groups: tuple[Group, ...]) -> list[Block]:
    """The blocks that lie one after the other at the begin of `data`, each its order of rows, then its planes."""
    blocks = []
    for counts in plane_rows:
        planes = counts[0] + sum(counts) * len(groups)
        blocks.append(Block(tuple(data[: counts[0]]), counts, data[counts[0] : planes]))
        data = data[planes:]
    return blocks


def unpack_block(block: Block, groups: tuple[Group, ...], chunks: int) -> Array:
    """The weights (rows of the block, C) int8, in the block's order."""
    rows, inputs = len(block.order), groups[-1].first + groups[-1].size
    widths = np.array([block.bits(row) for row in range(rows)], np.int64)[:, np.newaxis]
    weights = np.zeros((rows, inputs), np.int64)
    offset = 0
    for plane, group in streams(groups, chunks):
        count = block.plane_rows[plane]
        indices = np.frombuffer(block.data, np.uint8, count, offset).astype(np.int64)[:, np.newaxis]
        plane_bits = indices >> np.arange(group.size) & 1
        weights[:count, group.first : group.first + group.size] += plane_bits << widths[:count] - 1 - plane
        offset += count
    return (weights - (1 << widths - 1)).astype(np.int8)


@dataclass(frozen=True)
class PackedMatrix:
    """A matrix (R, C) int8 with its total shift S and its biases (R,), 0 where it has none."""

    groups: tuple[Group, ...]
    chunks: int
    shift: int
    blocks: tuple[Block, ...]
    biases: tuple[bytes, ...]  # a block, as pack_bias has them

    @property
    def fraction(self) -> int:
        """How many of the bits that the halvings drop its results need."""
        return max(max(block.bits(0) - 1 - self.shift for block in self.blocks), 0)

    @property
    def limit(self) -> int:
        """Below 256 times this, sum |x| lets the products be made in 16 bits."""
        if self.shift < 0 or self.fraction > LARGEST_FRACTION:
            return 0
        return WORD_LIMIT


def pack_matrix(matrix: Array, shift: int, bias: Array | None, groups: tuple[Group, ...], chunks: int) -> PackedMatrix:
    """The matrix as the engine takes it."""
    biases = np.zeros(len(matrix), np.int64) if bias is None else bias.astype(np.int64)
    bits = [bits_needed(row, int(number)) for row, number in zip(matrix, biases, strict=True)]
    blocks = pack_blocks(matrix, bits, groups, chunks)
    return PackedMatrix(groups, chunks, shift, blocks, tuple(pack_bias(biases, block) for block in blocks))


def pack_blocks(matrix: Array, bits: list[int], groups: tuple[Group, ...], chunks: int) -> tuple[Block, ...]:
    """The blocks of a matrix (R, C) int8 whose rows have `bits` (R).

    Raises BadInput where a weight does not fit its row's bits.
    """
    halves = 1 << np.array(bits, np.int64) - 1
    if (matrix.max(axis=1) >= halves).any() or (matrix.min(axis=1) < -halves).any():
        raise BadInput("a weight needs more bits than its row has")
    rows = len(matrix)
    count = -(-rows // LARGEST_BLOCK)
    ends = [rows * number // count for number in range(count + 1)]
    return tuple(
        pack_block(matrix, bits, range(first, last), groups, chunks) for first, last in itertools.pairwise(ends)
    )


def pack_bias(biases: Array, block: Block) -> bytes:
    """The biases (R,) of a block's rows: of b = high * 2^(k-1) + low the lows, then low and high bytes of high."""
    ordered = biases.astype(np.int64)[list(block.order)]
    widths = np.array([block.bits(row) for row in range(len(block.order))], np.int64)
    high = ordered >> widths - 1
    return np.concatenate([ordered - (high << widths - 1), high & 255, high >> 8 & 255]).astype(np.uint8).tobytes()


def unpack_bias(data: bytes, block: Block) -> Array:
    """The biases (rows of the block,) int16, in the block's order."""
    lows, *halves = np.frombuffer(data, np.uint8, 3 * len(block.order)).reshape(3, -1)
    high = (halves[0] | halves[1].astype(np.int64) << 8).astype(np.uint16).astype(np.int16).astype(np.int64)
    widths = np.array([block.bits(row) for row in range(len(block.order))], np.int64)
    return (lows + (high << widths - 1)).astype(np.int16)
