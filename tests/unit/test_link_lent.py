"""Routines lent to the agent: how long a call may take, and what is said of one that does not return."""

from __future__ import annotations

from typing import cast

import pytest

from soulrig.errors import Fault
from soulrig.link.lent import LentAgent
from soulrig.link.peer import Peer, Registers

USUAL, DRIVE = 10.0, 240.0


class Answering:
    """A peer that notes what patience it was called with."""

    def __init__(self, fault: Fault | None = None) -> None:
        self.patience = USUAL
        self.had: list[float] = []
        self.fault = fault

    def call(self, address: int, a: int, x: int, y: int) -> Registers:
        self.had.append(self.patience)
        if self.fault is not None:
            raise self.fault
        return Registers(a, x, y, 0)


def test_a_call_has_the_seconds_that_a_drive_takes() -> None:
    peer = Answering()
    assert LentAgent(cast(Peer, peer)).call(0xCB00, a=2, seconds=DRIVE) == 2
    assert (peer.had, peer.patience) == ([USUAL + DRIVE], USUAL)


def test_one_that_does_not_return_may_be_the_drive() -> None:
    peer = Answering(Fault("nothing came for 250 s"))
    with pytest.raises(Fault, match=r"nothing came for 250 s; .*switch it off and on"):
        LentAgent(cast(Peer, peer)).call(0xCB00, seconds=DRIVE)
    assert peer.patience == USUAL
