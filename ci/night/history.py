"""The page of all nights: their verdicts, and how cycles, seconds and size went. One file that needs no network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from night.night import FILE, Night
from night.step import Outcome, Result, log_of, page_of
from soulrig.model.files import write_beside

WIDTH, HEIGHT = 240.0, 130.0  # of a chart's lines, in its own units
MARGIN = 0.1  # of the values' range, above and below


@dataclass(frozen=True)
class Point:
    """A night's value and its place in the chart, x to the right and y down."""

    x: float
    y: float
    value: float
    when: str


@dataclass(frozen=True)
class Line:
    """What a measurement was, night by night; nights without it are left out."""

    name: str
    points: list[Point]


@dataclass(frozen=True)
class Chart:
    """Lines over the same nights, `low` and `high` being the ends of the scale."""

    title: str
    form: str
    low: float
    high: float
    lines: list[Line]


# Title, how a value is written, and the lines: name, step, measurement.
CHARTS = (
    (
        "cycles a token",
        "{:,.0f}",
        (("simulator", "bench sim pal", "cycles a token"), ("x64sc, PAL", "bench x64sc pal", "cycles a token")),
    ),
    (
        "seconds a token",
        "{:.3f}",
        (("PAL", "bench x64sc pal", "seconds a token"), ("NTSC", "bench x64sc ntsc", "seconds a token")),
    ),
    ("bytes of the PRG", "{:,.0f}", (("soulplayer.prg", "build", "PRG size"),)),
)


def save_history(path: Path, nights: Sequence[Night]) -> None:
    """Write the page of `nights`, the earliest first, which lie beside it. Raises BadInput where it can't."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    page = environment.get_template("history.html").render(
        nights=list(reversed(nights)),
        charts=[chart for each in CHARTS if (chart := _chart(nights, *each)) is not None],
        width=WIDTH,
        height=HEIGHT,
        link=_link,
        outcomes=Outcome,
    )
    write_beside(path, page.encode())


def _chart(nights: Sequence[Night], title: str, form: str, wanted: Sequence[tuple[str, str, str]]) -> Chart | None:
    """None where no night has any of it."""
    values = {name: _values(nights, step, measurement) for name, step, measurement in wanted}
    every = [value for line in values.values() for _, value in line]
    if not every:
        return None
    spread = max(every) - min(every) or 0.01 * max(every)
    low, high = min(every) - MARGIN * spread, max(every) + MARGIN * spread

    def point(number: int, value: float) -> Point:
        x = WIDTH * (number + 0.5) / len(nights)
        return Point(x, HEIGHT * (high - value) / (high - low), value, _when(nights[number]))

    lines = [Line(name, [point(*each) for each in line]) for name, line in values.items() if line]
    return Chart(title, form, low, high, lines)


def _values(nights: Sequence[Night], step: str, measurement: str) -> list[tuple[int, float]]:
    """The number of each night that has the measurement, and its value."""
    return [
        (number, result.measurements[measurement])
        for number, night in enumerate(nights)
        for result in night.results
        if result.name == step and measurement in result.measurements
    ]


def _when(night: Night) -> str:
    return night.started.replace("T", " ")[:16]


def _link(night: Night, result: Result | None = None) -> str | None:
    """Where a night's text, or that of a step, lies beside the page; None where it is no longer kept."""
    if result is None:
        found = [night.folder / "report.txt", night.folder / FILE]
    else:
        found = [page_of(night.folder, result.name), log_of(night.folder, result.name)]
    path = next((path for path in found if path.exists()), None)
    return None if path is None else path.relative_to(night.folder.parent).as_posix()
