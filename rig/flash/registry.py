"""The kinds of target there are. To add one, write its module and name it in TARGETS; the command line follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from soulrig.errors import BadInput, did_you_mean
from soulrig.flash.target import Target


@dataclass(frozen=True)
class Place:
    """Where a target is, as it was asked for with `--to NAME:WHERE`, and the name of the image's file.

    `where` is None where nothing stands behind the name. `settings` are those of a machine that `soulrig.toml` names.
    """

    file: str
    where: str | None = None
    drive: int = 8
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind:
    """A kind of target: `make` makes one for a place, without touching it, and raises BadInput for a wrong place."""

    name: str
    what: str
    where: str | None  # what stands behind its name and a colon; None where nothing may
    make: Callable[[Place], Target]


def _card(place: Place) -> Target:
    from soulrig.flash.card import Card

    if not place.where:
        raise BadInput("--to sdcard: name the folder where the card is mounted: --to sdcard:/media/card")
    return Card(Path(place.where).expanduser(), place.file)


def _zoomfloppy(place: Place) -> Target:
    from soulrig.flash.zoomfloppy import ZoomFloppy

    return ZoomFloppy(place.drive)


TARGETS = {
    kind.name: kind
    for kind in (
        Kind("zoomfloppy", "a drive on a ZoomFloppy, through OpenCBM", None, _zoomfloppy),
        Kind("sdcard", "a mounted card, for an SD2IEC or a Pi1541, onto which the image is copied", "DIR", _card),
    )
}
"""Every kind by its name."""


def find_target(name: str, file: str, drive: int, settings: Mapping[str, Any] | None = None) -> Target:
    """The target that `NAME` or `NAME:WHERE` asks for, not yet entered. Raises BadInput where there is none."""
    kind_name, colon, where = name.partition(":")
    kind = TARGETS.get(kind_name)
    if kind is None:
        known = ", ".join(TARGETS)
        raise BadInput(f"--to: no target is called {kind_name!r}{did_you_mean(kind_name, TARGETS)}; there are {known}")
    if kind.where is None and colon:
        raise BadInput(f"--to {name}: nothing stands behind {kind.name}")
    return kind.make(Place(file, where if colon else None, drive, settings or {}))
