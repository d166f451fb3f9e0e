"""A record as JUnit XML, in the form that pytest writes and Jenkins, GitLab and others read.

A record is a test suite. A prompt is a test case for each channel that looked at it: a mismatch is its failure. What
kept the rig from finding anything out is an error. Measurements are properties of the suite.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from soulrig.record import PASS
from soulrig.report.compare import Comparison
from soulrig.report.view import Exchange, View, subject_told

# What XML 1.0 can't hold, not even escaped.
_UNPRINTABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
WALL_TIME = "wall time"


def junit(view: View, comparison: Comparison | None = None) -> bytes:
    """The XML document, in UTF-8."""
    record = view.record
    cases = [case for exchange in view.exchanges for case in _cases(exchange, view)]
    if record.fault is not None:
        cases.append(_broken("soulrig.run", "the run", record.fault))
    wall = next((each.value for each in record.measurements if each.name == WALL_TIME), 0)
    suite = Element("testsuite", name=_held(f"soulrig on {view.machine_name}"))
    suite.set("errors", str(sum(case.find("error") is not None for case in cases)))
    suite.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    suite.set("skipped", "0")
    suite.set("tests", str(len(cases)))
    suite.set("time", f"{wall:.3f}")
    suite.set("timestamp", _held(record.started))
    _add_properties(suite, _properties(view, comparison))
    suite.extend(cases)
    root = Element("testsuites", name="soulrig")
    root.append(suite)
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _cases(exchange: Exchange, view: View) -> Iterator[Element]:
    """A test case a channel; its time is the C64's, in seconds from RETURN to the last token."""
    found = exchange.found
    if not found.channels:
        yield _broken("soulrig.prompt", found.prompt, "no channel came to a verdict")
    seconds = exchange.reply_cycles / view.hertz if view.hertz else 0
    for channel, seen in found.channels.items():
        case = _case(f"soulrig.{channel}", found.prompt, seconds)
        prefill = list(_prefill(exchange, view)) if channel == "telemetry" else []
        if prefill:
            _add_properties(case, prefill)
        if seen["verdict"] != PASS:
            failure = SubElement(case, "failure", message=_held(seen["difference"] or seen["verdict"]), type="mismatch")
            failure.text = _held(f"expected: {exchange.expected}\nsaid:     {exchange.said}\n")
        yield case


def _broken(classname: str, name: str, why: str) -> Element:
    case = _case(classname, name, 0)
    error = SubElement(case, "error", message=_held(why.partition("\n")[0]), type="fault")
    error.text = _held(why)
    return case


def _case(classname: str, name: str, seconds: float) -> Element:
    """The prompt in quotes, as an empty name is none."""
    return Element("testcase", classname=_held(classname), name=_held(repr(name)), time=f"{seconds:.3f}")


def _add_properties(element: Element, told: Iterable[tuple[str, str]]) -> None:
    properties = SubElement(element, "properties")
    for name, value in told:
        SubElement(properties, "property", name=_held(name), value=_held(value))


def _prefill(exchange: Exchange, view: View) -> Iterator[tuple[str, str]]:
    """What there was of the prompt at RETURN, and what the first token took from there."""
    if exchange.ahead is not None:
        yield "prompt positions thought ahead", str(exchange.ahead[0])
        yield "prompt positions", str(exchange.ahead[1])
    if exchange.first_cycles is not None and view.hertz:
        yield "time to first token [s]", f"{exchange.first_cycles / view.hertz:.3f}"


def _properties(view: View, comparison: Comparison | None) -> Iterator[tuple[str, str]]:
    yield from subject_told(view.record)
    for measurement in view.record.measurements:
        yield f"{measurement.name} [{measurement.unit}]", repr(measurement.value)
        for name, limit in (("low", measurement.low), ("high", measurement.high)):
            if limit is not None:
                yield f"{measurement.name} [{measurement.unit}], {name} limit", repr(limit)
    for attachment in view.record.attachments:
        yield f"attachment {attachment.name}", PurePath(attachment.path).as_posix()
    if comparison is not None:
        yield "changed", comparison.summary


def _held(text: str) -> str:
    return _UNPRINTABLE.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
