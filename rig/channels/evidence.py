"""How long each token took, by what the program counts, by ear, by eye, and by when its cable told: witnesses apart.

The program counts cycles with a timer. A chord begins when its token is there, the first of a reply when RETURN is
taken, so the time from a chord to the next is a token's. So is the time from a change of the screen to the next, from
the reply's mark on, which appears at RETURN too. A program with a cable sends a notice then, which holds the
C64's clock, and this computer notes when it has arrived. To send it takes time that is no part of a token's cycles: a
token's step is what it took to compute, its period the time from its notice to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from soulrig.channels.sound import SPACING_SECONDS
from soulrig.channels.wire import CLOCK_SPAN

FRAME_SECONDS = 0.02  # that witnesses may differ
FEWEST = 3  # notices that a pace is told from


@dataclass(frozen=True)
class Difference:
    """What two witnesses, by their names, tell of a step: seconds, in the order of the names."""

    step: int
    witnesses: tuple[str, str]
    seconds: tuple[float, float]

    @property
    def apart(self) -> float:
        """Seconds."""
        return abs(self.seconds[0] - self.seconds[1])

    def __str__(self) -> str:
        (one, other), (first, second) = self.witnesses, self.seconds
        return f"step {self.step} took {first:.3f} s by the {one}, {second:.3f} s by the {other}"


@dataclass(frozen=True)
class Evidence:
    """Seconds of each step by each witness that tells; the first step's begin with RETURN. None: it can't tell.

    `telemetry` has the steps; `sound` the time from chord to chord, `screen` from text to text; `wire` that from
    arrival to arrival and `clock` the same by the C64's clock.
    """

    seconds: dict[str, list[float | None]]
    miscounted: tuple[str, ...] = ()

    def differences(self) -> list[Difference]:
        """The program, the sound and the screen held against each other, step by step, wherever two can tell."""
        counter = "clock" if self.seconds.get("clock") else "telemetry"
        told = [(name, self.seconds[name]) for name in (counter, "sound", "screen") if name in self.seconds]
        return [
            Difference(step, (one, other), (first, second))
            for (one, firsts), (other, seconds) in combinations(told, 2)
            for step, (first, second) in enumerate(zip(firsts, seconds, strict=False))
            if first is not None and second is not None
        ]

    def disagreements(self) -> list[str]:
        """In words, each step at which two witnesses are more than a frame apart, or count other cycles."""
        return [str(each) for each in self.differences() if each.apart > FRAME_SECONDS] + list(self.miscounted)


def evidence_of(channels: Mapping[str, Mapping[str, Any]], hertz: int) -> Evidence:
    """What the channels of one reply, as a record keeps them, tell of its steps; `hertz` is the C64's clock."""
    seconds: dict[str, list[float | None]] = {}
    if "telemetry" in channels:
        cycles = list(channels["telemetry"]["cycles"])
        if cycles:
            cycles[0] += channels["telemetry"]["prefill_cycles"]
        seconds["telemetry"] = [round(count / hertz, 6) for count in cycles]
    if "sound" in channels:
        seconds["sound"] = _between(channels["sound"]["seconds"])
    if channels.get("screen", {}).get("seconds"):
        seconds["screen"] = [*_gaps(channels["screen"]["seconds"])]
    if "wire" in channels:
        seconds["wire"] = [*_gaps(channels["wire"]["arrivals"])]
        clock = channels["wire"]["clock"]
        seconds["clock"] = [round((after - before) / hertz, 6) for before, after in pairwise(clock)]
    return Evidence(seconds, _miscounted(channels))


def pace(channels: Iterable[Mapping[str, Mapping[str, Any]]], hertz: int) -> float | None:
    """This computer's seconds for one of the C64's, by the notices of many replies; None where there are too few.

    The least squares' line through arrival over clock at each token: the time that a notice takes is the same for all,
    so it makes no difference. 1.0 on a C64 that runs at its own speed; of an emulator's, what its speed is.
    """
    clocks: list[float] = []
    arrivals: list[float] = []
    turns = 0
    before = 0
    for told in (seen["wire"] for seen in channels if "wire" in seen):
        began = told["began"]
        turns += began["clock"] < before  # the C64's clock has begun anew; one reply is shorter than that takes
        before = began["clock"]
        clocks += [(turns * CLOCK_SPAN + before + since) / hertz for since in told["clock"][1:]]
        arrivals += [began["arrival"] + since for since in told["arrivals"][1:]]
    if len(clocks) < FEWEST:
        return None
    own, here = np.array(clocks) - np.mean(clocks), np.array(arrivals) - np.mean(arrivals)
    return float(np.dot(own, here) / np.dot(own, own))


def _miscounted(channels: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """In words, the steps of which telemetry and wire tell other cycles: the one program told two things."""
    if not {"telemetry", "wire"} <= channels.keys():
        return ()
    pairs = zip(channels["telemetry"]["cycles"], channels["wire"]["cycles"], strict=False)
    return tuple(
        f"step {step} took {kept} cycles by the telemetry, {sent} by the wire"
        for step, (kept, sent) in enumerate(pairs)
        if kept != sent
    )


def _gaps(moments: list[float]) -> list[float]:
    return [round(after - before, 6) for before, after in pairwise(moments)]


def _between(onsets: list[float]) -> list[float | None]:
    """The seconds from a chord to the next; none around two that are so near that the second may have had to wait."""
    gaps = _gaps(onsets)
    late = [gap < SPACING_SECONDS for gap in gaps]
    return [
        None if too_near or before else gap for gap, too_near, before in zip(gaps, late, [False, *late], strict=False)
    ]
