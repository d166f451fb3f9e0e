"""Souls that no training makes: random weights, extreme values and shifts, any sizes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
import pytest
from plain_machine import PlainMachine

from soulrig.buildtools.build import build
from soulrig.model.soul import Sizes, Soul, Tensor
from soulrig.model.tokenizer import SPECIALS, Tokenizer

# What training never gives: left shifts of weights and embeddings, results that saturate everywhere, or vanish.
# Keys and queries stay so small that no score leaves 32 bits, as soul v3 demands.
LEFTWARDS = {"te": -8, "pe": 15, "n1": -8, "q": 13, "k": 13, "v": -8, "proj": -3, "n2": 15, "fc1_w": -1, "out": -8}
RIGHTWARDS = {"te": 15, "pe": 8, "n1": 2, "q": 12, "k": 13, "v": 15, "proj": 0, "fc1_w": 15, "fc2_w": 14, "out": 15}
BETWEEN = {"te": 3, "pe": 9, "q": 11, "k": 10, "v": 7, "proj": 9, "fc1_w": 8, "fc2_w": 12, "norm": -2, "out": 12}

STRANGE = [
    (Sizes(256, 8, 128, 2, 48), LEFTWARDS),
    (Sizes(64, 16, 32, 4, 20), RIGHTWARDS),
    (Sizes(40, 24, 48, 3, 20), BETWEEN),
    (Sizes(35, 40, 24, 1, 12), LEFTWARDS),
    (Sizes(40, 48, 48, 1, 20), BETWEEN),
    (Sizes(40, 8, 256, 1, 12), BETWEEN),
]

# Two vectors of up to 256 numbers, where the screen would be.
FREE = {"free_x_lo": 0x0400, "free_x_hi": 0x0500, "free_y_lo": 0x0600, "free_y_hi": 0x0700}


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


SOULS = [strange_soul(sizes, shifts, seed=1, extreme=0.2) for sizes, shifts in STRANGE]
# A test's argument `soul_id`, for each of them.
strange = pytest.mark.parametrize("soul_id", range(len(SOULS)), ids=[str(sizes) for sizes, _ in STRANGE])


@cache
def machine_of(soul_id: int) -> PlainMachine:
    """A machine with one of SOULS, its tables made."""
    machine = PlainMachine(build(SOULS[soul_id]))
    machine.symbols |= FREE
    machine.call("engine_init")
    return machine


def random_soul(sizes: Sizes, *, seed: int) -> Soul:
    """A soul as training might leave it, in size of its numbers; its replies run to the end of the context."""
    random = np.random.default_rng(seed)
    tensors = {}
    for name, kind, rows, cols in sizes.tensors():
        numbers = random.normal(0, (30, 4000)[kind], (rows,) if cols == 1 else (rows, cols))
        limit, dtype = ((127, np.int8), (32767, np.int16))[kind]
        shift = {"te": 5, "pe": 6, "n1": 5, "n2": 5, "norm": 5}.get(name.rpartition(".")[2], 7)
        tensors[name] = Tensor(numbers.round().clip(-limit, limit).astype(dtype), shift)
    return Soul(sizes, tensors, letters(sizes.vocabulary), "v3")
