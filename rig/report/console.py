"""A record as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from soulrig.report.compare import Comparison
from soulrig.report.view import View, first_told, limits_told, number_told, outside, subject_told

STYLES = {"pass": "green", "mismatch": "red", "fault": "yellow"}
MOST_MEASUREMENTS = 12  # a bench has hundreds


def console(view: View, comparison: Comparison | None = None) -> Iterator[RenderableType]:
    """What to print, one below the other. Nothing in a prompt is taken for markup or steers the terminal."""
    record = view.record
    yield _grid([row for row in subject_told(record) if "SHA-" not in row[0]])
    if view.exchanges:
        yield _prompts(view)
    for exchange in view.exchanges:
        for channel, difference in exchange.differences.items():
            yield _text(f"{exchange.found.prompt!r}, {channel}: {difference}")
    if record.measurements:
        yield _measurements(view)
    if comparison is not None:
        yield from _changes(comparison)
    if record.fault is not None:
        yield _text(f"fault: {record.fault}", STYLES["fault"])
    yield _verdict(record.verdict) + _text(f": {view.summary}")


def _prompts(view: View) -> Table:
    table = Table()
    for name in ("prompt", "reply"):
        table.add_column(name, overflow="fold")
    for name in ("first\ntoken\nin s", "steps", "cycles\na token", *(_text(name).plain for name in view.channels)):
        table.add_column(escape(name), no_wrap=True)
    for exchange in view.exchanges:
        cycles = exchange.mean_cycles
        seen = exchange.found.channels
        table.add_row(
            _text(exchange.found.prompt),
            _text("–" if exchange.said is None else exchange.said),
            first_told(exchange, view.hertz),
            str(len(exchange.steps)) if exchange.steps else "–",
            "–" if cycles is None else number_told(round(cycles)),
            *(_verdict(seen[name]["verdict"]) if name in seen else "–" for name in view.channels),
        )
    return table


def _measurements(view: View) -> Table:
    table = Table("measurement", "value", "limits", box=box.SIMPLE)
    measurements = view.record.measurements
    for measurement in measurements[:MOST_MEASUREMENTS]:
        value = _text(f"{number_told(measurement.value)} {measurement.unit}", "red" if outside(measurement) else "")
        table.add_row(_text(measurement.name), value, limits_told(measurement))
    left = len(measurements) - MOST_MEASUREMENTS
    if left > 0:
        table.add_row(f"and {left} more", "", "")
    return table


def _changes(comparison: Comparison) -> Iterator[RenderableType]:
    """What changed, of the prompts only those of which more than the cycles did."""
    table = Table("what", "before", "now", "change", box=box.SIMPLE)
    for change in comparison.subject + comparison.measurements:
        table.add_row(_text(change.name), _text(change.before), _text(change.after), change.percent_told)
    for prompt in comparison.prompts:
        for change in prompt.changes if prompt.otherwise else []:
            name = _text(f"{prompt.prompt!r}, {change.name}")
            table.add_row(name, _text(change.before), _text(change.after), change.percent_told)
    if comparison.cycles is not None:
        cycles = comparison.cycles
        table.add_row(cycles.name, cycles.before, cycles.after, cycles.percent_told)
    for names, what in ((comparison.new, "new"), (comparison.gone, "gone")):
        for prompt_text in names:
            table.add_row(_text(f"{prompt_text!r}"), "", "", what)
    if table.row_count:
        yield table
    for note in comparison.notes:
        yield _text(f"note: {note}", "yellow")
    yield _text(f"against {comparison.before.record.started}: {comparison.summary}")


def _grid(rows: list[tuple[str, str]]) -> Table:
    grid = Table.grid(padding=(0, 2))
    for name, value in rows:
        grid.add_row(_text(name, "dim"), _text(value))
    return grid


def _verdict(verdict: str) -> Text:
    return _text(verdict, STYLES.get(verdict, ""))


def _text(text: str, style: str = "") -> Text:
    shown = "".join(char if char.isprintable() or char == "\n" else f"\\x{ord(char):02x}" for char in text)
    return Text(shown, style, overflow="fold")
