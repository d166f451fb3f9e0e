"""VICE's text monitor over TCP, for what the binary one lacks, such as `warp on` and `trace store`.

One command at a time: VICE loses commands that come before its prompt. It shows a prompt too whenever the CPU stops,
for whatever reason, so an answer is at its end when a prompt has come and nothing comes after it for a moment.
"""

import re
import socket
import time
from types import TracebackType
from typing import Self

from soulrig.vice_driver.errors import MonitorSilent
from soulrig.vice_driver.process import HOST

PROMPT = re.compile(r"\((?:C|8|9|10|11):\$[0-9a-f]{4}\) ")
SETTLE_SECONDS = 0.05


class TextMonitor:
    """A connection to the text monitor, as a context manager. `resume` lets the CPU run.

    Stop the CPU through the binary monitor before a command: what comes of the stop then can't be mistaken for the
    answer. Needs ``ViceOptions(text_monitor=True)`` and ``ViceProcess.text_port``. ``timeout`` is in seconds of wall
    time for each answer; raises MonitorSilent.
    """

    def __init__(self, port: int, timeout: float = 20.0) -> None:
        self._port = port
        self._timeout = timeout
        self._socket: socket.socket | None = None

    def __enter__(self) -> Self:
        try:
            self._socket = socket.create_connection((HOST, self._port), self._timeout)
        except OSError as error:
            raise MonitorSilent(f"no text monitor on port {self._port}: {error}") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def command(self, text: str) -> str:
        """What VICE prints in answer to one command, without its prompt. The CPU is stopped afterwards."""
        while self._piece(SETTLE_SECONDS):
            pass
        self._send(text)
        deadline = time.monotonic() + self._timeout
        answer = ""
        while piece := self._piece(SETTLE_SECONDS if _ends_in_prompt(answer) else deadline - time.monotonic()):
            answer += piece
        if not _ends_in_prompt(answer):
            raise MonitorSilent(f"no answer to {text!r} from the text monitor in {self._timeout:g} s")
        return PROMPT.sub("", answer).strip()

    def resume(self) -> None:
        """Let the CPU run; VICE says nothing in answer."""
        self._send("x")

    def listen(self, seconds: float) -> str:
        """What VICE says unasked, empty after so many seconds of nothing."""
        return self._piece(seconds)

    def _send(self, text: str) -> None:
        try:
            self._connected().sendall(text.encode("ascii") + b"\n")
        except OSError as error:
            raise MonitorSilent(f"the text monitor hung up at {text!r}: {error}") from error

    def _piece(self, timeout: float) -> str:
        """What has come, empty after so many seconds of nothing."""
        connection = self._connected()
        connection.settimeout(max(0.001, timeout))
        try:
            piece = connection.recv(65536)
        except TimeoutError:
            return ""
        except OSError as error:
            raise MonitorSilent(f"the text monitor hung up: {error}") from error
        if not piece:
            raise MonitorSilent("the text monitor hung up")
        return piece.decode("latin-1")

    def _connected(self) -> socket.socket:
        if self._socket is None:
            raise RuntimeError("the text monitor is not connected: enter its context first")
        return self._socket


def _ends_in_prompt(answer: str) -> bool:
    return re.search(PROMPT.pattern + "$", answer) is not None
