"""The screen channel: the conversation as the screen shows it, from the machine's screen codes."""

from __future__ import annotations

from collections.abc import Sequence

from soulrig.buildtools.petscii import from_screen_codes
from soulrig.channels.channel import Finding
from soulrig.machine import Machine, Screen, offered
from soulrig.model.reference import Reply

COLUMNS, ROWS = 40, 25
YOU, SOUL = "you> ", "c64> "


class ScreenChannel:
    """The screen of a machine, by its screen codes."""

    name = "screen"

    def __init__(self, machine: Machine) -> None:
        self._screen = offered(machine, Screen)

    def begin(self) -> None:
        """Nothing to do: the screen keeps the last exchange."""

    def observe(self, prompt: str, reply: Reply) -> Finding:
        """Compare the last exchange that is shown."""
        return compare(text_rows(self._screen.codes()), prompt, reply.text or "")


def text_rows(codes: bytes) -> list[str]:
    """The 25 rows of text that 1000 screen codes show, without the spaces at their ends."""
    return [from_screen_codes(codes[start : start + COLUMNS]).rstrip() for start in range(0, len(codes), COLUMNS)]


def asks(codes: bytes) -> bool:
    """Whether the last that is shown is the prompt for the next line."""
    shown = [row for row in text_rows(codes) if row]
    return bool(shown) and shown[-1] == YOU.rstrip()


def compare(rows: Sequence[str], prompt: str, reply: str, shows: str = "the screen shows") -> Finding:
    """Find the last exchange in the screen's rows and hold it against prompt and reply.

    Both are shown after their marks and broken at 40 columns; empty rows don't count.
    """
    expected = expected_rows(prompt, reply)
    seen = [rows[number] for number in exchange(rows, len(expected))]
    difference = None
    if seen != expected:
        row = next((index for index, pair in enumerate(zip(seen, expected, strict=False)) if pair[0] != pair[1]), 0)
        difference = f"{shows} {seen[row] if seen else ''!r}, expected {expected[row]!r}"
    return Finding(difference, {"rows": seen})


def expected_rows(prompt: str, reply: str) -> list[str]:
    """The rows that are not empty of an exchange."""
    return [row for text in (YOU + prompt, SOUL + reply) for row in _broken(text) if row]


def exchange(rows: Sequence[str], count: int) -> list[int]:
    """Where the last `count` rows are that are not empty, the prompt for the next line left out."""
    shown = [number for number, row in enumerate(rows) if row]
    if shown and rows[shown[-1]] == YOU.rstrip():
        shown.pop()
    return shown[-count:]


def _broken(text: str) -> list[str]:
    return [text[start : start + COLUMNS].rstrip() for start in range(0, len(text), COLUMNS)]
