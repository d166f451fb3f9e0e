"""The soul: sizes, weights, and the JSON that lies beside them.

The file format is soul v3: tensors one after the other, each with a 6-byte little-endian header
`kind:u8, rows:u16, cols:u16, shift:i8`; kind 0 holds int8 weights, row-major, kind 1 holds int16 biases.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from soulrig.errors import BadInput
from soulrig.model.files import read_bytes, read_json, write_beside
from soulrig.model.tokenizer import Tokenizer

DecodeRule = Literal["end", "v3"]
HEAD_DIM = 8
SHIFTS = range(-8, 16)
SOUL_SCHEMA = "soulrig.soul/1"

_HEADER = struct.Struct("<BHHb")
_WEIGHTS, _BIASES = 0, 1
_DTYPES: dict[int, np.dtype[np.int8] | np.dtype[np.int16]] = {_WEIGHTS: np.dtype("<i1"), _BIASES: np.dtype("<i2")}


@dataclass(frozen=True)
class Sizes:
    """The numbers a soul's shapes follow from. The number of heads is `width // 8`."""

    vocabulary: int = 128
    width: int = 32
    ffn: int = 64
    layers: int = 2
    context: int = 20

    @property
    def heads(self) -> int:
        """Attention heads, of 8 dimensions each."""
        return self.width // HEAD_DIM

    def tensors(self) -> Iterator[tuple[str, int, int, int]]:
        """Yield `(name, kind, rows, cols)` of every tensor in file order; names are those of `soul-v3`."""
        v, d, f = self.vocabulary, self.width, self.ffn
        yield "te", _WEIGHTS, v, d
        yield "pe", _WEIGHTS, self.context, d
        for layer in range(self.layers):
            prefix = f"layer{layer}."
            yield prefix + "n1", _WEIGHTS, d, 1
            for name in ("q", "k", "v", "proj"):
                yield prefix + name, _WEIGHTS, d, d
            yield prefix + "n2", _WEIGHTS, d, 1
            yield prefix + "fc1_w", _WEIGHTS, f, d
            yield prefix + "fc1_b", _BIASES, f, 1
            yield prefix + "fc2_w", _WEIGHTS, d, f
            yield prefix + "fc2_b", _BIASES, d, 1
        yield "norm", _WEIGHTS, d, 1
        yield "out", _WEIGHTS, v, d


@dataclass(frozen=True)
class Tensor:
    """Integers and the power of two they are divided by: real value = `data / 2**shift`."""

    data: npt.NDArray[np.int8] | npt.NDArray[np.int16]  # (rows, cols), or (rows,) where cols is 1
    shift: int


