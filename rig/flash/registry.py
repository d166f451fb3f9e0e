"""The kinds of target there are. To add one, write its module and name it in TARGETS; the command line follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from soulrig.buildtools.line import BAUD
from soulrig.errors import BadInput, did_you_mean
from soulrig.flash.target import Target
from soulrig.model.files import expanded

USUAL_LINE = "swiftlink"


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
        raise BadInput("sdcard: name the folder where the card is mounted, as in sdcard:/media/card")
    return Card(expanded(Path(place.where)), place.file)


def _zoomfloppy(place: Place) -> Target:
    from soulrig.flash.zoomfloppy import ZoomFloppy

    return ZoomFloppy(place.drive)


def _serial(place: Place) -> Target:
    from soulrig.flash.cable import CableDrive
    from soulrig.link.lent import lent_agent

    port, _, name = (place.where or str(place.settings.get("port", ""))).partition(",")
    line = name or str(place.settings.get("line", USUAL_LINE))
    if not port:
        raise BadInput("--to serial: name the port of the cable to the C64: --to serial:/dev/ttyUSB0")
    if line not in BAUD:
        raise BadInput(
            f"--to serial: no line is called {line!r}{did_you_mean(line, BAUD)}; there are {', '.join(BAUD)}"
        )
    baud = int(place.settings.get("baud", BAUD[line]))
    return CableDrive(lambda: lent_agent(port, baud), port, place.drive)


TARGETS = {
    kind.name: kind
    for kind in (
        Kind("zoomfloppy", "a drive on a ZoomFloppy, through OpenCBM", None, _zoomfloppy),
        Kind("serial", "a drive of a C64 that runs riglink, over its cable", "PORT[,LINE]", _serial),
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
        raise BadInput(f"no target is called {kind_name!r}{did_you_mean(kind_name, TARGETS)}; there are {known}")
    if kind.where is None and colon:
        raise BadInput(f"{name}: nothing stands behind {kind.name}")
    return kind.make(Place(file, where if colon else None, drive, settings or {}))
