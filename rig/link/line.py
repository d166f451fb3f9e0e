"""The line to a C64, through pyserial: a device, `socket://host:port` or `rfc2217://host:port`."""

from __future__ import annotations

import errno
import time
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import serial

from soulrig.errors import BadInput, Fault

BITS_OF_A_BYTE = 10  # start, eight, stop
AHEAD = 512  # bytes that may be on their way: adaptors and emulators have room for little more
LEAST_PAUSE = 0.001  # seconds
NETWORK = ("socket", "rfc2217")  # schemes of URLs that name a host and its port


class Line:
    """A line of so many baud, 8 bits, no parity, 1 stop bit, as a context manager.

    What is written is paced by the line's own rate, whatever lies between. A device is had by one soulrig alone: two
    would answer the same asks. Raises BadInput for a URL that is none, Fault where the port can't be opened or breaks.
    """

    def __init__(self, url: str, baud: int) -> None:
        self.url = url
        self.baud = baud
        self._sent_at = 0.0
        _check_url(url)
        try:
            self._port: Any = serial.serial_for_url(url, baudrate=baud, timeout=0, write_timeout=5, exclusive=True)
        except ValueError as error:
            raise BadInput(f"{url}: is no serial port: {error}; expected a device or socket://host:port") from error
        except (OSError, serial.SerialException) as error:
            if error.errno in (errno.EWOULDBLOCK, errno.EBUSY):
                raise Fault(f"{url}: is in use by another program; wait for its end, or end it") from error
            raise Fault(f"{url}: can't be opened: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the port."""
        self._port.close()

    def read(self, seconds: float) -> bytes:
        """What comes, at once when there is any; nothing after so many seconds. Raises Fault where the port is gone."""
        try:
            self._port.timeout = seconds
            first = self._port.read(1)
            if not first:
                return b""
            self._port.timeout = 0
            return bytes(first + self._port.read(4096))
        except (OSError, TypeError, serial.SerialException) as error:  # TypeError: pyserial's of a port that was closed
            raise Fault(f"{self.url}: the line is gone: {error}") from error

    def waiting(self) -> bool:
        """Whether something has come that was not read."""
        try:
            return bool(self._port.in_waiting)
        except (OSError, TypeError, serial.SerialException) as error:
            raise Fault(f"{self.url}: the line is gone: {error}") from error

    def write(self, data: bytes) -> None:
        """Send, and return when all but AHEAD bytes of it can have gone over the line."""
        try:
            for begin in range(0, len(data), AHEAD):
                piece = data[begin : begin + AHEAD]
                now = time.monotonic()
                self._sent_at = max(self._sent_at, now) + len(piece) * BITS_OF_A_BYTE / self.baud
                self._port.write(piece)
                wait = self._sent_at - now - AHEAD * BITS_OF_A_BYTE / self.baud
                if wait > LEAST_PAUSE:
                    time.sleep(wait)
        except (OSError, serial.SerialException) as error:
            raise Fault(f"{self.url}: the line is gone: {error}") from error


def _check_url(url: str) -> None:
    """Raise BadInput for what pyserial would take for a failing port, with words about its own insides."""
    if not url:
        raise BadInput("the port of the cable has no name; expected a device or socket://host:port")
    if url.partition("://")[0].lower() not in NETWORK:
        return
    try:
        parts = urlsplit(url)
        complete = bool(parts.hostname and parts.port)
    except ValueError:  # a port that is no number, or too large
        complete = False
    if not complete:
        raise BadInput(f"{url}: names no host and port; expected {url.partition('://')[0]}://host:port, as in lab:6400")
