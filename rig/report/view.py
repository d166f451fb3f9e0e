"""A record as its reports tell it: what was said, step by step, against what the reference says.

A record is checked against its schema when it is read, so the views need not doubt what they find in it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from itertools import zip_longest
from pathlib import Path
from typing import Any

from soulrig.capture.chords import IN_WORDS
from soulrig.channels.screen import SOUL
from soulrig.errors import BadInput
from soulrig.model.files import read_json
from soulrig.model.tokenizer import END, FIRST_TEXT, SPECIALS
from soulrig.record import MISMATCH, PASS, Measurement, PromptRecord, Record

TOKEN_COUNT = "token at context "  # a bench's measurements, with the context behind it


@dataclass(frozen=True)
class Step:
    """A step of a reply: the token that the machine chose over `context` positions, None where it chose no more.

    `expected` and `expected_checksum` are the reference's, None behind its end.
    """

    number: int
    token: int | None
    expected: int | None
    context: int
    cycles: int | None
    checksum: tuple[int, int] | None
    expected_checksum: tuple[int, int] | None

    @property
    def right(self) -> bool:
        """Whether token and logits are the reference's."""
        return self.token == self.expected and self.checksum == self.expected_checksum


@dataclass(frozen=True)
class Chord:
    """A chord of a reply: its id, seconds since the reply's first chord, confidence from 0 to 1."""

    id: int
    seconds: float
    confidence: float


@dataclass(frozen=True)
class Exchange:
    """A prompt and its reply. `vocabulary` holds the tokens' texts by id, and nothing where they are not known."""

    found: PromptRecord
    vocabulary: list[str]

    @property
    def verdict(self) -> str:
        """Pass, mismatch, or fault where no channel came to a verdict."""
        return self.found.verdict

    @property
    def expected(self) -> str | None:
        """What the reference says; of a program that is not ours what it should say, None where anything is right."""
        reference = self.found.reference
        if reference["text"] is None and "tokens" in reference:
            return self._spelled(reference["tokens"])
        return None if reference["text"] is None else str(reference["text"])

    @cached_property
    def said(self) -> str | None:
        """What the machine said, as closely as the record tells: by its tokens, else by its screen or its picture."""
        tokens = self.found.channels.get("telemetry", {}).get("tokens")
        if tokens is not None:
            if tokens == self.found.reference.get("tokens"):
                return self.expected
            if all(token < len(self.vocabulary) for token in tokens):
                return self._spelled(tokens)
        shown = [self.found.channels.get(channel, {}).get("rows", []) for channel in ("screen", "pixels")]
        rows: list[str] = next(filter(None, shown), [])
        if "tokens" not in self.found.reference:
            return "".join(rows) if rows else None  # of a program that is not ours the reply alone is kept
        begin = next((number for number, row in enumerate(rows) if row.startswith(SOUL.rstrip())), None)
        if begin is not None:
            # A row lost the spaces at its end, so a break there can't be told from one within a word.
            return str("".join(rows[begin:])[len(SOUL) :])
        return None if tokens is None else self._spelled(tokens)

    @property
    def differences(self) -> dict[str, str]:
        """By channel, what it found different."""
        found = self.found.channels.items()
        return {name: seen["difference"] for name, seen in found if seen["difference"] is not None}

    @cached_property
    def steps(self) -> list[Step]:
        """Every step that the machine told of or the reference takes."""
        reference = self.found.reference
        seen = self.found.channels.get("telemetry")
        if seen is None or "tokens" not in reference:
            return []
        wanted = _with_end(reference["tokens"], reference["stop"])
        sums = [(pair[0], pair[1]) for pair in reference["logits_checksums"]]
        tokens = _with_end(seen["tokens"], seen["stop"])
        seen_sums = [(pair[0], pair[1]) for pair in seen["logits_checksums"]]
        rows = zip_longest(tokens, wanted, seen["cycles"], seen_sums, sums)
        return [
            Step(number, token, right, len(seen["prompt_ids"]) + number, cycles, checksum, right_checksum)
            for number, (token, right, cycles, checksum, right_checksum) in enumerate(rows)
        ]

    @property
    def first_wrong(self) -> Step | None:
        """The first step that is not the reference's."""
        return next((step for step in self.steps if not step.right), None)

    @property
    def mean_cycles(self) -> float | None:
        """Cycles a token."""
        cycles = [step.cycles for step in self.steps if step.cycles is not None]
        return sum(cycles) / len(cycles) if cycles else None

    @property
    def reply_cycles(self) -> int:
        """Cycles from RETURN to the last token."""
        prefill: int = self.found.channels.get("telemetry", {}).get("prefill_cycles", 0)
        return prefill + sum(step.cycles for step in self.steps if step.cycles is not None)

    @property
    def first_cycles(self) -> int | None:
        """Cycles from RETURN to the first token, None where none came."""
        seen = self.found.channels.get("telemetry", {})
        return seen["prefill_cycles"] + seen["cycles"][0] if seen.get("cycles") else None

    @property
    def ahead(self) -> tuple[int, int] | None:
        """Of the prompt's positions those that were there at RETURN, and all; None where that is not told."""
        seen = self.found.channels.get("telemetry", {})
        return (seen["ahead"], len(seen["prompt_ids"])) if "ahead" in seen else None

    @cached_property
    def chords(self) -> list[Chord]:
        """What the sound channel heard."""
        heard = self.found.channels.get("sound", {})
        rows = list(zip(heard.get("chords", []), heard.get("seconds", []), heard.get("confidence", []), strict=False))
        return [Chord(id, seconds - rows[0][1], confidence) for id, seconds, confidence in rows]

    def text_of(self, token: int | None) -> str:
        """A token's text, or its number, where the record does not tell it."""
        return text_of(token, self.vocabulary)

    def _spelled(self, tokens: list[int]) -> str:
        if all(token < len(self.vocabulary) for token in tokens):
            return "".join(self.vocabulary[token] for token in tokens if token >= FIRST_TEXT)
        return " ".join(map(str, tokens))


