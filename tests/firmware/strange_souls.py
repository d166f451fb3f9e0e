"""Souls that no training makes: random weights, extreme values and shifts, any sizes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from soulrig.model.soul import Sizes, Soul, Tensor
from soulrig.model.tokenizer import SPECIALS, Tokenizer


def letters(vocabulary: int) -> Tokenizer:
    """A tokenizer of `vocabulary` tokens: letters, then pairs of them."""
    alphabet = [chr(ord("a") + n) for n in range(26)]
    pairs = [(a, b) for a in alphabet for b in alphabet][: vocabulary - len(SPECIALS) - len(alphabet)]
    return Tokenizer((*SPECIALS, *alphabet, *(a + b for a, b in pairs)), tuple(pairs))


def strange_soul(sizes: Sizes, shifts: Mapping[str, int], *, seed: int, extreme: float) -> Soul:
    """A soul of random numbers, of which a part `extreme` is -128, 127 or the largest biases.

    `shifts` by the tensor's name without its layer; 6 where it has none.
    """
    random = np.random.default_rng(seed)
    tensors = {}
    for name, kind, rows, cols in sizes.tensors():
        shape = (rows,) if cols == 1 else (rows, cols)
        dtype, limit = ((np.int8, 127), (np.int16, 32767))[kind]
        ordinary = random.integers(-limit, limit + 1, shape)
        limits = random.choice([-limit - 1 + kind, limit], shape)
        data = np.where(random.random(shape) < extreme, limits, ordinary).astype(dtype)
        tensors[name] = Tensor(data, shifts.get(name.rpartition(".")[2], 6))
    return Soul(sizes, tensors, letters(sizes.vocabulary))
