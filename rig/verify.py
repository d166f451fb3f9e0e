"""Verification: build the soul's disk, boot it on a machine, type at it, and hold every token against the reference."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from soulrig.buildtools import petscii
from soulrig.buildtools.build import Built
from soulrig.buildtools.layout import LINE_MAX
from soulrig.channels import screen, telemetry
from soulrig.conversation import Conversation
from soulrig.errors import BadInput, Fault
from soulrig.machine import Clock, Machine, Screen, offered
from soulrig.model.files import read_text
from soulrig.model.reference import Reference, Reply
from soulrig.model.soul import Soul
from soulrig.model.tokenizer import END
from soulrig.record import Attachment, Measurement, PromptRecord, Record, subject_of

QUIT = "q"

# What a record's fault says while the run goes on, and after Ctrl-C or a SIGTERM.
UNFINISHED = "the run was broken off"
INTERRUPTED = "interrupted"
SAVE_INTERVAL = 20  # times as long as saving takes

Progress = Callable[[PromptRecord], None]


def verify(
    machine: Machine,
    soul: Soul,
    built: Built,
    prompts: Sequence[str],
    *,
    channels: Sequence[str] = ("telemetry", "screen"),
    progress: Progress = lambda _: None,
    picture: Path | None = None,
    keep: Path | None = None,
) -> Record:
    """Verify `soul` on a machine that has not been entered yet; `built` is its program, or a changed one.

    Goes on after a mismatch, stops at the first fault, which the record tells of. `picture` is where to leave a PNG
    of the last screen; `keep` is where to keep the record while it grows, so that whatever ends the run leaves what was
    done. Raises BadInput, before anything is started, for prompts that can't be typed; KeyboardInterrupt and SystemExit
    are noted in the record and go on.
    """
    check_prompts(prompts)
    reference = Reference(soul)
    replies = [reference.reply(prompt) for prompt in prompts]
    subject = subject_of(built)
    if soul.tokenizer is not None:
        subject["tokens"] = list(soul.tokenizer.tokens)
    record = Record(machine.description, subject, datetime.now(UTC).isoformat(timespec="seconds"))
    record.fault = UNFINISHED
    kept = _Kept(record, keep)
    started = time.monotonic()
    hertz = 0
    try:
        kept.save()
        with tempfile.TemporaryDirectory(prefix="soulrig-verify-") as folder, machine:
            record.machine = machine.description
            hertz = offered(machine, Clock).hertz
            disk = Path(folder) / "soulplayer.d64"
            disk.write_bytes(built.d64)
            conversation = Conversation(machine, built.manifest)
            conversation.boot(disk)
            for prompt, reply in zip(prompts, replies, strict=True):
                result = PromptRecord(prompt, _reference(reply))
                record.prompts.append(result)
                reading = conversation.say(prompt)
                if "telemetry" in channels:
                    finding = telemetry.compare(reading, reply, END)
                    result.channels["telemetry"] = {"verdict": finding.verdict, "difference": finding.difference}
                    result.channels["telemetry"] |= finding.seen
                if "screen" in channels:
                    finding = screen.compare(conversation.codes(), prompt, reply.text or "")
                    result.channels["screen"] = {"verdict": finding.verdict, "difference": finding.difference}
                    result.channels["screen"] |= finding.seen
                kept.update()
                progress(result)
            if picture is not None:
                offered(machine, Screen).picture().save(picture)
                record.attachments.append(Attachment.beside("screen", picture, "image/png", keep))
        record.fault = None
    except (Fault, BadInput) as error:
        # What the user gave has been looked at: a file that can't be read or written now is the rig's failure.
        record.fault = str(error)
    except OSError as error:
        record.fault = f"{error} (temporary files lie in {tempfile.tempdir})"
    except (KeyboardInterrupt, SystemExit):
        record.fault = INTERRUPTED
        raise
    finally:
        record.measurements += _measurements(record, hertz, time.monotonic() - started)
        try:
            kept.save()
        except Fault as fault:
            record.fault = record.fault or str(fault)
    return record


class _Kept:
    """The record's file, if there is to be one."""

    def __init__(self, record: Record, path: Path | None) -> None:
        self._record = record
        self._path = path
        self._saved = time.monotonic()
        self._took = 0.0

    def save(self) -> None:
        """Bring the file up to date. Raises Fault where it can't; what was there stays then."""
        if self._path is None:
            return
        begun = time.monotonic()
        try:
            self._record.save(self._path)
        except BadInput as error:
            raise Fault(str(error)) from error
        self._saved = time.monotonic()
        self._took = self._saved - begun

    def update(self) -> None:
        """The same, but not if that would take up a good part of the run's time: a record grows long."""
        if time.monotonic() - self._saved >= SAVE_INTERVAL * self._took:
            self.save()


def check_prompts(prompts: Sequence[str], where: str = "prompt") -> None:
    """Raise BadInput, naming prompt and character, for what can't be typed at the program."""
    for number, prompt in enumerate(prompts, 1):
        place = f"{where} {number}"
        if prompt.lower() == QUIT:
            raise BadInput(f"{place}: {prompt!r} alone quits the program; it can't be a prompt")
        if len(prompt) > LINE_MAX:
            raise BadInput(f"{place}: {len(prompt)} characters, a line takes {LINE_MAX} at most")
        try:
            petscii.to_petscii(prompt)
        except BadInput as error:
            raise BadInput(f"{place}: {error}") from error


def read_prompts(path: Path) -> list[str]:
    """The prompts of a UTF-8 file, one a line; an empty line is the empty prompt. Raises BadInput with the line."""
    prompts = read_text(path).split("\n")
    if prompts and not prompts[-1]:
        prompts.pop()  # the last line's end
    prompts = [prompt.removesuffix("\r") for prompt in prompts]
    if not prompts:
        raise BadInput(f"{path}: holds no prompt, expected one a line")
    check_prompts(prompts, f"{path}: line")
    return prompts


def _reference(reply: Reply) -> dict[str, Any]:
    return {
        "prompt_ids": reply.prompt_ids,
        "tokens": reply.tokens,
        "text": reply.text,
        "stop": reply.stop,
        "logits_sha256": reply.logits_sha256,
        "logits_checksums": [list(telemetry.checksum(row)) for row in reply.logits],
    }


def _measurements(record: Record, hertz: int, wall: float) -> list[Measurement]:
    """Means over all steps that the machine reported."""
    seen = [prompt.channels["telemetry"] for prompt in record.prompts if "telemetry" in prompt.channels]
    cycles = [count for reading in seen for count in reading["cycles"]]
    found = [Measurement("wall time", round(wall, 3), "s")]
    if cycles and hertz:
        mean = sum(cycles) / len(cycles)
        found += [
            Measurement("cycles a token, mean", round(mean, 1), "cycles"),
            Measurement("cycles a token, most", max(cycles), "cycles"),
            Measurement("seconds a token, mean", round(mean / hertz, 4), "s"),
        ]
    return found
