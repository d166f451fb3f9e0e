"""The engine, position by position: every vector and every logit as the reference and the golden data have them."""

import dataclasses
import json
import random
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from plain_machine import PlainMachine
from strange_souls import SOULS, letters, machine_of, strange

from soulrig.buildtools.build import build
from soulrig.buildtools.layout import HEADER, TELEMETRY_ADDRESS
from soulrig.model.reference import Reference
from soulrig.model.soul import Soul

pytestmark = pytest.mark.cc65

LARGEST_STEP = 4_500_000  # cycles of a position with a full context where every path is the slow one, screen blanked


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
        assert machine.call("choose").a == reference.choose(np.array(expected))


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
        assert machine.call("choose").a == case["tokens"][0]


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
        """score >> 11, which the engine keeps with an offset that is the same for all positions."""
        offset = machine.read("total", 2) + 1
        low, high = machine.symbols["score_lo"], machine.symbols["score_hi"]
        return [(machine.memory[low + n] | machine.memory[high + n] << 8) - offset for n in range(count)]

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
        whole_scores = layer["scores_last_position_per_head"]
        assert seen["scores"][heads] == [[score >> 11 for score in head] for head in whole_scores]
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


def uses(machine: PlainMachine, field: str) -> int:
    """How often a slow path was taken since the context was emptied."""
    start = TELEMETRY_ADDRESS + HEADER[field].offset
    return int.from_bytes(bytes(machine.memory[start : start + 2]), "little")


def test_slow_paths_are_counted(data: Path) -> None:
    ordinary, saturating = golden_machine(data / "random-norm.bin"), golden_machine(data / "random-sat.bin")
    for machine in (ordinary, saturating):
        feed(machine, [17, 4])
    for field in ("wide_products", "wide_heads", "wide_norms"):
        assert uses(saturating, field) > 0, field
    assert uses(ordinary, "wide_products") == uses(ordinary, "wide_norms") == 0


def test_run_stop_leaves_a_position_undone(data: Path) -> None:
    machine = golden_machine(data / "random-norm.bin")
    expected = feed(machine, [9, 8])
    feed(machine, [9])
    machine.press_stop(down=True)
    stopped = machine.call("engine_step", a=8, carry=True)
    assert stopped.carry
    assert stopped.cycles < 100_000
    machine.press_stop(down=False)
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
