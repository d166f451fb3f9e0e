"""A SwiftLink in the expansion port of the simulated C64, as far as a program that polls it can tell, and a host.

Source: the 6551's data sheet. One byte is held on its way in; another that comes before it is read is lost.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from soulrig.buildtools.link_protocol import Ask, Command
from soulrig.link.frames import Frame, Parser
from soulrig.machines.sim import SimMachine

BASE = 0xDE00
DATA, STATUS, COMMAND, CONTROL = range(4)
OVERRUN, RECEIVED, SENT = 0x04, 0x08, 0x10
READY = 0x01  # of COMMAND: the chip is on
BYTE_BITS = 10
BAUD = 38_400


class SwiftLink:
    """Plugged into a machine that is switched on. The host's end are `to_c64` and `from_c64`."""

    def __init__(self, machine: SimMachine) -> None:
        self._machine = machine
        self._chips = machine._running().chips
        self._read, self._write = self._chips.read, self._chips.write
        self._byte_cycles = BYTE_BITS * machine.hertz / BAUD
        self._arriving: deque[tuple[float, int]] = deque()
        self._arrived_last = 0.0
        self._held: int | None = None
        self._overrun = False
        self._sending_until = 0.0
        self._command = self._control = 0
        self.from_c64: Callable[[int, float], None] = lambda byte, cycle: None  # told each byte, and when it is there
        self.cut = False
        self.lost = 0
        self._chips.read, self._chips.write = self.read, self.write  # type: ignore[method-assign]  # plugged in

    def to_c64(self, data: bytes, cycle: float) -> None:
        """Bytes that the host sends from a cycle on, one behind the other."""
        for byte in data:
            self._arrived_last = max(self._arrived_last, cycle) + self._byte_cycles
            if not self.cut:
                self._arriving.append((self._arrived_last, byte))

    def read(self, address: int) -> int:
        if address & ~3 != BASE:
            return self._read(address)
        self._receive()
        match address & 3:
            case 0:
                self._overrun = False
                value, self._held = self._held or 0, None
                return value
            case 1:
                sent = SENT * (self._machine.cycles() >= self._sending_until)
                return OVERRUN * self._overrun | RECEIVED * (self._held is not None) | sent
            case 2:
                return self._command
            case _:
                return self._control

    def write(self, address: int, value: int) -> None:
        if address & ~3 != BASE:
            self._write(address, value)
        elif address & 3 == DATA:
            now = self._machine.cycles()
            self._sending_until = max(now, self._sending_until) + self._byte_cycles
            if not self.cut and self._command & READY:
                self.from_c64(value, self._sending_until)
        elif address & 3 == COMMAND:
            self._command = value
        elif address & 3 == CONTROL:
            self._control = value
        elif address & 3 == STATUS:
            self._command, self._held = 0, None

    def _receive(self) -> None:
        while self._arriving and self._arriving[0][0] <= self._machine.cycles():
            byte = self._arriving.popleft()[1]
            if not self._command & READY:
                continue
            if self._held is None:
                self._held = byte
            else:
                self._overrun = True
                self.lost += 1


class Host:
    """Answers each ask after so many seconds: with a command of `commands`, or nothing. Keeps what is told."""

    PREAMBLE = 12

    def __init__(self, link: SwiftLink, latency: float, hertz: int) -> None:
        self.events: list[bytes] = []
        self.commands: deque[tuple[Command, int, bytes]] = deque()
        self.asks = 0
        self._link = link
        self._latency = latency * hertz
        self._parser = Parser()
        self._answered: tuple[int, bytes] | None = None
        link.from_c64 = self._hear

    def _hear(self, byte: int, cycle: float) -> None:
        for frame in self._parser.feed(bytes([byte])):
            self.asks += 1
            if self._answered is None or self._answered[0] != frame.sequence or frame.code == Ask.HELLO:
                self._answered = frame.sequence, self._answer(frame)
            self._link.to_c64(self._answered[1], cycle + self._latency)

    def _answer(self, frame: Frame) -> bytes:
        if frame.code == Ask.EVENT:
            rest = frame.payload
            while rest:
                self.events.append(rest[1 : 1 + rest[0]])
                rest = rest[1 + rest[0] :]
        command, address, payload = self.commands.popleft() if self.commands else (Command.NOTHING, 0, b"")
        return Frame(frame.sequence, command << 3, address, payload).encode(self.PREAMBLE)
