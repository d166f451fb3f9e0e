"""The engine, routine by routine and position by position: the same integers as soul v3, to the last bit."""

import dataclasses
import json
import math
import random
from collections.abc import Callable, Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from plain_machine import CIA1_ROWS, PlainMachine
from strange_souls import letters, strange_soul

from soulrig.buildtools.build import build
from soulrig.model.reference import Reference
from soulrig.model.soul import HEAD_DIM, Sizes, Soul
from soulrig.model.tokenizer import END, FIRST_TEXT, UNK

pytestmark = pytest.mark.cc65

BYTES = range(256)
INT16 = (-32768, -32767, -16385, -257, -256, -255, -128, -1, 0, 1, 127, 255, 256, 257, 4095, 16384, 32767)
LARGEST_STEP = 3_000_000  # cycles of a position with a full context, screen blanked

# What training never gives: left shifts of weights and embeddings, results that saturate everywhere, or vanish.
# Keys and queries stay so small that no score leaves 32 bits, as soul v3 demands.
LEFTWARDS = {"te": -8, "pe": 15, "n1": -8, "q": 13, "k": 13, "v": -8, "proj": -3, "n2": 15, "fc1_w": -1, "out": -8}
RIGHTWARDS = {"te": 15, "pe": 8, "n1": 2, "q": 12, "k": 13, "v": 15, "proj": 0, "fc1_w": 15, "fc2_w": 14, "out": 15}
BETWEEN = {"te": 3, "pe": 9, "q": 11, "k": 10, "v": 7, "proj": 9, "fc1_w": 8, "fc2_w": 12, "norm": -2, "out": 12}
# Two vectors of up to 256 numbers, where the screen would be.
FREE = {"free_x_lo": 0x0400, "free_x_hi": 0x0500, "free_y_lo": 0x0600, "free_y_hi": 0x0700}

STRANGE = [
    (Sizes(256, 8, 128, 2, 48), LEFTWARDS),
    (Sizes(64, 16, 32, 4, 20), RIGHTWARDS),
    (Sizes(40, 24, 48, 3, 20), BETWEEN),
    (Sizes(35, 40, 24, 1, 12), LEFTWARDS),
    (Sizes(64, 64, 64, 1, 20), BETWEEN),
]


def sat16(value: int) -> int:
    return max(-32768, min(32767, value))


def shifted(value: int, right: int) -> int:
    return value >> right if right >= 0 else value << -right


def weights(soul: Soul, name: str) -> list[Any]:
    numbers: list[Any] = soul.tensors[name].data.tolist()
    return numbers


SOULS = [strange_soul(sizes, shifts, seed=1, extreme=0.2) for sizes, shifts in STRANGE]


@cache
def machine_of(soul_id: int) -> PlainMachine:
    """A machine with one of SOULS, its tables made."""
    machine = PlainMachine(build(SOULS[soul_id]))
    machine.symbols |= FREE
    machine.call("engine_init")
    return machine


strange = pytest.mark.parametrize("soul_id", range(len(SOULS)), ids=[str(sizes) for sizes, _ in STRANGE])


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
        for x in inputs(len(matrix[0]))[:: 1 if number < 6 else 3]:
            machine.write_vector("free_x", x)
            write_pointer(machine, "input", "free_x")
            write_pointer(machine, "output", "free_y")
            machine.call("matvec", x=number)
            sums = [sum(w * v for w, v in zip(row, x, strict=True)) + b for row, b in zip(matrix, bias, strict=True)]
            assert machine.vector("free_y", len(matrix)) == [sat16(shifted(acc, shift)) for acc in sums], name


@strange
def test_rms_norm(soul_id: int) -> None:
    soul, machine = SOULS[soul_id], machine_of(soul_id)
    width = soul.sizes.width
    small = [[n % 2 * size for n in range(width)] for size in (16, 31, 63, 255, 272, 1000, 4000)]
    small += [[16 * r] * width for r in (1, 15, 16, 17)]  # 2^19 // r leaves int16 up to r = 16
    for x in inputs(width) + small:
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


def fill_cache(machine: PlainMachine, keys: Sequence[Sequence[int]], values: Sequence[Sequence[int]]) -> None:
    for position, (key, value) in enumerate(zip(keys, values, strict=True)):
        machine.write("position", position, 1)
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
        machine.call("cache_reset")
        for _ in range(number % sizes.layers):
            machine.call("cache_next_layer")
        fill_cache(machine, keys, values)
        for held in {1, 2, sizes.context} if number else range(1, sizes.context + 1, 3):
            machine.write_vector("query", query)
            machine.write("position", held - 1, 1)
            machine.call("attention")
            expected = expected_attention(query, keys[:held], values[:held])
            assert machine.vector("attended", sizes.width) == expected, (number, held)


