"""What a photograph of the screen says of a reply where some of its cells can't be read."""

from __future__ import annotations

import numpy as np
import pytest

from soulrig.buildtools.petscii import to_screen_codes
from soulrig.capture.projection import Projection
from soulrig.capture.reading import Reading
from soulrig.channels.pixels import judge
from soulrig.errors import Fault

SCREEN = ["you> a", "c64> b", "", "you>"]
PLACE = Projection.through(np.array([[0, 0], [320, 0], [320, 200], [0, 200]], float), (320, 200))


def photograph(row: int, columns: slice) -> Reading:
    """Of the screen, with marked cells."""
    codes = np.full((25, 40), 0x20, np.uint8)
    for number, text in enumerate(SCREEN):
        codes[number, : len(text)] = list(to_screen_codes(text))
    marked = np.zeros(codes.shape, bool)
    marked[row, columns] = True
    return Reading(codes, 1.0 - marked, marked, True, True, PLACE, "photograph")


def test_a_cursor_that_a_camera_smears_is_no_text() -> None:
    assert judge(photograph(3, slice(4, 7)), "a", "b").difference is None


def test_more_than_a_cursor_can_be_is_text_that_is_not_read() -> None:
    with pytest.raises(Fault, match="row 3, column 4"):
        judge(photograph(3, slice(4, 8)), "a", "b")


def test_a_reply_that_is_not_read_is_a_fault() -> None:
    with pytest.raises(Fault, match=r"row 1, column 5 .* 'b' was expected"):
        judge(photograph(1, slice(5, 6)), "a", "b")
