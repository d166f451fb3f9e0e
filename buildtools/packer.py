"""Packs a soul for the engine: `soul_data.s` for the assembler, with the bytes that it includes, and back again.

Matrices are stored column after column with weights as `w + 128`, because the engine multiplies a whole column by one
input; biases as all low bytes, then all high bytes. Everything else keeps the order of the soul file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from soulrig.buildtools.petscii import TEXT, screen_code, to_screen_codes
from soulrig.errors import BadInput
from soulrig.model.reference import EXP
from soulrig.model.soul import Sizes, Soul, Tensor
from soulrig.model.tokenizer import FIRST_TEXT, Tokenizer

PACKED_FILE = "soul_data.bin"
MATRICES = ("q", "k", "v", "proj", "fc1_w", "fc2_w")  # of a layer, in the engine's order
NOT_PRINTABLE = 0xFF  # in petscii_screen: a code the line editor ignores

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Encoding:
    """How a tensor's numbers lie in memory, and how to read them back: `unpack(data, rows, cols)`."""

    pack: Callable[[Array], bytes]
    unpack: Callable[[bytes, int, int], Array]


def _unpack_columns(data: bytes, rows: int, cols: int) -> Array:
    return (np.frombuffer(data, np.uint8).reshape(cols, rows).T ^ 128).view(np.int8)


def _unpack_split(data: bytes, rows: int, _cols: int) -> Array:
    return np.frombuffer(data, np.uint8).reshape(2, rows).T.copy().view("<i2").reshape(rows).astype(np.int16)


ENCODINGS = {
    "rows": Encoding(
        lambda data: data.astype(np.int8).tobytes(),
        lambda data, rows, cols: np.frombuffer(data, np.int8).reshape((rows,) if cols == 1 else (rows, cols)),
    ),
    "columns+128": Encoding(lambda data: (data.T.astype(np.int8).view(np.uint8) ^ 128).tobytes(), _unpack_columns),
    "low-high": Encoding(
        lambda data: data.astype("<i2").view(np.uint8).reshape(-1, 2).T.tobytes(),
        _unpack_split,
    ),
}


def encoding_of(name: str) -> str:
    """The name of the encoding that the engine wants for a tensor."""
    part = name.rpartition(".")[2]
    if part in MATRICES or part == "out":
        return "columns+128"
    return "low-high" if part in ("fc1_b", "fc2_b") else "rows"


def label_of(name: str) -> str:
    """The assembler label of a tensor's data."""
    return "soul_" + name.replace(".", "_")


def pack(soul: Soul, tokenizer: Tokenizer) -> tuple[str, bytes]:
    """The source `soul_data.s` and the content of PACKED_FILE that it includes.

    Raises BadInput for a token that the C64's character set can't show.
    """
    parts: list[bytes] = []
    body: list[str] = []
    offset = 0
    for name, *_ in soul.sizes.tensors():
        data = ENCODINGS[encoding_of(name)].pack(soul.tensors[name].data)
        body.append(f'{label_of(name)}: .incbin "{PACKED_FILE}", {offset}, {len(data)}')
        parts.append(data)
        offset += len(data)
    lines = [
        "; Written by soulrig build: the soul's tables and weights.",
        '.segment "RODATA"',
        *_matrix_tables(soul),
        *_norm_tables(soul),
        *_table("exp_table", EXP.tolist()),
        *_tokenizer_tables(tokenizer),
        *_token_text(tokenizer),
        '.segment "SOUL"',
        f".export token_embedding := {label_of('te')}, position_embedding := {label_of('pe')}",
        *body,
    ]
    return "\n".join(lines) + "\n", b"".join(parts)


def tensor_manifest(sizes: Sizes, soul: Soul, symbols: dict[str, int]) -> list[dict[str, Any]]:
    """Where each tensor lies in the program's memory, in the soul file's order."""
    return [
        {
            "name": name,
            "address": symbols[label_of(name)],
            "rows": rows,
            "cols": cols,
            "shift": soul.tensors[name].shift,
            "encoding": encoding_of(name),
        }
        for name, _, rows, cols in sizes.tensors()
    ]


def tokenizer_manifest(tokenizer: Tokenizer, symbols: dict[str, int]) -> dict[str, int]:
    """Where the tokenizer's tables lie, and how long they are."""
    names = ("token_text_lo", "token_text_hi", "merge_left", "merge_right", "char_ids")
    return {"tokens": tokenizer.size, "merges": len(tokenizer.merges)} | {name: symbols[name] for name in names}


def unpack_tensor(memory: bytes, start: int, entry: dict[str, Any]) -> Tensor:
    """Read back a tensor by its manifest entry from `memory`, whose first byte lies at address `start`."""
    rows, cols = entry["rows"], entry["cols"]
    size = rows * cols * (2 if entry["encoding"] == "low-high" else 1)
    offset = entry["address"] - start
    return Tensor(ENCODINGS[entry["encoding"]].unpack(memory[offset : offset + size], rows, cols), entry["shift"])


def _matrix_tables(soul: Soul) -> Iterator[str]:
    """The engine's parallel tables over its matrices: six a layer, then `out`."""
    names = [f"layer{layer}.{part}" for layer in range(soul.sizes.layers) for part in MATRICES] + ["out"]
    biases = [label_of(name[:-1] + "b") if name.endswith(("fc1_w", "fc2_w")) else "0" for name in names]
    shapes = {name: (rows, cols) for name, _, rows, cols in soul.sizes.tensors()}
    yield from _addresses("matrix", [label_of(name) for name in names])
    yield from _table("matrix_rows", [shapes[name][0] & 255 for name in names])
    yield from _table("matrix_cols", [shapes[name][1] for name in names])
    yield from _table("matrix_shift", [(soul.tensors[name].shift + (name != "out")) & 255 for name in names])
    yield from _addresses("bias", biases)


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
    yield from _table(f"{name}_lo", [f"<{label}" for label in labels])
    yield from _table(f"{name}_hi", [f">{label}" for label in labels])


def _table(name: str, values: list[int] | list[str]) -> Iterator[str]:
    yield f".export {name}"
    yield f"{name}:"
    for start in range(0, len(values), 16):
        yield f"    .byte {', '.join(map(str, values[start : start + 16]))}"
