"""How long each token took, by what the program counts and by what is heard: two witnesses that share nothing.

The program counts cycles with a timer. A chord begins when its token is there, the first of a reply when RETURN is
taken, so the time from a chord to the next is a token's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from soulrig.channels.sound import SPACING_SECONDS

FRAME_SECONDS = 0.02  # that witnesses may differ


@dataclass(frozen=True)
class Evidence:
    """Seconds of each step by each channel that tells; the first step's begin with RETURN. None: it can't tell."""

    seconds: dict[str, list[float | None]]

    def differences(self) -> list[tuple[int, float, float]]:
        """Step, seconds by the telemetry, seconds by the sound: wherever both can tell."""
        pairs = zip(self.seconds.get("telemetry", []), self.seconds.get("sound", []), strict=False)
        return [(step, a, b) for step, (a, b) in enumerate(pairs) if a is not None and b is not None]

    def disagreements(self) -> list[str]:
        """In words, each step at which the channels are more than a frame apart."""
        return [
            f"step {step} took {counted:.3f} s by the telemetry, {heard:.3f} s by the sound"
            for step, counted, heard in self.differences()
            if abs(counted - heard) > FRAME_SECONDS
        ]


def evidence_of(channels: Mapping[str, Mapping[str, Any]], hertz: int) -> Evidence:
    """What the channels of one reply, as a record keeps them, tell of its steps; `hertz` is the telemetry's clock."""
    seconds: dict[str, list[float | None]] = {}
    if "telemetry" in channels:
        cycles = list(channels["telemetry"]["cycles"])
        if cycles:
            cycles[0] += channels["telemetry"]["prefill_cycles"]
        seconds["telemetry"] = [round(count / hertz, 6) for count in cycles]
    if "sound" in channels:
        seconds["sound"] = _between(channels["sound"]["seconds"])
    return Evidence(seconds)


def _between(onsets: list[float]) -> list[float | None]:
    """The seconds from a chord to the next; none around two that are so near that the second may have had to wait."""
    gaps = [round(after - before, 6) for before, after in pairwise(onsets)]
    late = [gap < SPACING_SECONDS for gap in gaps]
    return [
        None if too_near or before else gap for gap, too_near, before in zip(gaps, late, [False, *late], strict=False)
    ]
