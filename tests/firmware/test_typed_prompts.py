"""From RETURN to the first token: golden prompts that are typed at five keys a second, and that are pasted."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from soulrig.bench.screen_share import with_screen
from soulrig.buildtools.build import Built, build
from soulrig.channels.telemetry import Reading, compare
from soulrig.conversation import Conversation
from soulrig.machine import PAL_HZ, Machine
from soulrig.machines.sim import SimMachine
from soulrig.machines.typist import type_at, type_text
from soulrig.machines.vice import ViceMachine
from soulrig.model.reference import Reference
from soulrig.model.soul import Soul
from soulrig.model.tokenizer import END

pytestmark = [pytest.mark.cc65, pytest.mark.fixtures]

RATE = 5  # keys a second
LONGEST = 10  # ids
BRIEF = 3  # prompts: the one of the most ids, the one of the fewest keys an id, the empty one
# Seconds from RETURN to the first token, PAL with the screen on.
TYPED_MEAN, TYPED_MOST, PASTED_MOST = 2.6, 3.7, 7.0
CHANCE = 0.05  # seconds that a reply takes longer or not, by whether the screen is full and scrolls
COMPUTING = 0.9  # of the time while a position is wanted


@pytest.fixture(scope="module")
def soul(golden: Path) -> Soul:
    """Its replies are cut behind the first token."""
    return dataclasses.replace(Soul.load(golden / "meful-soul.bin", golden / "meful-tokenizer.json"), max_reply=1)


@pytest.fixture(scope="module")
def built(soul: Soul) -> Built:
    return build(soul)


@pytest.fixture(scope="module")
def prompts(golden: Path) -> list[str]:
    cases = json.loads((golden / "meful-golden.json").read_text())["cases"]
    lengths = {case["prompt"]: len(case["prompt_ids"]) for case in cases if len(case["prompt_ids"]) <= LONGEST}
    worst = max(lengths, key=lambda prompt: (lengths[prompt], -len(prompt)))
    crowded = min(filter(None, lengths), key=lambda prompt: (len(prompt) + 1) / lengths[prompt])
    first = dict.fromkeys([worst, crowded, "", *lengths])
    return list(first)


class Talk:
    """A soul's program on a machine, and what it should say."""

    def __init__(self, machine: Machine, soul: Soul, built: Built, folder: Path) -> None:
        disk = folder / "soulplayer.d64"
        disk.write_bytes(built.d64)
        self.machine = machine
        self.reference = Reference(soul)
        self.conversation = Conversation(machine, built.manifest)
        self.conversation.boot(disk)

    def seconds(self, prompt: str, rate: float | None) -> float:
        """From RETURN to the first token of a prompt that is typed or, if `rate` is None, pasted; right it must be.

        The simulator has no screen. It is typed at as much quicker as the screen would slow the program down.
        """
        screen = with_screen(1, "pal") if isinstance(self.machine, SimMachine) else 1
        if rate is None:
            reading = self.conversation.say(prompt)
        else:
            sequence = self.conversation.telemetry.header().sequence
            type_at(self.machine, prompt + "\r", rate * screen)
            self.conversation.wait_for_reply(sequence, repr(prompt))
            reading = self.conversation.telemetry.reading()
        return self.seconds_of(reading, prompt) * screen

    def seconds_of(self, reading: Reading, prompt: str) -> float:
        """Of a right reply, without a screen."""
        assert compare(reading, self.reference.reply(prompt), END).difference is None, prompt
        assert reading.first_token_cycles is not None
        return reading.first_token_cycles / PAL_HZ


@contextmanager
def talk_on(machine: SimMachine | ViceMachine, soul: Soul, built: Built, folder: Path) -> Iterator[Talk]:
    with machine:
        yield Talk(machine, soul, built, folder)


