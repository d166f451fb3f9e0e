"""The character set: text art in, 4 KB for the video chip out, and a picture of it for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from PIL import Image

from soulrig.errors import BadInput

SIZE = 8
"""Rows of a glyph and dots of a row."""
GLYPHS = 128
"""Glyphs drawn for each half; the next 128 are their reversals."""
HALVES = {"u": 0, "l": 1}
"""Upper case with graphics comes first in the ROM, lower case second."""


def read_charset(folder: Path) -> bytes:
    """The character ROM, 4096 bytes, from the text files of `folder`; each position is drawn exactly once.

    A file holds bands: a line of positions (`u41,l41`: half and hexadecimal screen code), below it eight lines with a
    field of eight `#` and `.` for each. Lines with a `;` are comments. Raises BadInput with file and line otherwise.
    """
    halves: list[dict[int, bytes]] = [{}, {}]
    for path in sorted(folder.glob("*.txt")):
        for line, position, glyph in _read_bands(path):
            try:
                half, code = HALVES[position[0]], int(position[1:], 16)
            except (KeyError, ValueError) as error:
                raise BadInput(f"{path}:{line}: {position!r} is no position such as u41") from error
            if not code < GLYPHS:
                raise BadInput(f"{path}:{line}: {position} is beyond {GLYPHS - 1:02X}; reversals are not drawn")
            if code in halves[half]:
                raise BadInput(f"{path}:{line}: {position} is drawn twice")
            halves[half][code] = glyph
    return b"".join(_half(folder, letter, halves[half]) for letter, half in HALVES.items())


def _half(folder: Path, letter: str, glyphs: dict[int, bytes]) -> bytes:
    missing = [f"{letter}{code:02X}" for code in range(GLYPHS) if code not in glyphs]
    if missing:
        raise BadInput(f"{folder}: nothing is drawn for {', '.join(missing)}")
    drawn = b"".join(glyphs[code] for code in range(GLYPHS))
    return drawn + bytes(0xFF ^ row for row in drawn)


def _read_bands(path: Path) -> Iterator[tuple[int, str, bytes]]:
    """Each position with its glyph and the number of the line where the position stands."""
    lines = [(n, line.split()) for n, line in enumerate(path.read_text().splitlines(), 1) if ";" not in line]
    lines = [(number, fields) for number, fields in lines if fields]
    for top in range(0, len(lines), SIZE + 1):
        number, columns = lines[top]
        rows = lines[top + 1 : top + 1 + SIZE]
        if len(rows) < SIZE:
            raise BadInput(f"{path}:{number}: a band has {SIZE} rows below its positions, not {len(rows)}")
        for row_number, fields in rows:
            if len(fields) != len(columns) or any(len(dots) != SIZE or set(dots) - {"#", "."} for dots in fields):
                raise BadInput(f"{path}:{row_number}: expected {len(columns)} fields of {SIZE} dots, each # or .")
        for column, positions in enumerate(columns):
            glyph = bytes(_byte(fields[column]) for _, fields in rows)
            for position in positions.split(","):
                yield number, position, glyph


def _byte(dots: str) -> int:
    return int("".join("1" if dot == "#" else "0" for dot in dots), 2)


def draw_charset(charset: bytes, scale: int = 2) -> Image.Image:
    """A picture of a character ROM: the halves side by side, 16 glyphs a row, a dot between glyphs."""
    cell = SIZE + 1
    halves = len(charset) // (256 * SIZE)
    picture = Image.new("L", ((16 * halves + halves - 1) * cell + 1, 16 * cell + 1), 96)
    for index in range(len(charset) // SIZE):
        half, code = divmod(index, 256)
        left, top = (half * 17 + code % 16) * cell + 1, code // 16 * cell + 1
        for y, x in _dots(charset[index * SIZE : (index + 1) * SIZE]):
            picture.putpixel((left + x, top + y), 255)
        for y, x in _dots(0xFF ^ row for row in charset[index * SIZE : (index + 1) * SIZE]):
            picture.putpixel((left + x, top + y), 0)
    return picture.resize((picture.width * scale, picture.height * scale), Image.Resampling.NEAREST)


def _dots(rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    return ((y, x) for y, row in enumerate(rows) for x in range(SIZE) if row << x & 0x80)
