"""A serial line between VICE and pyserial: two pseudo terminals and a relay, which may do a line's worst."""

from __future__ import annotations

import os
import random
import select
import threading
import time
import tty
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from soulrig.buildtools.link_protocol import Driver
from soulrig.vice_driver.serial_line import Hardware

HARDWARE: dict[Driver, Hardware] = {Driver.SWIFTLINK: "swiftlink", Driver.USERPORT: "userport", Driver.UP9600: "up9600"}
BAUD = {Driver.SWIFTLINK: 38_400, Driver.USERPORT: 2_400, Driver.UP9600: 9_600}


@dataclass
class Noise:
    """Of so many bytes one is dropped, doubled, changed or held back for some milliseconds, each kind as often.

    While `cut` nothing comes through, either way.
    """

    one_in: int = 0
    seed: int = 1
    cut: bool = False

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self.done = 0

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """What becomes of them, in pieces between which time passes."""
        if self.cut:
            return
        piece = bytearray()
        for byte in data:
            if not self.one_in or self._random.randrange(self.one_in):
                piece.append(byte)
                continue
            self.done += 1
            match self._random.randrange(4):
                case 0:
                    pass
                case 1:
                    piece += bytes([byte, byte])
                case 2:
                    piece.append(byte ^ 1 << self._random.randrange(8))
                case _:
                    yield bytes(piece)
                    time.sleep(self._random.uniform(0, 0.005))
                    piece = bytearray([byte])
        yield bytes(piece)


class Cable:
    """`c64` and `host` are the paths of its two ends."""

    def __init__(self, noise: Noise | None = None) -> None:
        self.noise = noise or Noise()
        self._masters: list[int] = []
        self._slaves: list[int] = []
        for _ in range(2):
            master, slave = os.openpty()
            tty.setraw(slave)
            os.set_blocking(master, False)
            self._masters.append(master)
            self._slaves.append(slave)  # held open, so that neither end hangs up
        self.c64, self.host = (os.ttyname(slave) for slave in self._slaves)
        self._over = threading.Event()
        self._relay = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._relay.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._relay.join()
        for descriptor in (*self._masters, *self._slaves):
            os.close(descriptor)

    def _run(self) -> None:
        while not self._over.is_set():
            for come in select.select(self._masters, [], [], 0.05)[0]:
                goes = self._masters[1 - self._masters.index(come)]
                for piece in self.noise.pieces(os.read(come, 4096)):
                    self._write(goes, piece)

    def _write(self, goes: int, data: bytes) -> None:
        while data and not self._over.is_set():
            if select.select([], [goes], [], 0.05)[1]:
                data = data[os.write(goes, data) :]
