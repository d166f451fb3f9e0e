"""Verification of a program that is not ours: it is typed at, and its replies are read off the screen.

Texts are compared without regard to case, which the C64's first character set does not have, and each run of spaces and
line ends counts as one space. A row that is filled to its last column goes on in the next without a space.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from soulrig.buildtools import petscii
from soulrig.buildtools.disk_image import check_image
from soulrig.channels.channel import Finding
from soulrig.channels.screen import COLUMNS, text_rows
from soulrig.conversation import load_and_run
from soulrig.errors import BadInput
from soulrig.kept import kept
from soulrig.last_screen import LastScreen
from soulrig.machine import Clock, Keys, Machine, Screen, offered
from soulrig.prompts import check_keys
from soulrig.record import PromptRecord, Record, subject_of_disk

EXPRESSION = "re:"  # begins a text that is a regular expression
PROMPT = "{prompt}"  # what was typed, in a text
REPLY_SECONDS = 120.0  # of the C64's, that a reply may take
START_SECONDS = 60.0
ECHO_SECONDS = 10.0
STILL_SECONDS = 0.5  # that the screen stands still before a reply is taken for whole


@dataclass(frozen=True)
class ForeignProgram:
    """What has to be known of a program: its disk, how it is started, and what its screen shows.

    `ready` is shown when it waits for the first prompt. `before` and `after` are what a reply stands between; `after`,
    mostly the next prompt, is the last on the screen then. Each of the three is a text, or a regular expression behind
    `re:`, in which `^` and `$` match at lines; `{prompt}` in `before` stands for what was typed.
    """

    disk: Path
    name: str
    ready: str
    before: str
    after: str
    run: str = "run"

    def check(self) -> None:
        """Raise BadInput for what is no disk, can't be an expression or can't be typed."""
        for text in (self.ready, self.before, self.after):
            _pattern(text)
            if not text.removeprefix(EXPRESSION).strip():
                raise BadInput("the text that tells of the program's screen is empty; name one that is shown")
        self._end()
        check_keys([self.name, self.run], "the program's name or its start, text")
        check_image(self.disk)

    def reply(self, shown: str, prompt: str) -> str | None:
        """The reply to `prompt` on a screen that shows `shown`, None where none is complete."""
        end = self._end()
        for begin in reversed(list(_pattern(self.before, prompt).finditer(shown))):
            found = end.search(shown, begin.end())
            if found:
                return _plain(shown[begin.end() : found.start()])
        return None

    def _end(self) -> re.Pattern[str]:
        """What is the last on the screen when a reply is complete. Raises BadInput for what can't stand there."""
        try:
            return re.compile(f"(?:{_pattern(self.after).pattern})\\s*\\Z", _FLAGS)
        except re.error as error:  # global flags, or a comment to the line's end
            raise BadInput(
                f"{self.after!r} can't be looked for at the screen's end alone: {error}; leave out (?flags) at its "
                "begin: case does not count anyway"
            ) from error


def verify_foreign(
    machine: Machine,
    program: ForeignProgram,
    prompts: Sequence[str],
    expected: Sequence[str] | None = None,
    *,
    seconds: float = REPLY_SECONDS,
    progress: Callable[[PromptRecord], None] = lambda _: None,
    picture: Path | None = None,
    keep: Path | None = None,
) -> Record:
    """Type the prompts at a program on a machine that has not been entered yet, and compare its replies.

    Without `expected`, a reply a prompt, a reply within so many of the C64's `seconds` passes whatever it says. One
    that does not come is a fault, which ends the run and which the record tells of. Raises BadInput, before anything is
    started, for what can't be typed, and where prompts and replies differ in number.
    """
    program.check()
    check_keys(prompts)
    if expected is not None and len(expected) != len(prompts):
        raise BadInput(f"{len(prompts)} prompts and {len(expected)} expected replies; give one for each prompt")
    subject = subject_of_disk(program.disk, program.name)
    record = Record(machine.description, subject, datetime.now(UTC).isoformat(timespec="seconds"))
    with kept(record, keep, list) as grown:
        grown()
        last_screen = LastScreen(machine, picture)
        with machine:
            talk = _Talk(machine, program, seconds)
            talk.boot()
            record.machine = machine.description
            for number, prompt in enumerate(prompts):
                wanted = None if expected is None else expected[number]
                result = PromptRecord(prompt, {"text": wanted})
                record.prompts.append(result)
                result.channels["screen"] = _compare(talk.say(prompt), wanted).as_json()
                grown()
                progress(result)
            last_screen.attach(record, keep)
    return record


class _Talk:
    """A program on a machine, typed at."""

    def __init__(self, machine: Machine, program: ForeignProgram, seconds: float) -> None:
        self._machine, self._program, self._seconds = machine, program, seconds
        self._keys, self._screen, self._clock = (
            offered(machine, Keys),
            offered(machine, Screen),
            offered(machine, Clock),
        )

    def boot(self) -> None:
        """Load the program and run it, until it is ready."""
        load_and_run(self._machine, self._program.disk, self._program.name, self._program.run)
        ready = _pattern(self._program.ready)
        self._machine.wait(lambda: bool(ready.search(self._shown())), START_SECONDS, repr(self._program.ready))

    def say(self, prompt: str) -> str:
        """Type a prompt; the reply, once it is whole."""
        before = self._shown()
        self._keys.type(petscii.to_petscii(prompt))
        self._machine.wait(lambda: _echoed(before, self._shown(), prompt), ECHO_SECONDS, f"{prompt!r} to be shown")
        asked = self._shown()
        self._keys.type(bytes([petscii.RETURN]))
        last, since = "", 0

        def whole() -> bool:
            nonlocal last, since
            shown, now = self._shown(), self._clock.cycles()
            if shown != last:
                last, since = shown, now
            still = now - since >= STILL_SECONDS * self._clock.hertz
            # What is shown may have scrolled since RETURN; if it is nothing else, it is no answer.
            return still and not asked.endswith(shown) and self._program.reply(shown, prompt) is not None

        self._machine.wait(whole, self._seconds, f"the reply to {prompt!r}")
        return self._program.reply(last, prompt) or ""

    def _shown(self) -> str:
        rows = text_rows(self._screen.codes())
        return "".join(row if len(row) == COLUMNS else row + "\n" for row in rows).rstrip()


_FLAGS = re.IGNORECASE | re.MULTILINE | re.DOTALL


def _pattern(text: str, prompt: str = PROMPT) -> re.Pattern[str]:
    """The expression that a text stands for. Rows have no spaces at their end, so those of a text don't count."""
    expression = text[len(EXPRESSION) :] if text.startswith(EXPRESSION) else re.escape(text.rstrip())
    for written in (PROMPT, re.escape(PROMPT)):
        expression = expression.replace(written, re.escape(prompt))
    try:
        return re.compile(expression, _FLAGS)
    except re.error as error:
        raise BadInput(f"{text!r} is no regular expression: {error}") from error


def _echoed(before: str, now: str, prompt: str) -> bool:
    """Whether the screen shows a prompt that was typed, at its end, or once more than before elsewhere."""
    typed, old, new = ("".join(text.casefold().split()) for text in (prompt, before, now))
    return not typed or new.endswith(typed) or new.count(typed) > old.count(typed)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _compare(reply: str, wanted: str | None) -> Finding:
    difference = None
    if wanted is not None and reply.casefold() != _plain(wanted).casefold():
        difference = f"the screen shows {reply!r}, expected {_plain(wanted)!r}"
    return Finding(difference, {"rows": [reply]})
