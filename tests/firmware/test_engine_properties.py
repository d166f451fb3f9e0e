"""The engine's routines against plain integers: generated souls, generated numbers, thousands of cases in `sim65`.

A seed makes a soul and all that it is given, so a failure's seed is all that it takes to see it again: put it into
KEPT, and it is tried in every run from then on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from generated_souls import soul_of, vectors
from plain_integers import Ints, expected_attention, expected_norm, expected_product, sat16, shifted
from sim65 import Sim65, words

from soulrig.buildtools.layout import HEADER, TELEMETRY_ADDRESS
from soulrig.errors import BadInput
from soulrig.model.reference import Reference
from soulrig.model.tokenizer import END, FIRST_TEXT

pytestmark = pytest.mark.cc65

KEPT = ()  # seeds that once failed
BRIEF, LONG = (0, 1, 2, *KEPT), range(3, 33)
CASES, MANY_CASES = 60, 1000  # a soul and routine

souls = pytest.mark.parametrize(
    ("seed", "count"),
    [(seed, CASES) for seed in BRIEF] + [pytest.param(seed, MANY_CASES, marks=pytest.mark.sim_long) for seed in LONG],
)


def ask_for_uses(machine: Sim65, field: str) -> None:
    """Ask how often a slow path was taken: an entry of two bytes."""
    machine.get(TELEMETRY_ADDRESS + HEADER[field].offset, HEADER[field].size)


def check_uses(entry: npt.NDArray[np.uint8], calls: int, seed: int) -> None:
    """Of an ordinary soul's calls some have to take the slow path, and some not."""
    if seed % 3 == 0:
        assert 0 < int.from_bytes(entry.tobytes(), "little") < calls


def same(found: Ints, expected: Any, what: object) -> None:
    """Fail with the first case that differs."""
    wrong = np.flatnonzero((found != np.asarray(expected)).any(axis=-1))
    assert not len(wrong), f"{what}, case {wrong[0]}: {found[wrong[0]].tolist()}, not {expected[wrong[0]].tolist()}"


# Arithmetic: to one soul, since it doesn't matter to them


def edges_and(random: np.random.Generator, bits: int, count: int) -> Ints:
    """Signed numbers of up to `bits` bits: around powers of two, and any."""
    powers = [sign * (1 << bit) + near for bit in range(bits) for sign in (-1, 1) for near in (-1, 0, 1)]
    some = random.integers(-(1 << bits), 1 << bits, count) >> random.integers(0, bits, count)
    numbers = np.concatenate([np.array(powers, np.int64), some])
    return numbers[(numbers >= -(1 << bits)) & (numbers < 1 << bits)]


def signed(parts: Sequence[npt.NDArray[np.uint8]], size: int) -> Ints:
    return np.array([int.from_bytes(part[:size].tobytes(), "little", signed=True) for part in parts], np.int64)


@souls
def test_multiply_divide_scale(seed: int, count: int) -> None:
    _, machine = soul_of(0)
    random = np.random.default_rng(seed)
    left, right = (random.permutation(edges_and(random, 15, count)) for _ in range(2))
    for a, b in zip(left.tolist(), right.tolist(), strict=True):
        machine.call("set_multiplier", a=a, x=a >> 8 & 0xFF)
        machine.write("factor", b, 2)
        machine.call("multiply")
        machine.read("value", 4)
    assert (signed(machine.run(), 4) == left * right).all()

    divisors = np.abs(left).clip(1, 32767)
    values = np.abs(edges_and(random, 47, len(left))[: len(left)]) % (divisors * 65536)
    for value, divisor in zip(values.tolist(), divisors.tolist(), strict=True):
        machine.write("value", value, 4)
        machine.write("divisor", divisor, 2)
        machine.call("divide")
        machine.read("value", 4)
    for part, value, divisor in zip(machine.run(), values.tolist(), divisors.tolist(), strict=True):
        quotient, remainder = divmod(value, divisor)
        assert part.tobytes() == (quotient | remainder << 16).to_bytes(4, "little"), (value, divisor)

    numbers = edges_and(random, 31, count)
    shifts = random.integers(-8, 17, len(numbers))
    for value, shift in zip(numbers.tolist(), shifts.tolist(), strict=True):
        machine.call("set_shift", a=shift)
        machine.write("value", value, 4)
        machine.call("scale")
        machine.read("value", 2)
    expected = [sat16(shifted(value, shift)) for value, shift in zip(numbers, shifts.tolist(), strict=True)]
    assert (signed(machine.run(), 2) == expected).all()


# Routines of a position


@souls
def test_rms_norm(seed: int, count: int) -> None:
    soul, machine = soul_of(seed)
    random, width = np.random.default_rng(seed), soul.sizes.width
    names = [f"layer{layer}.{part}" for layer in range(soul.sizes.layers) for part in ("n1", "n2")] + ["norm"]
    for number, name in enumerate(names):
        x = vectors(random, count, width)
        for row in x:
            machine.write_vector("residual", row)
            machine.call("rms_norm", x=number)
            machine.read_vector("normed", width)
        ask_for_uses(machine, "wide_norms")
        tensor = soul.tensors[name]
        *found, uses = machine.run()
        same(words(found), expected_norm(x, tensor.data.astype(np.int64), tensor.shift), name)
        check_uses(uses, len(x), seed)


