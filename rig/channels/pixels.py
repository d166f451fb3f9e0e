"""The pixels channel: the conversation as it is seen, read from a picture of the screen and from nothing else."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from soulrig.buildtools.petscii import from_screen_codes
from soulrig.capture.charset import Charset, our_charset
from soulrig.capture.picture import Picture
from soulrig.capture.reading import UNREAD, Reading, read_screen
from soulrig.channels.channel import Finding
from soulrig.channels.screen import YOU, compare, exchange, expected_rows
from soulrig.errors import BadInput, Fault
from soulrig.machine import Clock, Glyphs, Machine, Pixels, offered
from soulrig.model.reference import Reply

LOOKS = 3  # pictures of a camera differ: what can't be read in one may be in the next
WAITING, SMEARED = YOU.rstrip(), 3  # cells: the blank before the cursor, the cursor, and what it spills into
SEEN_SECONDS = 0.04  # two pictures at least: what the program has drawn is in the second


class PixelsChannel:
    """The screen of a machine, by its picture. The character set is the machine's, or ours where it can't tell."""

    name = "pixels"

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._pixels = offered(machine, Pixels)
        self._charset: Charset | None = None

    def begin(self) -> None:
        """Nothing to do: the screen keeps the last exchange."""

    def observe(self, prompt: str, reply: Reply) -> Finding:
        """Compare the last exchange that is seen. Raises Fault where its pictures can't be read, saying where."""
        if isinstance(self._machine, Clock):
            clock = self._machine
            seen_by = clock.cycles() + int(SEEN_SECONDS * clock.hertz)
            self._machine.wait(lambda: clock.cycles() >= seen_by, 2 * SEEN_SECONDS, "a picture of the reply")
        looks = 0
        while True:
            picture = self._pixels.picture()
            looks += 1
            try:
                return judge(self._read(picture), prompt, reply.text or "")
            except Fault:
                if looks == LOOKS:
                    raise

    def _read(self, picture: Picture) -> Reading:
        try:
            return read_screen(Image.fromarray(picture.palette[picture.pixels]), self._glyphs())
        except BadInput as error:
            raise Fault(f"the picture of the screen can't be read: {error}") from error

    def _glyphs(self) -> Charset:
        if self._charset is None:
            if isinstance(self._machine, Glyphs):
                self._charset = Charset.from_bytes(self._machine.chargen(), "the machine's character ROM")
            else:
                self._charset = our_charset()
        return self._charset


def judge(reading: Reading, prompt: str, reply: str) -> Finding:
    """Hold the last exchange of a picture against prompt and reply. Raises Fault, saying which, for an unread cell."""
    rows = [_without_cursor(_row(*cells)) for cells in zip(reading.codes, reading.marked, strict=True)]
    expected = expected_rows(prompt, reply)
    numbers = exchange(rows, len(expected))
    for number, right in zip(numbers, expected, strict=False):
        column = rows[number].find(UNREAD)
        if column >= 0:
            raise Fault(
                f"row {number}, column {column} of the screen can't be read from its picture, with a confidence of "
                f"{reading.confidence[number, column]:.2f} at best; {right[column : column + 1] or ' '!r} was expected "
                "there; is it in another character set?"
            )
    found = compare(rows, prompt, reply, "the picture shows")
    least = float(reading.confidence[numbers].min()) if numbers else 0.0
    return Finding(found.difference, found.seen | {"confidence": round(least, 3)})


def _without_cursor(row: str) -> str:
    """Of a prompt that waits with nothing behind it but a cursor, as a camera smears it, the prompt."""
    waits = row.startswith(WAITING) and UNREAD in row and len(row) <= len(WAITING) + SMEARED
    return WAITING if waits else row


def _row(codes: npt.NDArray[np.uint8], marked: npt.NDArray[np.bool_]) -> str:
    text = from_screen_codes(bytes(codes))
    return "".join(UNREAD if unread else character for character, unread in zip(text, marked, strict=True)).rstrip()
