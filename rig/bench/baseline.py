"""Counts of an earlier bench, kept in a file, that a later one is held against: none should have risen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soulrig.bench.run import Bench
from soulrig.errors import BadInput
from soulrig.model.files import read_json, write_beside
from soulrig.model.versions import Schema

SCHEMA = Schema("soulrig.baseline", 1)
# With the screen on a count varies by some thousand cycles, with where in the picture it begins; many together hardly
# vary, and the simulator's not at all.
TOLERANCE = {"sim": 0.0, "vice": 0.001, "serial": 0.002}


@dataclass(frozen=True)
class Change:
    """A count that differs from what it was by more than chance."""

    name: str
    before: int
    now: int

    @property
    def is_rise(self) -> bool:
        """Whether it has become slower."""
        return self.now > self.before

    def __str__(self) -> str:
        return f"{self.name}: {self.before:,} to {self.now:,} cycles, {self.now / self.before - 1:+.2%}"


def changes(bench: Bench, path: Path, *, new: bool = False) -> list[Change]:
    """What differs from the counts that `path` has of the same kind of machine; those that only one has are passed by.

    Raises BadInput where it is no baseline, is another soul's, or has no counts of such a machine; where it may be
    `new` these differ in nothing.
    """
    if new and not _compares(bench, path):
        return []
    content = _read(path)
    crc = bench.subject["soul"]["crc32"]
    if content["soul"] != crc:
        raise BadInput(f"{path}: is the baseline of a soul with CRC {content['soul']:08x}, this one has {crc:08x}")
    kind = _kind(bench)
    if kind not in content["machines"]:
        raise BadInput(f"{path}: has no counts of {kind}, only of {', '.join(content['machines'])}; add them: --renew")
    before, now = content["machines"][kind], _counts(bench)
    allowed = TOLERANCE[bench.machine["kind"]]
    return [
        Change(name, before[name], now[name])
        for name in before
        if name in now and abs(now[name] - before[name]) > allowed * before[name]
    ]


def check_baseline(path: Path, *, new: bool = False) -> None:
    """Raise BadInput where `path` is no baseline; it need not be there where it may be `new`."""
    if not new or path.exists():
        _read(path)


def renew(bench: Bench, path: Path) -> None:
    """Make these counts those of `path` for this kind of machine; another soul's are dropped. Raises BadInput."""
    crc = bench.subject["soul"]["crc32"]
    machines: dict[str, Any] = {}
    if path.exists():
        content = _read(path)
        if content["soul"] == crc:
            machines = content["machines"]
    machines[_kind(bench)] = _counts(bench)
    content = {"schema": str(SCHEMA), "soul": crc, "machines": machines}
    write_beside(path, json.dumps(content, indent=1).encode() + b"\n")


def _read(path: Path) -> dict[str, Any]:
    content = read_json(path)
    SCHEMA.check(content.get("schema"), path)
    machines = content.get("machines")
    if not isinstance(machines, dict) or not isinstance(content.get("soul"), int):
        raise BadInput(f"{path}: lacks the keys soul and machines of a baseline")
    for kind, counts in machines.items():
        if not isinstance(counts, dict) or not all(isinstance(count, int) for count in counts.values()):
            raise BadInput(f"{path}: the counts of {kind} are no counts by name")
    return content


def _compares(bench: Bench, path: Path) -> bool:
    """Whether `path` has counts of this soul on such a machine. Raises BadInput where it is no baseline."""
    if not path.exists():
        return False
    content = _read(path)
    return content["soul"] == bench.subject["soul"]["crc32"] and _kind(bench) in content["machines"]


def _counts(bench: Bench) -> dict[str, int]:
    """Each count where they are exact, else what the counts of a kind are together.

    Without what was typed: that comes out differently with where a key falls between two looks at the keys.
    """
    pasted = [first for first in bench.first_tokens if first.rate is None]
    if not TOLERANCE[bench.machine["kind"]]:
        typed = {str(first) for first in bench.first_tokens} - {str(first) for first in pasted}
        return {name: cycles for name, cycles in bench.counts().items() if name not in typed}
    return {
        "tokens, all together": sum(token.cycles for token in bench.tokens),
        "prefills, all together": sum(prefill.cycles for prefill in bench.prefills),
        "first tokens, all together": sum(first.cycles for first in pasted),
    }


def _kind(bench: Bench) -> str:
    """The machines that count alike: VICE's two emulators do."""
    return f"{bench.machine['kind']} {bench.machine['standard']}"
