"""A booted soul that is made to think: a token at every context, prompts of any length, prompts pasted and typed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from soulrig.bench.profile import Place, Profile
from soulrig.bench.screen_share import with_screen
from soulrig.buildtools.build import Built
from soulrig.buildtools.components import REST
from soulrig.conversation import DEFAULT_PROMPTS, Conversation
from soulrig.errors import Fault
from soulrig.machine import Breakpoints, Clock, Machine, Memory, offered
from soulrig.machines.typist import type_at
from soulrig.model.reference import Reference
from soulrig.model.soul import Soul
from soulrig.model.tokenizer import FIRST_TEXT

FIRST_PROMPT = DEFAULT_PROMPTS[1]
IDLE_SECONDS = 10.0  # within which a second of the machine's goes by, however it is watched


@dataclass(frozen=True)
class TokenCount:
    """A token over `context` positions: its cycles, and what they went to, nothing where that was not looked at."""

    context: int
    cycles: int
    parts: dict[Place, int]

    @property
    def components(self) -> dict[str, int]:
        """Cycles by component."""
        total: dict[str, int] = {}
        for (component, _), cycles in self.parts.items():
            total[component] = total.get(component, 0) + cycles
        return total


@dataclass(frozen=True)
class PrefillCount:
    """The cycles that all but the last of a prompt's `ids` took."""

    ids: int
    cycles: int


@dataclass(frozen=True)
class FirstTokenCount:
    """The cycles from RETURN to a prompt's first token, of whose `ids` the program had computed `ahead` at RETURN.

    `rate` is how many keys a second it was typed with, None where it was pasted, RETURN and all; `ahead_cycles` is what
    was spent on it before.
    """

    prompt: str
    rate: float | None
    ids: int
    ahead: int
    cycles: int
    ahead_cycles: int

    def __str__(self) -> str:
        how = "pasted" if self.rate is None else f"typed at {self.rate:g} keys a second"
        return f"RETURN to first token, {self.prompt!r} {how}"


def course(soul: Soul) -> list[int]:
    """A talk that fills the context but for one position: a question, and what the soul likes best to go on with.

    Where it would end, it goes on with the next best token. Raises BadInput where the soul has no tokenizer.
    """
    reference = Reference(soul)
    ids = reference.reply(FIRST_PROMPT).prompt_ids[: soul.sizes.context - 1]
    reference.reset()
    for token in ids:
        logits = reference.step(token)
    while len(ids) < soul.sizes.context - 1:
        ids.append(FIRST_TEXT + int(logits[FIRST_TEXT:].argmax()))
        logits = reference.step(ids[-1])
    return ids


class Talk:
    """A booted program that says what it is told to."""

    def __init__(self, machine: Machine, built: Built, folder: Path) -> None:
        self._machine = machine
        # In the simulator the program gets as much done between two keys as with the screen on.
        self._hurry = with_screen(1, machine.description["standard"]) if machine.description["kind"] == "sim" else 1
        self._memory = offered(machine, Memory)
        self._conversation = Conversation(machine, built.manifest)
        self._profile = Profile(machine, built.manifest) if isinstance(machine, Breakpoints) else None
        self._token = built.manifest["components"]["places"]["reply_token"]
        disk = folder / "soulplayer.d64"
        disk.write_bytes(built.d64)
        self._conversation.boot(disk)

    def tokens(self, ids: list[int], limit: int, detailed: Collection[int]) -> Iterator[TokenCount]:
        """A token at each context from 1 to that of all `ids`, which is the context's last but one.

        `limit` is how many tokens a reply may have. Components are looked at where the context is one of `detailed`;
        not on a machine that can't be stopped in between.
        """
        if self._profile is None:
            yield from self._tokens_as_drawn(ids)
            return
        first = 1
        while first <= len(ids):
            last = min(first + limit - 1, len(ids))
            parts = []
            sequence = self._conversation.begin(ids[:first])
            self._profile.begin()
            for context in range(first, last + 1):
                drawn = partial(self._draw, ids[context : context + 1])
                parts.append(self._profile.token(drawn, detailed=context in detailed))
            self._conversation.wait_for_reply(sequence, f"{first} token ids")
            cycles = self._conversation.telemetry.reading().cycles
            for context, found, counted in zip(range(first, last + 1), parts, cycles, strict=True):
                # The program reads its clock some cycles after it has begun to.
                found[REST, None] += counted - found.total()
                yield TokenCount(context, counted, dict(found) if context in detailed else {})
            first = last + 1

    def _tokens_as_drawn(self, ids: list[int]) -> Iterator[TokenCount]:
        """The same where no token can be put in place of the one drawn: a reply counts as far as it draws these."""
        first = 1
        while first <= len(ids):
            sequence = self._conversation.begin(ids[:first])
            self._conversation.wait_for_reply(sequence, f"{first} token ids")
            reading = self._conversation.telemetry.reading()
            if not reading.steps:
                raise Fault(f"the reply to {first} token ids has no token; stopped by {reading.stop}")
            for token, cycles in zip(reading.steps, reading.cycles, strict=True):
                yield TokenCount(first, cycles, {})
                first += 1
                if first > len(ids) or token != ids[first - 1]:
                    break

    def prefill(self, ids: list[int]) -> PrefillCount:
        """A prompt of these ids."""
        sequence = self._conversation.begin(ids)
        self._conversation.wait_for_reply(sequence, f"{len(ids)} token ids")
        return PrefillCount(len(ids), self._conversation.telemetry.reading().prefill_cycles)

    def first_token(self, prompt: str, rate: float | None = None) -> FirstTokenCount | None:
        """A prompt that is typed with so many keys a second, or pasted; None where it fills the context.

        What the prompt before it begins with, too, is there already: the leading SEP at least.
        """
        self._idle()
        if rate is None:
            reading = self._conversation.say(prompt)
        else:
            sequence = self._conversation.telemetry.header().sequence
            type_at(self._machine, prompt + "\r", rate * self._hurry)
            self._conversation.wait_for_reply(sequence, repr(prompt))
            reading = self._conversation.telemetry.reading()
        cycles = reading.first_token_cycles
        if cycles is None:
            return None
        return FirstTokenCount(prompt, rate, len(reading.prompt_ids), reading.ahead, cycles, reading.ahead_cycles)

    def _idle(self) -> None:
        """Let a second go by, in which the program computes what every prompt begins with."""
        clock = offered(self._machine, Clock)
        end = clock.cycles() + clock.hertz
        self._machine.wait(lambda: clock.cycles() >= end, IDLE_SECONDS, "a second")

    def _draw(self, token: list[int]) -> None:
        """Put this token in place of the one drawn; none, and it stays."""
        if token:
            self._memory.write(self._token, bytes(token))
