"""The soul's definition in plain Python, as slow and as plain as it reads: the oracle of the integer reference.

Lists and Python's own integers only, every step from the first position again. Imports nothing of the package and
shares no code with it.
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
from pathlib import Path
from typing import Any

EXP = [max(1, round(255 * math.exp(-i / 16))) for i in range(127)] + [0]

Matrix = list[list[int]]


class ScoreTooLarge(Exception):
    """An attention score does not fit 32 bits, which the definition demands."""


class NaiveSoul:
    """Weights as `(rows, shift)`, rows as lists; a vector is a list of rows of one number."""

    def __init__(self, data: bytes) -> None:
        tensors = []
        offset = 0
        while offset < len(data):
            kind, rows, cols, shift = struct.unpack_from("<BHHb", data, offset)
            code, size = {0: ("b", 1), 1: ("h", 2)}[kind]
            numbers = struct.unpack_from(f"<{rows * cols}{code}", data, offset + 6)
            tensors.append(([list(numbers[row * cols : (row + 1) * cols]) for row in range(rows)], shift))
            offset += 6 + rows * cols * size
        self.te, self.pe = tensors[0], tensors[1]
        names = ("n1", "q", "k", "v", "proj", "n2", "fc1_w", "fc1_b", "fc2_w", "fc2_b")
        self.layers = [
            dict(zip(names, tensors[start : start + 10], strict=True)) for start in range(2, len(tensors) - 2, 10)
        ]
        self.norm, self.out = tensors[-2], tensors[-1]
        self.vocabulary = len(self.te[0])
        self.width = len(self.te[0][0])
        self.context = len(self.pe[0])

    def logits(self, ids: list[int], trace: list[dict[str, Any]] | None = None) -> list[int]:
        """The logits after the last of `ids`. `trace` gets a dictionary a layer: the last position's vectors."""
        xs = [self.embed(token, position) for position, token in enumerate(ids)]
        for layer in self.layers:
            seen: dict[str, Any] = {}
            normed = [rms_norm(x, layer["n1"]) for x in xs]
            queries = [matvec(layer["q"], x, 1) for x in normed]
            keys = [matvec(layer["k"], x, 1) for x in normed]
            values = [matvec(layer["v"], x, 1) for x in normed]
            for t, x in enumerate(xs):
                attended = attention(queries[t], keys[: t + 1], values[: t + 1])
                projected = matvec(layer["proj"], attended, 1)
                after_attention = added(x, projected)
                normed2 = rms_norm(after_attention, layer["n2"])
                hidden = [max(0, v) for v in matvec(layer["fc1_w"], normed2, 1, layer["fc1_b"])]
                fed = matvec(layer["fc2_w"], hidden, 1, layer["fc2_b"])
                xs[t] = added(after_attention, fed)
                seen = {
                    "norm1": normed[t],
                    "q": queries[t],
                    "k": keys,
                    "v": values,
                    "attention": attended,
                    "proj": projected,
                    "after_attention": after_attention,
                    "norm2": normed2,
                    "ffn_hidden": hidden,
                    "ffn_out": fed,
                    "after_ffn": xs[t],
                }
            if trace is not None:
                trace.append(seen)
        return matvec(self.out, rms_norm(xs[-1], self.norm), 0)

    def embed(self, token: int, position: int) -> list[int]:
        (te, te_shift), (pe, pe_shift) = self.te, self.pe
        return [
            sat16(shift_right(a, te_shift - 8) + shift_right(b, pe_shift - 8))
            for a, b in zip(te[token], pe[position], strict=True)
        ]

    def reply(self, prompt_ids: list[int], rule: str, max_reply: int) -> tuple[list[int], str, list[list[int]]]:
        """Tokens, what stopped them, and the logits of every step that was taken."""
        ids = list(prompt_ids)
        tokens: list[int] = []
        steps: list[list[int]] = []
        while True:
            if len(ids) == self.context:
                return tokens, "context", steps
            if len(tokens) == max_reply:
                return tokens, "limit", steps
            logits = self.logits(ids)
            steps.append(logits)
            best = None
            for token in range(3 if rule == "end" else 4, self.vocabulary):
                if best is None or logits[token] > logits[best]:
                    best = token
            if best == 3:
                return tokens, "end", steps
            assert best is not None
            tokens.append(best)
            ids.append(best)


def sat16(v: int) -> int:
    if v > 32767:
        return 32767
    if v < -32768:
        return -32768
    return v


def shift_right(v: int, by: int) -> int:
    return v // 2**by if by >= 0 else v * 2**-by


def added(a: list[int], b: list[int]) -> list[int]:
    return [sat16(v + w) for v, w in zip(a, b, strict=True)]


def matvec(weights: tuple[Matrix, int], x: list[int], p: int, bias: tuple[Matrix, int] | None = None) -> list[int]:
    matrix, shift = weights
    result = []
    for i, row in enumerate(matrix):
        acc = 0
        for w, v in zip(row, x, strict=True):
            acc += w * v
        if bias is not None:
            acc += bias[0][i][0]
        result.append(sat16(shift_right(acc, shift + p)))
    return result


def rms_norm(x: list[int], gains: tuple[Matrix, int]) -> list[int]:
    matrix, shift = gains
    total = 0
    for v in x:
        total += (v >> 4) ** 2
    r = max(1, math.isqrt(max(1, total // len(x))))
    inv = min(32767, 2**19 // r)
    return [sat16(shift_right(((v * inv) >> 15) * g[0], shift)) for v, g in zip(x, matrix, strict=True)]


def attention(query: list[int], keys: Matrix, values: Matrix) -> list[int]:
    result = []
    for start in range(0, len(query), 8):
        scores = []
        for key in keys:
            score = sum(query[start + i] * key[start + i] for i in range(8))
            if not -(2**31) <= score <= 2**31 - 1:
                raise ScoreTooLarge(score)
            scores.append(score)
        f = [score >> 14 for score in scores]
        w = [EXP[min(127, max(f) - f_k)] for f_k in f]
        for j in range(start, start + 8):
            # Python's // floors towards minus infinity, as the definition asks.
            result.append(sat16(sum(w_k * v[j] for w_k, v in zip(w, values, strict=True)) // sum(w)))
    return result


def sha256(steps: list[list[int]]) -> str:
    """Of all steps' logits as little-endian 16-bit numbers, one step after the other."""
    return hashlib.sha256(b"".join(struct.pack(f"<{len(step)}h", *step) for step in steps)).hexdigest()


def encode(tokenizer: Path, text: str) -> list[int]:
    """The ids of a text under a tokenizer file."""
    content = json.loads(tokenizer.read_text(encoding="utf-8"))
    vocab = content["vocab"]
    parts = [char for char in text.lower() if char in vocab]
    for left, right in content["merges"]:
        i = 0
        while i < len(parts) - 1:
            if parts[i] == left and parts[i + 1] == right:
                parts[i : i + 2] = [left + right]
            i += 1
    return [vocab[part] for part in parts]


def prompt_ids(tokenizer: Path, text: str, context: int) -> list[int]:
    return [1, *encode(tokenizer, text)[: context - 3], 1]
