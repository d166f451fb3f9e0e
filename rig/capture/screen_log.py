"""What was written to the screen, and when it changed: the moments at which a text appears, without a picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

APART = 700  # cycles without a write between two changes; between the letters of one text there are fewer than 450
SCROLL = 40_000  # that scrolling takes at most, from the first row on; what is in the midst may not have been watched
COLUMNS = 40


@dataclass(frozen=True)
class ScreenWrite:
    """A screen code written to cell 0-999 in a φ2 cycle, counted from power-up."""

    cycle: int
    cell: int
    code: int


@dataclass(frozen=True)
class Change:
    """Writes one after the other: the cycles of the first and the last, and the 1000 screen codes behind it.

    The codes are those of the rows that were watched; others stay as they were.
    """

    begun: int
    ended: int
    codes: bytes


def changes(before: bytes, writes: Iterable[ScreenWrite]) -> Iterator[Change]:
    """The changes that writes made of a screen that showed the codes `before`."""
    codes = bytearray(before)
    begun = 0
    last: ScreenWrite | None = None
    for write in writes:
        if last is None:
            begun = write.cycle
        elif write.cycle - last.cycle > (SCROLL if last.cell < COLUMNS else APART):
            yield Change(begun, last.cycle, bytes(codes))
            begun = write.cycle
        last = write
        codes[write.cell] = write.code
    if last is not None:
        yield Change(begun, last.cycle, bytes(codes))
