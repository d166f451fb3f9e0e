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
from soulrig.model.versions import Schema

DecodeRule = Literal["end", "v3"]
HEAD_DIM = 8
SHIFTS = range(-8, 16)
SOUL_SCHEMA = Schema("soulrig.soul", 1)

_HEADER = struct.Struct("<BHHb")
_WEIGHTS, _BIASES = 0, 1
_VECTORS = ("n1", "n2", "norm", "fc1_b", "fc2_b")
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

    def offsets(self) -> dict[str, int]:
        """Where in the soul file each tensor's header begins, in bytes."""
        offsets, offset = {}, 0
        for name, kind, rows, cols in self.tensors():
            offsets[name] = offset
            offset += _HEADER.size + rows * cols * _DTYPES[kind].itemsize
        return offsets


@dataclass(frozen=True)
class Tensor:
    """Integers and the power of two they are divided by: real value = `data / 2**shift`."""

    data: npt.NDArray[np.int8] | npt.NDArray[np.int16]  # (rows, cols); gains and biases (rows,)
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
        sizes = _sizes(data)
        tensors: dict[str, Tensor] = {}
        offset = 0
        for name, kind, rows, cols in sizes.tensors():
            tensors[name] = _tensor(data, offset, origin, sizes, name, kind, rows, cols)
            offset += _HEADER.size + rows * cols * _DTYPES[kind].itemsize
        if offset < len(data):
            raise BadInput(
                f"{origin}: {len(data) - offset} trailing bytes at byte {offset}, after the last tensor, out"
            )
        _check_limits(sizes, origin)
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
        description = {
            "schema": str(SOUL_SCHEMA),
            "decode": self.decode,
            "max_reply": self.reply_limit,
            "parameters": self.parameters,
            "provenance": self.provenance,
        }
        write_beside(folder / "soul.bin", self.to_bytes())
        write_beside(folder / "soul.json", json.dumps(description, indent=2).encode() + b"\n")
        if self.tokenizer is not None:
            write_beside(folder / "tokenizer.json", self.tokenizer.to_json().encode())


def _sizes(data: bytes) -> Sizes:
    """Read the sizes off the headers of `te`, `pe` and the first `fc1_w`, and count the layers.

    Checks nothing: where a header is missing or wrong, so is the file, and reading its tensors in order says where.
    """
    vocabulary, width = _shape_at(data, 0)
    context, _ = _shape_at(data, Sizes(vocabulary, width).offsets()["pe"])
    ffn, _ = _shape_at(data, Sizes(vocabulary, width, context=context).offsets()["layer0.fc1_w"])
    offsets = Sizes(vocabulary, width, ffn, 1, context).offsets()
    layers, out = 1, offsets["out"]
    while _is_query(data, out, vocabulary, width):
        layers += 1
        out += offsets["norm"] - offsets["layer0.n1"]
    return Sizes(vocabulary, width, ffn, layers, context)


def _is_query(data: bytes, offset: int, vocabulary: int, width: int) -> bool:
    """Whether the matrix at `offset`, second after a layer, is a further layer's `q`, and not `out`."""
    rows, cols = _shape_at(data, offset)
    if vocabulary != width:
        return 0 < rows == width
    return offset + _HEADER.size + rows * cols < len(data)  # of one shape, but nothing follows `out`


def _shape_at(data: bytes, offset: int) -> tuple[int, int]:
    """Rows and columns in the header at `offset`; none where the file has already ended."""
    if offset + _HEADER.size > len(data):
        return 0, 0
    _, rows, cols, _ = _HEADER.unpack_from(data, offset)
    return rows, cols


def _tensor(data: bytes, offset: int, origin: str, sizes: Sizes, name: str, kind: int, rows: int, cols: int) -> Tensor:
    """Read the tensor at `offset`. Raises BadInput where it is not all there, or not what the sizes ask for."""
    # In a damaged file nobody can tell whether another layer was to come.
    instead = {"norm": f" (or layer{sizes.layers}.n1)", "out": f" (or layer{sizes.layers}.q)"}.get(name, "")
    place = f"tensor {name}{instead} at byte {offset}"
    start = offset + _HEADER.size
    if start > len(data):
        raise BadInput(f"{origin}: truncated: it ends at byte {len(data)}, before or in the header of {place}")
    found_kind, found_rows, found_cols, shift = _HEADER.unpack_from(data, offset)
    if found_kind not in _DTYPES:
        raise BadInput(f"{origin}: {place} has kind {found_kind}, expected {kind}")
    if shift not in SHIFTS:
        raise BadInput(f"{origin}: {place} has shift {shift}, expected {SHIFTS[0]}..{SHIFTS[-1]}")
    if (found_kind, found_rows, found_cols) != (kind, rows, cols):
        found = _describe(found_kind, found_rows, found_cols)
        raise BadInput(f"{origin}: {place} is {found}, expected {_describe(kind, rows, cols)}")
    end = start + rows * cols * _DTYPES[kind].itemsize
    if end > len(data):
        raise BadInput(f"{origin}: truncated: it ends at byte {len(data)}, but {place} goes on to byte {end}")
    values: npt.NDArray[Any] = np.frombuffer(data, _DTYPES[kind], rows * cols, start)
    is_vector = name.rpartition(".")[2] in _VECTORS
    return Tensor(values if is_vector else values.reshape(rows, cols), shift)


def _check_limits(sizes: Sizes, origin: str) -> None:
    """Raise BadInput for tensors that fit together, but make no soul."""
    offsets = sizes.offsets()
    for name, found, fits, expected in (
        ("te", f"{sizes.vocabulary} rows", sizes.vocabulary >= 5, "the four specials and a token of text at least"),
        ("te", f"{sizes.width} columns", sizes.width and sizes.width % HEAD_DIM == 0, f"a multiple of {HEAD_DIM}"),
        ("pe", f"{sizes.context} rows", sizes.context >= 3, "room for two SEP and a token at least"),
        ("layer0.fc1_w", f"{sizes.ffn} rows", sizes.ffn >= 1, "one at least"),
    ):
        if not fits:
            raise BadInput(f"{origin}: tensor {name} at byte {offsets[name]} has {found}, expected {expected}")


def _describe(kind: int, rows: int, cols: int) -> str:
    return f"{'int16 biases' if kind == _BIASES else 'int8 weights'} of {rows}x{cols}"


def _with_description(soul: Soul, path: Path) -> Soul:
    """Apply `soul.json`: schema, decode rule, reply limit and provenance."""
    description = read_json(path)
    SOUL_SCHEMA.check(description.get("schema"), path)
    decode = description.get("decode", "end")
    if decode not in get_args(DecodeRule):
        raise BadInput(f"{path}: decode rule {decode!r}, expected 'end' or 'v3'")
    max_reply = description.get("max_reply")
    if max_reply is not None and (type(max_reply) is not int or max_reply < 1):
        raise BadInput(f"{path}: max_reply {max_reply!r}, expected a number of tokens, 1 or more")
    provenance = description.get("provenance", {})
    if not isinstance(provenance, dict):
        raise BadInput(f"{path}: provenance is {type(provenance).__name__}, expected an object")
    return replace(soul, decode=decode, max_reply=max_reply, provenance=provenance)
