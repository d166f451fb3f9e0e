"""A bench run: tokens at every context, prompts of several lengths, prompts that are pasted and such that are typed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from soulrig.bench.screen_share import HERTZ, with_screen
from soulrig.bench.talk import FirstTokenCount, PrefillCount, Talk, TokenCount, course
from soulrig.buildtools.build import Built
from soulrig.conversation import DEFAULT_PROMPTS
from soulrig.machine import Machine
from soulrig.model.reference import Reference
from soulrig.model.soul import Soul
from soulrig.record import Measurement, Record, subject_of

TYPING = 5  # keys a second

Progress = Callable[[int, int], None]  # positions done, of how many


@dataclass
class Bench:
    """What was measured, on which machine."""

    machine: dict[str, Any]
    subject: dict[str, Any]
    order: list[str]  # of the components
    started: str
    tokens: list[TokenCount] = field(default_factory=list)
    prefills: list[PrefillCount] = field(default_factory=list)
    first_tokens: list[FirstTokenCount] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The soul and the machine, in words."""
        soul, machine = self.subject["soul"], self.machine
        name = " ".join(
            machine[key] for key in ("emulator", "standard") if key in machine and machine["kind"] == "vice"
        )
        sizes = "/".join(str(soul[key]) for key in ("width", "ffn", "layers", "context", "vocabulary"))
        return f"soul {sizes} on {name or machine['kind']}"

    @property
    def detailed(self) -> list[TokenCount]:
        """The tokens of which the components are known."""
        return [token for token in self.tokens if token.parts]

    def seconds(self, cycles: int) -> dict[str, float]:
        """The seconds that cycles make with the screen on, by what they are called.

        The simulator's, in which no screen takes any, make some by either standard; VICE's by its own.
        """
        if self.machine["kind"] == "sim":
            return {f"{name.upper()} s, screen on": with_screen(cycles, name) / hertz for name, hertz in HERTZ.items()}
        return {f"{self.machine['standard'].upper()} s": cycles / self.machine["hertz"]}

    def counts(self) -> dict[str, int]:
        """Every count of cycles by its name, the components' left out."""
        counts = {f"token at context {token.context}": token.cycles for token in self.tokens}
        counts |= {f"prefill of {prefill.ids} ids": prefill.cycles for prefill in self.prefills}
        counts |= {str(first): first.cycles for first in self.first_tokens}
        return counts

    def record(self) -> Record:
        """All of it as a record's measurements."""
        measurements = [Measurement(name, cycles, "cycles") for name, cycles in self.counts().items()]
        for token in self.detailed:
            for (component, part), cycles in token.parts.items():
                name = component if part is None else f"{component}, {part}"
                measurements.append(Measurement(f"token at context {token.context}: {name}", cycles, "cycles"))
        return Record(self.machine, self.subject, self.started, measurements=measurements)


def bench(
    machine: Machine,
    soul: Soul,
    built: Built,
    *,
    detailed: Collection[int] | None = None,
    progress: Progress = lambda done, total: None,
) -> Bench:
    """Measure `soul`'s program on a machine that has not been entered yet.

    Components are looked at for tokens at the contexts `detailed`, None for all. Raises Fault.
    """
    result = Bench(
        machine.description,
        subject_of(built),
        built.manifest["components"]["order"],
        datetime.now(UTC).isoformat(timespec="seconds"),
    )
    ids = course(soul)
    lengths = sorted({2, (len(ids) + 1) // 2, len(ids)})
    reference = Reference(soul)
    replies = {prompt: len(reference.reply(prompt).steps) for prompt in DEFAULT_PROMPTS}
    total = len(ids) + sum(lengths) + 2 * sum(replies.values())
    done = 0

    def advance(positions: int) -> None:
        nonlocal done
        done += positions
        progress(done, total)

    progress(done, total)
    with tempfile.TemporaryDirectory(prefix="soulrig-bench-") as folder, machine:
        talk = Talk(machine, built, Path(folder))
        result.machine = machine.description
        for token in talk.tokens(ids, soul.reply_limit, range(soul.sizes.context) if detailed is None else detailed):
            result.tokens.append(token)
            advance(1)
        for length in lengths:
            result.prefills.append(talk.prefill(ids[:length]))
            advance(length)
        for rate in (None, TYPING):
            for prompt, steps in replies.items():
                first = talk.first_token(prompt, rate)
                if first is not None:
                    result.first_tokens.append(first)
                advance(steps)
    return result
