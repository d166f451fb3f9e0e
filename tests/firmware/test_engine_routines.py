"""The engine's routines, one by one at their edges: the same integers as soul v3, to the last bit."""

import dataclasses
import math
import random
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import pytest
from plain_machine import PlainMachine
from strange_souls import SOULS, machine_of, strange, strange_soul

from soulrig.buildtools.build import build
from soulrig.model.soul import HEAD_DIM, Sizes, Soul
from soulrig.model.tokenizer import END, FIRST_TEXT, UNK

pytestmark = pytest.mark.cc65

BYTES = range(256)
INT16 = (-32768, -32767, -16385, -257, -256, -255, -128, -1, 0, 1, 127, 255, 256, 257, 4095, 16384, 32767)


def sat16(value: int) -> int:
    return max(-32768, min(32767, value))


def shifted(value: int, right: int) -> int:
    return value >> right if right >= 0 else value << -right


def weights(soul: Soul, name: str) -> list[Any]:
    numbers: list[Any] = soul.tensors[name].data.tolist()
    return numbers


@pytest.fixture(scope="module")
def machine() -> PlainMachine:
    """For routines to which the soul does not matter."""
    return machine_of(0)


# Arithmetic


def test_tables_hold_quarter_squares(machine: PlainMachine) -> None:
    def table(name: str, length: int) -> list[int]:
        low, high = machine.symbols[f"{name}_lo"], machine.symbols[f"{name}_hi"]
        return [machine.memory[low + n] | machine.memory[high + n] << 8 for n in range(length)]

    assert table("square", 512) == [n * n // 4 for n in range(512)]
    assert table("mirror", 511) == [(k - 255) ** 2 // 4 for k in range(511)]


def product(machine: PlainMachine, multiplier: int, factor: int) -> int:
    machine.call("set_multiplier", a=multiplier & 0xFF, x=multiplier >> 8 & 0xFF)
    machine.write("factor", factor, 2)
    machine.call("multiply")
    return machine.read("value", 4, signed=True)


def test_multiply(machine: PlainMachine) -> None:
    chance = random.Random(2)
    pairs = [(a, b) for a in INT16 for b in INT16]
    pairs += [(chance.randrange(-32768, 32768), chance.randrange(-32768, 32768)) for _ in range(2000)]
    pairs += [(a, b << 8 | a ^ b) for a in BYTES for b in range(0, 128, 17)]
    for a, b in pairs:
        assert product(machine, a, b) == a * b, (a, b)


def test_divide(machine: PlainMachine) -> None:
    chance = random.Random(3)
    pairs = [(value, divisor) for divisor in (1, 2, 24, 255, 256, 16320, 32767) for value in (0, divisor - 1, divisor)]
    pairs += [(divisor * 65536 - 1, divisor) for divisor in (1, 17, 255, 257, 32767)]
    for _ in range(1500):
        divisor = chance.randrange(1, 1 << chance.randrange(1, 16))
        pairs.append((chance.randrange(divisor << chance.randrange(17)), divisor))
    for value, divisor in pairs:
        machine.write("value", value, 4)
        machine.write("divisor", divisor, 2)
        machine.call("divide")
        assert (machine.read("value", 2), machine.read("value", 4) >> 16) == divmod(value, divisor), (value, divisor)


@pytest.mark.parametrize("shift", range(-8, 17))
def test_scale(machine: PlainMachine, shift: int) -> None:
    chance = random.Random(shift)
    edges = [shifted(edge, -shift) for edge in (-32769, -32768, -32767, -1, 0, 1, 32767, 32768)]
    values = [edge + near for edge in edges for near in (-1, 0, 1)] + [-(2**31), 2**31 - 1, 2**30, -(2**29)]
    values += [chance.randrange(-(1 << bits), 1 << bits) for bits in range(32) for _ in range(4)]
    machine.call("set_shift", a=shift & 0xFF)
    for value in values:
        if not -(2**31) <= value < 2**31:
            continue
        machine.write("value", value, 4)
        machine.call("scale")
        assert machine.read("value", 2, signed=True) == sat16(shifted(value, shift)), value


# Routines of a position


def inputs(length: int) -> list[list[int]]:
    """Vectors at the ends of int16, of few and of many bits."""
    chance = random.Random(length)
    return [
        [0] * length,
        [-32768] * length,
        [32767] * length,
        [chance.choice((-32768, 32767)) for _ in range(length)],
        [chance.randrange(-255, 256) for _ in range(length)],
        [chance.randrange(-32768, 32768) if n % 3 else 0 for n in range(length)],
        [chance.choice(INT16) for _ in range(length)],
        *([chance.randrange(min(8192, 2 * total // length)) for _ in range(length)] for total in (30000, 45000, 62000)),
        [chance.randrange(-1, 2) * 32500 // length for _ in range(length)],
        [chance.choice((-1, 1)) * 50000 // length for _ in range(length)],
    ]


def write_pointer(machine: PlainMachine, pointer: str, vector: str) -> None:
    for half in ("lo", "hi"):
        machine.write(f"{pointer}_{half}", machine.symbols[f"{vector}_{half}"], 2)


@strange
def test_matrix_times_vector(soul_id: int) -> None:
    soul, machine = SOULS[soul_id], machine_of(soul_id)
    names = [
        f"layer{layer}.{part}"
        for layer in range(soul.sizes.layers)
        for part in ("q", "k", "v", "proj", "fc1_w", "fc2_w")
    ]
    for number, name in enumerate([*names, "out"]):
        matrix = weights(soul, name)
        bias = weights(soul, name[:-1] + "b") if name.endswith("_w") else [0] * len(matrix)
        shift = soul.tensors[name].shift + (name != "out")
        for x in inputs(len(matrix[0]))[:: 1 if number < 6 else 4]:
            machine.write_vector("free_x", x)
            write_pointer(machine, "input", "free_x")
            write_pointer(machine, "output", "free_y")
            machine.call("matvec", x=number)
            sums = [sum(w * v for w, v in zip(row, x, strict=True)) + b for row, b in zip(matrix, bias, strict=True)]
            assert machine.vector("free_y", len(matrix)) == [sat16(shifted(acc, shift)) for acc in sums], name


@strange
def test_inputs_that_fit_by_chunks_but_not_together(soul_id: int) -> None:
    """As large as the quick product takes them, signs such that a row's sum is largest, or smallest."""
    soul, machine = SOULS[soul_id], machine_of(soul_id)
    matrix, biases = weights(soul, "layer0.fc2_w"), weights(soul, "layer0.fc2_b")
    write_pointer(machine, "output", "free_y")
    for row in matrix[:6]:
        for size in (250, 600, 900, -900):
            x = [size if w > 0 else -size for w in row]
            write_pointer(machine, "input", "free_x")
            machine.write_vector("free_x", x)
            machine.call("matvec", x=5)
            sums = [sum(w * v for w, v in zip(row, x, strict=True)) + b for row, b in zip(matrix, biases, strict=True)]
            shift = soul.tensors["layer0.fc2_w"].shift + 1
            assert machine.vector("free_y", len(matrix)) == [sat16(shifted(acc, shift)) for acc in sums]


def test_totals_are_rounded(machine: PlainMachine) -> None:
    """What rows rely on: low bytes of the total and of what is added to no entry's harm."""
    chance = random.Random(7)
    for size in (1, 2, 3, 100, 1000, 2000):
        for _ in range(40):
            machine.write_vector("free_x", [chance.randrange(-size, size + 1) for _ in range(8)])
            write_pointer(machine, "input", "free_x")
            write_pointer(machine, "output", "free_y")
            machine.call("matvec", x=0)
            assert machine.read("total", 1) | 1 == 0xFF
            assert machine.read("negative", 1) < 0x80


@strange
def test_tables_of_subset_sums(soul_id: int) -> None:
    machine = machine_of(soul_id)
    memory, symbol = machine.memory, machine.symbols
    for body in range(symbol["body_end"] - symbol["body_first"]):
        groups = range(memory[symbol["body_first"] + body], memory[symbol["body_end"] + body])
        sizes = [memory[symbol["group_low"] + group] + memory[symbol["group_high"] + group] for group in groups]
        for x in inputs(sum(sizes)):
            machine.write_vector("free_x", x)
            write_pointer(machine, "input", "free_x")
            machine.write("first_group", groups.start, 1)
            machine.write("last_group", groups.stop, 1)
            too_large = machine.call("word_tables").carry
            magnitudes = sum(map(abs, x))
            if too_large:
                assert magnitudes > 65000 or max(map(abs, x)) >= 7936
                continue
            base = machine.read("negative", 2) - sum(-value for value in x if value < 0)
            assert base in range(256)
            assert machine.read("total", 2) == magnitudes + 2 * base
            for group, size in zip(groups, sizes, strict=True):
                first = memory[symbol["group_first"] + group]
                at = memory[symbol["group_table"] + group] + 256 * memory[symbol["group_page"] + group]
                terms = x[first : first + size]
                least = sum(-value for value in terms if value < 0) + base * (group == groups[-1])
                sums = [least + sum(v for j, v in enumerate(terms) if index >> j & 1) for index in range(1 << size)]
                low, high = (symbol[f"subset_{half}"] + at for half in ("lo", "hi"))
                assert [memory[low + i] | memory[high + i] << 8 for i in range(1 << size)] == sums


@strange
def test_rms_norm(soul_id: int) -> None:
    soul, machine = SOULS[soul_id], machine_of(soul_id)
    width = soul.sizes.width
    small = [[n % 2 * size for n in range(width)] for size in (16, 31, 63, 255, 272, 1000, 4000)]
    small += [[16 * r] * width for r in (1, 15, 16, 17)]  # 2^19 // r leaves int16 up to r = 16
    edges = [[100] * (width - 1) + [edge] for edge in (4095, 4096, -4080, -4081, -4096, -4097)]  # of the quick path
    for x in inputs(width) + small + edges:
        mean = max(1, sum((v >> 4) ** 2 for v in x) // width)
        inverse = min(32767, (1 << 19) // max(1, math.isqrt(mean)))
        for number, name in enumerate(("layer0.n1", "layer0.n2", *["norm"][: soul.sizes.layers == 1])):
            machine.write_vector("residual", x)
            machine.call("rms_norm", x=number)
            expected = [
                sat16(shifted((v * inverse >> 15) * gain, soul.tensors[name].shift))
                for v, gain in zip(x, weights(soul, name), strict=True)
            ]
            assert machine.vector("normed", width) == expected, (name, x)


EXP = [max(1, round(255 * math.exp(-i / 16))) for i in range(127)] + [0]


def expected_attention(
    query: Sequence[int], keys: Sequence[Sequence[int]], values: Sequence[Sequence[int]]
) -> list[int]:
    out = []
    for first in range(0, len(query), HEAD_DIM):
        head = slice(first, first + HEAD_DIM)
        f = [sum(q * k for q, k in zip(query[head], key[head], strict=True)) >> 14 for key in keys]
        w = [EXP[min(127, max(f) - one)] for one in f]
        out += [sum(map(int.__mul__, w, column)) // sum(w) for column in list(zip(*values, strict=True))[head]]
    return out


def fill_cache(
    machine: PlainMachine, layer: int, keys: Sequence[Sequence[int]], values: Sequence[Sequence[int]]
) -> None:
    for position, (key, value) in enumerate(zip(keys, values, strict=True)):
        machine.write("position", position, 1)
        machine.call("cache_begin")
        for _ in range(layer):
            machine.call("cache_next_layer")
        machine.write_vector("unstored", key)
        machine.call("store_key")
        machine.write_vector("unstored", value)
        machine.call("store_value")


@strange
def test_attention(soul_id: int) -> None:
    soul, machine = SOULS[soul_id], machine_of(soul_id)
    sizes, chance = soul.sizes, random.Random(soul_id)

    def vectors(size: int) -> list[list[int]]:
        return [[chance.randrange(-size, size) for _ in range(sizes.width)] for _ in range(sizes.context)]

    cases: list[tuple[list[int], list[list[int]], list[list[int]]]] = [
        (vectors(400)[0], vectors(400), vectors(32768)),  # soft
        (vectors(16384)[0], vectors(16384), vectors(256)),  # one wins: differences of 18 bits
        ([16383] * sizes.width, [[(-16384, 16383)[n % 2]] * sizes.width for n in range(sizes.context)], vectors(9)),
        ([0] * sizes.width, vectors(32768), [[-32768] * sizes.width] * sizes.context),
        (vectors(500)[0], vectors(500), [[-1] * sizes.width, *vectors(2)[1:]]),  # floors below zero
    ]
    for number, (query, keys, values) in enumerate(cases):
        for held in sorted({1, 2, sizes.context} if number else range(1, sizes.context + 1, 3)):
            fill_cache(machine, number % sizes.layers, keys[:held], values[:held])
            machine.write_vector("query", query)
            machine.call("attention")
            expected = expected_attention(query, keys[:held], values[:held])
            assert machine.vector("attended", sizes.width) == expected, (number, held)


def test_weights_fall_off_step_by_step(machine: PlainMachine) -> None:
    """Differences d around 0..127 and far beyond, on both sides of the edge where score >> 14 steps down."""
    width = SOULS[0].sizes.width
    query, best = [16384, 1, *[0] * (width - 2)], [0] * width
    values = [[1000 * n for n in range(width)], [-30000 + n for n in range(width)]]
    beyond = machine.symbols["exp_table"] + len(EXP)
    machine.memory[beyond : beyond + 8] = [0xFF] * 8  # not to be read
    for d in (0, 1, 2, 15, 16, 63, 64, 125, 126, 127, 128, 129, 255, 256, 4096, 32766):
        for key in ([-d, 0, *best[2:]], [-d - 1, 16383, *best[2:]], [-d, -1, *best[2:]]):
            fill_cache(machine, 0, [best, key], values)
            machine.write_vector("query", query)
            machine.call("attention")
            assert machine.vector("attended", width) == expected_attention(query, [best, key], values), key


@pytest.mark.parametrize("last", [42, 43, 44, 45])
@pytest.mark.parametrize("digits", ["largest", "smallest", "mixed"])
def test_sums_of_weights_at_the_edge_of_what_two_bytes_tell(machine: PlainMachine, last: int, digits: str) -> None:
    """Weights 255, 255, 255, 255 and EXP[last]: their sum is 1036, the last below the edge, at d = 44."""
    assert 4 * EXP[0] + EXP[44] == 1036
    sizes, chance = SOULS[0].sizes, random.Random(last)
    query = [4096, *[0] * (HEAD_DIM - 1)] * sizes.heads
    keys = [[0] * sizes.width] * 4 + [[-4 * last, *[0] * (HEAD_DIM - 1)] * sizes.heads]
    bounds = {"largest": (2047, 2047), "smallest": (-2048, -2048), "mixed": (-2048, 2047)}[digits]
    values = [[chance.randint(*bounds) for _ in range(sizes.width)] for _ in keys]
    fill_cache(machine, 0, keys, values)
    machine.write_vector("query", query)
    machine.call("attention")
    assert machine.read("weight_sum", 2) == 4 * EXP[0] + EXP[last]
    assert machine.vector("attended", sizes.width) == expected_attention(query, keys, values)


# What is made of the logits


def logits_cases(length: int) -> list[list[int]]:
    chance = random.Random(5)
    low, high = [-32768] * length, [0] * length
    high[END] = high[FIRST_TEXT] = high[length - 1] = 32767
    special = [chance.randrange(-100, 100) for _ in range(length)]
    special[UNK] = 101
    return [
        low,
        high,
        [*special[:END], 100, *special[FIRST_TEXT:]],
        [*low[:-1], -32767],
        [32767 - n for n in range(length)],
        *([chance.randrange(-32768, 32768) for _ in range(length)] for _ in range(20)),
        *([chance.choice((-32768, -1, 0, 32767)) for _ in range(length)] for _ in range(20)),
    ]


@pytest.mark.parametrize("vocabulary", [40, 256])
@pytest.mark.parametrize(("decode", "first"), [("end", END), ("v3", FIRST_TEXT)])
def test_choice_and_checksum(vocabulary: int, decode: Any, first: int) -> None:
    soul = strange_soul(Sizes(vocabulary, 8, 8, 1, 8), {}, seed=6, extreme=0)
    machine = PlainMachine(build(dataclasses.replace(soul, decode=decode)))
    for logits in logits_cases(vocabulary):
        machine.write_vector("logits", logits)
        assert machine.call("choose").a == max(range(first, vocabulary), key=lambda token: (logits[token], -token))
        sums = list(accumulate(logits))
        assert machine.read("checksum_s1", 2) == sums[-1] % 65536
        assert machine.read("checksum_s2", 2) == sum(sums) % 65536
