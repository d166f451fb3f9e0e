"""A terminal to sit at: a C64's screen drawn in it, and the keys that are typed there."""

from __future__ import annotations

import codecs
import os
import select
import sys
import termios
import tty
from collections.abc import Iterator
from typing import Self

from soulrig.buildtools.petscii import to_petscii
from soulrig.errors import BadInput, Fault

COLUMNS, ROWS = 40, 25
REVERSED = 0x80  # in a screen code
INTERRUPT, REDRAW, ESCAPE = "\x03", "\x0c", "\x1b"  # Ctrl-C, Ctrl-L
STOP = "STOP"
"""What `keys` tells of Esc: RUN/STOP is no character that could be typed."""

# What a terminal sends, and the PETSCII code that the C64's key would.
CHARACTERS = {"\r": 0x0D, "\n": 0x0D, "\x7f": 0x14, "\b": 0x14}
SEQUENCES = {
    "[A": 0x91,
    "[B": 0x11,
    "[C": 0x1D,
    "[D": 0x9D,
    "[H": 0x13,
    "[1~": 0x13,
    "[2~": 0x94,
    "[3~": 0x14,
    "OP": 0x85,
    "OQ": 0x89,
    "OR": 0x86,
    "OS": 0x8A,
    "[15~": 0x87,
    "[17~": 0x8B,
    "[18~": 0x88,
    "[19~": 0x8C,
}
HINT = "Ctrl-C leaves, Esc is RUN/STOP"


class Console:
    """The terminal while a C64 is shown in it, as a context manager that leaves it as it was.

    Raises Fault on entering where standard input or output is no terminal.
    """

    def __enter__(self) -> Self:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise Fault("the machine sim is played in a terminal, and this is none; run it in one")
        self._input, self._output = sys.stdin.fileno(), sys.stdout.fileno()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._size = os.terminal_size((0, 0))
        self._shown: list[str] = []
        self._before = termios.tcgetattr(self._input)
        tty.setraw(self._input)
        self._write("\x1b[?1049h\x1b[?25l")  # a screen of its own, without a cursor
        return self

    def __exit__(self, *exception: object) -> None:
        self._write("\x1b[?25h\x1b[?1049l")
        termios.tcsetattr(self._input, termios.TCSADRAIN, self._before)

    def draw(self, rows: list[tuple[bytes, str]]) -> None:
        """Show the rows of a screen, each as its screen codes and their glyphs; what is shown already is not redrawn.

        A terminal that is too low shows the lowest rows that have something in them.
        """
        size = os.get_terminal_size(self._output)
        if size != self._size:
            self._size, self._shown = size, []
            self._write("\x1b[2J")
        last = max((number for number, (_, text) in enumerate(rows) if text.strip()), default=0)
        first = max(0, min(last + 1, ROWS) - size.lines)
        lines = [_styled(codes, text, size.columns) for codes, text in rows[first : first + size.lines]]
        if size.lines > ROWS:
            lines.append(HINT[: size.columns])
        changed = [
            f"\x1b[{number};1H{line}\x1b[K"
            for number, line in enumerate(lines, 1)
            if number > len(self._shown) or self._shown[number - 1] != line
        ]
        self._shown = lines
        if changed:
            self._write("".join(changed))

    def keys(self, seconds: float = 0) -> list[int | str]:
        """What is typed until now, waiting for at most so long: PETSCII codes, and STOP for Esc.

        Raises KeyboardInterrupt for Ctrl-C, and where the terminal has gone.
        """
        if not select.select([self._input], [], [], seconds)[0]:
            return []
        data = os.read(self._input, 1024)
        if not data:
            raise KeyboardInterrupt
        return list(self._understood(self._decoder.decode(data)))

    def _understood(self, text: str) -> Iterator[int | str]:
        place = 0
        while place < len(text):
            character = text[place]
            place += 1
            if character == INTERRUPT:
                raise KeyboardInterrupt
            if character == REDRAW:
                self._size = os.terminal_size((0, 0))
            elif character == ESCAPE:
                sequence = next((each for each in SEQUENCES if text.startswith(each, place)), None)
                if sequence is not None:
                    place += len(sequence)
                    yield SEQUENCES[sequence]
                elif place == len(text):
                    yield STOP
            elif character in CHARACTERS:
                yield CHARACTERS[character]
            else:
                yield from _typed(character)

    def _write(self, text: str) -> None:
        data = text.encode(sys.stdout.encoding, "replace")
        while data:
            data = data[os.write(self._output, data) :]


def _styled(codes: bytes, text: str, columns: int) -> str:
    """A row with its reversed cells marked, no longer than the terminal is wide."""
    parts, reverse = [], False
    for code, glyph in zip(codes[:columns], text, strict=False):
        if reverse != (code >= REVERSED):
            reverse = not reverse
            parts.append("\x1b[7m" if reverse else "\x1b[27m")
        parts.append(glyph)
    return "".join(parts) + ("\x1b[27m" if reverse else "")


def _typed(character: str) -> bytes:
    """The key for a character; none, where a C64 has none."""
    try:
        return to_petscii(character)
    except BadInput:
        return b""
