"""Souls of other shapes than the shipped one: some verified in VICE to the end of the context, any in a simulator."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Literal

import pytest
from plain_machine import PlainMachine
from strange_souls import random_soul

from soulrig.buildtools.build import LARGEST, LARGEST_LANES, build
from soulrig.channels import telemetry
from soulrig.conversation import Conversation
from soulrig.errors import BadInput
from soulrig.machines.vice import ViceMachine
from soulrig.model.reference import Reference
from soulrig.model.soul import Sizes
from soulrig.model.tokenizer import END

pytestmark = pytest.mark.cc65

Emulator = Literal["x64", "x64sc"]

SHAPES = [
    Sizes(128, 32, 64, 2, 20),
    Sizes(128, 24, 48, 2, 40),
    Sizes(256, 16, 32, 2, 20),
    Sizes(128, 16, 32, 4, 20),
    Sizes(128, 40, 64, 1, 20),
    Sizes(128, 32, 64, 1, 48),
]


@pytest.mark.vice
@pytest.mark.parametrize("sizes", SHAPES, ids=str)
@pytest.mark.parametrize("emulator", ["x64", pytest.param("x64sc", marks=pytest.mark.soak)])
def test_a_shape_passes_typed_and_by_token_input(sizes: Sizes, emulator: Emulator, tmp_path: Path) -> None:
    soul = random_soul(sizes, seed=6)
    built, reference, chance = build(soul), Reference(soul), random.Random(7)
    built.save(tmp_path)
    with ViceMachine(emulator) as machine:
        conversation = Conversation(machine, built.manifest)
        conversation.boot(tmp_path / "soulplayer.d64")

        typed = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=3 * sizes.context // 2))
        finding = telemetry.compare(conversation.say(typed), reference.reply(typed), END)
        assert finding.difference is None
        assert finding.seen["stop"] == "context"

        for length in (1, sizes.context - 1):
            ids = chance.choices(range(sizes.vocabulary), k=length)
            sequence = conversation.telemetry.header().sequence
            machine.write(built.symbols["prompt_ids"], bytes(ids))
            machine.write(built.symbols["prompt_length"], bytes([length]))
            machine.jump(built.symbols["reply_from_ids"])
            conversation.wait_for_reply(sequence, "token input")
            finding = telemetry.compare(conversation.telemetry.reading(), reference.reply_to_ids(ids), END)
            assert finding.difference is None
            assert finding.seen["stop"] == "context"


def any_sizes(chance: random.Random) -> Sizes:
    """Sizes of all kinds that keys and values have lanes for; of them some don't fit."""
    width = 8 * chance.choice([1, 2, 2, 3, 4, 5, 6, 7, 8, 9])
    layers = chance.randint(1, min(LARGEST["layers"], LARGEST_LANES // (2 * width)))
    context = chance.randint(4, min(LARGEST["context"], LARGEST_LANES // (layers * width // 8)))
    vocabulary = chance.choice([30, 64, 128, 200, LARGEST["vocabulary"]])
    ffn = chance.choice([2, width, 2 * width, LARGEST["ffn"], chance.randint(2, LARGEST["ffn"])])
    return Sizes(vocabulary, width, ffn, layers, context)


# The largest width that anything fits with, the most layers, the longest context, the most hidden numbers.
EDGES = [Sizes(30, 72, 2, 1, 4), Sizes(30, 8, 2, 15, 16), Sizes(40, 16, 4, 1, 64), Sizes(40, 8, 256, 1, 20)]
BRIEF = (0, 2)  # seeds: one that is refused, one that fits


@pytest.mark.parametrize("sizes", EDGES, ids=str)
def test_the_edges_of_what_fits(sizes: Sizes) -> None:
    follow(sizes, 1, positions=2)


@pytest.mark.sim_long
@pytest.mark.parametrize("sizes", EDGES, ids=str)
def test_the_edges_to_the_end_of_the_context(sizes: Sizes) -> None:
    follow(sizes, 2, positions=sizes.context)


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=[] if seed in BRIEF else [pytest.mark.sim_long]) for seed in range(40)]
)
def test_what_fits_works_and_what_does_not_is_refused(seed: int) -> None:
    sizes = any_sizes(random.Random(seed))
    try:
        follow(sizes, seed, positions=2 if seed in BRIEF else min(8, sizes.context))
    except BadInput as refusal:
        if not re.search(r"doesn't fit: \d+ bytes over", str(refusal)):
            raise


def follow(sizes: Sizes, seed: int, *, positions: int) -> None:
    """Some positions of a soul of these sizes, held against the reference. Raises BadInput where it doesn't fit."""
    soul, chance = random_soul(sizes, seed=seed), random.Random(seed)
    machine, reference = PlainMachine(build(soul)), Reference(soul)
    machine.call("engine_init")
    machine.call("engine_reset")
    for _ in range(positions):
        token = chance.randrange(sizes.vocabulary)
        machine.call("engine_step", a=token, carry=True)
        assert machine.vector("logits", sizes.vocabulary) == reference.step(token).tolist(), sizes
