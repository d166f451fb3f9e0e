"""What the engine's routines are to compute, in plain integers after soul v3; nothing of `soulrig` takes part."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
HEAD_DIM = 8
EXP = np.array([max(1, round(255 * math.exp(-i / 16))) for i in range(127)] + [0], np.int64)


def sat16(values: Ints) -> Ints:
    return np.minimum(np.maximum(values, -32768), 32767)


def shifted(values: Ints, right: int) -> Ints:
    return values >> right if right >= 0 else values << -right


def expected_product(matrix: Ints, x: Ints, bias: Ints | int, shift: int) -> Ints:
    """Of a matrix (rows, cols), vectors x (count, cols) and a bias (rows,): (count, rows)."""
    return sat16(shifted(x @ matrix.T + bias, shift))


def expected_norm(x: Ints, gains: Ints, shift: int) -> Ints:
    """Of vectors x (count, width) and gains (width,): (count, width)."""
    roots = [max(1, math.isqrt(max(1, int(np.sum((row >> 4) ** 2)) // len(row)))) for row in x]
    inverse = np.array([[min(32767, (1 << 19) // root)] for root in roots], np.int64)
    return sat16(shifted((x * inverse >> 15) * gains, shift))


def expected_attention(query: Ints, keys: Ints, values: Ints) -> Ints:
    """Of keys and values (positions, width): (width,)."""
    held = len(keys)
    scores = (keys * query).reshape(held, -1, HEAD_DIM).sum(axis=2) >> 14
    weights = EXP[np.minimum(127, scores.max(axis=0) - scores)]  # (positions, heads)
    total = (weights[:, :, np.newaxis] * values.reshape(held, -1, HEAD_DIM)).sum(axis=0)
    result: Ints = (total // weights.sum(axis=0)[:, np.newaxis]).reshape(-1)
    return result
