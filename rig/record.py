"""The record of a run: what was run, what was measured, what was found. Every report is drawn from it."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from soulrig.buildtools.build import Built
from soulrig.errors import BadInput
from soulrig.model.files import read_bytes, read_json, write_beside
from soulrig.model.versions import Schema

SCHEMA = Schema("soulrig.record", 1, 1)
PASS, MISMATCH, FAULT = "pass", "mismatch", "fault"
SUBJECT = ("soul", "program", "disk", "revision", "tokens")


@dataclass(frozen=True)
class Measurement:
    """A number with a name and a unit, and the limits that it should lie in, where there are some."""

    name: str
    value: float
    unit: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Attachment:
    """A file that belongs to the record; its path begins at the folder of the record's file."""

    name: str
    path: str
    mime: str

    @classmethod
    def beside(cls, name: str, file: Path, mime: str, record: Path | None) -> Self:
        """That of a file, by the way to it from the record's, which None is where no record is kept."""
        return cls(name, os.path.relpath(file, record.parent) if record is not None else str(file), mime)


@dataclass
class PromptRecord:
    """One prompt: what the reference says, what each channel saw, and what they tell of the time that it took.

    `evidence` has the `seconds` of each step by each channel, and the channels' `disagreements` in words.
    """

    prompt: str
    reference: dict[str, Any]
    channels: dict[str, dict[str, Any]] = field(default_factory=dict)
    evidence: dict[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """`pass` where every channel passes; `fault` where none came to a verdict."""
        if not self.channels:
            return FAULT
        return PASS if all(seen["verdict"] == PASS for seen in self.channels.values()) else MISMATCH


@dataclass
class Record:
    """A run. `subject` names what was run: soul, program and disk with their hashes, the rig's revision.

    It may hold `tokens`, the texts of the soul's tokens by id.
    """

    machine: dict[str, Any]
    subject: dict[str, Any]
    started: str  # ISO 8601, UTC
    prompts: list[PromptRecord] = field(default_factory=list)
    measurements: list[Measurement] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    fault: str | None = None

    @property
    def verdict(self) -> str:
        """`fault` where the run broke off, else `mismatch` where any prompt did not pass, else `pass`."""
        if self.fault is not None:
            return FAULT
        return PASS if all(prompt.verdict == PASS for prompt in self.prompts) else MISMATCH

    def as_json(self) -> dict[str, Any]:
        """The record as plain data, `schema` first."""
        return {
            "schema": str(SCHEMA),
            "verdict": self.verdict,
            "fault": self.fault,
            "started": self.started,
            "machine": self.machine,
            **self.subject,
            "measurements": [vars(measurement) for measurement in self.measurements],
            "attachments": [vars(attachment) for attachment in self.attachments],
            "prompts": [
                {
                    "prompt": prompt.prompt,
                    "verdict": prompt.verdict,
                    "reference": prompt.reference,
                    "channels": prompt.channels,
                    **({"evidence": prompt.evidence} if prompt.evidence else {}),
                }
                for prompt in self.prompts
            ],
        }

    def save(self, path: Path) -> None:
        """Write the record as JSON. Raises BadInput where it can't."""
        write_beside(path, json.dumps(self.as_json(), indent=1, ensure_ascii=False).encode() + b"\n")

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote, now or in an earlier version.

        Raises BadInput where it is no record, is of a newer format, or lacks what every record has.
        """
        content = read_json(path)
        SCHEMA.check(content.get("schema"), path)
        try:
            return cls(
                machine=content["machine"],
                subject={name: content[name] for name in SUBJECT if name in content},
                started=content["started"],
                prompts=[
                    PromptRecord(prompt["prompt"], prompt["reference"], prompt["channels"], prompt.get("evidence", {}))
                    for prompt in content["prompts"]
                ],
                measurements=[Measurement(**_fields(Measurement, each)) for each in content["measurements"]],
                attachments=[Attachment(**_fields(Attachment, each)) for each in content["attachments"]],
                fault=content["fault"],
            )
        except KeyError as error:
            raise BadInput(f"{path}: the record has no {error.args[0]!r}") from error
        except (TypeError, AttributeError) as error:
            raise BadInput(f"{path}: is no record as its schema describes it: {error}") from error


def subject_of(built: Built) -> dict[str, Any]:
    """What a record of a run of this program says was run."""
    return {
        "soul": built.manifest["soul"],
        "program": {**built.manifest["program"], "sha256": hashlib.sha256(built.prg).hexdigest()},
        "disk": {"sha256": hashlib.sha256(built.d64).hexdigest()},
        "revision": _revision(),
    }


def subject_of_disk(disk: Path, name: str) -> dict[str, Any]:
    """What a record of a run of another's program says was run. Raises BadInput where the disk can't be read."""
    sha256 = hashlib.sha256(read_bytes(disk)).hexdigest()
    return {"disk": {"sha256": sha256, "file": disk.name, "name": name}, "revision": _revision()}


def _revision() -> str | None:
    """The checkout's git revision, None where there is no checkout."""
    here = Path(__file__).resolve().parent
    try:
        run = subprocess.run(
            ["git", "-C", str(here), "describe", "--always", "--dirty", "--abbrev=40"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return run.stdout.strip()


def _fields(kind: type, content: dict[str, Any]) -> dict[str, Any]:
    """What `kind` has a field for; a later minor version may tell more."""
    known = {each.name for each in fields(kind)}
    return {name: value for name, value in content.items() if name in known}
