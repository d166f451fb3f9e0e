"""A night as text: the verdict first, then the steps, then what to do about those that are red."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from night.night import Night
from night.step import Outcome, Result, log_of
from soulrig.errors import BadInput
from soulrig.model.files import read_text

TAIL = 12  # lines of a red step's log


def report(night: Night) -> str:
    """What `ci/nightly` prints, and a mail carries."""
    return "\n".join(_lines(night)) + "\n"


def _lines(night: Night) -> Iterator[str]:
    yield night.verdict
    yield ""
    width = max(len(result.name) for result in night.results)
    for result in night.results:
        outcome = result.outcome.upper() if result.is_red else str(result.outcome)
        seconds = "" if result.outcome is Outcome.NOT_RUN else f"{result.seconds:.0f} s"
        yield f"{result.name:{width}}  {outcome:7}  {seconds:>7}  {result.said}".rstrip()
    for result in night.red:
        yield from _details(night, result)
    yield ""
    yield f"Revision {night.revision}, begun {night.started}" + (", quick" if night.quick else "")
    yield f"Everything: {night.folder}"
    yield f"All nights: {night.folder.parent / 'history.html'}"


def _details(night: Night, result: Result) -> Iterator[str]:
    log = log_of(night.folder, result.name)
    yield ""
    yield f"{result.name}: {result.said}"
    if result.command:
        yield f"  once more: {shlex.join(result.command)}"
        yield f"  its log:   {log}"
    try:
        lines = read_text(log).splitlines()
    except BadInput:
        lines = []
    for line in lines[-TAIL:]:
        yield f"  | {line}".rstrip()
