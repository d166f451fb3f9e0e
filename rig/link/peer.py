"""The host's peer of a C64 on which riglink, or a program linked with its core, runs: what can be asked of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from types import TracebackType
from typing import Self

from soulrig.buildtools.link_protocol import (
    BUFFER_SIZE,
    IDENTITY,
    INPUT_OUTPUT,
    KEYS_MOST,
    PROTOCOL_VERSION,
    RAM,
    ROMS,
    Command,
    Driver,
    Linked,
)
from soulrig.errors import BadInput, Fault
from soulrig.link.answering import WINDOW, Answering, Event
from soulrig.link.frames import crc16
from soulrig.link.jobs import Job, Jobs
from soulrig.link.line import Line

Progress = Callable[[int, int], None]
"""Told how many bytes are done, of how many."""

BASIC_START, BASIC_END, BASIC_WARM = 0x0801, 0x2D, 0xA002
KEY_COUNT, KEYS = 0xC6, 0x0277
AGENT = 0xC000  # where riglink stays
MEMORY = 0x10000
KERNAL, KERNAL_SIZE = 0xE000, 0x2000
PAL_LAST = 0x20  # the last raster line's low byte is above on PAL, below on NTSC
SMALLEST, FIRST_BLOCK = 32, 256
GOOD_ONES = 4  # blocks after which larger ones are tried
FEW = 4  # blocks that follow each other where some come damaged
PATIENCE = 10.0


@dataclass(frozen=True)
class Identity:
    """Who answers."""

    version: int
    program: str  # riglink, soulplayer
    driver: str  # swiftlink, userport, up9600
    standard: str  # pal, ntsc: as measured by the C64
    block: int  # bytes of a frame at most
    preamble: int
    buffer: int  # bytes of a command's payload at most, other than what is poked
    kernal_crc: int | None  # CRC-16 of $E000-$FFFF; None from a program that has banked it out


@dataclass(frozen=True)
class Registers:
    """The processor's after a call."""

    a: int
    x: int
    y: int
    flags: int


def check_program(prg: bytes) -> None:
    """Raise BadInput for what is no program: an address, low byte first, and what goes there, $FFFF at most."""
    if len(prg) < 3:
        raise BadInput(f"a program of {len(prg)} bytes: expected an address and what goes there")
    start = int.from_bytes(prg[:2], "little")
    if start + len(prg) - 2 > MEMORY:
        raise BadInput(f"a program of {len(prg) - 2} bytes from ${start:04X} on: memory ends at $FFFF")


