"""Draws what was read over the picture it was read from, for a person to check: the grid, and the cells not read."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from soulrig.capture.projection import HEIGHT, WIDTH
from soulrig.capture.reading import Reading
from soulrig.capture.sampling import CELL
from soulrig.model.files import write_beside

GRID, OUTLINE, UNREAD = (0, 255, 255, 90), (255, 255, 0, 255), (255, 0, 255, 110)
FINENESS = 4  # screen pixels between the points of a curve
LEAST_WIDTH = 1200  # pixels: a smaller picture is enlarged, so that the grid leaves something to be seen


def draw_reading(picture: Image.Image, reading: Reading, path: Path) -> None:
    """Write a PNG of the picture with the text screen's outline, its cells, and a shade over each that is marked."""
    factor = max(1, round(LEAST_WIDTH / picture.width))
    shown = picture.convert("RGB").resize((picture.width * factor, picture.height * factor), Image.Resampling.NEAREST)
    projection = reading.projection.scaled(factor)
    ink = ImageDraw.Draw(shown, "RGBA")

    def points(u: float | np.ndarray, v: float | np.ndarray) -> list[tuple[float, float]]:
        return [(float(x), float(y)) for x, y in projection(np.stack(np.broadcast_arrays(u, v), -1).astype(float))]

    down, across = np.arange(0, HEIGHT + 1, FINENESS), np.arange(0, WIDTH + 1, FINENESS)
    for row, column in np.argwhere(reading.marked):
        left, top = column * CELL, row * CELL
        square = points(np.array([0, CELL, CELL, 0]) + left, np.array([0, 0, CELL, CELL]) + top)
        ink.polygon(square, fill=UNREAD)
    for u in range(0, WIDTH + 1, CELL):
        ink.line(points(u, down), fill=OUTLINE if u in (0, WIDTH) else GRID)
    for v in range(0, HEIGHT + 1, CELL):
        ink.line(points(across, v), fill=OUTLINE if v in (0, HEIGHT) else GRID)
    file = io.BytesIO()
    shown.save(file, "PNG")
    write_beside(path, file.getvalue())
