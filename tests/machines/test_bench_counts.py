"""The counts of a bench are those that the program tells of itself, and what they go to adds up."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from soulrig.bench.baseline import changes
from soulrig.bench.profile import Profile
from soulrig.bench.run import Bench, bench
from soulrig.bench.screen_share import with_screen
from soulrig.bench.talk import course
from soulrig.buildtools.build import Built
from soulrig.buildtools.components import REST
from soulrig.conversation import DEFAULT_PROMPTS, Conversation
from soulrig.errors import Fault
from soulrig.machines.sim import SimMachine
from soulrig.machines.vice import ViceMachine
from soulrig.model.reference import Reference
from soulrig.model.soul import Soul

pytestmark = pytest.mark.cc65


@pytest.fixture(scope="module")
def on_sim(shipped: Soul, shipped_built: Built) -> Bench:
    return bench(SimMachine(), shipped, shipped_built)


@pytest.fixture
def talking(shipped_built: Built, tmp_path: Path) -> Iterator[tuple[SimMachine, Conversation]]:
    """The program at its prompt."""
    disk = tmp_path / "soulplayer.d64"
    disk.write_bytes(shipped_built.d64)
    with SimMachine() as machine:
        conversation = Conversation(machine, shipped_built.manifest)
        conversation.boot(disk)
        yield machine, conversation


def test_there_is_a_token_at_every_context(on_sim: Bench, shipped: Soul) -> None:
    assert [token.context for token in on_sim.tokens] == list(range(1, shipped.sizes.context))
    cycles = [token.cycles for token in on_sim.tokens]
    assert all(later > 0.99 * earlier for earlier, later in pairwise(cycles))
    assert cycles[-1] > cycles[0] > 100_000


def test_components_add_up_to_the_whole(on_sim: Bench) -> None:
    for token in on_sim.tokens:
        assert sum(token.components.values()) == token.cycles
        assert 0 <= token.components[REST] < 0.01 * token.cycles, token
        expected = set(on_sim.order) - ({"q", "attention"} if token.context == 1 else set())
        assert {name for name, cycles in token.components.items() if cycles} == expected, token.context


def test_the_counts_are_those_of_an_ordinary_reply(
    on_sim: Bench, shipped: Soul, talking: tuple[SimMachine, Conversation]
) -> None:
    """The same ids as a prompt, of which the program computes all but the last beforehand."""
    _, conversation = talking
    context = shipped.sizes.context - 1
    ids = course(shipped)
    sequence = conversation.begin(ids)
    conversation.wait_for_reply(sequence, "the ids")
    reading = conversation.telemetry.reading()
    assert reading.steps == Reference(shipped).reply_to_ids(ids).steps
    assert reading.cycles == pytest.approx([on_sim.tokens[context - 1].cycles], rel=0.002)
    assert on_sim.prefills[-1].ids == context
    assert on_sim.prefills[-1].cycles == pytest.approx(reading.prefill_cycles, rel=0.001)


def test_a_detailed_look_changes_no_count(shipped_built: Built, shipped: Soul, tmp_path: Path) -> None:
    """To the cycle, on machines that have gone the same way before; else keys are looked at sooner or later."""
    disk = tmp_path / "soulplayer.d64"
    disk.write_bytes(shipped_built.d64)
    found = []
    for detailed in (False, True):
        with SimMachine() as machine:
            conversation = Conversation(machine, shipped_built.manifest)
            conversation.boot(disk)
            conversation.begin(course(shipped)[:3])
            profile = Profile(machine, shipped_built.manifest)
            profile.begin()
            found.append(profile.token(Counter, detailed=detailed))
    assert set(found[0]) == {(REST, None)}
    assert len(found[1]) > len(found[0])
    assert found[1].total() == found[0].total()


def test_pasted_prompts_take_what_the_program_tells(on_sim: Bench, talking: tuple[SimMachine, Conversation]) -> None:
    _, conversation = talking
    for first in on_sim.first_tokens[:1]:
        reading = conversation.say(first.prompt)
        assert first.ids == len(reading.prompt_ids)
        assert first.cycles == pytest.approx(reading.prefill_cycles + reading.cycles[0], rel=0.001)


def test_typing_leaves_less_to_do_than_pasting(on_sim: Bench) -> None:
    pasted, typed = (
        {each.prompt: each for each in on_sim.first_tokens if (each.rate is None) == how} for how in (1, 0)
    )
    assert pasted.keys() == typed.keys() == set(DEFAULT_PROMPTS)
    for prompt, first in typed.items():
        assert first.cycles < 0.8 * pasted[prompt].cycles
        assert pasted[prompt].ahead < first.ahead < first.ids == pasted[prompt].ids
        assert first.ahead_cycles > pasted[prompt].ahead_cycles


def test_a_place_that_is_not_reached_is_a_fault(talking: tuple[SimMachine, Conversation]) -> None:
    machine, _ = talking
    with pytest.raises(Fault, match=r"waited 0\.1 C64 seconds in vain for nothing"):
        machine.run_to([0x0002], 0.1, "nothing")


def assert_no_rise(found: Bench, baseline: Path) -> None:
    differences = changes(found, baseline)
    rises = [str(change) for change in differences if change.is_rise]
    assert not rises, "slower than the baseline; where that is meant: ci/bench-baseline"
    if differences:
        told = "; ".join(map(str, differences))
        warnings.warn(f"quicker than the baseline, run ci/bench-baseline: {told}", stacklevel=2)


def test_no_count_has_risen(on_sim: Bench, data: Path) -> None:
    assert_no_rise(on_sim, data / "bench-baseline.json")


@pytest.mark.vice
def test_vice_counts_the_same_and_the_screen(on_sim: Bench, shipped: Soul, shipped_built: Built, data: Path) -> None:
    """Far closer than the 3 % that a prediction promises."""
    on_vice = bench(ViceMachine("x64sc"), shipped, shipped_built, detailed=())
    assert on_vice.counts().keys() == on_sim.counts().keys()
    typed = {str(first) for first in on_vice.first_tokens if first.rate is not None}
    assert len(typed) == len(on_vice.first_tokens) / 2
    for name, cycles in on_vice.counts().items():
        allowed = 0.05 if name in typed else 0.01  # a key falls between two looks at the keys
        assert cycles == pytest.approx(with_screen(on_sim.counts()[name], "pal"), rel=allowed), name
    assert_no_rise(on_vice, data / "bench-baseline.json")


@pytest.mark.vice
def test_vice_stops_at_routines_too(shipped_built: Built, shipped: Soul, tmp_path: Path, on_sim: Bench) -> None:
    disk = tmp_path / "soulplayer.d64"
    disk.write_bytes(shipped_built.d64)
    with ViceMachine("x64") as machine:
        conversation = Conversation(machine, shipped_built.manifest)
        conversation.boot(disk)
        sequence = conversation.begin(course(shipped)[:1])
        profile = Profile(machine, shipped_built.manifest)
        profile.begin()
        found = profile.token(Counter, detailed=True)
        conversation.wait_for_reply(sequence, "an id")
        cycles = conversation.telemetry.reading().cycles[0]
    assert found.total() == pytest.approx(cycles, abs=100)
    for place, count in on_sim.tokens[0].parts.items():
        if count > 10_000:
            assert found[place] == pytest.approx(1.058 * count, rel=0.03), place