@dataclass(frozen=True)
class View:
    """A record, and the folder that its attachments' paths begin at."""

    record: Record
    folder: Path

    @cached_property
    def exchanges(self) -> list[Exchange]:
        """Its prompts in order."""
        return [Exchange(prompt, self.vocabulary) for prompt in self.record.prompts]

    @property
    def vocabulary(self) -> list[str]:
        """The tokens' texts by id; nothing in a record that does not tell them."""
        return self.record.subject.get("tokens") or []

    @property
    def channels(self) -> list[str]:
        """The channels' names, in the order in which they were asked."""
        return list(dict.fromkeys(name for prompt in self.record.prompts for name in prompt.channels))

    @property
    def hertz(self) -> int | None:
        """Cycles in a second; None where the machine has never told, or where no cycle is known to be one."""
        return self.record.machine.get("hertz") or None

    @cached_property
    def cycles_by_context(self) -> list[tuple[int, float]]:
        """Every token's context and cycles: the steps of all replies, and what a bench counted."""
        steps = [step for exchange in self.exchanges for step in exchange.steps]
        found = [(step.context, float(step.cycles)) for step in steps if step.cycles is not None]
        for measurement in self.record.measurements:
            context = measurement.name.removeprefix(TOKEN_COUNT)
            if context != measurement.name and context.isdecimal() and measurement.unit == "cycles":
                found.append((int(context), measurement.value))
        return sorted(found)

    @property
    def summary(self) -> str:
        """How many prompts passed, and how long a token took, in a line."""
        total = len(self.exchanges)
        passed = sum(exchange.verdict == PASS for exchange in self.exchanges)
        wrong = sum(exchange.verdict == MISMATCH for exchange in self.exchanges)
        parts = []
        if total:
            prompts = "1 prompt" if total == 1 else f"{total:,} prompts"
            parts.append(f"{prompts} right" if passed == total else f"{passed:,} of {prompts} right, {wrong:,} wrong")
        cycles = [step.cycles for exchange in self.exchanges for step in exchange.steps if step.cycles is not None]
        if cycles and self.hertz:
            parts.append(f"{sum(cycles) / len(cycles) / self.hertz:.2f} s a token in the mean")
        if not total:
            parts.append(f"{len(self.record.measurements):,} measurements")
        return ", ".join(parts)

    @property
    def machine_name(self) -> str:
        """The machine in a few words."""
        machine = self.record.machine
        name = [str(machine[key]) for key in ("emulator", "version") if key in machine] or [str(machine["kind"])]
        return " ".join([*name, *([str(machine["standard"]).upper()] if "standard" in machine else [])])


