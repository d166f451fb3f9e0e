"""The host's half of the exchanges: hears asks, and answers each with the next command or with nothing.

A thread of its own. An ask's number tells whether it is heard for the first time; what came damaged is asked for again.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from soulrig.buildtools.link_protocol import Ask, Command, Refusal
from soulrig.errors import Fault
from soulrig.link.frames import Frame, Parser
from soulrig.link.jobs import Job, Jobs
from soulrig.link.line import BITS_OF_A_BYTE, Line

LINGER = 0.02  # seconds that a C64 which told a result waits for the next command, rather than go on with its work
IDLE = 0.05
PAUSE_IN_FRAME = 0.25  # seconds of silence, and 20 bytes' time, after which a frame won't go on
PREAMBLE_UNKNOWN = 12  # before the C64 has told how much it wants


@dataclass(frozen=True)
class Event:
    """What the C64 told of its own: `data`, and when it was here, by time.monotonic()."""

    data: bytes
    arrived: float


@dataclass
class Contact:
    """What was heard."""

    received: int = 0  # bytes
    asks: int = 0
    repeated: int = 0
    hellos: int = 0  # how often a C64 began anew
    identity: bytes = b""  # that of the latest
    lost: int = 0  # events for which the C64 had no room, modulo 256


class Answering:
    """Answers until it is stopped. `on_event` is called by its thread."""

    def __init__(self, line: Line, jobs: Jobs, on_event: Callable[[Event], None]) -> None:
        self.contact = Contact()
        self.fault: Fault | None = None
        self.preamble = PREAMBLE_UNKNOWN
        self._line = line
        self._jobs = jobs
        self._on_event = on_event
        self._parser = Parser()
        self._last: int | None = None  # number of the ask answered last
        self._odd: int | None = None
        self._start: int | None = None
        self._answer = b""
        self._flying: Job | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="riglink", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; what waits fails."""
        self._stopped.set()
        self._thread.join()
        self._give_up("the link was closed")

    def _run(self) -> None:
        pause = PAUSE_IN_FRAME + 20 * BITS_OF_A_BYTE / self._line.baud
        try:
            while not self._stopped.is_set():
                data = self._line.read(pause if self._parser.waits else IDLE)
                self.contact.received += len(data)
                for frame in self._parser.feed(data) if data else self._parser.silence():
                    self._hear(frame)
        except Fault as fault:
            self.fault = fault
            self._give_up(str(fault))

    def _give_up(self, message: str) -> None:
        if self._flying is not None:
            self._flying.fail(message)
            self._flying = None
        self._jobs.fail(message)

    def _hear(self, frame: Frame) -> None:
        arrived = time.monotonic()
        with contextlib.suppress(ValueError):  # the code of no ask: nothing of ours
            ask = Ask(frame.code)
            self.contact.asks += 1
            begins = ask is Ask.HELLO and frame.address != self._start
            if frame.sequence == self._last and not begins:
                self.contact.repeated += 1
                self._line.write(self._answer)
            elif begins or self._follows(frame.sequence):
                self._hear_new(ask, frame, arrived)

    def _follows(self, sequence: int) -> bool:
        """Whether that is the number of a new ask; another one is believed when it comes again."""
        if self._last is None or sequence == (self._last + 1) % 0x100 or sequence == self._odd:
            self._odd = None
            return True
        self._odd = sequence
        return False

    def _hear_new(self, ask: Ask, frame: Frame, arrived: float) -> None:
        job = self._flying
        if job is not None and (ask is Ask.HELLO or frame.sequence != (job.sequence + 1) % 0x100):
            job = None  # what was sent has not been done
        if frame.damaged and (job is None or job.small):
            self._line.write(Frame(frame.sequence, Command.REPEAT << 3).encode(self.preamble))
            return
        self._last = frame.sequence
        if ask is Ask.HELLO:
            self._begin(frame)
        elif ask is Ask.EVENT:
            self._tell(frame, arrived)
        if ask in (Ask.EVENT, Ask.ASK):
            self.contact.lost = frame.address
        self._finish(job, ask, frame)
        wait = LINGER if ask in (Ask.RESULT, Ask.REFUSED) else 0
        self._send_next(None if job is not None and job.releases else self._jobs.next(wait))

    def _begin(self, frame: Frame) -> None:
        self._start = frame.address
        self.contact.identity = frame.payload
        self.contact.hellos += 1

    def _tell(self, frame: Frame, arrived: float) -> None:
        rest = frame.payload
        while rest:
            size, rest = rest[0], rest[1:]
            self._on_event(Event(rest[:size], arrived))
            rest = rest[size:]

    def _finish(self, job: Job | None, ask: Ask, frame: Frame) -> None:
        flying, self._flying = self._flying, None
        if job is None:
            if flying is not None:
                flying.fail("the C64 began anew while a command was under way; try again")
        elif frame.damaged:
            job.finish(None)
        elif ask is Ask.RESULT:
            job.finish(frame.payload)
        elif ask is Ask.REFUSED and frame.address == Refusal.DAMAGED:
            if job.small:
                self._jobs.put_back(job)
            else:
                job.finish(None)
        elif ask is Ask.REFUSED and frame.address == Refusal.UNKNOWN:
            job.fail(f"the agent on the C64 knows no command {job.command}; load a newer riglink there")
        else:
            job.fail(f"the C64 refused command {job.command} ({frame.address}); {len(job.payload)} bytes are too long")

    def _send_next(self, job: Job | None) -> None:
        assert self._last is not None
        if job is None:
            frame = Frame(self._last, Command.NOTHING << 3)
        else:
            job.sequence = self._last
            self._flying = job
            frame = job.frame(self._last)
        self._answer = frame.encode(self.preamble)
        self._line.write(self._answer)
