"""A timer of the 6526, in closed form: where it stands is worked out when somebody looks, not counted cycle by cycle.

Counting processor cycles from V, a timer shows V, V-1, ... 1, then the latch L twice, L-1, ...: it runs over every L+1
cycles, in the cycle where it would show 0. Counting the other timer's underflows it shows 0 until the next one; with
underflows in every cycle (L = 0) it may be a step off.
Source: W. Lorenz, "A Software Model of the CIA6526"; checked against x64sc (tests/machines/test_sim_vice.py).
"""

from __future__ import annotations

from soulrig.sim.cpu import NEVER

START, ONE_SHOT, FORCE_LOAD = 0x01, 0x08, 0x10
START_DELAY = 2  # cycles from the write that starts a timer to the last one that shows its value unchanged
LOAD_DELAY = 3  # the same for a write that loads it too
STOP_DELAY = 2  # cycles that a timer goes on after the write that stops it
CHAIN_COUNT = 2  # cycles from timer A's underflow to timer B's step
CHAIN_UNDERFLOW = 1  # and to timer B's underflow


class Timer:
    """One timer. Cycles must not go backwards from call to call.

    `underflows` counts all of them up to the last `advance`, `latest` is the cycle of the last one. For a timer that
    counts another's underflows `source` is that other one, which must have been advanced first.
    """

    def __init__(self, source: Timer | None = None) -> None:
        self.latch = 0xFFFF
        self.control = 0
        self.underflows = 0
        self.latest = -NEVER
        self._source = source
        self._chained = False
        self._counts = True
        self._value = 0xFFFF
        self._from = 0  # counting cycles: the last cycle that shows _value
        self._seen = 0  # counting underflows: how many of the source's are in _value

    @property
    def running(self) -> bool:
        """Whether it counts."""
        return bool(self.control & START) and self._counts

    def advance(self, cycle: int) -> None:
        """Take in every underflow up to `cycle`."""
        first = self.next_underflow()
        if first > cycle:
            return
        if self.control & ONE_SHOT:
            self._underflow(first, 1)
            self.control &= ~START
        elif self._chained:
            while first <= cycle:
                self._underflow(first, 1)
                first = self.next_underflow()
        else:
            more = (cycle - first) // (self.latch + 1)
            self._underflow(first + more * (self.latch + 1), more + 1)

    def shown(self, cycle: int) -> int:
        """What its two registers show; advance it first."""
        if not self.running:
            return self._value
        if self._chained:
            return max(0, self._value - self._steps(cycle))
        return self._value - max(0, cycle - self._from)

    def set_low(self, cycle: int, value: int) -> None:
        """Write the latch's low byte."""
        self.latch = self.latch & 0xFF00 | value
        if self.latest == cycle:
            self._value = self.latch

    def set_high(self, cycle: int, value: int) -> None:
        """Write the latch's high byte; a timer that stands still is loaded."""
        self.latch = self.latch & 0x00FF | value << 8
        if self.latest == cycle or not self.running:
            self._value = self.latch

    def set_control(self, cycle: int, control: int, *, chained: bool = False, counts: bool = True) -> None:
        """Write the control register; `counts` is False where the input to count never comes."""
        goes_on = bool(control & START) and counts and self.running and self._chained == chained
        if not goes_on:
            self._settle(cycle)
        self.control = control & ~FORCE_LOAD
        self._chained, self._counts = chained, counts
        if control & FORCE_LOAD:
            self._value = self.latch
            self._from = cycle + LOAD_DELAY
        elif not goes_on:
            self._from = cycle + START_DELAY
        if chained and self._source is not None and not (goes_on and not control & FORCE_LOAD):
            self._seen = self._source.underflows

    def _settle(self, cycle: int) -> None:
        """The timer stops: `_value` becomes what it stops at."""
        if not self.running:
            return
        if not self._chained:
            cycle += STOP_DELAY
            self.advance(cycle - 1)  # the last count down to 0 doesn't run over any more
        self._value = self.shown(cycle)

    def _steps(self, cycle: int) -> int:
        """Steps that the source's underflows have made since `_seen`."""
        return max(0, self._source.counted(cycle - CHAIN_COUNT) - self._seen) if self._source else 0

    def counted(self, cycle: int) -> int:
        """Underflows up to `cycle`, which lies at most a few cycles before the last `advance`."""
        return self.underflows - (self.latest > cycle)

    def next_underflow(self) -> int:
        """The cycle of the next underflow after the last `advance`; NEVER where none comes by itself."""
        if not self.running:
            return NEVER
        if not self._chained:
            return self._from + self._value
        if self._source is None:
            return NEVER
        return self._source.underflow_number(self._seen + self._value + 1) + CHAIN_UNDERFLOW

    def underflow_number(self, number: int) -> int:
        """The cycle of underflow `number`, counted as `underflows` counts; NEVER where it doesn't come by itself."""
        if number <= self.underflows:
            return self.latest - (self.underflows - number) * (self.latch + 1)
        first = self.next_underflow()
        if number == self.underflows + 1 or first == NEVER:
            return first
        return NEVER if self.control & ONE_SHOT else first + (number - self.underflows - 1) * (self.latch + 1)

    def _underflow(self, cycle: int, count: int) -> None:
        """`count` underflows, the last at `cycle`."""
        if self._chained:
            self._seen += self._value + 1
        self.underflows += count
        self.latest = cycle
        self._value = self.latch
        self._from = cycle + 1
