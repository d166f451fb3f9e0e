"""A C64 in which a soul's program waits at its prompt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from soulrig.channels import telemetry
from soulrig.channels.screen import COLUMNS, SOUL, YOU, text_rows
from soulrig.channels.telemetry import Reading, Telemetry
from soulrig.conversation import Conversation
from soulrig.machine import InVain, Machine
from soulrig.model.reference import Reply
from soulrig.model.tokenizer import END
from soulrig.testing.c64 import C64
from soulrig.testing.pictures import Pictures


class TalkingC64(C64):
    """A C64 whose program is a soul, at its prompt: `type` a line, then `expect_reply`."""

    def __init__(
        self, machine: Machine, manifest: dict[str, Any], home: Path, folder: Path, pictures: Pictures
    ) -> None:
        super().__init__(machine, home, folder, pictures)
        self._conversation = Conversation(machine, manifest)
        self._answered = self.telemetry.header().sequence

    @property
    def telemetry(self) -> Telemetry:
        """What the program shows of itself."""
        return self._conversation.telemetry

    @property
    def reply(self) -> str:
        """The last reply that the screen shows, empty where there is none."""
        return shown_reply(text_rows(self._conversation.codes()))

    def expect_reply(self, expected: str | Reply) -> Reading:
        """Let the C64 run until it has answered what was typed, and hold the reply against a text or the reference's.

        A text is compared with what the screen shows, a reply of `reference.reply(prompt)` with the telemetry as well:
        every token, and the checksum of every step's logits. AssertionError where it is another; else what the
        telemetry tells of it.
        """
        __tracebackhide__ = True
        try:
            self._conversation.wait_for_reply(self._answered, "what was typed")
        except InVain:
            self._fail("waited in vain for a reply")
        self._answered = self.telemetry.header().sequence
        reading = self.telemetry.reading()
        if isinstance(expected, Reply):
            difference = telemetry.compare(reading, expected, END).difference
            if difference is not None:
                self._fail(f"not what the reference says: {difference}")
            expected = expected.text or ""
        if self.reply != expected:
            self._fail(f"the reply is {self.reply!r}, expected {expected!r}")
        return reading


def shown_reply(rows: list[str]) -> str:
    """The text of the last reply on a screen's rows, empty where there is none."""
    starts = [number for number, row in enumerate(rows) if row.startswith(SOUL.rstrip())]
    if not starts:
        return ""
    text = ""
    for row in rows[starts[-1] :]:
        if row.startswith(YOU.rstrip()):
            break
        text += row.ljust(COLUMNS)
    return text.rstrip().removeprefix(SOUL.rstrip()).removeprefix(" ")
