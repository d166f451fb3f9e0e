"""The machine `sim` for a person: the screen in the terminal, at the speed of a C64 or as near as Python comes."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from soulrig.buildtools.petscii import glyphs
from soulrig.machine import Left
from soulrig.machines.console import COLUMNS, STOP, Console
from soulrig.machines.sim import SimMachine

PICTURES = 25  # a second that are drawn
STOP_SECONDS = 0.1  # that RUN/STOP is held


class SimTerminal(SimMachine):
    """A C64 in this terminal. Raises Left where the person types Ctrl-C, Fault where there is no terminal."""

    writes_disks = False

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._stack = ExitStack()
        self._console: Console | None = None
        self._drawn = 0.0
        self._image = b""

    def __enter__(self) -> Self:
        super().__enter__()
        self._console = self._stack.enter_context(Console())
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()
        super().__exit__(*exception)

    def insert(self, disk: Path) -> None:
        """Put a disk into drive 8, and switch the C64 on if it is off."""
        self._image = disk.read_bytes()
        super().insert(disk)

    def run(self, cycles: int) -> None:
        """Run so many cycles, show the screen, take what was typed."""
        super().run(cycles)
        self._show()
        self._listen(0)

    def attend(self) -> None:
        """Run until Ctrl-C, not faster than a C64."""
        frame = self.hertz // PICTURES
        due = time.monotonic()
        while True:
            self.run(frame)
            due = max(due + 1 / PICTURES, time.monotonic())
            self._listen(due - time.monotonic())

    def disk_image(self) -> bytes:
        """The disk, which nothing writes to."""
        return self._image

    def _show(self) -> None:
        now = time.monotonic()
        if self._console is None or now - self._drawn < 1 / PICTURES:
            return
        self._drawn = now
        codes = self.codes()
        rows = [codes[start : start + COLUMNS] for start in range(0, len(codes), COLUMNS)]
        self._console.draw([(row, glyphs(row, small_letters=self.small_letters)) for row in rows])

    def _listen(self, seconds: float) -> None:
        """Hand on what is typed, waiting for at most so long."""
        if self._console is None:
            return
        deadline = time.monotonic() + seconds
        try:
            while True:
                for key in self._console.keys(max(0.0, deadline - time.monotonic())):
                    self._press(key)
                if time.monotonic() >= deadline:
                    return
        except KeyboardInterrupt as error:
            raise Left from error

    def _press(self, key: int | str) -> None:
        if isinstance(key, int):
            self.type(bytes([key]))
        elif key == STOP:
            self.press(STOP)
            self.release(STOP, self.cycles() + int(STOP_SECONDS * self.hertz))
