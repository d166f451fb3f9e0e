"""A very small soul, so that py65 answers a prompt in a moment, and the program built from it."""

from __future__ import annotations

from functools import cache

import numpy as np

from soulrig.buildtools.build import Built, build
from soulrig.buildtools.line import Line
from soulrig.model.soul import DecodeRule, Sizes, Soul, Tensor
from soulrig.model.tokenizer import SPECIALS, Tokenizer

CONTEXT = 20
LETTERS = " abcdefghijklmnopqrstuvwxyz.,!?'-"
# Merges on merges, of equal letters, across spaces, and such that compete for a letter.
PAIRS = (
    ("a", "a"), ("aa", "a"), ("aa", "aa"), ("t", "h"), ("h", "e"), ("th", "e"), ("e", " "), ("the", " "),
    ("l", "l"), ("he", "ll"), ("hell", "o"), ("o", "u"), ("y", "ou"), (" ", "you"), ("o", "o"), ("a", "b"),
    ("b", "a"), ("ab", "ab"), (" ", " "), ("  ", "  "), ("!", "!"), ("aaa", "a"), ("ba", "b"), ("e", "l"),
)  # fmt: skip


def small_tokenizer() -> Tokenizer:
    merged = dict.fromkeys(left + right for left, right in PAIRS)
    return Tokenizer((*SPECIALS, *LETTERS, *merged), PAIRS)


def small_soul(decode: DecodeRule = "end", max_reply: int | None = None, seed: int = 1) -> Soul:
    """Random weights: width 8, one layer."""
    tokenizer = small_tokenizer()
    sizes = Sizes(vocabulary=tokenizer.size, width=8, ffn=8, layers=1, context=CONTEXT)
    rng = np.random.default_rng(seed)
    tensors = {}
    for name, kind, rows, cols in sizes.tensors():
        shape = (rows,) if cols == 1 else (rows, cols)
        numbers = rng.integers(-1000, 1000, shape, np.int16) if kind else rng.integers(-127, 128, shape, np.int8)
        tensors[name] = Tensor(numbers, 6)
    return Soul(sizes, tensors, tokenizer, decode, max_reply)


@cache
def small_build(
    decode: DecodeRule = "end", max_reply: int | None = None, seed: int = 1, wire: Line | None = None
) -> Built:
    return build(small_soul(decode, max_reply, seed), wire=wire)
