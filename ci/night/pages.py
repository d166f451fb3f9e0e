"""A page for each record of a night: what was said and counted, and what changed since the night before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from night.night import Night
from night.step import Kind, page_of, result_of
from soulrig.errors import BadInput
from soulrig.model.files import write_beside
from soulrig.report.compare import compare
from soulrig.report.html import html_page
from soulrig.report.view import View, read

RECORDED = (Kind.VERIFY, Kind.BENCH)


def save_pages(night: Night, earlier: Sequence[Night]) -> None:
    """Write them beside the records; a step that left none has none. Raises BadInput where a page can't be written."""
    for result in night.results:
        if result.kind not in RECORDED:
            continue
        view = _view(result_of(night.folder, result.name, result.kind))
        if view is None:
            continue
        before = _before(night, earlier, result.name, result.kind)
        comparison = None if before is None else compare(before, view)
        write_beside(page_of(night.folder, result.name), html_page(view, comparison))


def _before(night: Night, earlier: Sequence[Night], name: str, kind: Kind) -> View | None:
    """The same step's record of the last night before it that was like this one and still has it."""
    for other in reversed(earlier):
        if other.quick == night.quick and other.started < night.started:
            view = _view(result_of(other.folder, name, kind))
            if view is not None:
                return view
    return None


def _view(path: Path) -> View | None:
    try:
        return read(path)
    except BadInput:
        return None
