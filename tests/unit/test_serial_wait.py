"""How a serial machine waits: by this computer's clock, and by looks that take their time."""

from __future__ import annotations

import pytest

from soulrig.machine import InVain
from soulrig.machines import serial
from soulrig.machines.serial import SerialMachine


class Looks:
    """A clock, and a condition that is true of what a look from `true_from` on sees; each look takes `each` seconds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, each: float, true_from: float) -> None:
        self.now, self.each, self.true_from = 0.0, each, true_from
        monkeypatch.setattr(serial.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(serial.time, "sleep", self.sleep)

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def look(self) -> bool:
        begun = self.now
        self.now += self.each
        return begun >= self.true_from


def test_what_a_slow_look_came_too_early_for_is_seen_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = Looks(monkeypatch, each=4.3, true_from=0.1)
    SerialMachine().wait(looks.look, 2, "the prompt")
    assert looks.now < 9


def test_what_never_comes_is_waited_for_no_longer_than_one_more_look(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = Looks(monkeypatch, each=0.5, true_from=1e9)
    with pytest.raises(InVain, match="waited 2 seconds in vain for the prompt"):
        SerialMachine().wait(looks.look, 2, "the prompt")
    assert 2 < looks.now < 3.5
