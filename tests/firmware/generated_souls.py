"""Souls, and vectors to give them, from a seed: ordinary ones, and such as nobody trains."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from plain_integers import Ints
from sim65 import Sim65
from strange_souls import FREE, letters, strange_soul

from soulrig.buildtools.build import build
from soulrig.errors import BadInput
from soulrig.model.soul import Sizes, Soul, Tensor

SMALL = Sizes(48, 16, 32, 2, 12)
PUBLISHED = Sizes(128, 32, 64, 2, 20)


def generated_sizes(random: np.random.Generator) -> Sizes:
    """Sizes that fit, of all kinds."""
    while True:
        width, ffn, layers = (
            int(random.choice(choice)) for choice in ((8, 16, 24, 32, 40), (8, 24, 48, 64), (1, 2, 3))
        )
        sizes = Sizes(int(random.integers(30, 200)), width, ffn, layers, int(random.integers(4, 21)))
        if layers * max(2 * width, sizes.heads * sizes.context) <= 255 and sizes.vocabulary * width <= 4096:
            return sizes


def ordinary_soul(sizes: Sizes, random: np.random.Generator) -> Soul:
    """As training makes them: bell-shaped weights as large as int8 holds, gains above zero but for some."""
    tensors = {}
    for name, kind, rows, cols in sizes.tensors():
        part = name.rpartition(".")[2]
        shape = (rows,) if cols == 1 else (rows, cols)
        values = random.normal(0, 0.3 if part in ("q", "k") else 0.5, shape) / math.sqrt(max(cols, 4))
        if part in ("n1", "n2", "norm"):
            values = random.uniform(0.3, 1.5, shape) * random.choice([1, 1, 1, 1, 1, 1, 1, -1], shape)
        shift = max(-8, min(8, math.floor(math.log2(127 / np.abs(values).max()))))
        if kind:
            tensors[name] = Tensor(random.integers(-3000, 3000, shape).astype(np.int16), 0)
        else:
            tensors[name] = Tensor(np.rint(values * 2.0**shift).clip(-127, 127).astype(np.int8), shift)
    return Soul(sizes, tensors, letters(sizes.vocabulary))


@cache
def soul_of(seed: int) -> tuple[Soul, Sim65]:
    """A generated soul and its program: ordinary ones, and one of three with numbers and shifts that nobody trains."""
    random = np.random.default_rng(seed)
    while True:
        sizes = {0: PUBLISHED, 1: SMALL}.get(seed) or generated_sizes(random)
        if seed % 3:
            shifts = {part: int(random.integers(-8, 16)) for part in ("te", "pe", "n1", "n2", "norm", "v", "out")}
            shifts |= {part: int(random.integers(2, 14)) for part in ("proj", "fc1_w", "fc2_w")}
            shifts |= {"q": 13, "k": int(random.integers(12, 14))}  # or scores leave 32 bits
            soul = strange_soul(sizes, shifts, seed=seed, extreme=float(random.choice([0, 0.02, 0.3])))
        else:
            soul = ordinary_soul(sizes, random)
        try:
            machine = Sim65(build(soul))
        except BadInput:  # too large
            continue
        machine.symbols |= FREE
        return soul, machine


def vectors(random: np.random.Generator, count: int, length: int, largest: int = 32767) -> Ints:
    """Vectors (count, length) of int16, of few bits and of many, here and there a zero or an extreme."""
    scale = np.exp2(random.uniform(0, math.log2(largest), (count, 1)))
    numbers = np.rint(random.normal(0, 0.5, (count, length)) * scale).astype(np.int64)
    odd = random.choice([0, -1, 1, largest, -largest - 1], (count, length))
    return np.clip(np.where(random.random((count, length)) < 0.02, odd, numbers), -largest - 1, largest)
