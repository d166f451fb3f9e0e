"""Text to keys and glyphs, held against the published tables of the lower/upper-case set."""

import subprocess
import sys

import pytest

from soulrig.buildtools import petscii
from soulrig.errors import BadInput

# Text, PETSCII, screen code: from the C64 user's guide's tables.
PUBLISHED = [
    *((chr(ord("a") + n), 0x41 + n, 1 + n) for n in range(26)),
    *((chr(ord("A") + n), 0xC1 + n, 0x41 + n) for n in range(26)),
    *((chr(code), code, code) for code in range(0x20, 0x40)),
    ("@", 0x40, 0x00),
    ("[", 0x5B, 0x1B),
    ("£", 0x5C, 0x1C),
    ("]", 0x5D, 0x1D),
    ("↑", 0x5E, 0x1E),
    ("←", 0x5F, 0x1F),
    ("π", 0xDE, 0x5E),
    ("─", 0xC0, 0x40),
]


@pytest.mark.parametrize(("text", "key", "glyph"), PUBLISHED)
def test_every_key_types_and_shows_its_character(text: str, key: int, glyph: int) -> None:
    assert petscii.to_petscii(text) == bytes([key])
    assert petscii.to_screen_codes(text) == bytes([glyph])
    assert petscii.TEXT[key] == text
    assert petscii.from_screen_codes(bytes([glyph, glyph | 0x80])) == text * 2


@pytest.mark.parametrize("character", "_{}~|`\\^\n\té\xa0€")
def test_a_character_without_a_key_is_refused_by_its_place(character: str) -> None:
    with pytest.raises(BadInput, match="character 3, "):
        petscii.to_petscii("ab" + character)


def test_control_codes_are_no_text() -> None:
    controls = [*range(0x20), *range(0x80, 0xA0)]
    assert [code for code in range(256) if petscii.TEXT[code] is None] == controls
    assert all(petscii.screen_code(code) is None for code in controls)


def test_codes_that_repeat_a_key_read_like_it() -> None:
    for code in range(0x60, 0x80):
        assert petscii.TEXT[code] == petscii.TEXT[code + 0x60]
        assert petscii.screen_code(code) == petscii.screen_code(code + 0x60)
    assert petscii.TEXT[0xA0] == " ", "a shifted space is a space"
    assert petscii.TEXT[0xFF] == "π"


def test_every_screen_code_reads_as_something() -> None:
    assert len(petscii.from_screen_codes(bytes(range(256)))) == 256


@pytest.mark.parametrize("first", ["d64", "cbmcodecs2"])
def test_the_table_does_not_depend_on_what_was_imported_before(first: str) -> None:
    code = f"import {first}; from soulrig.buildtools import petscii; print(ascii(petscii.TEXT))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ascii(petscii.TEXT)
    assert petscii.TEXT[0xBA] == "✓"
