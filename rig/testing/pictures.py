"""Golden pictures: what a screen should look like, as small PNG files, and what differs where it doesn't.

Compared are colour numbers, exactly, in the 320 x 200 pixels and a border of the same width for every machine; the
colours that a machine shows for the numbers don't count. A file's palette is always the same.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from soulrig.capture.picture import Picture
from soulrig.errors import BadInput, Fault
from soulrig.model.files import write_beside

Cells = tuple[int, int] | tuple[int, int, int, int]
"""Row and column of a character or, with its rows and columns, of a part of the screen."""
Mask = Cells | Callable[[], Cells]
Pixels = npt.NDArray[np.uint8]

FOLDER = "pictures"
WIDTH, HEIGHT, CELL = 320, 200, 8
MASKED = 16  # the colour number of what doesn't count
DIFFERENT = 17
# The sixteen colours as a television shows them, then those of what is masked, and of what differs.
COLOURS = bytes.fromhex(
    "000000 FFFFFF 883834 68BCC4 8C4098 58AC50 3C349C C8D478 8C5C2C 584400 BC6C68 505050 7C7C7C 9CE890 7870D0 A4A4A4"
    "FF80C0 FF2020"
)
SCALE, GAP, CAPTION = 2, 16, 24
ACCEPT = "pytest --c64-accept"


@dataclass(frozen=True)
class Pictures:
    """The golden pictures beside a test file.

    `home` is the test file's folder, `evidence` the one where differences are shown. With `accept`, what a machine
    shows is right, and is written; `accepted` are the files that were.
    """

    home: Path
    evidence: Path
    accept: bool
    accepted: list[Path]

    def equal(self, name: str, actual: Pixels) -> bool:
        """Whether colour numbers, as `frame` makes them, are the golden picture's. Raises BadInput for a bad file."""
        expected = self._golden(name)
        return expected is not None and np.array_equal(expected, actual)

    def complaint(self, name: str, actual: Pixels, border: int) -> str | None:
        """What is wrong with colour numbers that aren't the golden picture's; None if they have been accepted."""
        path = self._path(name)
        if self.accept:
            write_beside(path, png(actual))
            self.accepted.append(path)
            return None
        shown = self.evidence / f"{name}.png"
        expected = self._golden(name)
        if expected is None:
            write_beside(shown, png(actual))
            return f"there is no picture {near(path)}; this one is {near(shown)}. If that is right: {ACCEPT}"
        write_beside(shown, side_by_side(expected, actual))
        how = _difference(expected, actual, border)
        return (
            f"not the picture {name!r}: {how}\n"
            f"expected, actual and difference: {near(shown)}\nif this is right: {ACCEPT}"
        )

    def _path(self, name: str) -> Path:
        return self.home / FOLDER / f"{name}.png"

    def _golden(self, name: str) -> Pixels | None:
        path = self._path(name)
        if not path.exists():
            return None
        try:
            with Image.open(path) as image:
                if image.mode != "P":
                    raise BadInput(f"{path}: is a picture of {image.mode} pixels, expected one with a palette")
                return np.asarray(image, np.uint8)
        except OSError as error:
            raise BadInput(f"{path}: can't be read as a picture: {error}") from error


def frame(picture: Picture, mask: Iterable[Mask], border: int) -> Pixels:
    """Colour numbers (200 + 2 border, 320 + 2 border) with MASKED for what doesn't count.

    Raises Fault where it isn't known where in the picture they are, BadInput where it shows less of the border.
    """
    if picture.origin is None:
        height, width = picture.pixels.shape
        raise Fault(f"it is not known where a picture of {width} x {height} has its text, so it can't be compared")
    left, top = picture.origin
    height, width = picture.pixels.shape
    most = min(left, top, width - WIDTH - left, height - HEIGHT - top)
    if not 0 <= border <= most:
        raise BadInput(f"border={border}: this machine shows {most} pixels of it on every side")
    pixels = picture.pixels[top - border : top + HEIGHT + border, left - border : left + WIDTH + border].copy()
    for part in mask:
        cells = part() if callable(part) else part
        row, column, rows, columns = cells if len(cells) == 4 else (*cells, 1, 1)
        y, x = border + row * CELL, border + column * CELL
        pixels[y : y + rows * CELL, x : x + columns * CELL] = MASKED
    return pixels


def png(pixels: Pixels) -> bytes:
    """A small PNG whose pixels are the colour numbers."""
    file = io.BytesIO()
    _image(pixels).save(file, "PNG", optimize=True)
    return file.getvalue()


def side_by_side(expected: Pixels, actual: Pixels) -> bytes:
    """A PNG of expected, actual, and the actual one with its differing pixels marked, from left to right."""
    height, width = (max(pair) for pair in zip(expected.shape, actual.shape, strict=True))
    differing = np.full((height, width), DIFFERENT, np.uint8)
    common = tuple(slice(min(pair)) for pair in zip(expected.shape, actual.shape, strict=True))
    # What is right is shown in grey, so that nothing but the marks catches the eye.
    greys = np.array([11, 15, *[12] * 14, 12, DIFFERENT], np.uint8)
    same = expected[common] == actual[common]
    differing[common] = np.where(same, greys[actual[common]], DIFFERENT)
    sheet = Image.new("RGB", (3 * SCALE * width + 2 * GAP, SCALE * height + CAPTION), "white")
    draw = ImageDraw.Draw(sheet)
    for number, (caption, pixels) in enumerate(
        {"expected": expected, "actual": actual, "difference": differing}.items()
    ):
        left = number * (SCALE * width + GAP)
        draw.text((left + 2, 6), caption, "black")
        image = _image(np.kron(pixels, np.ones((SCALE, SCALE), np.uint8))).convert("RGB")
        sheet.paste(image, (left, CAPTION))
    file = io.BytesIO()
    sheet.save(file, "PNG", optimize=True)
    return file.getvalue()


def near(path: Path) -> str:
    """A path as the user would write it: from the current folder, where it lies in that."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _image(pixels: Pixels) -> Image.Image:
    image = Image.fromarray(pixels, "P")
    image.putpalette(COLOURS)
    return image


def _difference(expected: Pixels, actual: Pixels, border: int) -> str:
    """How many pixels differ, and the part of the screen that they are in."""
    if expected.shape != actual.shape:
        return "it is {1} x {0} pixels, expected {3} x {2}".format(*actual.shape, *expected.shape)
    y, x = np.nonzero(expected != actual)
    rows, columns = ((axis - border) // CELL for axis in (y, x))
    where = f"in rows {rows.min()} to {rows.max()}, columns {columns.min()} to {columns.max()} of characters"
    return f"{y.size} pixels differ, {where}"