@dataclass(frozen=True)
class Soul:
    """A soul: weights by name, and how it wants to be decoded.

    `tensors` has the names of `Sizes.tensors`: `te` (V,D), `pe` (S,D), `layer0.q` (D,D), `layer0.n1` (D,), ...
    """

    sizes: Sizes
    tensors: dict[str, Tensor]
    tokenizer: Tokenizer | None = None
    decode: DecodeRule = "end"
    max_reply: int | None = None  # tokens; None is the context
    provenance: dict[str, Any] = field(default_factory=dict)

    @property
    def reply_limit(self) -> int:
        """The most tokens a reply may have."""
        return self.sizes.context if self.max_reply is None else self.max_reply

    @property
    def parameters(self) -> int:
        """How many integers the soul consists of."""
        return sum(tensor.data.size for tensor in self.tensors.values())

    def to_bytes(self) -> bytes:
        """The soul file (`soul.bin`)."""
        parts = []
        for name, kind, rows, cols in self.sizes.tensors():
            tensor = self.tensors[name]
            parts.append(_HEADER.pack(kind, rows, cols, tensor.shift))
            parts.append(np.ascontiguousarray(tensor.data, _DTYPES[kind]).tobytes())
        return b"".join(parts)

    @classmethod
    def from_bytes(cls, data: bytes, origin: str = "soul") -> Soul:
        """Read a soul file. Raises BadInput, naming the tensor and the byte offset, for anything amiss."""
        raw = _split(data, origin)
        sizes = _sizes(raw, origin)
        tensors: dict[str, Tensor] = {}
        expected = list(sizes.tensors())
        for (name, kind, rows, cols), found in zip(expected, raw, strict=False):
            if (kind, rows, cols) != (found.kind, found.rows, found.cols):
                raise BadInput(
                    f"{origin}: tensor {name} at byte {found.offset} is "
                    f"{_describe(found.kind, found.rows, found.cols)}, expected {_describe(kind, rows, cols)}"
                )
            shape = (rows,) if cols == 1 else (rows, cols)
            tensors[name] = Tensor(found.data.reshape(shape), found.shift)
        if len(raw) != len(expected):
            if len(raw) < len(expected):
                raise BadInput(f"{origin}: ends at byte {len(data)} where tensor {expected[len(raw)][0]} was expected")
            raise BadInput(
                f"{origin}: {len(data) - raw[len(expected)].offset} trailing bytes after the last tensor, "
                f"out, at byte {raw[len(expected)].offset}"
            )
        return cls(sizes, tensors)

    @classmethod
    def load(
        cls,
        path: Path,
        tokenizer: Path | None = None,
        decode: DecodeRule | None = None,
    ) -> Soul:
        """Read a soul from a folder (`soul.bin`, `tokenizer.json`, `soul.json`) or from its `.bin` file alone.

        Beside a lone file, `tokenizer.json` and `soul.json` are not looked for: a fixture's neighbours may belong
        to another soul. `tokenizer` and `decode` win over what the folder says. Raises BadInput.
        """
        if not path.is_dir():
            soul = cls.from_bytes(read_bytes(path), str(path))
        else:
            soul = cls.from_bytes(read_bytes(path / "soul.bin"), str(path / "soul.bin"))
            if (path / "soul.json").exists():
                soul = _with_description(soul, path / "soul.json")
            if tokenizer is None and (path / "tokenizer.json").exists():
                tokenizer = path / "tokenizer.json"
        if tokenizer is not None:
            loaded = Tokenizer.load(tokenizer)
            if loaded.size != soul.sizes.vocabulary:
                raise BadInput(
                    f"{tokenizer}: {loaded.size} tokens, but the soul {path} has {soul.sizes.vocabulary}; "
                    "give the tokenizer that the soul was trained with"
                )
            soul = replace(soul, tokenizer=loaded)
        return soul if decode is None else replace(soul, decode=decode)

    def save(self, folder: Path) -> None:
        """Write `soul.bin`, `soul.json` and, where there is one, `tokenizer.json` into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        description = {
            "schema": SOUL_SCHEMA,
            "decode": self.decode,
            "max_reply": self.reply_limit,
            "parameters": self.parameters,
            "provenance": self.provenance,
        }
        write_beside(folder / "soul.bin", self.to_bytes())
        write_beside(folder / "soul.json", json.dumps(description, indent=2).encode() + b"\n")
        if self.tokenizer is not None:
            write_beside(folder / "tokenizer.json", self.tokenizer.to_json().encode())


@dataclass(frozen=True)
class _RawTensor:
    """A tensor as it lies in the file, before its shape means anything."""

    offset: int
    kind: int
    rows: int
    cols: int
    shift: int
    data: npt.NDArray[Any]


def _split(data: bytes, origin: str) -> list[_RawTensor]:
    """Cut a soul file at its headers."""
    if not data:
        raise BadInput(f"{origin}: is empty, expected a soul file; its first tensor is te at byte 0")
    raw: list[_RawTensor] = []
    offset = 0
    while offset < len(data):
        name = _name(raw)
        if len(data) - offset < _HEADER.size:
            raise BadInput(
                f"{origin}: {len(data) - offset} bytes at byte {offset} where the 6-byte header of tensor {name} "
                "was expected: the file is truncated or has trailing bytes"
            )
        kind, rows, cols, shift = _HEADER.unpack_from(data, offset)
        if kind not in _DTYPES:
            raise BadInput(f"{origin}: tensor {name} at byte {offset} has kind {kind}, expected 0 or 1")
        if shift not in SHIFTS:
            raise BadInput(f"{origin}: tensor {name} at byte {offset} has shift {shift}, expected -8..15")
        start = offset + _HEADER.size
        count = rows * cols
        end = start + count * _DTYPES[kind].itemsize
        if end > len(data):
            raise BadInput(
                f"{origin}: truncated in tensor {name} at byte {offset}: its data would end at byte {end}, "
                f"the file has {len(data)}"
            )
        raw.append(_RawTensor(offset, kind, rows, cols, shift, np.frombuffer(data, _DTYPES[kind], count, start)))
        offset = end
    return raw


def _name(raw: list[_RawTensor]) -> str:
    """The name of the tensor that follows those read so far, as far as it can be told before the end is known."""
    index = len(raw)
    if index < 2:
        return ("te", "pe")[index]
    in_layer = ("n1", "q", "k", "v", "proj", "n2", "fc1_w", "fc1_b", "fc2_w", "fc2_b")
    layer, part = divmod(index - 2, len(in_layer))
    width = raw[0].cols
    after_first = part > 0 and raw[index - part].cols == 1
    if part == 1 and after_first and raw[index - 1].rows == width:
        return f"layer{layer}.q or out"
    return f"layer{layer}.{in_layer[part]}" if part or layer == 0 else f"layer{layer}.n1 or norm"


def _sizes(raw: list[_RawTensor], origin: str) -> Sizes:
    """Read the sizes off the shapes of `te`, `pe`, the first `fc1_w`, and the number of tensors."""
    te = raw[0]
    width = te.cols
    if width == 0 or width % HEAD_DIM:
        raise BadInput(f"{origin}: tensor te at byte 0 has {width} columns; the width must be a multiple of {HEAD_DIM}")
    if te.rows < 5:
        raise BadInput(f"{origin}: tensor te at byte 0 has {te.rows} rows, expected at least 5 tokens")
    if len(raw) > 1 and raw[1].rows < 3:
        raise BadInput(f"{origin}: tensor pe at byte {raw[1].offset} has {raw[1].rows} rows, expected at least 3")
    layers = max(1, (len(raw) - 4) // 10)
    context = raw[1].rows if len(raw) > 1 else Sizes.context
    ffn = raw[8].rows if len(raw) > 8 else Sizes.ffn
    if ffn == 0:
        raise BadInput(f"{origin}: tensor layer0.fc1_w at byte {raw[8].offset} has no rows")
    return Sizes(te.rows, width, ffn, layers, context)


def _describe(kind: int, rows: int, cols: int) -> str:
    return f"{'int16 biases' if kind == _BIASES else 'int8 weights'} of {rows}x{cols}"


def _with_description(soul: Soul, path: Path) -> Soul:
    """Apply `soul.json`: schema, decode rule, reply limit and provenance."""
    description = read_json(path)
    schema = description.get("schema")
    if schema != SOUL_SCHEMA:
        raise BadInput(f"{path}: schema {schema!r}, expected {SOUL_SCHEMA!r}")
    decode = description.get("decode", "end")
    if decode not in get_args(DecodeRule):
        raise BadInput(f"{path}: decode rule {decode!r}, expected 'end' or 'v3'")
    max_reply = description.get("max_reply")
    if max_reply is not None and (type(max_reply) is not int or not 1 <= max_reply <= 255):
        raise BadInput(f"{path}: max_reply {max_reply!r}, expected a number of tokens from 1 to 255")
    provenance = description.get("provenance", {})
    if not isinstance(provenance, dict):
        raise BadInput(f"{path}: provenance is {type(provenance).__name__}, expected an object")
    return replace(soul, decode=decode, max_reply=max_reply, provenance=provenance)
