"""The keyboard: a matrix of eight columns and eight rows between the ports of CIA 1, and RESTORE beside it.

Source: C64 Programmer's Reference Guide, keyboard matrix. Three keys on the corners of a rectangle do not conjure up
the fourth here.
"""

from __future__ import annotations

from soulrig.errors import BadInput

RESTORE = "RESTORE"
_COLUMNS = (
    "DEL RETURN RIGHT F7 F1 F3 F5 DOWN",
    "3 W A 4 Z S E LSHIFT",
    "5 R D 6 C F T X",
    "7 Y G 8 B H U V",
    "9 I J 0 M K O N",
    "+ P L - . : @ ,",
    "£ * ; HOME RSHIFT = ↑ /",
    "1 ← CTRL 2 SPACE C= Q STOP",
)
KEYS = {name: (column, row) for column, names in enumerate(_COLUMNS) for row, name in enumerate(names.split())}
"""Column and row of each key by its name: what is printed on it, or DEL, RETURN, LSHIFT, CTRL, C=, STOP ..."""


def check_key(name: str) -> None:
    """Raise BadInput for a key that a C64 hasn't got."""
    if name != RESTORE and name not in KEYS:
        raise BadInput(f"a C64 has no key {name!r}; its keys are {' '.join(KEYS)} {RESTORE}")


class Keyboard:
    """The keys that are held down."""

    def __init__(self) -> None:
        self.down: set[str] = set()

    def columns(self, driven_a: int, driven_b: int) -> int:
        """Levels of port A's pins, which the columns are wired to, when the ports drive these (1: high or input)."""
        return driven_a & self._pulled(driven_b, from_row=True)

    def rows(self, driven_a: int, driven_b: int) -> int:
        """The same for port B and the rows."""
        return driven_b & self._pulled(driven_a, from_row=False)

    def _pulled(self, driven: int, *, from_row: bool) -> int:
        levels = 0xFF
        for name in self.down:
            column, row = KEYS[name]
            source, target = (row, column) if from_row else (column, row)
            if not driven >> source & 1:
                levels &= ~(1 << target)
        return levels
