"""A record in GitHub-flavoured Markdown, short enough for the summary of a continuous run."""

from __future__ import annotations

import re

from soulrig.record import PASS, Measurement
from soulrig.report.compare import Comparison
from soulrig.report.view import View, ahead_told, first_told, limits_told, number_told, outside

SIGNS = {"pass": "✅", "mismatch": "❌", "fault": "⚠️"}
MOST_ROWS = 20  # of prompts; those that did not pass come first
# What means something to Markdown or to the HTML in it; a backslash before it takes the meaning away.
_MEANING = re.compile(r"([\\`*_{}\[\]<>|~&])")


def markdown(view: View, comparison: Comparison | None = None) -> str:
    """The verdict, what was run, the prompts, the measurements, and what changed."""
    record = view.record
    parts = [f"## {SIGNS[record.verdict]} {record.verdict}: {_plain(view.summary)}\n"]
    parts.append(f"{_plain(view.machine_name)}, {_plain(record.machine['cycle_basis'])}, {_plain(record.started)}\n")
    if record.fault is not None:
        parts.append(fenced(record.fault))
    if view.exchanges:
        parts.append(_prompts(view))
    named = [measurement for measurement in record.measurements if not measurement.name.startswith("token at")]
    if named:
        parts.append(_table(["measurement", "value", "limits"], [_measured(each) for each in named]))
    if comparison is not None:
        parts.append(_changed(comparison))
    return "\n".join(parts)


def _prompts(view: View) -> str:
    """A table of the prompts, and the differences that were found under it."""
    ordered = sorted(view.exchanges, key=lambda exchange: exchange.verdict == PASS)
    shown = ordered[:MOST_ROWS]
    rows = []
    for exchange in shown:
        cycles = exchange.mean_cycles
        said = exchange.said
        row = [_code(exchange.found.prompt), "–" if said is None else _code(said)]
        row += [ahead_told(exchange), first_told(exchange, view.hertz)]
        row.append("–" if cycles is None else number_told(round(cycles)))
        seen = exchange.found.channels
        rows.append([*row, *(SIGNS[seen[name]["verdict"]] if name in seen else "–" for name in view.channels)])
    heads = ["prompt", "reply", "thought ahead", "first token in s", "cycles a token"]
    text = _table([*heads, *map(_plain, view.channels)], rows)
    differences = [
        f"- {_code(exchange.found.prompt)}, {_plain(channel)}: {_code(difference)}\n"
        for exchange in shown
        for channel, difference in exchange.differences.items()
    ]
    left = len(ordered) - len(shown)
    rest = f"\n{left:,} more {'prompt' if left == 1 else 'prompts'}.\n" if left else ""
    return text + rest + ("\n" + "".join(differences) if differences else "")


def _changed(comparison: Comparison) -> str:
    """What changed, of the prompts only those of which more than the cycles did."""
    parts = [f"### Against {_plain(comparison.before.record.started)}: {_plain(comparison.summary)}\n"]
    parts += [f"- {_plain(note)}\n" for note in comparison.notes]
    rows = [
        [_plain(change.name), _plain(change.before), _plain(change.after), change.percent_told]
        for change in comparison.subject + comparison.measurements + ([comparison.cycles] if comparison.cycles else [])
    ]
    for prompt in [each for each in comparison.prompts if each.otherwise][:MOST_ROWS]:
        for change in prompt.changes:
            name = f"{_code(prompt.prompt)}, {_plain(change.name)}"
            rows.append([name, _code(change.before), _code(change.after), change.percent_told])
    parts.append(_table(["what", "before", "now", "change"], rows) if rows else "")
    return "\n".join(parts)


def _measured(measurement: Measurement) -> list[str]:
    sign = f" {SIGNS['mismatch']}" if outside(measurement) else ""
    value = f"{number_told(measurement.value)} {_plain(measurement.unit)}{sign}"
    return [_plain(measurement.name), value, limits_told(measurement)]


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _plain(text: str) -> str:
    """Text that stays as it is: in one line, nothing in it means anything."""
    return _MEANING.sub(r"\\\1", " ".join(text.split()))


def _code(text: str) -> str:
    """A text in a table's cell, as code; HTML there, since a backquote or a bar would end what Markdown has for it."""
    escaped = "".join(f"&#{ord(char)};" if not (char.isalnum() or char in " ,.?'") else char for char in text)
    return f"<code>{escaped}</code>" if text else "(empty)"


def fenced(text: str) -> str:
    """A text as it is, in lines of its own, whatever backquotes it holds."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}\n"
