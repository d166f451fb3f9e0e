"""Text and the C64's codes for it: PETSCII as keys send it, screen codes as the video chip shows them.

The mapping is that of the lower/upper-case character set, from the library `cbmcodecs2`, with two keys of the
keyboard read as a person means them: SHIFT+↑ is π (the set shows a chequered glyph there) and SHIFT+SPACE is a space.
"""

from __future__ import annotations

from cbmcodecs2 import petscii_c64en_lc

from soulrig.errors import BadInput

RETURN = 0x0D
# The codec itself, not by its name: the library `d64` brings one of the same name, and which is found would be chance.
_CODEC = petscii_c64en_lc.getregentry()
_PI, _SHIFT_SPACE = 0xDE, 0xA0
# The codes that keys send; the other printable ones only repeat them.
_KEYS = (*range(0x20, 0x60), *range(0xA0, 0xE0))


def _alias(code: int) -> int:
    """The key code that shows the same glyph as a printable code outside the key ranges."""
    if code == 0xFF:
        return _PI
    if 0x60 <= code < 0x80:
        return code + 0x60
    return code - 0x40 if code >= 0xE0 else code


def _text(code: int) -> str | None:
    """The character that a PETSCII code means, None for a control code."""
    if code & 0x7F < 0x20:
        return None
    match _alias(code):
        case 0xDE:
            return "π"
        case 0xA0:
            return " "
        case key:
            return str(_CODEC.decode(bytes([key]))[0])


TEXT: tuple[str | None, ...] = tuple(_text(code) for code in range(256))
_CODES: dict[str, int] = {}
for _code in _KEYS:
    _CODES.setdefault(TEXT[_code] or "", _code)


def screen_code(petscii: int) -> int | None:
    """The screen code that shows a PETSCII code, None for a control code."""
    if TEXT[petscii] is None:
        return None
    key = _alias(petscii)
    return key & 0x3F if key < 0x60 and key >= 0x40 else key if key < 0x40 else key - (0x40 if key < 0xC0 else 0x80)


def to_petscii(text: str) -> bytes:
    """The keys that type `text`. Raises BadInput that names the first character without a key."""
    for index, character in enumerate(text):
        if character not in _CODES:
            raise BadInput(f"character {index + 1}, {character!r}, can't be typed on a C64")
    return bytes(_CODES[character] for character in text)


def to_screen_codes(text: str) -> bytes:
    """What the screen holds where `text` is shown. Raises BadInput for a character the set doesn't have."""
    return bytes(code for code in map(screen_code, to_petscii(text)) if code is not None)


def from_screen_codes(codes: bytes) -> str:
    """The text that screen codes show; a reversed glyph reads as the glyph."""
    return "".join(_SCREEN_TEXT[code & 0x7F] for code in codes)


def glyphs(codes: bytes, *, small_letters: bool) -> str:
    """What screen codes look like, a character each, in the set with small letters or in that with graphics.

    A reversed glyph looks like the glyph; one that no font has is a shade.
    """
    shown = bytes(code & 0x7F for code in codes).decode("screencode_c64_lc" if small_letters else "screencode_c64_uc")
    return "".join("▒" if "\ue000" <= glyph <= "\uf8ff" else glyph for glyph in shown).replace("\xa0", " ")


_SCREEN_TEXT: dict[int, str] = {}
for _code in _KEYS:
    _SCREEN_TEXT.setdefault(screen_code(_code) or 0, TEXT[_code] or "")
