"""What each key of a C64 types, alone and with SHIFT, C= and CTRL, and which key counts where several are held.

Source: C64 Programmer's Reference Guide, appendix C (ASCII and CHR$ codes), its keyboard matrix, and the keyboard as it
is printed; User's Guide, chapter 2 (the keys' fronts: the right graphic comes with SHIFT, the left one with C=);
Mapping the Commodore 64 on $CB, $028A and $028D. What they don't tell, as CTRL with a cursor key, is not in the tables.
"""

from __future__ import annotations

from collections.abc import Sequence

from soulrig.sim.keyboard import KEYS

ALONE, SHIFT, COMMODORE, CONTROL = "alone", "LSHIFT", "C=", "CTRL"
MODIFIERS = ("LSHIFT", "RSHIFT", "C=", "CTRL")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
REPEATING = ("SPACE", "DEL", "RIGHT", "DOWN")

_PLAIN = {
    **{key: ord(key) for key in LETTERS + "0123456789+-*/@:;=.,"},
    **{"£": 92, "↑": 94, "←": 95, "SPACE": 32, "RETURN": 13, "STOP": 3},
    **{"DEL": 20, "HOME": 19, "DOWN": 17, "RIGHT": 29, "F1": 133, "F3": 134, "F5": 135, "F7": 136},
}
_SHIFTED = {
    **{key: ord(key) + 128 for key in LETTERS},
    **{key: ord(sign) for key, sign in zip("123456789:;,./", "!\"#$%&'()[]<>?", strict=True)},
    **{"+": 219, "-": 221, "*": 192, "£": 169, "@": 186, "↑": 222, "0": 48, "=": 61, "←": 95},
    **{"SPACE": 160, "RETURN": 141, "STOP": 131},
    **{"DEL": 148, "HOME": 147, "DOWN": 145, "RIGHT": 157, "F1": 137, "F3": 138, "F5": 139, "F7": 140},
}
_WITH_COMMODORE = {
    **dict(zip("12345678", (129, 149, 150, 151, 152, 153, 154, 155), strict=True)),  # orange to the lightest grey
    **dict(zip("KITGMNQDZSP", (161, 162, 163, 165, 167, *range(170, 176)), strict=True)),
    **dict(zip("AERWHJLYUOFCXVB", (*range(176, 186), *range(187, 192)), strict=True)),
    **{"+": 166, "-": 220, "@": 164, "*": 223, "£": 168},
}  # fmt: skip
_WITH_CONTROL = {
    **{key: ord(key) - 64 for key in LETTERS},
    **dict(zip("12345678", (144, 5, 28, 159, 156, 30, 31, 158), strict=True)),  # black to yellow
    **{"9": 18, "0": 146},  # reverse on and off
}
TYPED: dict[str, dict[str, int]] = {
    ALONE: _PLAIN,
    SHIFT: _SHIFTED,
    COMMODORE: _WITH_COMMODORE,
    CONTROL: _WITH_CONTROL,
}
"""PETSCII code by what is held, and key."""


def number(key: str) -> int:
    """The key's number in $CB: 8 * column + row."""
    column, row = KEYS[key]
    return 8 * column + row


def typed(events: Sequence[str]) -> bytes:
    """What keys going down (`+A`) and up (`-A`) type: of those held the scan takes the one with the highest number."""
    held: set[str] = set()
    last, codes = "", []
    for event in events:
        (held.add if event[0] == "+" else held.remove)(event[1:])
        now = max(held, key=number, default="")
        if now not in ("", last):
            codes.append(TYPED[ALONE][now])
        last = now
    return bytes(codes)


ROLLOVER = [
    "+A +S -A +D -S -D",  # as people type
    "+S +A -S -A",  # the first has the higher number
    "+N +B +3 -N -B -3",  # three held, each with a lower number
    "+3 +N +B -3 -N -B",
    "+H +E -H +Y -E -Y",
    "+A +S +N -N -S -A",  # a key that is held on comes again when one above it goes
]
