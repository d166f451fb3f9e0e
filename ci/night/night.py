"""A night: when, of which revision, its steps; its verdict in one line, and its file among those of other nights."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from night.step import Kind, Outcome, Result
from soulrig.errors import BadInput
from soulrig.model.files import read_json, write_beside
from soulrig.model.versions import Schema

SCHEMA = Schema("soulrig.night", 1)
FILE = "night.json"
STAMP = "%Y-%m-%dT%H%M"
WHOLE, BRIEF = 30, 400
"""Nights of which everything is kept; nights of which `night.json` is kept, for the history."""

GREEN, RED = "GREEN", "RED"
NAMED = 3  # further red steps that the verdict names


@dataclass
class Night:
    """What a run of `ci/nightly` found. `seconds` is None until it has ended."""

    folder: Path
    started: str  # ISO 8601, UTC
    revision: str
    quick: bool
    results: list[Result] = field(default_factory=list)
    seconds: float | None = None

    @property
    def red(self) -> list[Result]:
        """The steps that a person must look at, in the order in which one thing breaks another."""
        return [result for result in self.results if result.is_red]

    @property
    def is_green(self) -> bool:
        """Whether every step was run and passed."""
        return self.seconds is not None and all(result.outcome is Outcome.PASS for result in self.results)

    @property
    def exit_code(self) -> int:
        """0 green, 1 where what is tested is wrong, 3 where the rig failed first."""
        if self.is_green:
            return 0
        return 1 if self.red and self.red[0].outcome is Outcome.RED else 3

    @property
    def verdict(self) -> str:
        """The line that a mail's subject can be: colour, step, what broke."""
        if self.is_green:
            return f"{GREEN}: {len(self.results)} steps, {self.seconds:.0f} s"
        if not self.red:
            undone = next((result.name for result in self.results if result.outcome is not Outcome.PASS), "its end")
            return f"{RED}: broken off before {undone} was done"
        first, *others = self.red
        names = ", ".join(result.name for result in others[:NAMED])
        more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
        return f"{RED}: {first.name}: {first.said}" + (f"; also red: {names}{more}" if others else "")

    def save(self) -> None:
        """Write `night.json`. Raises BadInput where it can't."""
        content = {
            "schema": str(SCHEMA),
            "verdict": self.verdict,
            "started": self.started,
            "seconds": self.seconds,
            "revision": self.revision,
            "quick": self.quick,
            "steps": [vars(result) for result in self.results],
        }
        write_beside(self.folder / FILE, json.dumps(content, indent=1, ensure_ascii=False).encode() + b"\n")

    @classmethod
    def load(cls, folder: Path) -> Night:
        """What `save` wrote. Raises BadInput where it is none."""
        path = folder / FILE
        content = read_json(path)
        SCHEMA.check(content.get("schema"), path)
        try:
            results = [_result(step) for step in content["steps"]]
            return cls(folder, content["started"], content["revision"], content["quick"], results, content["seconds"])
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput(f"{path}: is no night as {SCHEMA} has it: {error!r}") from error


def _result(step: dict[str, Any]) -> Result:
    return Result(**step | {"kind": Kind(step["kind"]), "outcome": Outcome(step["outcome"])})


def new_folder(keep: Path, now: datetime) -> Path:
    """A folder for a night that begins `now`, among the others in `keep`."""
    number, folder = 1, keep / now.strftime(STAMP)
    while folder.exists():
        number += 1
        folder = keep / f"{now.strftime(STAMP)}-{number}"
    folder.mkdir(parents=True)
    return folder


def nights(keep: Path) -> list[Night]:
    """Every night in `keep`, the earliest first; what is no night is passed by."""
    found = []
    for path in keep.glob(f"*/{FILE}"):
        try:
            found.append(Night.load(path.parent))
        except BadInput:
            continue  # of a later soulrig, or cut off by a full disk: no reason to lose tonight's verdict
    return sorted(found, key=lambda night: (night.started, night.folder.name))


def prune(kept: list[Night], whole: int = WHOLE, brief: int = BRIEF) -> None:
    """Of all but the last `whole` nights keep only `night.json`, of all but the last `brief` nothing."""
    for night in kept[: max(0, len(kept) - brief)]:
        shutil.rmtree(night.folder)
    for night in kept[max(0, len(kept) - brief) : max(0, len(kept) - whole)]:
        for path in night.folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != FILE:
                path.unlink()