def test_weights_fall_off_step_by_step(machine: PlainMachine) -> None:
    """Differences d around 0..127 and far beyond, on both sides of the edge where score >> 14 steps down."""
    width = SOULS[0].sizes.width
    query, best = [16384, 1, *[0] * (width - 2)], [0] * width
    values = [[1000 * n for n in range(width)], [-30000 + n for n in range(width)]]
    machine.call("cache_reset")
    beyond = machine.symbols["exp_table"] + len(EXP)
    machine.memory[beyond : beyond + 8] = [0xFF] * 8  # not to be read
    for d in (0, 1, 2, 15, 16, 63, 64, 125, 126, 127, 128, 129, 255, 256, 4096, 32766):
        for key in ([-d, 0, *best[2:]], [-d - 1, 16383, *best[2:]], [-d, -1, *best[2:]]):
            fill_cache(machine, [best, key], values)
            machine.write_vector("query", query)
            machine.call("attention")
            assert machine.vector("attended", width) == expected_attention(query, [best, key], values), key


# Positions


def feed(machine: PlainMachine, ids: Sequence[int], vocabulary: int = 128) -> list[int]:
    """The logits (vocabulary,) after the last of `ids`, from an empty context."""
    machine.call("engine_reset")
    for index, token in enumerate(ids):
        last = index == len(ids) - 1
        assert not machine.call("engine_step", a=token, carry=last).carry
        assert machine.read("position", 1) == index + 1
    return machine.vector("logits", vocabulary)


@strange
def test_positions_of_strange_souls(soul_id: int) -> None:
    soul, machine = SOULS[soul_id], machine_of(soul_id)
    reference, chance = Reference(soul), random.Random(4)
    machine.call("engine_reset")
    for _ in range(min(6, soul.sizes.context)):
        token = chance.randrange(soul.sizes.vocabulary)
        machine.call("engine_step", a=token, carry=True)
        expected = reference.step(token).tolist()
        assert machine.vector("logits", soul.sizes.vocabulary) == expected
        assert machine.call("argmax").a == reference.choose(np.array(expected))


def golden_cases(file: str) -> list[dict[str, Any]]:
    golden = json.loads((Path(__file__).parents[1] / "data" / "random-golden.json").read_text())
    cases: list[dict[str, Any]] = next(soul["cases"] for soul in golden if soul["file"] == file)
    return sorted(cases, key=lambda case: len(case["ids"]))


RANDOM_SOULS = ("random-norm.bin", "random-wide.bin", "random-sat.bin")


@cache
def golden_machine(path: Path) -> PlainMachine:
    soul = Soul.load(path, decode="v3")
    machine = PlainMachine(build(dataclasses.replace(soul, tokenizer=letters(soul.sizes.vocabulary))))
    machine.call("engine_init")
    return machine


@pytest.mark.parametrize(
    ("file", "number"),
    [
        pytest.param(file, number, marks=[pytest.mark.sim_long] if number else [], id=f"{file}-{number}")
        for file in RANDOM_SOULS
        for number in range(len(golden_cases(file)))
    ],
)
def test_golden_logits(data: Path, file: str, number: int) -> None:
    case, machine = golden_cases(file)[number], golden_machine(data / file)
    assert feed(machine, case["ids"]) == case["last_logits"]
    if case["tokens"]:
        assert machine.call("argmax").a == case["tokens"][0]