def read(path: Path) -> View:
    """The record in a file. Raises BadInput where it is none, or not as its schema says."""
    import jsonschema

    record = Record.load(path)
    schema = json.loads((resources.files("soulrig") / "schemas" / "record.schema.json").read_text("utf-8"))
    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(read_json(path)))
    if error is not None:
        raise BadInput(
            f"{path}: {error.json_path[2:] or 'the record'} is not as its schema says: {error.message[:200]}"
        )
    return View(record, path.parent)


def text_of(token: int | None, vocabulary: list[str]) -> str:
    """A token's text, or its number, where it has none; an id that ends or begins a reply in words."""
    if token is None:
        return "–"
    if token in IN_WORDS:
        return IN_WORDS[token]
    if token < FIRST_TEXT:
        return SPECIALS[token]
    return vocabulary[token] if token < len(vocabulary) else f"#{token}"


def number_told(value: float) -> str:
    """A number for people: thousands set apart, no more than four digits behind a point."""
    return f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 1000 else f"{value:,.4g}"


def ahead_told(exchange: Exchange) -> str:
    """How many of the prompt's positions were computed while it was typed, of how many."""
    return "–" if exchange.ahead is None else "{} of {}".format(*exchange.ahead)


def first_told(exchange: Exchange, hertz: int | None) -> str:
    """The seconds from RETURN to the first token."""
    return "–" if exchange.first_cycles is None or not hertz else f"{exchange.first_cycles / hertz:.2f}"


def limits_told(measurement: Measurement) -> str:
    """A measurement's limits, nothing where it has none."""
    low, high = measurement.low, measurement.high
    if low is not None and high is not None:
        return f"{number_told(low)} to {number_told(high)}"
    if low is not None:
        return f"at least {number_told(low)}"
    return "" if high is None else f"at most {number_told(high)}"


def outside(measurement: Measurement) -> bool:
    """Whether a measurement lies outside its limits."""
    low, high = measurement.low, measurement.high
    return (low is not None and measurement.value < low) or (high is not None and measurement.value > high)


def subject_told(record: Record) -> list[tuple[str, str]]:
    """What was run, on what: name and value, as a table's rows."""
    subject, machine = record.subject, record.machine
    soul, roms = subject.get("soul") or {}, machine.get("roms", {})
    sizes = ("width", "ffn", "layers", "context", "vocabulary")
    rows: list[tuple[str, Any]] = [
        ("machine", machine["kind"]),
        ("emulator", " ".join(str(machine[key]) for key in ("emulator", "version") if key in machine)),
        ("standard", str(machine.get("standard", "")).upper()),
        ("clock", f"{machine['hertz']:,} Hz" if machine.get("hertz") else ""),
        ("cycle basis", machine["cycle_basis"]),
        ("ROM set", roms.get("name", "")),
        *((f"{name} SHA-1", digest) for name, digest in roms.items() if name != "name"),
        ("soul", ", ".join(f"{name} {soul[name]}" for name in sizes if name in soul)),
        ("decoding", f"{soul['decode']}, {soul['max_reply']} tokens at most" if soul else ""),
        *((f"{name} SHA-256", subject[name]["sha256"]) for name in ("soul", "program", "disk") if subject.get(name)),
        ("revision", subject.get("revision") or ""),
        ("started", record.started),
    ]
    return [(name, str(value)) for name, value in rows if value != ""]


def _with_end(tokens: list[int], stop: str) -> list[int]:
    return [*tokens, END] if stop == "end" else tokens
