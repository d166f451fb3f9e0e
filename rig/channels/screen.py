"""The screen channel: the conversation as the screen shows it, from the machine's screen codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from soulrig.buildtools.petscii import from_screen_codes, glyphs
from soulrig.capture.screen_log import Change, changes
from soulrig.channels.channel import Finding
from soulrig.machine import Clock, Machine, Screen, ScreenLog, offered
from soulrig.model.reference import Reply

COLUMNS, ROWS = 40, 25
YOU, SOUL = "you> ", "c64> "


class ScreenChannel:
    """The screen of a machine, by its screen codes; and when it changed, where the machine notes that."""

    name = "screen"

    def __init__(self, machine: Machine) -> None:
        self._screen = offered(machine, Screen)
        self._log = machine if isinstance(machine, ScreenLog) and isinstance(machine, Clock) else None
        self._earlier = 0
        self._before = b""

    def begin(self) -> None:
        """Note which writes are not the next exchange's; the screen itself keeps that.

        The exchange is drawn in the prompt's row and below, wherever the screen scrolls to.
        """
        if self._log is not None:
            self._before = self._screen.codes()
            shown = [number for number, row in enumerate(text_rows(self._before)) if row]
            self._log.watch_screen(shown[-1] if shown else 0)
            self._earlier = len(self._log.screen_writes())

    def observe(self, prompt: str, reply: Reply) -> Finding:
        """Compare the last exchange that is shown."""
        found = compare(text_rows(self._screen.codes()), prompt, reply.text or "")
        if self._log is None:
            return found
        seen = changes(self._before, self._log.screen_writes()[self._earlier :])
        seconds = [round(cycle / self._log.hertz, 6) for cycle in moments(seen, reply)]
        return Finding(found.difference, found.seen | {"seconds": seconds})


def moments(seen: Iterable[Change], reply: Reply) -> list[int]:
    """The cycles at which a reply's mark appeared and each of its steps was drawn; END shows as the next prompt.

    Nothing where there are not as many changes as steps: a token without text was not to be seen.
    """
    begun: int | None = None
    drawn: list[int] = []
    for change in seen:
        if begun is None:
            if last_row(change.codes) == SOUL.rstrip():
                begun = change.begun
        elif asks(change.codes):
            drawn += [change.begun] if reply.stop == "end" else []
            break
        else:
            drawn.append(change.ended)
    return [begun, *drawn] if begun is not None and len(drawn) == len(reply.steps) else []


def text_rows(codes: bytes) -> list[str]:
    """The 25 rows of text that 1000 screen codes show, without the spaces at their ends."""
    return [from_screen_codes(codes[start : start + COLUMNS]).rstrip() for start in range(0, len(codes), COLUMNS)]


def seen_rows(codes: bytes, *, small_letters: bool) -> list[str]:
    """The same by what they look like, in the set with small letters or in that with graphics: see `glyphs`."""
    looks = glyphs(codes, small_letters=small_letters)
    return [looks[start : start + COLUMNS].rstrip() for start in range(0, len(looks), COLUMNS)]


def asks(codes: bytes) -> bool:
    """Whether the last that is shown is the prompt for the next line."""
    return last_row(codes) == YOU.rstrip()


def last_row(codes: bytes) -> str:
    """The last row that is not empty, empty where all are."""
    return next(filter(None, reversed(text_rows(codes))), "")


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