class Peer:
    """A C64 at the other end of a line, as a context manager that answers its asks in a thread.

    Every method raises Fault where nothing answers for `patience` seconds, or the line is gone. `on_event` is called by
    the thread with each event of the C64's own.
    """

    def __init__(
        self, line: Line, *, patience: float = PATIENCE, on_event: Callable[[Event], None] = lambda event: None
    ) -> None:
        self.line = line
        self.patience = patience
        self._jobs = Jobs()
        self._answering = Answering(line, self._jobs, on_event)
        self._identity: Identity | None = None
        self._sizes = _Sizes(FIRST_BLOCK)

    @classmethod
    def open(
        cls,
        url: str,
        baud: int = 38_400,
        *,
        patience: float = PATIENCE,
        on_event: Callable[[Event], None] = lambda event: None,
    ) -> Self:
        """The same with the line at `url`: a device, `socket://host:port`, `rfc2217://host:port`."""
        return cls(Line(url, baud), patience=patience, on_event=on_event)

    def __enter__(self) -> Self:
        self._answering.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._answering.stop()
        self.line.close()

    @property
    def lost_events(self) -> int:
        """Events for which the C64 had no room, modulo 256, as it told last."""
        return self._answering.contact.lost

    @property
    def starts(self) -> int:
        """How often the C64 began anew since this peer hears it."""
        return self._answering.contact.hellos

    def identify(self) -> Identity:
        """Who is there. Raises Fault where it speaks another version of the protocol, or is none that is known."""
        content = self._do(Job(Command.IDENTIFY))
        told = dict(zip(IDENTITY, content, strict=False))
        if told.get("version") != PROTOCOL_VERSION:
            raise Fault(
                f"{self.line.url}: the C64 speaks version {told.get('version')} of the protocol, this is "
                f"{PROTOCOL_VERSION}; load the riglink of this soulrig there"
            )
        known = len(told) == len(IDENTITY) and told["program"] in list(Linked) and told["driver"] in list(Driver)
        if not known:
            raise Fault(
                f"{self.line.url}: the C64's identity is {content.hex(' ')}, expected {len(IDENTITY)} bytes, the "
                f"second {_numbers(Linked)}, the third {_numbers(Driver)}; load the riglink of this soulrig there"
            )
        program = Linked(told["program"])
        self._identity = Identity(
            version=told["version"],
            program=program.name.lower(),
            driver=Driver(told["driver"]).name.lower(),
            standard="pal" if told["raster_last"] >= PAL_LAST else "ntsc",
            block=told["block_low"] | told["block_high"] << 8,
            preamble=told["preamble"],
            buffer=told["buffer"],
            kernal_crc=self.crc(KERNAL, KERNAL_SIZE, ROMS) if program is Linked.RIGLINK else None,
        )
        self._answering.preamble = self._identity.preamble
        self._sizes = _Sizes(self._identity.block)
        return self._identity

    def peek(self, address: int, length: int, ports: int = RAM, progress: Progress | None = None) -> bytes:
        """`length` bytes from `address`, RAM everywhere unless `ports` banks in something else."""
        _check_range(address, length)
        data = b""
        while len(data) < length:
            size = min(self._sizes.now, length - len(data))
            job = Job(Command.READ, address + len(data), size.to_bytes(2, "little"), ports)
            part = self._try(job)
            self._sizes.learn(part is not None)
            if part is not None:
                if len(part) != size:
                    raise Fault(f"{self.line.url}: {size} bytes of memory were asked for, {len(part)} came")
                data += part
                if progress is not None:
                    progress(len(data), length)
        return data

    def poke(self, address: int, data: bytes, ports: int = RAM, progress: Progress | None = None) -> None:
        """Write `data` from `address` into RAM, or what `ports` banks in."""
        _check_range(address, len(data))
        done = 0
        while done < len(data):
            jobs = []
            most = WINDOW if self._sizes.at_best else FEW
            for begin in range(done, len(data), self._sizes.now)[:most]:
                block = data[begin : begin + self._sizes.now]
                jobs.append(Job(Command.WRITE, address + begin, block, ports, streams=len(data) > BUFFER_SIZE))
            self._do_all(jobs)
            for job in jobs:
                self._sizes.learn(job.result is not None)
                if job.result is None:
                    break  # and so are those behind it
                done += len(job.payload)
                if progress is not None:
                    progress(done, len(data))

    def crc(self, address: int, length: int, ports: int = RAM) -> int:
        """CRC-16 of memory, computed there: 0.14 ms a byte."""
        _check_range(address, length)
        count = (length % 0x10000).to_bytes(2, "little")
        return int.from_bytes(self._do(Job(Command.CRC, address, count, ports)), "little")

    def call(
        self, address: int, a: int = 0, x: int = 0, y: int = 0, *, ports: int = ROMS, seconds: float | None = None
    ) -> Registers:
        """JSR to `address` with these registers, with BASIC, KERNAL and I/O banked in; the registers at its RTS.

        It may take so many seconds, `patience` unless told.
        """
        return Registers(*self._told(4, Job(Command.CALL, address, bytes([a, x, y]), ports), seconds))

    def jump(self, address: int, ports: int = ROMS) -> None:
        """Leave whatever runs and go on at `address`, with an empty stack."""
        self._do(Job(Command.JUMP, address, ports=ports))

    def keys(self, petscii: bytes) -> None:
        """Put keys into the mailbox, ten at a time, as often as the program there has emptied it."""
        rest = petscii
        deadline = time.monotonic() + self.patience
        while rest:
            (taken,) = self._told(1, Job(Command.KEYS, payload=rest[:KEYS_MOST]))
            rest = rest[taken:]
            if taken:
                deadline = time.monotonic() + self.patience
            elif time.monotonic() > deadline:
                raise Fault(f"{self.line.url}: the program on the C64 takes no keys; {len(rest)} are left")

    def load(self, prg: bytes, progress: Progress | None = None) -> int:
        """Put a program where its first two bytes say, compare it by its CRC, and return that address.

        BASIC is told of one at $0801. Raises BadInput for one that is none or would lie over the agent.
        """
        check_program(prg)
        start, content = int.from_bytes(prg[:2], "little"), prg[2:]
        end = start + len(content)
        identity = self._identity or self.identify()
        if identity.program == "riglink" and end > AGENT:
            raise BadInput(f"a program from ${start:04X} to ${end - 1:04X}: riglink stays at ${AGENT:04X}")
        self.poke(start, content, progress=progress)
        found = self.crc(start, len(content))
        if found != crc16(content):
            raise Fault(
                f"{self.line.url}: the program from ${start:04X} to ${end - 1:04X} has the CRC ${found:04X} on the C64 "
                f"rather than ${crc16(content):04X}; something else writes there: reset the C64 and try again"
            )
        if start == BASIC_START:
            self.poke(BASIC_END, end.to_bytes(2, "little") * 3)
        return start

    def run(self, start: int | None = None) -> None:
        """RUN what is loaded, by BASIC; or go to `start`, as SYS does."""
        if start is not None:
            self.jump(start)
            return
        warm = int.from_bytes(self.peek(BASIC_WARM, 2, ROMS), "little")
        command = b"RUN\r"
        self._do_all(
            [
                Job(Command.WRITE, KEYS, command, INPUT_OUTPUT),
                Job(Command.WRITE, KEY_COUNT, bytes([len(command)]), INPUT_OUTPUT),
                Job(Command.JUMP, warm, ports=ROMS),
            ]
        )

    def reset(self) -> None:
        """Reset the C64; returns when the agent there has begun anew. Raises Fault where it hasn't."""
        before = self.starts
        self._do(Job(Command.RESET))
        deadline = time.monotonic() + self.patience
        while self.starts == before:
            if time.monotonic() > deadline:
                raise Fault(f"{self.line.url}: nothing answers {self.patience:g} s after a reset; load riglink again")
            time.sleep(0.01)

    def cycles(self) -> int:
        """The C64's cycle counter: φ2 cycles modulo 2^32."""
        return int.from_bytes(self._do(Job(Command.CYCLES)), "little")

    def command(self, number: int, address: int = 0, payload: bytes = b"", ports: int = RAM) -> bytes:
        """Any other command, for those that an agent may have beside the core's; its result."""
        return self._do(Job(number, address, payload, ports))

    def _told(self, size: int, job: Job, seconds: float | None = None) -> bytes:
        """A result of so many bytes. Raises Fault for one of another length."""
        result = self._do(job, seconds)
        if len(result) != size:
            raise Fault(
                f"{self.line.url}: command {job.command} has a result of {len(result)} bytes, expected {size}; load "
                "the riglink of this soulrig there"
            )
        return result

    def _do(self, job: Job, seconds: float | None = None) -> bytes:
        """The result of a command; one that came damaged is asked for again."""
        while True:
            result = self._try(job, seconds)
            if result is not None:
                return result
            job = Job(job.command, job.address, job.payload, job.ports)

    def _try(self, job: Job, seconds: float | None = None) -> bytes | None:
        self._do_all([job], seconds)
        return job.result

    def _do_all(self, jobs: list[Job], seconds: float | None = None) -> None:
        patience = self.patience if seconds is None else seconds
        contact = self._answering.contact
        if self._answering.fault is not None:
            raise self._answering.fault
        before = contact.received, contact.asks
        self._jobs.put(jobs)
        for job in jobs:
            if not job.over.wait(patience):
                self._jobs.withdraw(jobs)
                raise Fault(self._silent(patience, contact.received - before[0], contact.asks - before[1]))
            if job.fault is not None:
                self._jobs.withdraw(jobs)
                raise job.fault

    def _silent(self, patience: float, received: int, asks: int) -> str:
        where = f"{self.line.url} at {self.line.baud} baud"
        if asks:
            return f"{where}: the C64 asks, and has no result after {patience:g} s; the command may still be going on"
        if received:
            return (
                f"{where}: {received} bytes came in {patience:g} s and no frame among them; "
                "check the baud rate, and whether the adaptor is for the levels of the line"
            )
        return (
            f"{where}: nothing came for {patience:g} s; expected the asks of riglink: check the cable, "
            "and whether the agent runs on the C64"
        )


class _Sizes:
    """How large the blocks should be: half of those that come damaged, twice those that don't."""

    def __init__(self, most: int) -> None:
        self.now = most
        self._most = most
        self._good = 0

    @property
    def at_best(self) -> bool:
        """Whether blocks come whole, as far as is known."""
        return self.now == self._most

    def learn(self, good: bool) -> None:
        self._good = self._good + 1 if good else 0
        if not good:
            self.now = max(SMALLEST, self.now // 2)
        elif self._good == GOOD_ONES:
            self.now, self._good = min(self._most, self.now * 2), 0


def _numbers(kind: type[IntEnum]) -> str:
    return " or ".join(str(member.value) for member in kind)


def _check_range(address: int, length: int) -> None:
    if min(address, length) < 0 or address + length > 0x10000:
        raise BadInput(f"{length} bytes from ${address:04X}: memory is from $0000 to $FFFF")