def hold_limits(talk: Talk, prompts: list[str]) -> None:
    pasted = [talk.seconds(prompt, None) for prompt in prompts]
    typed = [talk.seconds(prompt, RATE) for prompt in prompts]
    told = {
        prompt: f"{slow:.3f} s, pasted {fast:.3f}" for prompt, slow, fast in zip(prompts, typed, pasted, strict=True)
    }
    print(f"typed {min(typed):.3f} to {max(typed):.3f} s, in the mean {sum(typed) / len(typed):.3f} s;", told)
    assert sum(typed) / len(typed) <= TYPED_MEAN, told
    assert max(typed) <= TYPED_MOST, told
    assert max(pasted) <= PASTED_MOST, told
    assert all(slow <= fast + CHANCE for slow, fast in zip(typed, pasted, strict=True)), told


def test_the_first_token_comes_soon(soul: Soul, built: Built, prompts: list[str], tmp_path: Path) -> None:
    with talk_on(SimMachine(), soul, built, tmp_path) as talk:
        hold_limits(talk, prompts[:BRIEF])


@pytest.mark.sim_long
def test_the_first_token_comes_soon_after_every_prompt(
    soul: Soul, built: Built, prompts: list[str], tmp_path: Path
) -> None:
    with talk_on(SimMachine(), soul, built, tmp_path) as talk:
        hold_limits(talk, prompts)


@pytest.mark.vice
@pytest.mark.soak
def test_the_first_token_comes_soon_with_the_screen_on(
    soul: Soul, built: Built, prompts: list[str], tmp_path: Path
) -> None:
    with talk_on(ViceMachine("x64sc"), soul, built, tmp_path) as talk:
        hold_limits(talk, prompts)


def test_the_same_keys_take_the_same_cycles(soul: Soul, built: Built, prompts: list[str], tmp_path: Path) -> None:
    """And what is told is what passes between RETURN and the first token, but for reading the clock."""
    told, passed = [], []
    symbols = built.symbols
    for turn in range(2):
        folder = tmp_path / str(turn)
        folder.mkdir()
        with SimMachine() as machine:
            talk = Talk(machine, soul, built, folder)
            type_text(machine, prompts[1] + "\r", RATE)
            sequence = talk.conversation.telemetry.header().sequence
            machine.run_to([symbols["reply_begin"]], 30, "RETURN")
            begin = machine.cycles()
            machine.run_to([symbols["telemetry_record"]], 30, "the first token")
            passed.append(machine.cycles() - begin)
            talk.conversation.wait_for_reply(sequence, prompts[1])
            told.append(talk.conversation.telemetry.reading().first_token_cycles)
    assert told[0] == told[1]
    assert told[0] == pytest.approx(passed[0], abs=500)


def test_while_a_position_is_wanted_the_program_computes(
    soul: Soul, built: Built, prompts: list[str], tmp_path: Path
) -> None:
    """From the line's encoding to its last position: in the engine, and not in what it calls or is interrupted by."""
    symbols = built.symbols
    text = prompts[0]
    time: Counter[bool] = Counter()
    with SimMachine() as machine:
        talk = Talk(machine, soul, built, tmp_path)
        begun = {symbols[name]: name for name in ("engine_step", "poll", "interrupt", "encode")}
        # RETURN is not pressed: then the reply would begin, which is nothing but computing.
        end = type_text(machine, text, RATE) + 200_000
        calls: list[tuple[str, int, int]] = []  # of what has begun: name, where it returns to, the stack pointer then
        while machine.cycles() < end:
            wanted = bool(calls) and calls[0][0] != "interrupt"
            computing = bool(calls) and calls[-1][0] == "engine_step"
            before = machine.cycles()
            found = machine.run_to({*begun, *(address for _, address, _ in calls)}, 1, "the next key")
            if wanted:
                time[computing] += machine.cycles() - before
            while calls and found.sp >= calls[-1][2]:
                calls.pop()
            if found.pc in begun:
                name = begun[found.pc]
                # An interrupt has pushed the status, too, and returns to the very address.
                low = 0x0100 + (found.sp + (2 if name == "interrupt" else 1) & 0xFF)
                address = int.from_bytes(machine.read(low, 2), "little") + (name != "interrupt")
                calls.append((name, address, found.sp + (3 if name == "interrupt" else 2)))
        assert talk.conversation.telemetry.header().state == "idle"
    share = time[True] / time.total()
    print(f"computing {share:.1%} of {time.total():,} cycles")
    assert time[True] > 1_000_000
    assert share >= COMPUTING
