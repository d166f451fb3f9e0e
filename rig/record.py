"""The record of a run: what was run, what was measured, what was found. Every report is drawn from it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from soulrig.model.files import write_beside

SCHEMA = "soulrig.record/1"
PASS, MISMATCH, FAULT = "pass", "mismatch", "fault"


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
    """A file that belongs to the record."""

    name: str
    path: str
    mime: str


@dataclass
class PromptRecord:
    """One prompt: what the reference says, what each channel saw."""

    prompt: str
    reference: dict[str, Any]
    channels: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """`pass` where every channel passes; `fault` where none came to a verdict."""
        if not self.channels:
            return FAULT
        return PASS if all(seen["verdict"] == PASS for seen in self.channels.values()) else MISMATCH


@dataclass
class Record:
    """A run. `subject` names what was run: soul, program and disk with their hashes, the rig's revision."""

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
            "schema": SCHEMA,
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
                }
                for prompt in self.prompts
            ],
        }

    def save(self, path: Path) -> None:
        """Write the record as JSON. Raises BadInput where it can't."""
        write_beside(path, json.dumps(self.as_json(), indent=1, ensure_ascii=False).encode() + b"\n")
