"""Reads an emulator's own picture, each screen pixel a block of one colour: exactly, bit by bit.

A picture that is anything else is none of this module's: `find_raster` returns None, and `photograph` may read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from soulrig.capture.charset import Charset
from soulrig.capture.projection import CORNERS, HEIGHT, WIDTH, Projection
from soulrig.capture.sampling import CELL, COLUMNS, ROWS

Mask = npt.NDArray[np.bool_]
Colours = npt.NDArray[np.intp]

MOST_COLOURS = 32  # 16, and what a window adds
LARGEST_BLOCK = 8
KNOWN = 0.5  # of the cells that are not empty: fewer glyphs than that were found by chance
# Width and height of VICE's pictures, and the screen's upper left corner there; where border and paper are one colour
# and text alone can't tell where the screen begins. Measured, see the driver.
CANVASES = {(384, 272): (32, 35), (384, 247): (32, 23), (504, 312): (136, 50), (520, 263): (136, 31)}


@dataclass(frozen=True)
class RasterScreen:
    """`codes` and `marked` are (25, 40): screen codes, and cells that show no glyph of the character set."""

    codes: npt.NDArray[np.uint8]
    marked: Mask
    small_letters: bool
    set_is_certain: bool
    projection: Projection


@dataclass(frozen=True)
class _Place:
    """Where a screen begins, its paper, and the codes of its cells (25, 40), -1 for what is no glyph."""

    left: int
    top: int
    paper: int
    codes: npt.NDArray[np.intp]


def find_raster(pixels: npt.NDArray[np.uint8], charset: Charset, small_letters: bool | None) -> RasterScreen | None:
    """The screen in a picture (height, width, 3), None where it is not made of blocks of few colours."""
    values = pixels.astype(np.intp) @ (1 << 16, 1 << 8, 1)
    colours, numbers = np.unique(values, return_inverse=True)
    if len(colours) > MOST_COLOURS:
        return None
    blocks = _blocks(numbers.reshape(values.shape))
    if blocks is None:
        return None
    picture, size, first = blocks
    if picture.shape[0] < HEIGHT or picture.shape[1] < WIDTH:
        return None
    sets = (0, 1) if small_letters is None else (int(small_letters),)
    found = [_Lookup(charset, number).best(picture) for number in sets]
    totals = [-1 if place is None else int((place.codes >= 0).sum()) for place in found]
    chosen = int(np.argmax(totals))
    place = found[chosen]
    if place is None:
        return None
    corner = np.array(first) + size * np.array([place.left, place.top])
    height, width = pixels.shape[:2]
    return RasterScreen(
        np.maximum(place.codes, 0).astype(np.uint8),
        place.codes < 0,
        bool(sets[chosen]),
        len(set(totals)) == len(totals),
        Projection.through(corner + CORNERS * size - 0.5, (width, height)),
    )


def _blocks(picture: Colours) -> tuple[Colours, int, tuple[int, int]] | None:
    """The picture a pixel a block, the blocks' size, and where the first whole one begins (x, y)."""
    columns = np.nonzero((picture[:, 1:] != picture[:, :-1]).any(0))[0] + 1
    rows = np.nonzero((picture[1:] != picture[:-1]).any(1))[0] + 1
    if not len(columns) or not len(rows):
        return None
    for size in range(LARGEST_BLOCK, 0, -1):
        x, y = int(columns[0]) % size, int(rows[0]) % size
        if (columns % size == x).all() and (rows % size == y).all():
            height, width = ((length - start) // size for length, start in zip(picture.shape, (y, x), strict=True))
            kept = picture[y : y + height * size : size, x : x + width * size : size]
            if height >= HEIGHT and width >= WIDTH:
                return kept, size, (x, y)
    return None


class _Lookup:
    """A character set's glyphs by their bits."""

    def __init__(self, charset: Charset, number: int) -> None:
        bits = _packed(charset.bitmaps[number].reshape(256, 64))
        order = np.argsort(bits, kind="stable")  # of glyphs that look the same the lowest code comes first
        self._bits, where = np.unique(bits[order], return_index=True)
        self._codes = order[where]

    def best(self, picture: Colours) -> _Place | None:
        """The place and paper at which most cells show glyphs, None where too few do."""
        counts = np.bincount(picture.ravel())
        places = [
            self._at(picture, *corner, paper) for paper in np.argsort(-counts)[:4] for corner in _corners(picture)
        ]
        places += [place for paper in np.argsort(-counts)[:2] if (place := self._by_text(picture, int(paper)))]
        if not places:
            return None
        best = max(places, key=lambda place: (int((place.codes >= 0).sum()), _empty(place)))
        shown = picture[best.top : best.top + HEIGHT, best.left : best.left + WIDTH] != best.paper
        full = _cells(shown).any(1).reshape(ROWS, COLUMNS)
        known = best.codes >= 0
        return best if (known & full).sum() >= KNOWN * full.sum() else None

    def _at(self, picture: Colours, left: int, top: int, paper: int) -> _Place:
        cells = _cells(picture[top : top + HEIGHT, left : left + WIDTH])
        ink = cells != paper
        inks = np.where(ink, cells, -1).max(1), np.where(ink, cells, 1 << 30).min(1)
        one_ink = (inks[0] == inks[1]) | ~ink.any(1)
        codes = np.where(one_ink, self._look_up(_packed(ink)), -1)
        return _Place(left, top, int(paper), codes.reshape(ROWS, COLUMNS))

    def _by_text(self, picture: Colours, paper: int) -> _Place | None:
        """Where border and paper are one: the grid that most glyphs stand in, as near as can be to the middle."""
        ink = picture != paper
        height, width = (size - CELL + 1 for size in picture.shape)
        bits = np.zeros((height, width), np.uint64)
        for row in range(CELL):
            for column in range(CELL):
                bits = bits << np.uint64(1) | ink[row : row + height, column : column + width].astype(np.uint64)
        shown = (self._look_up(bits.ravel()).reshape(bits.shape) >= 0) & (bits != 0) & (bits != ~np.uint64(0))
        phases = np.array([[shown[y::CELL, x::CELL].sum() for x in range(CELL)] for y in range(CELL)])
        y, x = np.unravel_index(phases.argmax(), phases.shape)
        if phases.max() == 0:
            return None
        middle = np.array([picture.shape[1] - WIDTH, picture.shape[0] - HEIGHT]) / 2
        corners = [
            (left, top)
            for left in range(int(x), picture.shape[1] - WIDTH + 1, CELL)
            for top in range(int(y), picture.shape[0] - HEIGHT + 1, CELL)
            if not (ink.sum() - ink[top : top + HEIGHT, left : left + WIDTH].sum())
        ]
        if not corners:
            return None
        return self._at(
            picture, *min(corners, key=lambda corner: float(np.abs(np.array(corner) - middle).sum())), paper
        )

    def _look_up(self, bits: npt.NDArray[np.uint64]) -> npt.NDArray[np.intp]:
        at = np.minimum(np.searchsorted(self._bits, bits), len(self._bits) - 1)
        return np.where(self._bits[at] == bits, self._codes[at], -1)


def _corners(picture: Colours) -> list[tuple[int, int]]:
    """Where the screen may begin: what is left when frames of one colour are taken off, and where VICE puts it."""
    height, width = picture.shape
    left, top, right, bottom = 0, 0, width, height
    found = []
    while right - left >= WIDTH and bottom - top >= HEIGHT:
        if (right - left, bottom - top) == (WIDTH, HEIGHT):
            found.append((left, top))
            break
        inner = picture[top:bottom, left:right] != picture[top, left]
        rows, columns = np.nonzero(inner.any(1))[0], np.nonzero(inner.any(0))[0]
        if not len(rows) or (len(rows), len(columns)) == inner.shape:
            break
        left, right = left + int(columns[0]), left + int(columns[-1]) + 1
        top, bottom = top + int(rows[0]), top + int(rows[-1]) + 1
    if (width, height) in CANVASES:
        found.append(CANVASES[width, height])
    return found


def _empty(place: _Place) -> int:
    """Cells that show nothing: of two papers that explain a screen, the one of which more is seen."""
    return int((place.codes == 0x20).sum())


def _cells(screen: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return screen.reshape(ROWS, CELL, COLUMNS, CELL).swapaxes(1, 2).reshape(ROWS * COLUMNS, CELL * CELL)


def _packed(bits: npt.NDArray[Any]) -> npt.NDArray[np.uint64]:
    """(n, 64) bits to numbers."""
    return np.packbits(bits.astype(np.uint8), axis=1).view(">u8")[:, 0].astype(np.uint64)
