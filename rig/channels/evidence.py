"""How long each token took, by what the program counts, by what is heard, and by when its cable told: witnesses apart.

The program counts cycles with a timer. A chord begins when its token is there, the first of a reply when RETURN is
taken, so the time from a chord to the next is a token's. A program with a cable sends a notice then, which holds the
C64's clock, and this computer notes when it has arrived. To send it takes time that is no part of a token's cycles: a
token's step is what it took to compute, its period the time from its notice to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from soulrig.channels.sound import SPACING_SECONDS

FRAME_SECONDS = 0.02  # that witnesses may differ
FEWEST = 3  # notices that a pace is told from


@dataclass(frozen=True)
class Evidence:
    """Seconds of each step by each witness that tells; the first step's begin with RETURN. None: it can't tell.

    `telemetry` has the steps; `sound` the time from chord to chord; `wire` that from arrival to arrival and `clock` the
    same by the C64's clock.
    """

    seconds: dict[str, list[float | None]]
    miscounted: tuple[str, ...] = ()

    def differences(self) -> list[tuple[int, float, float]]:
        """Step, seconds by the program, seconds by the sound: wherever both can tell."""
        counted = self.seconds.get("clock") or self.seconds.get("telemetry", [])
        pairs = zip(counted, self.seconds.get("sound", []), strict=False)
        return [(step, a, b) for step, (a, b) in enumerate(pairs) if a is not None and b is not None]

    def disagreements(self) -> list[str]:
        """In words, each step at which the channels are more than a frame apart, or count other cycles."""
        counter = "clock" if self.seconds.get("clock") else "telemetry"
        return [
            f"step {step} took {counted:.3f} s by the {counter}, {heard:.3f} s by the sound"
            for step, counted, heard in self.differences()
            if abs(counted - heard) > FRAME_SECONDS
        ] + list(self.miscounted)


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
    if "wire" in channels:
        seconds["wire"] = [round(after - before, 6) for before, after in pairwise(channels["wire"]["arrivals"])]
        clock = channels["wire"]["clock"]
        seconds["clock"] = [round((after - before) / hertz, 6) for before, after in pairwise(clock)]
    return Evidence(seconds, _miscounted(channels))


def pace(channels: Iterable[Mapping[str, Mapping[str, Any]]], hertz: int) -> float | None:
    """This computer's seconds for one of the C64's, by the notices of many replies; None where there are too few.

    The least squares' line through arrival over clock, both from each reply's first token on: the time that a notice
    takes is the same for all tokens, so it makes no difference; a reply's begin is told sooner. 1.0 on a C64 that runs
    at its own speed; in an emulator's warp less.
    """
    clocks: list[float] = []
    arrivals: list[float] = []
    for told in (seen["wire"] for seen in channels if "wire" in seen):
        own = np.array(told["clock"][1:], float) / hertz
        here = np.array(told["arrivals"][1:], float)
        if len(own) >= 2:
            clocks += list(own - own.mean())
            arrivals += list(here - here.mean())
    if len(clocks) < FEWEST:
        return None
    return float(np.dot(clocks, arrivals) / np.dot(clocks, clocks))


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


def _between(onsets: list[float]) -> list[float | None]:
    """The seconds from a chord to the next; none around two that are so near that the second may have had to wait."""
    gaps = [round(after - before, 6) for before, after in pairwise(onsets)]
    late = [gap < SPACING_SECONDS for gap in gaps]
    return [
        None if too_near or before else gap for gap, too_near, before in zip(gaps, late, [False, *late], strict=False)
    ]
