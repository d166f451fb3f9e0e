"""Packs a soul for the engine: `soul_data.s` for the assembler, with the bytes that it includes, and back again.

Matrices are stored as bit planes with their rows sorted, biases in the same order and split (see planes.py); everything
else keeps the order of the soul file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from soulrig.buildtools.petscii import TEXT, screen_code, to_screen_codes
from soulrig.buildtools.planes import (
    LOW_INPUTS,
    PAGE,
    PLANES,
    Block,
    Group,
    PackedMatrix,
    bits_needed,
    chunks_of,
    group_inputs,
    groups_of,
    pack_bias,
    pack_blocks,
    pack_matrix,
    read_blocks,
    unpack_bias,
    unpack_block,
)
from soulrig.errors import BadInput
from soulrig.model.reference import EXP
from soulrig.model.soul import Sizes, Soul, Tensor
from soulrig.model.tokenizer import FIRST_TEXT, Tokenizer

PACKED_FILE = "soul_data.bin"
MATRICES = ("q", "k", "v", "proj", "fc1_w", "fc2_w")  # of a layer, in the engine's order
INPUTS_A_POLL = 320  # times rows: some 9 K cycles between calls of engine_poll
KEY_BYTES = 24  # of a head's key
IO_RAM = 4096  # bytes under the I/O registers, where the values lie
SUMS_BYTES = 512  # of wide.s
HIGH_RAM = 8177  # bytes under the KERNAL
HIGH_TABLES = 3584  # bytes of tables that may lie there beside the keys
TRIANGLES = 319  # bytes of the table of triangular numbers modulo 255
Plan = Literal["fast", "shared", "tight"]
NOT_PRINTABLE = 0xFF  # in petscii_screen: a code the line editor ignores


@dataclass(frozen=True)
class Body:
    """Code for a way of grouping a row's inputs, which come in `chunks` of the same groups each."""

    groups: tuple[Group, ...]
    chunks: int

    @property
    def inputs(self) -> int:
        """Of a chunk."""
        return (self.groups[-1].first + self.groups[-1].size) // self.chunks


@dataclass(frozen=True)
class Packed:
    """A soul's matrices as the engine takes them, by name, and the bodies: groups that the engine has code for."""

    matrices: dict[str, PackedMatrix]
    bodies: tuple[Body, ...]


def pack_matrices(soul: Soul, *, plan: Plan = "fast") -> Packed:
    """Choose groups, bits and order of rows from a soul's sizes and weights.

    `plan` "fast" has groups of their own for matrices that share their tables of subset sums and for those that do not,
    "shared" the same for both, "tight" those that take the least memory.
    """
    sizes = soul.sizes
    names = matrix_names(sizes)
    bits = {name: sum(bits_needed(row) for row in soul.tensors[name].data) for name in names}

    def choose(kinds: Collection[str], inputs: int, sets: int, chunks: int = 1) -> dict[str, Body]:
        planes = sum(bits[name] for name in names if kind_of(name) in kinds)
        groups = group_inputs(inputs, planes, sets, tight=plan == "tight", chunks=chunks)
        return dict.fromkeys(kinds, Body(groups, chunks))

    if plan == "fast":
        bodies = choose(["many"], sizes.width, sizes.layers + 1) | choose(["few"], sizes.width, 2 * sizes.layers)
    else:
        bodies = choose(["many", "few"], sizes.width, 3 * sizes.layers + 1)
    bodies |= choose(["ffn"], sizes.ffn, sizes.layers, chunks_of(sizes.ffn))
    if sizes.ffn == sizes.width and bodies["ffn"].chunks == 1:
        bodies["ffn"] = bodies["few"]
    matrices = {}
    for name in names:
        tensor = soul.tensors[name]
        bias = soul.tensors[bias_of(name)].data if has_bias(name) else None
        shift = tensor.shift + (name != "out")
        body = bodies[kind_of(name)]
        matrices[name] = pack_matrix(tensor.data, shift, bias, body.groups, body.chunks)
    return Packed(matrices, tuple(dict.fromkeys(bodies.values())))


def kind_of(name: str) -> str:
    """How a matrix is used: "many" rows to a set of tables (q, k and v share one), "few", or "ffn" inputs."""
    part = name.rpartition(".")[2]
    return {"proj": "few", "fc1_w": "few", "fc2_w": "ffn"}.get(part, "many")


def matrix_names(sizes: Sizes) -> list[str]:
    """The matrices in the engine's order: six a layer, then `out`."""
    return [f"layer{layer}.{part}" for layer in range(sizes.layers) for part in MATRICES] + ["out"]