@pytest.mark.fixtures
def test_every_vector_of_a_trained_soul(golden: Path) -> None:
    soul = Soul.load(golden / "meful-soul.bin", golden / "meful-tokenizer.json")
    trace = json.loads((golden / "meful-trace-hey.json").read_text())
    machine = PlainMachine(build(soul))
    machine.call("engine_init")
    width, count = soul.sizes.width, len(trace["ids"])
    seen: dict[str, list[Any]] = {}

    def keep(label: str, look: Callable[[], Any]) -> Callable[[], None]:
        return lambda: seen.setdefault(label, []).append(look())

    def scores() -> list[int]:
        rows = range(256 - count, 256)
        tops = [machine.symbols[f"acc{byte}"] for byte in range(4)]
        return [int.from_bytes(bytes(machine.memory[top + row] for top in tops), "little", signed=True) for row in rows]

    machine.call("engine_reset")
    for token in trace["ids"]:
        seen.clear()
        machine.call(
            "engine_step",
            a=token,
            carry=True,
            on_return={
                "embed": keep("embed", lambda: machine.vector("residual", width)),
                "rms_norm": keep("norm", lambda: machine.vector("normed", width)),
                "store_key": keep("k", lambda: machine.vector("unstored", width)),
                "store_value": keep("v", lambda: machine.vector("unstored", width)),
                "scores": keep("scores", scores),
                "attention": keep(
                    "attention", lambda: (machine.vector("query", width), machine.vector("attended", width))
                ),
                "relu": keep("hidden", lambda: machine.vector("hidden", soul.sizes.ffn)),
                "add_change": keep(
                    "change", lambda: (machine.vector("change", width), machine.vector("residual", width))
                ),
            },
        )
    assert seen["embed"] == [trace["embed"][-1]]
    for number, layer in enumerate(trace["layers"]):
        (proj, after_attention), (ffn_out, after_ffn) = seen["change"][2 * number : 2 * number + 2]
        heads = slice(soul.sizes.heads * number, soul.sizes.heads * (number + 1))
        assert seen["norm"][2 * number] == layer["norm1"]
        assert seen["k"][number] == layer["k"][-1]
        assert seen["v"][number] == layer["v"][-1]
        assert seen["scores"][heads] == layer["scores_last_position_per_head"]
        assert seen["attention"][number] == (layer["q"], layer["attention"])
        assert proj == layer["proj"]
        assert after_attention == layer["after_attention"]
        assert seen["norm"][2 * number + 1] == layer["norm2"]
        assert seen["hidden"][number] == layer["ffn_hidden"]
        assert ffn_out == layer["ffn_out"]
        assert after_ffn == layer["after_ffn"]
    assert seen["norm"][-1] == trace["final_norm"]
    assert machine.vector("logits", soul.sizes.vocabulary) == trace["logits"]


def test_a_position_without_logits_leaves_them_and_costs_less(data: Path) -> None:
    machine = golden_machine(data / "random-norm.bin")
    logits = feed(machine, [1])
    machine.call("engine_reset")
    with_logits = machine.call("engine_step", a=7, carry=True).cycles
    assert machine.vector("logits", len(logits)) != logits
    feed(machine, [1])
    machine.call("engine_reset")
    assert machine.call("engine_step", a=7).cycles < 0.6 * with_logits
    assert machine.vector("logits", len(logits)) == logits


def test_a_position_is_quick_enough(data: Path) -> None:
    machine = golden_machine(data / "random-sat.bin")
    feed(machine, [5])
    machine.write("position", 19, 1)  # whatever the keys are, they take the same time
    assert machine.call("engine_step", a=7, carry=True).cycles < LARGEST_STEP


def test_run_stop_leaves_a_position_undone(data: Path) -> None:
    machine = golden_machine(data / "random-norm.bin")
    expected = feed(machine, [9, 8])
    feed(machine, [9])
    machine.memory[CIA1_ROWS] = 0x7F
    stopped = machine.call("engine_step", a=8, carry=True)
    assert stopped.carry
    assert stopped.cycles < 100_000
    machine.memory[CIA1_ROWS] = 0xFF
    assert machine.read("position", 1) == 1
    assert not machine.call("engine_step", a=8, carry=True).carry
    assert machine.vector("logits", len(expected)) == expected


def test_memory_of_others_is_left_alone(data: Path) -> None:
    """The KERNAL's zero page and pages 2 to 7; the stack only as deep as the calls go."""
    machine = golden_machine(data / "random-norm.bin")
    theirs = [slice(0x0090, 0x0100), slice(0x0100, 0x01C0), slice(0x0200, 0x0800), slice(0xFFF1, 0xFFFF)]
    for area in theirs:
        machine.memory[area] = [n * 37 & 0xFF for n in range(area.start, area.stop)]
    feed(machine, [3, 4])
    for area in theirs:
        assert machine.memory[area] == [n * 37 & 0xFF for n in range(area.start, area.stop)]


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
        assert machine.call("argmax").a == max(range(first, vocabulary), key=lambda token: (logits[token], -token))
        sums = list(accumulate(logits))
        machine.call("checksum")
        assert machine.read("checksum_s1", 2) == sums[-1] % 65536
        assert machine.read("checksum_s2", 2) == sum(sums) % 65536
