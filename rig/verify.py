"""Verification: build the soul's disk, boot it on a machine, type at it, and hold every token against the reference."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from soulrig.buildtools.build import Built
from soulrig.channels import telemetry
from soulrig.channels.evidence import FRAME_SECONDS, evidence_of, pace
from soulrig.channels.registry import DEFAULT_CHANNELS, open_channels
from soulrig.conversation import Conversation
from soulrig.kept import kept
from soulrig.last_screen import LastScreen
from soulrig.machine import Machine
from soulrig.model.reference import Reference, Reply
from soulrig.model.soul import Soul
from soulrig.prompts import check_prompts
from soulrig.record import Measurement, PromptRecord, Record, subject_of

Progress = Callable[[PromptRecord], None]


def verify(
    machine: Machine,
    soul: Soul,
    built: Built,
    prompts: Sequence[str],
    *,
    channels: Sequence[str] = DEFAULT_CHANNELS,
    progress: Progress = lambda _: None,
    picture: Path | None = None,
    keep: Path | None = None,
    disk: Path | None = None,
    booted: Callable[[], None] = lambda: None,
) -> Record:
    """Verify `soul` on a machine that has not been entered yet; `built` is its program, or a changed one.

    Goes on after a mismatch, stops at the first fault, which the record tells of. `channels` are names of CHANNELS in
    `channels/registry.py`. `picture` is where to leave a PNG of the last screen; `keep` is where to keep the record
    while it grows, so that whatever ends the run leaves what was done. `disk` is where `built`'s disk lies already;
    `booted` is called once the program is there and waits. Raises BadInput, before anything is started, for prompts
    that can't be typed; KeyboardInterrupt and SystemExit are noted in the record and go on.
    """
    check_prompts(prompts)
    reference = Reference(soul)
    replies = [reference.reply(prompt) for prompt in prompts]
    subject = subject_of(built)
    if soul.tokenizer is not None:
        subject["tokens"] = list(soul.tokenizer.tokens)
    record = Record(machine.description, subject, datetime.now(UTC).isoformat(timespec="seconds"))
    apart: dict[tuple[str, str], float] = {}
    with kept(record, keep, lambda: _measurements(record, apart)) as grown:
        grown()
        opened = open_channels(channels, machine, built.manifest)
        last_screen = LastScreen(machine, picture)
        with tempfile.TemporaryDirectory(prefix="soulrig-verify-") as folder, machine:
            record.machine = machine.description
            if disk is None:
                disk = Path(folder) / "soulplayer.d64"
                disk.write_bytes(built.d64)
            conversation = Conversation(machine, built.manifest)
            conversation.boot(disk)
            booted()
            for prompt, reply in zip(prompts, replies, strict=True):
                result = PromptRecord(prompt, _reference(reply))
                record.prompts.append(result)
                for channel in opened:
                    channel.begin()
                conversation.say(prompt)
                for channel in opened:
                    result.channels[channel.name] = channel.observe(prompt, reply).as_json()
                evidence = evidence_of(result.channels, record.machine["hertz"])
                if evidence.seconds:
                    result.evidence = {"seconds": evidence.seconds, "disagreements": evidence.disagreements()}
                for each in evidence.differences():
                    apart[each.witnesses] = max(each.apart, apart.get(each.witnesses, 0))
                grown()
                progress(result)
            last_screen.attach(record, keep)
    return record


def _reference(reply: Reply) -> dict[str, Any]:
    return {
        "prompt_ids": reply.prompt_ids,
        "tokens": reply.tokens,
        "text": reply.text,
        "stop": reply.stop,
        "logits_sha256": reply.logits_sha256,
        "logits_checksums": [list(telemetry.checksum(row)) for row in reply.logits],
    }


def _measurements(record: Record, apart: Mapping[tuple[str, str], float]) -> list[Measurement]:
    """Means over all steps that the machine reported; `apart` is how far two witnesses differ at most, in s."""
    return [*_steps(record), *_periods(record), *_witnessed(apart)]


def _steps(record: Record) -> list[Measurement]:
    """What a token took to compute."""
    seen = [prompt.channels["telemetry"] for prompt in record.prompts if "telemetry" in prompt.channels]
    seen = seen or [prompt.channels["wire"] for prompt in record.prompts if "wire" in prompt.channels]
    cycles = [count for reading in seen for count in reading["cycles"]]
    if not cycles:
        return []
    mean = sum(cycles) / len(cycles)
    return [
        Measurement("cycles a token, mean", round(mean, 1), "cycles"),
        Measurement("cycles a token, most", max(cycles), "cycles"),
        Measurement("seconds a token, mean", round(mean / record.machine["hertz"], 4), "s"),
    ]


def _periods(record: Record) -> list[Measurement]:
    """What a token with its notice took, and how this computer's clock goes against the C64's."""
    told = [prompt.channels["wire"]["clock"][1:] for prompt in record.prompts if "wire" in prompt.channels]
    periods = [after - before for clocks in told for before, after in pairwise(clocks)]
    if not periods:
        return []
    mean = sum(periods) / len(periods)
    found = [Measurement("cycles from token to token, mean", round(mean, 1), "cycles")]
    speed = pace((prompt.channels for prompt in record.prompts), record.machine["hertz"])
    if speed is not None:
        found.append(Measurement("seconds here for one of the C64's", round(speed, 5), ""))
    return found


def _witnessed(apart: Mapping[tuple[str, str], float]) -> list[Measurement]:
    return [
        Measurement(f"seconds a token, {one} against {other}", round(most, 6), "s", 0, FRAME_SECONDS)
        for (one, other), most in apart.items()
    ]