def has_bias(name: str) -> bool:
    """Whether a matrix has a bias."""
    return name.endswith(("fc1_w", "fc2_w"))


def bias_of(name: str) -> str:
    """The name of a matrix's bias."""
    return name[:-1] + "b"


def encoding_of(name: str) -> str:
    """The name of the encoding that the engine wants for a tensor."""
    part = name.rpartition(".")[2]
    if part in MATRICES or part == "out":
        return "planes"
    return "bias" if part in ("fc1_b", "fc2_b") else "rows"


def label_of(name: str) -> str:
    """The assembler label of a tensor's data."""
    return "soul_" + name.replace(".", "_")


def pack(soul: Soul, packed: Packed, tokenizer: Tokenizer) -> tuple[str, bytes]:
    """The source `soul_data.s` and the content of PACKED_FILE that it includes.

    Raises BadInput for a token that the C64's character set can't show.
    """
    parts: list[bytes] = []
    body: list[str] = []
    offset = 0
    for name, *_ in soul.sizes.tensors():
        data = tensor_bytes(name, soul.tensors[name], packed)
        body.append(f'{label_of(name)}: .incbin "{PACKED_FILE}", {offset}, {len(data)}')
        parts.append(data)
        offset += len(data)
    lines = [
        "; Written by soulrig build: the soul's tables and weights.",
        '.segment "RODATA"',
        *_matrix_tables(soul.sizes, packed),
        *_group_tables(packed),
        *_norm_tables(soul),
        *_table("exp_table", EXP.tolist()),
        *_tokenizer_tables(tokenizer),
        *_token_text(tokenizer),
        '.segment "SOUL"',
        f".export token_embedding := {label_of('te')}, position_embedding := {label_of('pe')}",
        *body,
    ]
    return "\n".join(lines) + "\n", b"".join(parts)


def tensor_bytes(name: str, tensor: Tensor, packed: Packed) -> bytes:
    """A tensor as it lies in memory."""
    encoding = encoding_of(name)
    if encoding == "planes":
        return b"".join(bytes(block.order) + block.data for block in packed.matrices[name].blocks)
    if encoding == "bias":
        return b"".join(packed.matrices[name[:-1] + "w"].biases)
    return tensor.data.astype(np.int8).tobytes()


