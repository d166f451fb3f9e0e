"""Pictures of text screens, painted here from the glyphs of a character set."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from soulrig.capture.charset import Charset

BLUE, LIGHT_BLUE, WHITE = (53, 40, 121), (108, 94, 181), (255, 255, 255)
HELLO = ["hello, world!", "", "0123456789 +-*/", "the quick brown fox jumps", "over the lazy dog."]


def codes_of(rows: list[str]) -> npt.NDArray[np.uint8]:
    codes = np.full((25, 40), 0x20, np.uint8)
    for line, row in enumerate(rows):
        for column, character in enumerate(row):
            codes[line, column] = ord(character) - (0x60 if "a" <= character <= "z" else 0)
    return codes


def painted(
    charset: Charset, codes: npt.NDArray[np.uint8], border: tuple[int, int, int] = LIGHT_BLUE, frame: int = 24
) -> npt.NDArray[np.uint8]:
    """The screen in small letters, white on blue, in a frame of so many pixels."""
    ink = charset.bitmaps[1][codes].swapaxes(1, 2).reshape(200, 320, 1)
    screen = np.where(ink, np.array(WHITE), np.array(BLUE)).astype(np.uint8)
    picture = np.tile(np.array(border, np.uint8), (200 + 2 * frame, 320 + 2 * frame, 1))
    picture[frame : frame + 200, frame : frame + 320] = screen
    return picture


def enlarged(picture: npt.NDArray[np.uint8], factor: float) -> Image.Image:
    image = Image.fromarray(picture)
    return image.resize((round(image.width * factor), round(image.height * factor)), Image.Resampling.BICUBIC)