@souls
def test_matrix_times_vector(seed: int, count: int) -> None:
    soul, machine = soul_of(seed)
    random = np.random.default_rng(seed)
    parts = ("q", "k", "v", "proj", "fc1_w", "fc2_w")
    names = [f"layer{layer}.{part}" for layer in range(soul.sizes.layers) for part in parts] + ["out"]
    for number, name in enumerate(names):
        matrix = soul.tensors[name].data.astype(np.int64)
        bias = soul.tensors[name[:-1] + "b"].data.astype(np.int64) if name.endswith("_w") else 0
        x = vectors(random, count // 6, matrix.shape[1])
        totals = np.abs(x[::3]).sum(axis=1, keepdims=True).clip(1)
        x[::3] = sat16(x[::3] * random.integers(10_000, 40_000, totals.shape) // totals)  # around the bounds
        for row in x:
            machine.write_vector("free_x", row)
            for pointer, vector in (("input", "free_x"), ("output", "free_y")):
                for half in ("lo", "hi"):
                    machine.write(f"{pointer}_{half}", machine.symbols[f"{vector}_{half}"], 2)
            machine.call("matvec", x=number)
            machine.read_vector("free_y", len(matrix))
        ask_for_uses(machine, "wide_products")
        shift = soul.tensors[name].shift + (name != "out")
        *found, uses = machine.run()
        same(words(found), expected_product(matrix, x, bias, shift), name)
        check_uses(uses, len(x) * len(matrix), seed)


@souls
def test_attention(seed: int, count: int) -> None:
    soul, machine = soul_of(seed)
    random, sizes = np.random.default_rng(seed), soul.sizes
    expected = []
    for _ in range(max(1, count // 10)):
        layer, held = int(random.integers(sizes.layers)), int(random.integers(1, sizes.context + 1))
        largest = int(random.choice([500, 2047, 16383]))  # of keys that fit 12 bits, or do not
        keys = vectors(random, held, sizes.width, largest)
        values = vectors(random, held, sizes.width, int(random.choice([2047, 32767])))
        for position in range(held):
            machine.write("position", position, 1)
            machine.call("cache_begin")
            for _ in range(layer):
                machine.call("cache_next_layer")
            for vector, store in ((keys, "store_key"), (values, "store_value")):
                machine.write_vector("unstored", vector[position])
                machine.call(store)
        for query in vectors(random, 5, sizes.width, int(random.choice([300, 3000, 16383]))):
            machine.write_vector("query", query)
            machine.call("attention")
            machine.read_vector("attended", sizes.width)
            expected.append(expected_attention(query, keys, values))
    ask_for_uses(machine, "wide_heads")
    *found, uses = machine.run()
    same(words(found), expected, "attention")
    check_uses(uses, len(expected) * sizes.heads, seed)


@souls
def test_add_and_relu(seed: int, count: int) -> None:
    soul, machine = soul_of(seed)
    random, sizes = np.random.default_rng(seed), soul.sizes
    x, change = (vectors(random, count, sizes.width) for _ in range(2))
    for a, b in zip(x, change, strict=True):
        machine.write_vector("residual", a)
        machine.write_vector("change", b)
        machine.call("add_change")
        machine.read_vector("residual", sizes.width)
    same(words(machine.run()), sat16(x + change), "add_change")
    hidden = vectors(random, count, sizes.ffn)
    for row in hidden:
        machine.write_vector("hidden", row)
        machine.call("relu")
        machine.read_vector("hidden", sizes.ffn)
    same(words(machine.run()), np.maximum(hidden, 0), "relu")


@souls
def test_choice_and_checksum(seed: int, count: int) -> None:
    soul, machine = soul_of(seed)
    random, vocabulary = np.random.default_rng(seed), soul.sizes.vocabulary
    logits = vectors(random, count, vocabulary)
    close = logits[::2] // 512 + random.integers(-(1 << 15), 1 << 15, (len(logits[::2]), 1))
    logits[::2] = sat16(close)  # many are equal
    for row in logits:
        machine.write_vector("logits", row)
        machine.call("choose")
        machine.read_returned()
        machine.read("checksum_s1", 2)
        machine.read("checksum_s2", 2)
    parts = machine.run()
    first = END if soul.decode == "end" else FIRST_TEXT
    assert [int(part[0]) for part in parts[::3]] == (first + np.argmax(logits[:, first:], axis=1)).tolist()
    sums = np.cumsum(logits, axis=1)
    for found, sum_of in ((parts[1::3], sums[:, -1]), (parts[2::3], sums.sum(axis=1))):
        assert [int(part[0]) | int(part[1]) << 8 for part in found] == (sum_of % 65536).tolist()


@souls
def test_positions(seed: int, count: int) -> None:
    soul, machine = soul_of(seed)
    reference, random = Reference(soul), np.random.default_rng(seed)
    expected = []
    for number in range(count // 3):
        if number % soul.sizes.context == 0:
            reference.reset()
            machine.call("engine_reset")
        token = int(random.integers(soul.sizes.vocabulary))
        try:
            expected.append(reference.step(token))
        except BadInput:  # a score beyond 32 bits
            break
        machine.call("engine_step", a=token, carry=True)
        machine.read_vector("logits", soul.sizes.vocabulary)
    assert expected
    same(words(machine.run()), expected, "logits")