def constants(soul: Soul, packed: Packed) -> dict[str, int]:
    """What the engine's code is made from, for `config.inc`."""
    sizes = soul.sizes
    numbers = {"PLANES": PLANES, "BODIES": len(packed.bodies)}
    numbers["CHUNKS"] = max(body.chunks for body in packed.bodies)
    for number, body in enumerate(packed.bodies):
        numbers[f"GROUPS_{number}"] = len(body.groups) // body.chunks
        numbers[f"CHUNKS_{number}"] = body.chunks
        numbers |= {f"BODY{number}_TABLE_{index}": group.table for index, group in enumerate(body.groups)}
    every = [group for body in packed.bodies for group in body.groups]
    numbers["SMALLEST_GROUP"] = min(group.size for group in every)
    numbers["SUBSET_PAGES"] = -(-max(group.table + group.entries for group in every) // PAGE)
    keys = KEY_BYTES * sizes.layers * sizes.heads * sizes.context
    values = sizes.context * (2 * sizes.layers * sizes.width + 1)
    tops = numbers["SUBSET_PAGES"] * PAGE
    numbers["TOPS_UNDER_IO"] = int(_pages(values) + tops <= IO_RAM)
    tops *= numbers["TOPS_UNDER_IO"]
    numbers["RESTS_UNDER_IO"] = int(_pages(TRIANGLES + values) + tops <= IO_RAM)
    values += numbers["RESTS_UNDER_IO"] * TRIANGLES
    lanes = 2 * sizes.layers * sizes.width + 1
    numbers["SUMS_BESIDE"] = int(lanes <= 2 * PAGE - TRIANGLES)
    sums = lanes if numbers["SUMS_BESIDE"] else 3 * lanes
    numbers["SUMS_UNDER_IO"] = int(_pages(values + sums) + tops <= IO_RAM)
    tables = HIGH_TABLES + (not numbers["RESTS_UNDER_IO"]) * 2 * PAGE
    numbers["TABLES_HIGH"] = int(keys + tables <= HIGH_RAM)
    keys += numbers["TABLES_HIGH"] * tables
    numbers["SUMS_HIGH"] = int(keys + SUMS_BYTES <= HIGH_RAM)
    keys += numbers["SUMS_HIGH"] * SUMS_BYTES
    numbers["VECTORS_HIGH"] = int(keys + 2 * sizes.ffn + 3 * sizes.width <= HIGH_RAM)
    matrices = [matrix for matrix in packed.matrices.values() if matrix.limit]
    numbers["FRACTION"] = max((matrix.fraction for matrix in matrices), default=0)
    return numbers


def _pages(size: int) -> int:
    """Bytes of the pages that so many bytes take."""
    return -(-size // PAGE) * PAGE


def tensor_manifest(soul: Soul, packed: Packed, symbols: dict[str, int]) -> list[dict[str, Any]]:
    """Where each tensor lies in the program's memory, in the soul file's order."""
    entries = []
    for name, _, rows, cols in soul.sizes.tensors():
        encoding = encoding_of(name)
        entry: dict[str, Any] = {
            "name": name,
            "address": symbols[label_of(name)],
            "rows": rows,
            "cols": cols,
            "shift": soul.tensors[name].shift,
            "encoding": encoding,
        }
        if encoding != "rows":
            matrix = name if encoding == "planes" else name[:-1] + "w"
            entry["matrix"] = symbols[label_of(matrix)]
            entry["groups"] = [group.size for group in packed.matrices[matrix].groups]
            entry["chunks"] = packed.matrices[matrix].chunks
            entry["blocks"] = [list(block.plane_rows) for block in packed.matrices[matrix].blocks]
        entries.append(entry)
    return entries


def tokenizer_manifest(tokenizer: Tokenizer, symbols: dict[str, int]) -> dict[str, int]:
    """Where the tokenizer's tables lie, and how long they are."""
    names = ("token_text_lo", "token_text_hi", "merge_left", "merge_right", "char_ids")
    return {"tokens": tokenizer.size, "merges": len(tokenizer.merges)} | {name: symbols[name] for name in names}


def unpack_tensor(memory: bytes, start: int, entry: dict[str, Any]) -> Tensor:
    """Read back a tensor by its manifest entry from `memory`, whose first byte lies at address `start`."""
    rows, cols = entry["rows"], entry["cols"]
    at = entry["address"] - start
    if entry["encoding"] == "rows":
        data = np.frombuffer(memory, np.int8, rows * cols, at)
        return Tensor(data.reshape((rows,) if cols == 1 else (rows, cols)), entry["shift"])
    groups, blocks = _blocks_of(memory, start, entry)
    if entry["encoding"] == "planes":
        weights = np.zeros((rows, cols), np.int8)
        for block in blocks:
            weights[list(block.order)] = unpack_block(block, groups, entry["chunks"])
        return Tensor(weights, entry["shift"])
    biases = np.zeros(rows, np.int16)
    for block in blocks:
        biases[list(block.order)] = unpack_bias(memory[at:], block)
        at += 3 * len(block.order)
    return Tensor(biases, entry["shift"])


def repack_tensor(memory: bytes, start: int, entry: dict[str, Any], data: npt.NDArray[Any]) -> bytes:
    """`memory` with other numbers in a tensor, encoded as its manifest entry says.

    Raises BadInput where a number does not fit the bits that the program has for its row.
    """
    groups, blocks = _blocks_of(memory, start, entry)
    if entry["encoding"] == "planes":
        bits = {row: block.bits(index) for block in blocks for index, row in enumerate(block.order)}
        changed = pack_blocks(data, [bits[row] for row in range(entry["rows"])], groups, entry["chunks"])
        packed = b"".join(bytes(block.order) + block.data for block in changed)
    elif entry["encoding"] == "bias":
        packed = b"".join(pack_bias(data, block) for block in blocks)
    else:
        packed = data.astype(np.int8).tobytes()
    at = entry["address"] - start
    return memory[:at] + packed + memory[at + len(packed) :]


def _blocks_of(memory: bytes, start: int, entry: dict[str, Any]) -> tuple[tuple[Group, ...], list[Block]]:
    """The groups and blocks of the matrix that a manifest entry is, or is the bias of; nothing for other tensors."""
    if entry["encoding"] == "rows":
        return (), []
    groups = groups_of(entry["groups"])
    return groups, read_blocks(memory[entry["matrix"] - start :], [tuple(each) for each in entry["blocks"]], groups)


def _matrix_tables(sizes: Sizes, packed: Packed) -> Iterator[str]:
    """The engine's parallel tables: over its matrices the first block and the body, over blocks the rest."""
    first, bodies = [0], []
    labels, biases, limits, shifts, chunks = [], [], [], [], []
    blocks: list[Block] = []
    for name in matrix_names(sizes):
        matrix = packed.matrices[name]
        bodies.append(next(n for n, body in enumerate(packed.bodies) if body.groups == matrix.groups))
        at = bias_at = 0
        for block, bias in zip(matrix.blocks, matrix.biases, strict=True):
            labels.append(f"{label_of(name)} + {at}")
            biases.append(f"{label_of(bias_of(name))} + {bias_at}" if has_bias(name) else "0")
            limits.append(matrix.limit)
            shifts.append(matrix.shift & 255)
            chunks.append(str(len(block.data) // matrix.chunks))
            blocks.append(block)
            at += len(block.order) + len(block.data)
            bias_at += len(bias)
        first.append(len(blocks))
    yield from _table("matrix_first", first)
    yield from _table("matrix_body", bodies)
    yield from _addresses("block", labels)
    yield from _addresses("block_bias", biases)
    yield from _table("block_limit", limits)
    yield from _table("block_shift", shifts)
    yield from _addresses("block_chunk", chunks)
    for plane in range(PLANES):
        yield from _table(f"block_rows_{plane}", [block.plane_rows[plane] for block in blocks])


def _group_tables(packed: Packed) -> Iterator[str]:
    """Tables over the groups and over the bodies."""
    groups = [group for body in packed.bodies for group in body.groups]
    firsts = list(accumulate((len(body.groups) for body in packed.bodies), initial=0))
    chunk_ends = [first + len(body.groups) // body.chunks for first, body in zip(firsts, packed.bodies, strict=False)]
    yield from _table("body_first", firsts[:-1])
    yield from _table("body_end", chunk_ends)
    yield from _table("body_whole", firsts[1:])
    yield from _table("body_last", [_last_body(packed.bodies, number) for number in range(len(packed.bodies))])
    yield from _table("body_chunks", [body.chunks for body in packed.bodies])
    yield from _table("body_inputs", [body.inputs for body in packed.bodies])
    yield from _table("body_rows", [max(1, INPUTS_A_POLL // body.inputs) for body in packed.bodies])
    low = [min(LOW_INPUTS, group.size) for group in groups]
    yield from _table("group_first", [group.first for group in groups])
    yield from _table("group_low", low)
    yield from _table("group_high", [group.size - count for group, count in zip(groups, low, strict=True)])
    yield from _table("group_table", [group.table % PAGE for group in groups])
    yield from _table("group_page", [group.table // PAGE for group in groups])


def _last_body(bodies: tuple[Body, ...], number: int) -> int:
    """The body for a body's last chunk: one of no chunks, which is quicker, if it has the same groups."""
    groups = bodies[number].groups[: len(bodies[number].groups) // bodies[number].chunks]
    return next((other for other, body in enumerate(bodies) if body.groups == groups), number)


def _norm_tables(soul: Soul) -> Iterator[str]:
    names = [f"layer{layer}.{part}" for layer in range(soul.sizes.layers) for part in ("n1", "n2")] + ["norm"]
    yield from _addresses("norm", [label_of(name) for name in names])
    yield from _table("norm_shift", [soul.tensors[name].shift & 255 for name in names])


def _tokenizer_tables(tokenizer: Tokenizer) -> Iterator[str]:
    yield from _table("char_ids", [0 if text is None else tokenizer.ids.get(text.lower(), 0) for text in TEXT])
    for column, name in enumerate(("merge_left", "merge_right", "merge_result")):
        yield from _table(name, [merge[column] for merge in tokenizer.ranked])
    codes = [screen_code(petscii) for petscii in range(256)]
    yield from _table("petscii_screen", [NOT_PRINTABLE if code is None else code for code in codes])


def _token_text(tokenizer: Tokenizer) -> Iterator[str]:
    """The tokens' texts as counted strings of screen codes; the specials share the empty one."""
    labels = []
    strings = ["token_text_none: .byte 0"]
    for index, token in enumerate(tokenizer.tokens):
        if index < FIRST_TEXT:
            labels.append("token_text_none")
            continue
        try:
            codes = to_screen_codes(token)
        except BadInput as error:
            raise BadInput(f"token {index}, {token!r}: {error}") from error
        labels.append(f"token_text_{index}")
        strings.append(f"token_text_{index}: .byte {len(codes)}, {', '.join(map(str, codes))}")
    yield from _addresses("token_text", labels)
    yield from strings


def _addresses(name: str, labels: list[str]) -> Iterator[str]:
    yield from _table(f"{name}_lo", [f"<({label})" for label in labels])
    yield from _table(f"{name}_hi", [f">({label})" for label in labels])


def _table(name: str, values: list[int] | list[str]) -> Iterator[str]:
    yield f".export {name}"
    yield f"{name}:"
    for start in range(0, len(values), 16):
        yield f"    .byte {', '.join(map(str, values[start : start + 16]))}"
