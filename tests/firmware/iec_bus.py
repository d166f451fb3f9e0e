"""A serial bus and a device on it, cycle by cycle, written from the bus's published timing.

A line is low while anybody pulls it. The device listens and talks as a drive does, and takes the times that a talker
has to keep. What is on the bus is the C64's port $DD00 after each instruction.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field

ATN, CLK, DATA = 0x08, 0x10, 0x20  # what the C64's port pulls with
CLK_IN, DATA_IN = 0x40, 0x80
LISTEN, UNLISTEN, TALK, UNTALK = 0x20, 0x3F, 0x40, 0x5F
# Microseconds, as published, the first typical, the second the least; a cycle is nearly one.
SET_UP, VALID, END_IS_MEANT, END_IS_SEEN, TALKER_SET_UP, TALKER_VALID, ANSWER = 70, 20, 200, 60, 70, 70, 1000

Steps = Generator[None, None, None]


@dataclass
class Device:
    """A drive: `files` by name; `opened` and `saved` tell what the C64 did; `heard` every byte and whether it ended."""

    number: int = 8
    files: dict[bytes, bytes] = field(default_factory=dict)
    hesitates: int = 40
    """Microseconds from the listener's readiness to the first bit."""
    vanishes_after: int | None = None
    """Bytes sent until it is switched off, in the middle of the next one."""
    heard: list[tuple[int, bool]] = field(default_factory=list)
    commands: list[int] = field(default_factory=list)
    shortest_set_up: int = ANSWER
    shortest_valid: int = ANSWER
    pulled: int = 0
    on: bool = True
    now: int = 0
    out: int = 0
    _role: int = 0
    _name: bytes = b""
    _steps: Steps | None = None

    def tick(self, now: int, out: int) -> None:
        """The C64's port holds `out` at cycle `now`."""
        self.now, self.out = now, out
        if not self.on:
            self.pulled = 0
            return
        if self._steps is None:
            self._steps = self._live()
        next(self._steps)

    def high(self, line: int) -> bool:
        return not (self.out | self.pulled) & line

    def _live(self) -> Steps:
        while True:
            yield from self._until(lambda: not self.high(ATN))
            yield from self._attention()
            if self._role == LISTEN:
                yield from self._listen()
            elif self._role == TALK:
                yield from self._talk()

    def _until(self, condition: Callable[[], bool], limit: int = 10**12) -> Steps:
        end = self.now + limit
        while not condition() and self.now < end:
            yield

    def _wait(self, microseconds: int) -> Steps:
        return self._until(lambda: False, microseconds)

    def _attention(self) -> Steps:
        self.pulled = DATA
        yield from self._until(lambda: not self.high(CLK), ANSWER)
        while not self.high(ATN):
            byte = yield from self._receive(lambda: self.high(ATN))
            if byte is None:
                break
            self.commands.append(byte)
            match byte & 0xE0:
                case 0x20 | 0x40 if byte & 0x1F == 0x1F:
                    self._role = 0
                case 0x20:
                    self._role = LISTEN if byte == LISTEN | self.number else 0
                case 0x40:
                    self._role = TALK if byte == TALK | self.number else 0
        if self._role != LISTEN:
            self.pulled = 0

    def _receive(self, broken_off: Callable[[], bool]) -> Generator[None, None, int | None]:
        """A byte, taken; None if the talker went away."""
        yield from self._until(lambda: self.high(CLK) or broken_off())
        if broken_off():
            return None
        self.pulled = 0
        yield from self._until(lambda: not self.high(CLK) or broken_off(), END_IS_MEANT)
        ended = self.high(CLK) and not broken_off()
        if ended:
            self.pulled = DATA
            yield from self._wait(END_IS_SEEN)
            self.pulled = 0
            yield from self._until(lambda: not self.high(CLK) or broken_off())
        byte = 0
        for bit in range(8):
            changed, level = self.now, self.high(DATA)
            while not self.high(CLK) and not broken_off():
                yield
                if self.high(DATA) != level:
                    changed, level = self.now, self.high(DATA)
            risen = self.now
            self.shortest_set_up = min(self.shortest_set_up, risen - changed)
            byte |= level << bit
            yield from self._until(lambda: not self.high(CLK) or broken_off())
            self.shortest_valid = min(self.shortest_valid, self.now - risen)
        if broken_off():
            return None
        self.pulled = DATA
        self.heard.append((byte, ended))
        return byte

    def _listen(self) -> Steps:
        while self.high(ATN):
            byte = yield from self._receive(lambda: not self.high(ATN))
            if byte is not None and self.commands[-1] & 0xF0 == 0xF0:
                self._name += bytes([byte])

    def _talk(self) -> Steps:
        yield from self._until(lambda: self.high(CLK))
        self.pulled = CLK
        content = self.files.get(self._name)
        self._name = b""
        if content is None:
            yield from self._wait(100)
            self.pulled = 0  # a talker that has nothing to say
            yield from self._until(lambda: not self.high(ATN))
            return
        for place, byte in enumerate(content):
            if not self.high(ATN):
                return
            yield from self._send(byte, place == len(content) - 1, place == self.vanishes_after)
        yield from self._until(lambda: not self.high(ATN))

    def _send(self, byte: int, last: bool, vanishes: bool) -> Steps:
        yield from self._wait(100)
        self.pulled = 0
        yield from self._until(lambda: self.high(DATA) or not self.high(ATN))
        if last:
            yield from self._until(lambda: not self.high(DATA), END_IS_MEANT + ANSWER)
            yield from self._until(lambda: self.high(DATA))
        yield from self._wait(self.hesitates)
        for bit in range(8):
            self.pulled = CLK | (0 if byte >> bit & 1 else DATA)
            yield from self._wait(TALKER_SET_UP)
            if vanishes and bit == 5:
                self.on = False
                self.pulled = 0
                return
            self.pulled &= ~CLK
            yield from self._wait(TALKER_VALID)
        self.pulled = CLK
        yield from self._until(lambda: not self.high(DATA), ANSWER)


def port(out: int, devices: list[Device]) -> int:
    """What the C64 reads from $DD00."""
    pulled = out
    for device in devices:
        pulled |= device.pulled
    return out & 0x3F | (0 if pulled & CLK else CLK_IN) | (0 if pulled & DATA else DATA_IN)
