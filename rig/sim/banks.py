"""The 6510's memory as $00 and $01 arrange it: RAM, with ROMs or chips laid over parts of it.

There is one list of cells that shows what the processor sees; an overlay that comes swaps the RAM below it aside, so
reading plain memory costs nothing. Source: C64 Programmer's Reference Guide, memory maps; no cartridge is in.
"""

from __future__ import annotations

from collections.abc import Sequence

from soulrig.sim.cpu import CHIP, TRAP

DIRECTION, PORT = 0, 1
LORAM, HIRAM, CHAREN = 1, 2, 4
PULLED_UP = 0x17  # inputs of the port that read as 1: the three above, and a cassette key that is up
BASIC_START, IO_START, KERNAL_START, END = 0xA000, 0xD000, 0xE000, 0x10000
WRAPPED = 2  # cells repeated behind the last, for words that wrap


class _Window:
    """A part of the memory that something may lie over; `overlay` is None while its RAM shows."""

    def __init__(self, start: int, end: int) -> None:
        self.start, self.end = start, end
        self.overlay: list[int] | None = None
        self.below: list[int] = []

    def show(self, cells: list[int], overlay: list[int] | None) -> None:
        if overlay is self.overlay:
            return
        if self.overlay is None:
            self.below = cells[self.start : self.end]
        cells[self.start : self.end] = self.below if overlay is None else overlay
        self.overlay = overlay


class Banks:
    """64 KB of RAM filled with `power_up`, and three ROMs.

    `traps` are addresses in the KERNAL where TRAP is put. `plain_end` is where the RAM ends, from $02 on, that nothing
    lies over.
    """

    def __init__(
        self,
        power_up: bytes,
        kernal: bytes,
        basic: bytes,
        chargen: bytes,
        traps: Sequence[int],
    ) -> None:
        self.cells = [*power_up, *power_up[:WRAPPED]]
        self._kernal_bytes = kernal
        self._kernal, self._basic, self._chargen = list(kernal), list(basic), list(chargen)
        for address in traps:
            self._kernal[address - KERNAL_START] = TRAP
        self._chips = [CHIP] * (KERNAL_START - IO_START)
        self._windows = (
            _Window(BASIC_START, 0xC000),
            _Window(IO_START, KERNAL_START),
            _Window(KERNAL_START, END),
        )
        self.reset()

    def reset(self) -> None:
        """All bits of the port are inputs: BASIC, KERNAL and chips are there."""
        self._direction = self._data = 0
        self._arrange()

    @property
    def chips_shown(self) -> bool:
        """Whether $D000-$DFFF is the chips."""
        return self._windows[1].overlay is self._chips

    def kernal_byte(self, address: int) -> int:
        """A byte of the KERNAL, also where a trap is."""
        return self._kernal_bytes[address - KERNAL_START]

    def write_port(self, address: int, value: int) -> None:
        """Write $00 or $01."""
        if address == DIRECTION:
            self._direction = value
        else:
            self._data = value
        self._arrange()

    def write_below(self, address: int, value: int) -> None:
        """Write RAM, whatever lies over it."""
        for window in self._windows:
            if window.overlay is not None and window.start <= address < window.end:
                window.below[address - window.start] = value
                return
        self.cells[address] = value

    def ram(self, start: int, end: int) -> bytes:
        """RAM from `start` to before `end`, whatever lies over it; at $00 and $01 the port."""
        shown = self.cells[start:end]
        for window in self._windows:
            if window.overlay is not None:
                first, last = max(start, window.start), min(end, window.end)
                if first < last:
                    shown[first - start : last - start] = window.below[first - window.start : last - window.start]
        return bytes(shown)

    def _arrange(self) -> None:
        """Show what the port's lines select."""
        pins = self._data & self._direction | PULLED_UP & ~self._direction
        self.cells[DIRECTION] = self.cells[END + DIRECTION] = self._direction
        self.cells[PORT] = self.cells[END + PORT] = pins
        basic, middle, kernal = self._windows
        basic.show(self.cells, self._basic if pins & LORAM and pins & HIRAM else None)
        overlay = None
        if pins & (LORAM | HIRAM):
            overlay = self._chips if pins & CHAREN else self._chargen
        middle.show(self.cells, overlay)
        kernal.show(self.cells, self._kernal if pins & HIRAM else None)
        covered = [window.start for window in self._windows if window.overlay is not None]
        self.plain_end = min([*covered, END])
