"""When the screen changed, from the writes to it: changes told apart, and the moments of a reply's steps."""

from __future__ import annotations

from itertools import pairwise

import pytest

from soulrig.buildtools.petscii import screen_code, to_petscii
from soulrig.capture.screen_log import ScreenWrite, changes
from soulrig.channels.screen import moments
from soulrig.model.reference import Reply, Stop

BLANK = bytes([0x20]) * 1000
LETTER = 77  # cycles from one to the next, as the program draws them
SCROLL = 26


def text(cycle: int, row: int, column: int, shown: str) -> list[ScreenWrite]:
    """A text drawn from a cycle on."""
    codes = [screen_code(key) for key in to_petscii(shown)]
    start = 40 * row + column
    return [ScreenWrite(cycle + LETTER * n, start + n, code or 0) for n, code in enumerate(codes)]


def scroll(cycle: int) -> list[ScreenWrite]:
    """An empty screen scrolled."""
    return [ScreenWrite(cycle + SCROLL * n, n, 0x20) for n in range(1000)]


def reply(steps: int, stop: Stop = "end") -> Reply:
    tokens = [10] * (steps - (stop == "end"))
    return Reply([1], tokens, "", stop, [], None)  # type: ignore[arg-type]  # nothing here looks at the logits


TYPED = text(0, 10, 0, "you> hi")
SAID = [*TYPED, *text(2000, 11, 0, "c64> "), *text(900_000, 11, 5, "hey"), *text(1_900_000, 11, 8, " you")]


def test_changes_are_told_apart_by_their_pauses() -> None:
    seen = list(changes(BLANK, SAID))
    assert [(change.begun, change.ended) for change in seen] == [
        (0, 6 * LETTER),
        (2000, 2000 + 4 * LETTER),
        (900_000, 900_000 + 2 * LETTER),
        (1_900_000, 1_900_000 + 3 * LETTER),
    ]
    assert seen[2].codes[440:450] == bytes([3, 0x36, 0x34, 0x3E, 0x20, 8, 5, 25, 0x20, 0x20])
    assert list(changes(BLANK, [])) == []


def test_a_step_is_drawn_with_its_last_letter_and_the_end_shows_as_the_next_prompt() -> None:
    writes = [*SAID, *text(2_500_000, 13, 0, "you> "), *text(2_800_000, 13, 5, "x")]
    expected = [2000, 900_000 + 2 * LETTER, 1_900_000 + 3 * LETTER, 2_500_000]
    assert moments(changes(BLANK, writes), reply(3)) == expected


def test_the_prompt_after_a_reply_that_was_cut_off_is_no_step() -> None:
    writes = [*SAID, *text(1_901_500, 13, 0, "you> ")]
    expected = [2000, 900_000 + 2 * LETTER, 1_900_000 + 3 * LETTER]
    assert moments(changes(BLANK, writes), reply(2, "context")) == expected


def test_a_text_that_scrolls_the_screen_is_one_change() -> None:
    writes = [*text(0, 24, 0, "c64> "), *text(500_000, 24, 5, "a"), *scroll(500_077), *text(526_200, 24, 0, "b")]
    assert [change.begun for change in changes(BLANK, writes)] == [0, 500_000]


def test_scrolling_is_one_change_also_where_only_its_first_and_its_last_row_are_watched() -> None:
    some = [write for write in scroll(500_077) if not 40 <= write.cell < 960]
    assert max(after.cycle - before.cycle for before, after in pairwise(some)) > 20_000
    writes = [*text(0, 24, 0, "c64> "), *text(500_000, 24, 5, "a"), *some, *text(526_200, 24, 0, "b")]
    (mark, said) = changes(BLANK, writes)
    assert (mark.begun, said.begun, said.ended) == (0, 500_000, 526_200)


@pytest.mark.parametrize("steps", [2, 4])
def test_another_number_of_changes_than_steps_tells_nothing(steps: int) -> None:
    assert moments(changes(BLANK, [*SAID, *text(2_500_000, 13, 0, "you> ")]), reply(steps)) == []


def test_a_screen_without_a_reply_tells_nothing() -> None:
    assert moments(changes(BLANK, TYPED), reply(1)) == []
