"""The character set: what the files hold, what is alike and what is not, and errors in them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from soulrig.buildtools.charset import draw_charset, read_charset
from soulrig.buildtools.rom import SOURCES
from soulrig.errors import BadInput

FOLDER = SOURCES / "charset"
# Positions that show the same by their published shapes: two spaces, two middle lines each way.
ALIKE = [(0x20, 0x60), (0x40, 0x43), (0x42, 0x5D)]
LETTER_A = bytes.fromhex("7CC6C6C6FEC6C600")


@pytest.fixture(scope="module")
def charset() -> bytes:
    return read_charset(FOLDER)


def half(charset: bytes, number: int) -> list[bytes]:
    return [charset[number * 2048 + code * 8 :][:8] for code in range(256)]


def test_size_and_places(charset: bytes) -> None:
    assert len(charset) == 4096
    assert half(charset, 0)[0x01] == half(charset, 1)[0x41] == LETTER_A
    assert half(charset, 0)[0x20] == half(charset, 1)[0x20] == bytes(8)


@pytest.mark.parametrize("number", [0, 1])
def test_the_upper_128_are_the_lower_ones_reversed(charset: bytes, number: int) -> None:
    glyphs = half(charset, number)
    for code in range(128):
        assert bytes(0xFF ^ row for row in glyphs[code]) == glyphs[code + 128]


@pytest.mark.parametrize("number", [0, 1])
def test_each_glyph_is_distinct(charset: bytes, number: int) -> None:
    glyphs = half(charset, number)[:128]
    alike = [(a, b) for b in range(128) for a in range(b) if glyphs[a] == glyphs[b]]
    assert set(alike) <= set(ALIKE)
    if number == 0:
        assert alike == sorted(ALIKE, key=lambda pair: pair[1])


def test_both_halves_share_what_is_no_letter_and_no_shade(charset: bytes) -> None:
    first, second = half(charset, 0), half(charset, 1)
    differ = [code for code in range(128) if first[code] != second[code]]
    assert differ == [*range(0x01, 0x1B), *range(0x41, 0x5B), 0x5E, 0x5F, 0x69, 0x7A]
    assert [second[code] for code in range(0x41, 0x5B)] == [first[code] for code in range(0x01, 0x1B)]


def test_letters_and_digits_keep_a_gap(charset: bytes) -> None:
    """Of capitals and digits the rightmost column and the bottom row stay free."""
    for code in [*range(0x01, 0x1B), *range(0x30, 0x3A)]:
        rows = half(charset, 0)[code]
        assert not any(row & 1 for row in rows), f"{code:02X}"
        assert rows[7] == 0, f"{code:02X}"


def test_upright_strokes_are_two_dots_wide(charset: bytes) -> None:
    """A single dot between dark ones, for two rows running, is too thin for a television."""
    first, second = half(charset, 0), half(charset, 1)
    for glyph in [*first[0x01:0x1B], *second[0x01:0x1B], *first[0x30:0x3A]]:
        lone = [row & ~(row << 1) & ~(row >> 1) & 0xFF for row in glyph]
        inner = [row & 0x7E for row in lone]
        thin = [a & b for a, b in pairwise(inner)]
        assert sum(1 for row in thin if row) <= 2, glyph.hex()


def test_picture(charset: bytes) -> None:
    picture = draw_charset(charset, scale=1)
    assert picture.getpixel((1 + 9 * 1 + 1, 1)) == 255  # the top of A in the first half
    assert picture.getpixel((1 + 9 * 1, 1)) == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x41\n" + "........\n" * 8, "1: 'x41' is no position"),
        ("u80\n" + "........\n" * 8, "u80 is beyond 7F"),
        ("u41,u41\n" + "........\n" * 8, "u41 is drawn twice"),
        ("u41\n" + "........\n" * 7, "8 rows"),
        ("u41\n" + ".......\n" * 8, "2: expected 1 fields of 8 dots"),
        ("u41\n" + "........\n" * 8, "nothing is drawn for u00"),
    ],
)
def test_faulty_art_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "art.txt").write_text(text)
    with pytest.raises(BadInput, match=message):
        read_charset(tmp_path)
