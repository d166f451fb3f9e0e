"""A C64 on whose agent routines are lent: memory and calls, over its line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from soulrig.errors import Fault
from soulrig.link.peer import Peer

ALONE = "riglink"


class Agent(Protocol):
    """What runs on the C64 and does these three."""

    def peek(self, address: int, length: int) -> bytes:
        """Read RAM."""

    def poke(self, address: int, data: bytes) -> None:
        """Write RAM."""

    def call(self, address: int, a: int = 0, x: int = 0, y: int = 0, *, seconds: float) -> int:
        """Call a routine, which has so many seconds; A on its return."""


class LentAgent:
    """The agent that a peer speaks with."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    def peek(self, address: int, length: int) -> bytes:
        """Read RAM. Raises Fault where the line fails, as the others do."""
        return self._peer.peek(address, length)

    def poke(self, address: int, data: bytes) -> None:
        """Write RAM."""
        self._peer.poke(address, data)

    def call(self, address: int, a: int = 0, x: int = 0, y: int = 0, *, seconds: float) -> int:
        """Call a routine; while it runs the C64 says nothing, and that is no fault for so many seconds."""
        usual = self._peer.patience
        self._peer.patience = usual + seconds
        try:
            return self._peer.call(address, a, x, y).a
        except Fault as fault:
            raise Fault(f"{fault}; if the drive is at work it holds the C64 up: switch it off and on") from fault
        finally:
            self._peer.patience = usual


@contextmanager
def lent_agent(url: str, baud: int) -> Iterator[Agent]:
    """The agent at the other end of a line. Raises Fault where none answers, or one within another program."""
    with Peer.open(url, baud) as peer:
        identity = peer.identify()
        if identity.program != ALONE:
            raise Fault(
                f"{url}: {identity.program} runs on the C64 and needs the memory that the drive's routines take; "
                "reset the C64 and start riglink there"
            )
        yield LentAgent(peer)
