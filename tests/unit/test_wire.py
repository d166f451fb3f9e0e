"""The wire channel: notices of a whole reply against the reference's, and what their times tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pytest

from soulrig.buildtools.layout import EVENTS, NOTICE, NOTICE_SIZE, STOPS, wire_manifest
from soulrig.channels.evidence import evidence_of, pace
from soulrig.channels.telemetry import checksum
from soulrig.channels.wire import WireChannel
from soulrig.errors import Fault
from soulrig.machine import Told
from soulrig.model.reference import Reply

HERTZ = 1_000_000
MANIFEST = {"telemetry": {"stops": STOPS}, "wire": wire_manifest("swiftlink")}
LOGITS = np.arange(12, dtype=np.int16).reshape(3, 4)
REPLY = Reply([1, 7, 1], [40, 41], "ab", "end", list(LOGITS), LOGITS[0])
WRAP = 1 << 32


@dataclass
class Cable:
    """A machine that has a cable, and nothing else."""

    heard: list[Told] = field(default_factory=list)
    description: ClassVar[dict[str, Any]] = {"kind": "cable"}

    def told(self) -> Sequence[Told]:
        return self.heard

    def wait(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        if not condition():
            raise Fault(f"waited {seconds:g} s in vain for {what}")


def notice(event: str, seconds: float, **fields: int | str) -> Told:
    """A notice whose C64 clock began 100 cycles before its 32 bits are full."""
    content = bytearray(NOTICE_SIZE)
    values = {"sequence": 5, "clock": (int(seconds * HERTZ) - 100) % WRAP, **fields}
    values |= {"event": EVENTS[event], "stop": STOPS[str(fields.get("stop", "none"))]}
    for name, value in values.items():
        place = NOTICE[name]
        content[place.offset : place.offset + place.size] = int(value).to_bytes(place.size, "little")
    return Told(bytes(content), 50 + 2 * seconds)


def told(**changes: int) -> list[Told]:
    """The notices of REPLY on a C64 that runs at half its speed; `changes` to the second token's."""
    sums = [checksum(row) for row in LOGITS]
    tokens: list[dict[str, int]] = [
        {"token": token, "cycles": 900_000 + step, "s1": sums[step][0], "s2": sums[step][1], "steps": step + 1}
        for step, token in enumerate([40, 41, 3])
    ]
    tokens[1] |= changes
    return [
        notice("begin", 0),
        *(notice("token", 1.5 + step, **fields) for step, fields in enumerate(tokens)),
        notice("end", 4, stop="end", steps=3),
    ]


def observed(notices: list[Told]) -> Any:
    cable = Cable(told())  # of the reply before
    channel = WireChannel(cable, MANIFEST)
    channel.begin()
    cable.heard = cable.heard + notices
    return channel.observe("x", REPLY)


def test_a_whole_reply_passes() -> None:
    finding = observed(told())
    assert finding.difference is None
    assert finding.seen["tokens"] == [40, 41]
    assert finding.seen["clock"] == [0, 1_500_000, 2_500_000, 3_500_000]
    assert finding.seen["arrivals"] == [0, 3, 5, 7]


@pytest.mark.parametrize(
    ("changes", "says"),
    [({"token": 42}, r"step 1: the wire told token 42, expected 41"), ({"s2": 5}, r"step 1: the wire told checksum")],
)
def test_the_first_difference_is_named(changes: dict[str, int], says: str) -> None:
    difference = observed(told(**changes)).difference
    assert difference is not None
    assert re.match(says, difference)


def test_another_end_is_a_mismatch() -> None:
    notices = told()
    notices[-1] = notice("end", 4, stop="key", steps=3)
    assert observed(notices).difference == "the wire told that key stopped it, expected end"
    short = [*told()[:2], notice("end", 4, stop="key", steps=1)]
    assert observed(short).difference == "the wire told 1 steps, expected 3; stopped by key"


@pytest.mark.parametrize(
    ("lost", "says"),
    [
        (0, "found token 1 where begin was expected"),
        (2, "found token 3 where token 2 was expected"),
        (4, "in vain for the notice of the reply's end"),
    ],
)
def test_a_lost_notice_is_a_fault(lost: int, says: str) -> None:
    notices = told()
    del notices[lost]
    with pytest.raises(Fault, match=says):
        observed(notices)


def test_what_is_no_notice_is_a_fault() -> None:
    with pytest.raises(Fault, match="brought 01 02, which is no notice"):
        observed([Told(b"\1\2", 0.0), *told()])


def test_two_replies_are_a_fault() -> None:
    other = notice("token", 2, sequence=6, token=41, steps=2)
    with pytest.raises(Fault, match="more than one reply"):
        observed([*told()[:2], other, *told()[3:]])


def test_a_program_without_a_cable_is_a_fault() -> None:
    with pytest.raises(Fault, match="built without a cable"):
        WireChannel(Cable(), {"telemetry": {"stops": STOPS}})


def test_periods_are_told_by_both_clocks_and_the_pace() -> None:
    wire = observed(told()).as_json()
    counted = {"cycles": [900_000, 900_001, 900_003], "prefill_cycles": 0}
    evidence = evidence_of({"wire": wire, "telemetry": counted}, HERTZ)
    assert evidence.seconds["clock"] == [1.5, 1.0, 1.0]
    assert evidence.seconds["wire"] == [3.0, 2.0, 2.0]
    assert evidence.disagreements() == ["step 2 took 900003 cycles by the telemetry, 900002 by the wire"]
    assert pace([{"wire": wire}], HERTZ) == pytest.approx(2.0)
    assert pace([], HERTZ) is None


def test_the_pace_is_that_of_the_whole_run() -> None:
    """Two replies, the C64's clock begun anew between them, each notice late by some milliseconds of its own."""

    def reply(clock: int, arrival: float, late: float) -> dict[str, Any]:
        began = {"clock": clock % WRAP, "arrival": arrival}
        return {"wire": {"began": began, "clock": [0, HERTZ, 2 * HERTZ], "arrivals": [0.0, 1.0 + late, 2.0 - late]}}

    replies = [reply(WRAP - 3 * HERTZ, 100.0, 0.01), reply(WRAP + 97 * HERTZ, 200.0, 0.01)]
    assert pace(replies, HERTZ) == pytest.approx(1, abs=0.0001)


def test_the_sound_is_held_against_the_clock() -> None:
    """A chord begins with its token, and the cable's time lies between two of them."""
    wire = observed(told()).as_json()
    heard = {"seconds": [10.0, 11.5, 12.5, 13.55]}
    found = evidence_of({"wire": wire, "sound": heard}, HERTZ).disagreements()
    assert found == ["step 2 took 1.000 s by the clock, 1.050 s by the sound"]
