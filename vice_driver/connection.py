"""The binary monitor's socket: commands and their replies, and what VICE tells unasked in between."""

import socket
import struct
import time
from collections import deque
from collections.abc import Callable

from soulrig.vice_driver.errors import MonitorRefused, MonitorSilent, ViceError
from soulrig.vice_driver.protocol import API, EVENT_ID, STX, Checkpoint, Command, Event, EventType


class Connection:
    """A connection to the binary monitor, and what its events tell: whether the CPU is ``running``, or ``jammed``.

    ``timeout`` is in seconds of wall time for each reply. ``diagnose`` may turn a fault into one that says
    more, as that the process is dead.
    """

    def __init__(self, connection: socket.socket, timeout: float, diagnose: Callable[[ViceError], ViceError]) -> None:
        self.timeout = timeout
        self.running = True
        self.jammed = False
        self.events: deque[Event] = deque(maxlen=1000)
        self._socket = connection
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._diagnose = diagnose
        self._received = bytearray()
        self._last_id = 0

    def close(self) -> None:
        """Close the connection; the emulator goes on as it is."""
        self._socket.close()

    def command(self, command: Command, body: bytes = b"") -> bytes:
        """Send one command and return its reply's body."""
        return self._request(command, body)[-1][1]

    def _request(self, command: Command, body: bytes = b"") -> list[tuple[int, bytes]]:
        """Send a command; all replies that bear its id, the last of them the one that ends it."""
        self._last_id = self._last_id % 0x7FFFFFFF + 1
        message = struct.pack("<BBIIB", STX, API, len(body), self._last_id, command) + body
        deadline = time.monotonic() + self.timeout
        try:
            self._socket.settimeout(self.timeout)
            self._socket.sendall(message)
        except OSError as error:
            raise self._diagnose(MonitorSilent(f"the monitor hung up: {error}")) from error
        replies: list[tuple[int, bytes]] = []
        while True:
            if not self._wait_readable(deadline):
                raise self._diagnose(MonitorSilent(f"no reply to {command.name} in {self.timeout:g} s"))
            answer = self._receive_message(deadline)
            if answer is None:
                continue
            number, kind, code, content = answer
            if number != self._last_id:
                continue  # a late reply to a command that was given up
            if code:
                raise MonitorRefused(f"VICE refused {command.name} with error {code:#04x}", code)
            replies.append((kind, content))
            # A list comes as one reply for each entry before its own.
            if command != Command.CHECKPOINT_LIST or kind == command:
                return replies

    def _wait_for(self, condition: Callable[[], bool], timeout: float) -> bool:
        deadline = time.monotonic() + timeout
        while not condition():
            if not self._wait_readable(deadline):
                return False
            self._receive_message(time.monotonic() + self.timeout)
        return True

    def _receive_message(self, deadline: float) -> tuple[int, int, int, bytes] | None:
        """The next reply (id, type, error code, body), or None if it was an event."""
        _, _, length, kind, code, number = struct.unpack("<BBIBBI", self._receive(12, deadline))
        body = self._receive(length, deadline)
        if number != EVENT_ID:
            return number, kind, code, body
        event_type = EventType(kind)
        if event_type is EventType.CHECKPOINT:
            self.events.append(Event(event_type, checkpoint=Checkpoint.decode(body)))
            return None
        if event_type is EventType.REGISTERS:
            return None
        event = Event(event_type, pc=int.from_bytes(body[:2], "little"))
        self.running = event_type is EventType.RESUMED
        self.jammed = self.jammed or event_type is EventType.JAM
        self.events.append(event)
        return None

    def _receive(self, count: int, deadline: float) -> bytes:
        while len(self._received) < count:
            if not self._fetch(deadline):
                raise self._diagnose(MonitorSilent(f"a reply broke off for {self.timeout:g} s"))
        data = bytes(self._received[:count])
        del self._received[:count]
        return data

    def _wait_readable(self, deadline: float) -> bool:
        """Whether there is something to read, fetching it; False at the deadline."""
        return bool(self._received) or self._fetch(deadline)

    def _fetch(self, deadline: float) -> bool:
        self._socket.settimeout(max(0.0001, deadline - time.monotonic()))
        try:
            piece = self._socket.recv(1 << 18)
        except TimeoutError:
            return False
        except OSError as error:
            raise self._diagnose(MonitorSilent(f"the monitor hung up: {error}")) from error
        if not piece:
            raise self._diagnose(MonitorSilent("the monitor hung up"))
        self._received += piece
        return True
