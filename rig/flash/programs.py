"""OpenCBM's programs, run on a terminal of their own, as that is where they show their progress."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Generator, Sequence
from contextlib import closing, suppress
from typing import Any

import pexpect

from soulrig.errors import Fault
from soulrig.flash.target import Transient

SILENCE_SECONDS = 120.0  # of wall time: the longest that a drive is busy without a word, while it formats a disk
LEAVE_SECONDS = 2.0  # that a program has to leave the bus in order, once it is interrupted
COLUMNS = 200  # of the terminal: no row is broken
_LOG_ROW = re.compile(r"\[(Fatal|Warning|Info|Debug)\]")
_USB_ERROR = re.compile(r"LIBUSB_ERROR_\w+|\[(Fatal|Warning)\].*usb", re.IGNORECASE)  # and no file's name


class Program:
    """One run of a program: `rows`, as they come, then `status`. Whatever ends the run, the program is gone then."""

    def __init__(self, name: str, *words: str, silence: float = SILENCE_SECONDS) -> None:
        """Raises Fault, once `rows` are asked for, where there is no such program."""
        self._name = name
        self._words = words
        self._silence = silence
        self.status: int | None = None  # of its exit; None where a signal ended it

    def rows(self) -> Generator[str]:
        """What it shows, row by row: a row that is drawn anew, after a carriage return, is another one.

        Raises Fault where it can't be started or falls silent.
        """
        path = pexpect.which(self._name)
        if path is None:
            raise Fault(f"{self._name} is not on the PATH; install OpenCBM, which drives a ZoomFloppy")
        child = pexpect.spawn(
            path,
            list(self._words),
            timeout=self._silence,
            encoding="utf-8",
            codec_errors="replace",
            dimensions=(24, COLUMNS),
        )
        try:
            while True:
                ended = child.expect([r"[\r\n]+", pexpect.EOF, pexpect.TIMEOUT])
                if ended == 2:
                    raise Transient(f"{self} has said nothing for {self._silence:g} s; is the drive switched on?")
                if child.before.strip():
                    yield child.before.rstrip()
                if ended == 1:
                    break
            child.wait()
        finally:
            _end(child)
        self.status = child.exitstatus

    def __str__(self) -> str:
        return " ".join((self._name, *self._words))


def said_by(name: str, *words: str) -> list[str]:
    """All that a program shows. Raises Transient where USB failed, else Fault where its exit status is not 0."""
    program = Program(name, *words)
    with closing(program.rows()) as rows:
        shown = list(rows)
    check_end(program, shown)
    return shown


def check_usb(program: Program, shown: Sequence[str]) -> None:
    """Raise Transient where it tells of an error of USB's."""
    for row in shown:
        if _USB_ERROR.search(row):
            raise Transient(f"{program}: {row}")


def check_end(program: Program, shown: Sequence[str]) -> None:
    """Raise Transient where USB failed, else Fault where the exit status is not 0; a 0 proves nothing."""
    check_usb(program, shown)
    if program.status != 0:
        raise Fault(f"{program}: failed with status {program.status}: {last_words(shown)}")


def last_words(shown: Sequence[str]) -> str:
    """What a program complained of, or what it showed last."""
    complaints = [row for row in shown if _LOG_ROW.search(row)]
    return " | ".join((complaints or shown)[-3:]) or "without a word"


def _end(child: Any) -> None:
    """End a program and all that it has started; first so that it can leave the bus in order."""
    with suppress(ProcessLookupError):
        if child.isalive():
            os.killpg(child.pid, signal.SIGINT)
            deadline = time.monotonic() + LEAVE_SECONDS
            while child.isalive() and time.monotonic() < deadline:
                time.sleep(0.02)
        os.killpg(child.pid, signal.SIGKILL)
    child.close(force=True)
