"""What a channel is: one way to see what a machine said, and to judge it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from soulrig.model.reference import Reply


@dataclass(frozen=True)
class Finding:
    """A channel's verdict over one reply, with what it saw; `difference` names the first thing that differs."""

    difference: str | None
    seen: dict[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """`pass` or `mismatch`."""
        return "pass" if self.difference is None else "mismatch"

    def as_json(self) -> dict[str, Any]:
        """The finding as a record keeps it."""
        return {"verdict": self.verdict, "difference": self.difference, **self.seen}


class Channel(Protocol):
    """A channel of one machine. Any method raises Fault where the machine fails, never for what it said."""

    @property
    def name(self) -> str:
        """What it is called in options and records."""

    def begin(self) -> None:
        """The next prompt is about to be typed."""

    def observe(self, prompt: str, reply: Reply) -> Finding:
        """The reply and the prompt after it are there: hold what was seen since `begin` against the reference's."""
