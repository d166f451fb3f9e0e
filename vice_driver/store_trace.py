"""What a program stores to a range of addresses, and when: VICE's text monitor tells while the CPU runs on.

VICE names the instruction, the registers and the clock at its end; the value follows from the first two. A
read-modify-write instruction (`INC $D400`) can't be followed so, and is left out: the chips that are worth watching
can't be read.
"""

import queue
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from soulrig.vice_driver.errors import MonitorSilent, ViceError
from soulrig.vice_driver.text_monitor import TextMonitor

# #1 (Trace store d404)   91/$05b,  60/$3c
# .C:39b8  8D 04 D4    STA $D404      - A:11 X:00 Y:00 SP:f2 ..-B.I..   19936977
STORE = re.compile(
    r"\(Trace store ([0-9a-f]{4})\)[^\n]*\n"
    r"\.C:[0-9a-f]{4}\s+(?:[0-9A-F]{2} )+\s*ST([AXY]) .*? A:(..) X:(..) Y:(..) .*?(\d+)\s*\n"
)
IO_IS_BANKED_IN = "( @cpu:$0001 & $07 ) >= $05"  # else the store goes to the RAM below
QUIET_SECONDS = 0.01
LAST_LINES = 400  # characters: an entry that is not complete yet is no longer


@dataclass(frozen=True)
class Store:
    """A byte stored; `cycle` is that of the emulator's clock."""

    cycle: int
    address: int
    value: int


class StoreTrace:
    """Notes stores to the addresses that it is told to `watch`, as a context manager.

    `diagnose` says what a fault of the text monitor's comes from, as that of a ViceProcess does.
    Leave it while the CPU is stopped. Takes the text monitor at `port` for itself. A thread reads along, so that VICE
    never has to wait.
    """

    def __init__(
        self, port: int, timeout: float = 20.0, diagnose: Callable[[ViceError], ViceError] = lambda error: error
    ) -> None:
        self._diagnose = diagnose
        self._monitor = TextMonitor(port, timeout)
        self._stores: list[Store] = []
        self._text = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._leaving = threading.Event()
        self._quiet = threading.Event()  # VICE has said nothing for a moment
        self._timeout = timeout
        self._commands: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[str | ViceError] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        self._monitor.__enter__()
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving.set()
        self._reader.join()
        self._monitor.__exit__(kind, error, trace)

    def watch(self, first: int, last: int, in_io: bool = False) -> int:
        """Note stores to `first`..`last` from now on; `in_io`, only those to the chips there, not to the RAM below.

        A number for `unwatch`. Both are to be called while the CPU is stopped. Raises MonitorSilent where VICE refuses.
        """
        answer = self.command(f"trace store {first:04x} {last:04x}")
        number = re.search(r"TRACE: (\d+)", answer)
        if number is None:
            raise MonitorSilent(f"VICE's text monitor can't trace stores; it says {answer[:80]!r}")
        if in_io:
            self.command(f"cond {number[1]} if {IO_IS_BANKED_IN}")
        return int(number[1])

    def unwatch(self, number: int) -> None:
        """Note no more of what the `watch` of that number does."""
        self.command(f"delete {number}")

    def stores(self) -> list[Store]:
        """All that were made so far, in order; while the CPU is stopped, none is missing."""
        self._quiet.clear()
        self._quiet.wait(self._timeout)
        return list(self._stores)

    def forget(self) -> None:
        """Have none been made so far; to be called while the CPU is stopped."""
        self.stores()
        self._stores.clear()

    def command(self, text: str) -> str:
        """What the text monitor, which the trace has for itself, answers to a command while the CPU is stopped."""
        self.stores()
        self._commands.put(text)
        try:
            answer = self._answers.get(timeout=self._timeout)
        except queue.Empty:
            raise MonitorSilent(f"no answer to {text!r} from the text monitor in {self._timeout:g} s") from None
        if isinstance(answer, ViceError):
            raise self._diagnose(answer) from answer
        return answer

    def _obey(self) -> None:
        """Give the commands that wait; the reading thread does it, which has the connection."""
        while not self._commands.empty():
            try:
                self._answers.put(self._monitor.command(self._commands.get()))
            except ViceError as error:
                self._answers.put(error)

    def _read(self) -> None:
        while not self._leaving.is_set():
            self._obey()
            try:
                text = self._monitor.listen(QUIET_SECONDS)
            except MonitorSilent as error:
                self._answers.put(error)  # for whoever waits for an answer, or asks next
                self._quiet.set()
                return  # VICE has ended; whoever talks to it will notice
            if text:
                self._take(text)
            else:
                self._quiet.set()

    def _take(self, text: str) -> None:
        self._text += text
        end = 0
        for match in STORE.finditer(self._text):
            values = dict(zip("AXY", match.groups()[2:5], strict=True))
            address, register, cycle = match[1], match[2], match[6]
            self._stores.append(Store(int(cycle), int(address, 16), int(values[register], 16)))
            end = match.end()
        self._text = self._text[max(end, len(self._text) - LAST_LINES) :]
