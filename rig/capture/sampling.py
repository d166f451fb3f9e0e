"""A picture looked at through a projection: a sample a screen pixel, with one cell of border around the text screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from soulrig.capture.projection import HEIGHT, WIDTH, Projection

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

CELL, ROWS, COLUMNS = 8, 25, 40
# Luma and two of chroma, so scaled that a step is about as visible in each (ITU-R BT.601).
TO_CHANNELS = np.array([[0.299, 0.587, 0.114], [-0.169, -0.331, 0.5], [0.5, -0.419, -0.081]])
SAMPLING = 0.3  # screen pixels: the deviation by which the picture is blurred before it is sampled
BOX = 0.29  # the deviation of a pixel

_V, _U = np.mgrid[-CELL : HEIGHT + CELL, -CELL : WIDTH + CELL] + 0.5
POINTS = np.stack([_U, _V], -1)
"""(216, 336, 2): the screen position of each sample."""
PLACES = POINTS / (WIDTH, HEIGHT)
RING: Mask = (_U < 0) | (_U > WIDTH) | (_V < 0) | (_V > HEIGHT)
"""The samples that are border."""
RIM: Mask = (_U < -1) | (_U > WIDTH + 1) | (_V < -1) | (_V > HEIGHT + 1)
"""Those of them that text doesn't touch."""


@dataclass(frozen=True)
class Samples:
    """`colours` (216, 336, 3) in channels, and which of them lie within the picture."""

    colours: Array
    visible: Mask


class Sampler:
    """A picture (height, width, 3) in channels, made ready for a screen of about `scale` picture pixels a pixel."""

    def __init__(self, channels: Array, scale: float) -> None:
        self.reduced = max(1, int(scale / 1.5))
        small = reduced(channels, self.reduced)
        wide = np.sqrt(max(0.0, (SAMPLING * scale / self.reduced) ** 2 - BOX**2))
        self._splines = [
            ndimage.spline_filter(ndimage.gaussian_filter(small[..., c], wide), 3, mode="nearest") for c in range(3)
        ]

    def __call__(self, projection: Projection) -> Samples:
        """What is seen through a projection into the reduced picture."""
        x, y = np.moveaxis(projection(POINTS), -1, 0)
        height, width = self._splines[0].shape
        seen = [
            ndimage.map_coordinates(part, [y, x], order=3, mode="nearest", prefilter=False) for part in self._splines
        ]
        return Samples(np.stack(seen, -1), (x > -1) & (x < width) & (y > -1) & (y < height))


def reduced(picture: Array, factor: int) -> Array:
    """A picture (height, width, 3) so many times smaller, each pixel the mean of those it stands for."""
    rows, columns = (size // factor for size in picture.shape[:2])
    kept = picture[: rows * factor, : columns * factor]
    return np.asarray(kept.reshape(rows, factor, columns, factor, 3).mean((1, 3)))


def cells_of(samples: Array) -> Array:
    """(216, 336, n) to (1000, 64, n): the screen's cells."""
    inner = samples[CELL:-CELL, CELL:-CELL]
    return np.asarray(inner.reshape(ROWS, CELL, COLUMNS, CELL, -1).swapaxes(1, 2).reshape(ROWS * COLUMNS, CELL**2, -1))


def joined(cells: npt.NDArray[Any]) -> Array:
    """The other way, without the border: (1000, 64, n) to (200, 320, n)."""
    return np.asarray(cells.reshape(ROWS, COLUMNS, CELL, CELL, -1).swapaxes(1, 2).reshape(HEIGHT, WIDTH, -1))
