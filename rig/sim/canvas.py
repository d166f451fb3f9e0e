"""The picture of a text screen, drawn from screen codes, colours and character set. No bit maps, no sprites."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from soulrig.capture.picture import Picture
from soulrig.sim.vic import BACKGROUND, BORDER, CONTROL

WIDTH, HEIGHT = 384, 272
LEFT, TOP = 32, 35
COLUMNS, ROWS, CELL = 40, 25, 8
DISPLAY_ON = 0x10  # in CONTROL

# The sixteen colours, as a television shows them.
PALETTE = np.array(
    [
        (0x00, 0x00, 0x00),
        (0xFF, 0xFF, 0xFF),
        (0x88, 0x38, 0x34),
        (0x68, 0xBC, 0xC4),
        (0x8C, 0x40, 0x98),
        (0x58, 0xAC, 0x50),
        (0x3C, 0x34, 0x9C),
        (0xC8, 0xD4, 0x78),
        (0x8C, 0x5C, 0x2C),
        (0x58, 0x44, 0x00),
        (0xBC, 0x6C, 0x68),
        (0x50, 0x50, 0x50),
        (0x7C, 0x7C, 0x7C),
        (0x9C, 0xE8, 0x90),
        (0x78, 0x70, 0xD0),
        (0xA4, 0xA4, 0xA4),
    ],
    np.uint8,
)


def draw(codes: bytes, colours: bytes, characters: bytes, registers: bytes) -> Picture:
    """1000 screen codes and colours, a character set of 2048 bytes and the VIC-II's registers as (272, 384) pixels."""
    border, background = registers[BORDER] & 0x0F, registers[BACKGROUND] & 0x0F
    pixels: npt.NDArray[np.uint8] = np.full((HEIGHT, WIDTH), border, np.uint8)
    if registers[CONTROL] & DISPLAY_ON:
        glyphs = np.unpackbits(np.frombuffer(characters, np.uint8)).reshape(256, CELL, CELL)
        cells = glyphs[np.frombuffer(codes, np.uint8)].reshape(ROWS, COLUMNS, CELL, CELL)
        inks = (np.frombuffer(colours, np.uint8) & 0x0F).reshape(ROWS, COLUMNS, 1, 1)
        text = np.where(cells == 1, inks, background).transpose(0, 2, 1, 3).reshape(ROWS * CELL, COLUMNS * CELL)
        pixels[TOP : TOP + ROWS * CELL, LEFT : LEFT + COLUMNS * CELL] = text
    return Picture(pixels, PALETTE, (LEFT, TOP))
