"""A step of the night, and what came of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Kind(StrEnum):
    """What a step does, which is also where it tells what broke: its log, its record, its JUnit file."""

    BUILD = "build"
    VERIFY = "verify"
    BENCH = "bench"
    TESTS = "tests"
    PAGES = "pages"  # no command: what is left to do when all have ended


class Outcome(StrEnum):
    """`RED` is a finding about what is tested; after `FAULT`, where the rig failed, nothing is known of it."""

    PASS = "pass"
    RED = "red"
    FAULT = "fault"
    NOT_RUN = "not run"


@dataclass(frozen=True)
class Step:
    """A command to be run from the checkout's root, and the files that it leaves in the night's `folder`."""

    name: str
    kind: Kind
    command: tuple[str, ...]
    folder: Path
    limit: float
    """Seconds after which it is taken for hung."""

    @property
    def log(self) -> Path:
        """All that it printed."""
        return log_of(self.folder, self.name)

    @property
    def result(self) -> Path:
        """What it leaves: a record, a JUnit file or a folder."""
        return result_of(self.folder, self.name, self.kind)


def log_of(folder: Path, name: str) -> Path:
    """Where the log lies of the step `name`."""
    return folder / f"{_slug(name)}.log"


def result_of(folder: Path, name: str, kind: Kind) -> Path:
    """Where that lies which the step `name` leaves."""
    ends = {Kind.VERIFY: ".json", Kind.BENCH: ".json", Kind.TESTS: ".xml"}
    return folder / f"{_slug(name)}{ends.get(kind, '')}"


def page_of(folder: Path, name: str) -> Path:
    """Where the page of its record lies."""
    return folder / f"{_slug(name)}.html"


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-")


@dataclass
class Result:
    """What came of a step."""

    name: str
    kind: Kind
    command: list[str]
    outcome: Outcome = Outcome.NOT_RUN
    seconds: float = 0.0
    said: str = ""
    """What broke, in one line; of a step that passed, what it did."""
    measurements: dict[str, float] = field(default_factory=dict)

    @property
    def is_red(self) -> bool:
        """Whether this is what a person must look at."""
        return self.outcome in (Outcome.RED, Outcome.FAULT)
