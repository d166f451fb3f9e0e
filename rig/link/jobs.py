"""What the host wants of the C64: commands that wait for an ask, and who waits for their results."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from soulrig.buildtools.link_protocol import BUFFER_SIZE, Command
from soulrig.errors import Fault
from soulrig.link.frames import Frame


@dataclass(eq=False)
class Job:
    """One command. `ports` is what the C64's processor port banks in for it."""

    command: int
    address: int = 0
    payload: bytes = b""
    ports: int = 0
    streams: bool = False
    """A WRITE that another one may follow without an ask between them."""
    result: bytes | None = None
    """None where payload or result came damaged: whoever asked may try a smaller one."""
    fault: Fault | None = None
    sequence: int = -1  # of the ask that it answered
    over: threading.Event = field(default_factory=threading.Event)

    def frame(self, *, more: bool) -> Frame:
        """The answer to ask number `sequence`; `more` says that another answer follows at once."""
        command = Command.WRITE_ON if more else self.command
        return Frame(self.sequence, command << 3 | self.ports, self.address, self.payload)

    @property
    def small(self) -> bool:
        """Whether it is simply sent again where it came damaged."""
        return len(self.payload) <= BUFFER_SIZE and self.command != Command.READ and not self.streams

    @property
    def releases(self) -> bool:
        """Whether the C64 has to go on with its own work before another command."""
        return self.command in (Command.JUMP, Command.RESET, Command.KEYS)

    def finish(self, result: bytes | None) -> None:
        """The C64 has told."""
        self.result = result
        self.over.set()

    def fail(self, message: str) -> None:
        """There will be no result."""
        self.fault = Fault(message)
        self.over.set()


class Jobs:
    """Those that wait, in their order; safe for several threads."""

    def __init__(self) -> None:
        self._waiting: deque[Job] = deque()
        self._changed = threading.Condition()

    def put(self, jobs: Iterable[Job]) -> None:
        """At the end, nothing between them."""
        with self._changed:
            self._waiting.extend(jobs)
            self._changed.notify()

    def put_back(self, job: Job) -> None:
        """Before all others."""
        with self._changed:
            self._waiting.appendleft(job)

    def next(self, seconds: float, most: int) -> list[Job]:
        """The first, at once where there is one, and with one that streams those behind it that do, `most` in all.

        None after so many seconds.
        """
        with self._changed:
            self._changed.wait_for(lambda: bool(self._waiting), seconds)
            taken: list[Job] = []
            while (
                self._waiting and len(taken) < most and (not taken or (taken[-1].streams and self._waiting[0].streams))
            ):
                taken.append(self._waiting.popleft())
            return taken

    def withdraw(self, jobs: Iterable[Job]) -> None:
        """Those that have not been sent are not going to be."""
        with self._changed:
            for job in jobs:
                if job in self._waiting:
                    self._waiting.remove(job)

    def fail(self, message: str) -> None:
        """None of them will have a result."""
        with self._changed:
            while self._waiting:
                self._waiting.popleft().fail(message)
