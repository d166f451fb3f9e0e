"""The host's half of the exchanges: hears asks, and answers each with the next command or with nothing.

A thread of its own. An ask's number tells whether it is heard for the first time; what came damaged is asked for again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from soulrig.buildtools.link_protocol import SKIP, Ask, Command, Refusal
from soulrig.errors import Fault
from soulrig.link.frames import Frame, Parser
from soulrig.link.jobs import Job, Jobs
from soulrig.link.line import BITS_OF_A_BYTE, Line

LINGER = 0.1  # seconds that a C64 which told a result waits for the next command, rather than go on with its work
IDLE = 0.05
WINDOW = SKIP - 4  # answers that follow each other without an ask
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
    hellos: int = 0  # how often a C64 began anew
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
        self._flying: list[Job] = []
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
        except Exception as error:  # on_event is not ours, and who waits has to be told
            self.fault = Fault(f"{self._line.url}: what is to be done with an event failed: {error!r}")
            raise
        finally:
            if self.fault is not None:
                self._give_up(str(self.fault))

    def _give_up(self, message: str) -> None:
        for job in self._flying:
            job.fail(message)
        self._flying = []
        self._jobs.fail(message)

    def _hear(self, frame: Frame) -> None:
        arrived = time.monotonic()
        if frame.code not in list(Ask):
            return  # none of ours
        ask = Ask(frame.code)
        self.contact.asks += 1
        begins = ask is Ask.HELLO and frame.address != self._start
        if frame.sequence == self._last and not begins:
            self._line.write(self._answer)
        elif begins or self._follows(ask, frame):
            self._hear_new(ask, frame, arrived)

    def _follows(self, ask: Ask, frame: Frame) -> bool:
        """Whether that is a new ask by its number; one that can't be is believed when it comes again."""
        believed = {self._odd}
        if self._last is None:
            believed.add(frame.sequence)
        elif ask is Ask.GAP:
            believed |= {_after(job.sequence, SKIP + 1) for job in self._flying if job.sequence == frame.address}
        elif ask is Ask.REFUSED:
            believed |= {_after(job.sequence, SKIP + 1) for job in self._flying[:1]}
        else:
            believed |= {_after(self._last), *(_after(job.sequence) for job in self._flying[-1:])}
        self._odd = None if frame.sequence in believed else frame.sequence
        return self._odd is None

    def _hear_new(self, ask: Ask, frame: Frame, arrived: float) -> None:
        done = self._done(ask, frame)
        if frame.damaged and all(job.small for job in done):
            self._line.write(Frame(frame.sequence, Command.REPEAT << 3).encode(self.preamble))
            return
        self._last = frame.sequence
        if ask is Ask.HELLO:
            self._begin(frame)
        elif ask is Ask.EVENT:
            self._tell(frame, arrived)
        if ask in (Ask.EVENT, Ask.ASK):
            self.contact.lost = frame.address
        self._finish(done, ask, frame)
        if any(job.releases for job in done):
            self._send([])
        else:
            self._send(self._jobs.next(LINGER if done else 0, WINDOW))

    def _done(self, ask: Ask, frame: Frame) -> list[Job]:
        """The jobs under way, if the ask tells about them."""
        flying = self._flying
        if not flying or ask is Ask.HELLO:
            return []
        if ask is Ask.GAP:
            told = any(job.sequence == frame.address for job in flying)
        elif ask is Ask.REFUSED:
            told = frame.sequence == _after(flying[0].sequence, SKIP + 1)
        else:
            told = frame.sequence == _after(flying[-1].sequence)
        return flying if told else []

    def _begin(self, frame: Frame) -> None:
        self._start = frame.address
        self.contact.hellos += 1

    def _tell(self, frame: Frame, arrived: float) -> None:
        rest = frame.payload
        while rest:
            size, rest = rest[0], rest[1:]
            self._on_event(Event(rest[:size], arrived))
            rest = rest[size:]

    def _finish(self, jobs: list[Job], ask: Ask, frame: Frame) -> None:
        flying, self._flying = self._flying, []
        if not jobs:
            for job in flying:
                job.fail("the C64 began anew while a command was under way; try again")
            return
        obeyed = len(jobs)
        if ask is Ask.GAP:
            obeyed = [job.sequence for job in jobs].index(frame.address) + 1
        elif ask is Ask.REFUSED:
            obeyed = 1  # heard at least: those behind it were not
        for job in jobs[obeyed:]:
            job.finish(None)
        jobs = jobs[:obeyed]
        *before, last = jobs
        for job in before:
            job.finish(b"")
        if frame.damaged:
            last.finish(None)
        elif ask is not Ask.REFUSED:
            last.finish(frame.payload)
        elif frame.address == Refusal.DAMAGED:
            if last.small:
                self._jobs.put_back(last)
            else:
                last.finish(None)
        elif frame.address == Refusal.UNKNOWN:
            last.fail(f"the agent on the C64 knows no command {last.command}; load a newer riglink there")
        else:
            last.fail(f"the C64 refused command {last.command}; {len(last.payload)} bytes are too many for it")

    def _send(self, jobs: list[Job]) -> None:
        """Answer the latest ask with these, or with nothing. Only the first is sent again if that ask is repeated."""
        assert self._last is not None
        if not jobs:
            self._answer = Frame(self._last, Command.NOTHING << 3).encode(self.preamble)
            self._line.write(self._answer)
            return
        for number, job in enumerate(jobs):
            job.sequence = (self._last + number) % 0x100
        self._flying = jobs
        self._answer = jobs[0].frame(more=len(jobs) > 1).encode(self.preamble)
        self._line.write(self._answer)
        for job in jobs[1:]:
            if self._line.waiting():
                return  # it asks, so it has missed one
            self._line.write(job.frame(more=job is not jobs[-1]).encode(self.preamble))


def _after(sequence: int, count: int = 1) -> int:
    return (sequence + count) % 0x100
