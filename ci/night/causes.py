"""From what a step left to one line: what broke, or what it did."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from statistics import fmean
from xml.etree import ElementTree

from night.step import Kind, Outcome, Result, Step
from soulrig.errors import BadInput
from soulrig.model.files import read_text
from soulrig.record import PASS, Record

LONGEST = 240  # characters of a line: a mail's subject and a page's table still take them
TOLD = re.compile(r"^soulrig: (?:fault: )?", re.MULTILINE)
RISE = re.compile(r"^soulrig: (.* cycles, \+([0-9.]+)%)$", re.MULTILINE)
SOURCE_REFUSED = re.compile(r"^(?:ca|ld)65 failed")
TOKEN = re.compile(r"token at context \d+")

Cause = tuple[Outcome, str]


def judge(step: Step, code: int, result: Result) -> None:
    """Complete `result` with outcome, words and measurements of a step that ended with the exit code `code`."""
    if code == 0:
        result.outcome, result.said = Outcome.PASS, ""
        _MEASURE[step.kind](step, result)
        return
    outcome, said = (Outcome.FAULT, f"was killed by signal {-code}") if code < 0 else _CAUSE[step.kind](step, code)
    result.outcome = outcome
    result.said = one_line(f"the rig failed: {said}" if outcome is Outcome.FAULT else said)


def one_line(text: str) -> str:
    """The text with its line ends and runs of blanks as one blank each, and not too long."""
    words = " ".join(text.split())
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"


def _build_cause(step: Step, code: int) -> Cause:
    said = _headline(_told(step.log))
    return (Outcome.RED if SOURCE_REFUSED.match(said) else Outcome.FAULT), said


def _verify_cause(step: Step, code: int) -> Cause:
    record = _record(step.result)
    if record is None or code != 1:
        return Outcome.FAULT, _headline(record.fault if record is not None and record.fault else _told(step.log))
    wrong = [prompt for prompt in record.prompts if prompt.verdict != PASS]
    if not wrong:
        return Outcome.FAULT, _headline(_told(step.log))
    channel, difference = next(
        (name, seen["difference"]) for name, seen in wrong[0].channels.items() if seen["verdict"] != PASS
    )
    return Outcome.RED, f'prompt "{wrong[0].prompt}": {channel}: {difference}{_more(len(wrong) - 1, "prompt")}'


def _bench_cause(step: Step, code: int) -> Cause:
    rises = RISE.findall(_log(step.log))
    if code != 1 or not rises:
        return Outcome.FAULT, _headline(_told(step.log))
    worst, _ = max(rises, key=lambda rise: float(rise[1]))
    return Outcome.RED, worst + _more(len(rises) - 1, "count")


def _tests_cause(step: Step, code: int) -> Cause:
    cases = _cases(step.result)
    failed = [(case, child) for case in cases for child in case if child.tag in ("failure", "error")]
    if not failed:
        return Outcome.FAULT, "no test was run" if code == 5 else _last_line(step.log)
    case, child = failed[0]
    path = case.get("classname", "").replace(".", "/")
    said = f"{path}.py::{case.get('name')}: {child.get('message', '')}"
    return Outcome.RED, one_line(said)[: LONGEST - 30] + _more(len(failed) - 1, "test")


_CAUSE: dict[Kind, Callable[[Step, int], Cause]] = {
    Kind.BUILD: _build_cause,
    Kind.VERIFY: _verify_cause,
    Kind.BENCH: _bench_cause,
    Kind.TESTS: _tests_cause,
}


def _build_measure(step: Step, result: Result) -> None:
    size = (step.result / "soulplayer.prg").stat().st_size
    result.measurements["PRG size"] = size
    result.said = f"soulplayer.prg {size:,} bytes"


def _verify_measure(step: Step, result: Result) -> None:
    record = _record(step.result)
    if record is None:
        return
    result.measurements |= {each.name: each.value for each in record.measurements}
    seconds = result.measurements.get("seconds a token, mean")
    pace = "" if seconds is None else f", {seconds:.2f} s a token"
    result.said = f"{len(record.prompts)} prompts{pace}"


def _bench_measure(step: Step, result: Result) -> None:
    record = _record(step.result)
    if record is None:
        return
    counts = [each.value for each in record.measurements if TOKEN.fullmatch(each.name)]
    if not counts:
        return
    cycles = fmean(counts)
    result.measurements |= {"cycles a token": round(cycles, 1)}
    result.said = f"{cycles:,.0f} cycles a token"
    if record.machine["kind"] != "sim":  # where no cycle is stolen they make no seconds of a C64 with a picture
        seconds = cycles / record.machine["hertz"]
        result.measurements["seconds a token"] = round(seconds, 4)
        result.said += f", {seconds:.2f} s"


def _tests_measure(step: Step, result: Result) -> None:
    cases = _cases(step.result)
    skipped = sum(any(child.tag == "skipped" for child in case) for case in cases)
    result.said = f"{len(cases)} tests" + (f", {skipped} of them skipped" if skipped else "")


_MEASURE: dict[Kind, Callable[[Step, Result], None]] = {
    Kind.BUILD: _build_measure,
    Kind.VERIFY: _verify_measure,
    Kind.BENCH: _bench_measure,
    Kind.TESTS: _tests_measure,
}


def _more(count: int, what: str) -> str:
    return "" if count == 0 else f" (and {count} more {what}{'s' if count > 1 else ''})"


def _record(path: Path) -> Record | None:
    """The record in a file; None where the step left none that can be read."""
    try:
        return Record.load(path)
    except BadInput:
        return None


def _cases(junit: Path) -> list[ElementTree.Element]:
    try:
        return list(ElementTree.parse(junit).iter("testcase"))
    except (OSError, ElementTree.ParseError):
        return []


def _log(path: Path) -> str:
    try:
        return read_text(path)
    except BadInput:
        return ""


def _told(log: Path) -> str:
    """What the command last said itself; else the last line of its log."""
    parts = TOLD.split(_log(log))
    return parts[-1] if len(parts) > 1 else _last_line(log)


def _headline(text: str) -> str:
    """The first line, with the second where the first leads to it; an emulator's log may follow."""
    first, _, rest = text.strip().partition("\n")
    return one_line(f"{first} {rest.partition(chr(10))[0]}" if first.endswith(":") else first)


def _last_line(log: Path) -> str:
    lines = [line for line in _log(log).splitlines() if line.strip()]
    return lines[-1] if lines else "ended without a word"
