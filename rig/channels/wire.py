"""The wire channel: what the program sends over its cable as it makes each token, and whether it is the reference's.

The program that `soulrig build --wire` makes sends a notice when a reply begins, at each token, and at the end. Each
holds the C64's clock, and this computer notes when it arrives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from soulrig.channels.channel import Finding
from soulrig.channels.telemetry import Checksum, checksum
from soulrig.errors import Fault
from soulrig.machine import Machine, Told, Wire, offered
from soulrig.model.reference import Reply
from soulrig.model.tokenizer import END

CLOCK_SPAN = 1 << 32  # cycles after which the C64's clock begins anew
ARRIVAL_SECONDS = 5  # that the last notice may take


@dataclass(frozen=True)
class Notice:
    """One notice: `clock` in φ2 cycles as its sending began, `seconds` of this computer's clock at its last byte."""

    event: str
    sequence: int  # replies begun since the program's start, modulo 256
    steps: int  # made so far, this one included
    stop: str
    clock: int
    token: int
    cycles: int
    checksum: Checksum
    seconds: float


class WireChannel:
    """The notices of a program that was built with a cable, on a machine that hears them."""

    name = "wire"

    def __init__(self, machine: Machine, manifest: dict[str, Any]) -> None:
        self._machine = machine
        self._wire = offered(machine, Wire)
        if "wire" not in manifest:
            raise Fault("the program was built without a cable; build it with --wire")
        self._layout = manifest["wire"]
        self._stops = {value: name for name, value in manifest["telemetry"]["stops"].items()}
        self._events = {value: name for name, value in self._layout["events"].items()}
        self._earlier = 0

    def begin(self) -> None:
        """Note which notices are not the next reply's."""
        self._earlier = len(self._wire.told())

    def observe(self, prompt: str, reply: Reply) -> Finding:
        """Compare the notices since `begin`. Raises Fault where the cable has lost one."""

        def ended() -> bool:
            return any(self._event(told) == "end" for told in self._wire.told()[self._earlier :])

        self._machine.wait(ended, ARRIVAL_SECONDS, "the notice of the reply's end")
        notices = [self._notice(told) for told in self._wire.told()[self._earlier :]]
        check_complete(notices)
        return compare(notices, reply)

    def _event(self, told: Told) -> str | None:
        return self._events.get(self._number(told, "event")) if len(told.content) == self._layout["size"] else None

    def _number(self, told: Told, name: str) -> int:
        place = self._layout["fields"][name]
        return int.from_bytes(told.content[place["offset"] : place["offset"] + place["size"]], "little")

    def _notice(self, told: Told) -> Notice:
        event, stop = self._event(told), self._number(told, "stop")
        if event is None or stop not in self._stops:
            raise Fault(f"the cable brought {told.content.hex(' ')}, which is no notice of the program's")
        return Notice(
            event,
            self._number(told, "sequence"),
            self._number(told, "steps"),
            self._stops[stop],
            self._number(told, "clock"),
            self._number(told, "token"),
            self._number(told, "cycles"),
            (self._number(told, "s1"), self._number(told, "s2")),
            told.seconds,
        )


def check_complete(notices: Sequence[Notice]) -> None:
    """Raise Fault where these are not the notices of one whole reply: its begin, each token, its end."""
    steps = notices[-1].steps if notices else 0
    expected = [("begin", 0), *(("token", step + 1) for step in range(steps)), ("end", steps)]
    found = [(notice.event, notice.steps) for notice in notices]
    for (event, step), seen in zip(expected, [*found, None], strict=False):
        if seen != (event, step):
            what = f"{event} {step}" if event == "token" else event
            told = "nothing" if seen is None else f"{seen[0]} {seen[1]}"
            raise Fault(f"the cable lost a notice: found {told} where {what} was expected; is the cable sound?")
    if len(found) != len(expected) or len({notice.sequence for notice in notices}) != 1:
        raise Fault(f"the cable brought the notices of more than one reply: {found}")


def compare(notices: Sequence[Notice], expected: Reply) -> Finding:
    """Hold the notices of a whole reply against the reference's."""
    tokens = [notice for notice in notices if notice.event == "token"]
    start = notices[0]
    seen = {
        "tokens": [notice.token for notice in tokens if notice.token != END],
        "stop": notices[-1].stop,
        "cycles": [notice.cycles for notice in tokens],
        "logits_checksums": [list(notice.checksum) for notice in tokens],
        "clock": [(notice.clock - start.clock) % CLOCK_SPAN for notice in (start, *tokens)],
        "arrivals": [round(notice.seconds - start.seconds, 6) for notice in (start, *tokens)],
        "began": {"clock": start.clock, "arrival": round(start.seconds, 6)},
    }
    return Finding(_difference(tokens, notices[-1].stop, expected), seen)


def _difference(tokens: Sequence[Notice], stop: str, expected: Reply) -> str | None:
    """The first difference, in words; steps count from 0."""
    for number, (notice, token, logits) in enumerate(zip(tokens, expected.steps, expected.logits, strict=False)):
        wanted = checksum(logits)
        if notice.token != token:
            return (
                f"step {number}: the wire told token {notice.token}, expected {token}; "
                f"logits checksum {notice.checksum}, expected {wanted}"
            )
        if notice.checksum != wanted:
            return f"step {number}: the wire told checksum {notice.checksum} of its logits, expected {wanted}"
    if len(tokens) != len(expected.steps):
        return f"the wire told {len(tokens)} steps, expected {len(expected.steps)}; stopped by {stop}"
    if stop != expected.stop:
        return f"the wire told that {stop} stopped it, expected {expected.stop}"
    return None
