"""Whether a screen lies where it was taken to lie, told by its frame: what is around it is border, and none of it is.

Independent of what was read: a grid that lies elsewhere finds glyphs too, in blocks and lines that look like pieces of
text, and their evidence is no less. Not for finding the screen (`outline`), nor for making its place exact
(`registration`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from soulrig.capture.sampling import CELL, COLUMNS, ROWS, Samples
from soulrig.capture.surfaces import Surfaces

Array = npt.NDArray[np.float64]

# Rows of samples above, and within, the cells along a side, when that side is up.
OUTSIDE = slice(3, 7)  # nearer, text runs over; further, little of a border may be seen
LAST, FIRST = slice(CELL - 1, CELL), slice(CELL, CELL + 1)  # those next to the side
INSIDE = slice(CELL + 2, CELL + 6)  # as far from the side as those outside
WITHIN = slice(CELL, 2 * CELL)
UNLIKE = 0.5  # of what border and paper differ by: what differs by more from the border is none
ALIKE = 0.25  # what differs by less is the same
TELLING = 12.0  # steps of colour that border and paper must differ by
LEAST = 0.12  # of the cells along the sides: fewer tell nothing


@dataclass(frozen=True)
class Framing:
    """What the picture says of the cells along the screen's four sides.

    `confirmed` is the share of them that have border outside, and something else within. The others are shares of those
    that anything is told of: `contradicted` of those that have no border outside, or are filled with it; `off` of those
    that begin a pixel or more before or behind the border's end.
    """

    confirmed: float
    contradicted: float
    off: float

    @classmethod
    def seen(cls, samples: Samples, surfaces: Surfaces) -> Framing:
        """From the samples. Where the picture ends, or border and paper look alike, nothing is told."""
        told = wrong = off = 0
        for side in range(4):
            seen, border, paper = (np.rot90(part, side) for part in (samples.colours, surfaces.border, surfaces.paper))
            apart = _by_cell(paper[WITHIN], border[WITHIN]).mean(1)
            visible = np.rot90(samples.visible, side)[OUTSIDE, CELL:-CELL]
            telling = visible.reshape(len(visible), -1, CELL).all((0, 2)) & (apart > TELLING)
            is_other = np.median(_by_cell(seen[OUTSIDE], border[OUTSIDE]), 1) > UNLIKE * apart
            is_border = np.median(_by_cell(seen[INSIDE], border[INSIDE]), 1) < ALIKE * apart
            begins_late = np.median(_by_cell(seen[FIRST], border[FIRST]), 1) < ALIKE * apart
            begins_early = np.median(_by_cell(seen[LAST], paper[LAST]), 1) < ALIKE * apart
            told += int(telling.sum())
            wrong += int((telling & (is_other | is_border)).sum())
            off += int((telling & (begins_late | begins_early)).sum())
        cells = 2 * (ROWS + COLUMNS)
        is_enough = told >= LEAST * cells
        return cls((told - wrong) / cells, wrong / told if is_enough else 0.0, off / told if is_enough else 0.0)


def _by_cell(rows: Array, others: Array) -> Array:
    """How far the two are apart at each sample of the cells along a side, (cells, samples)."""
    far = np.linalg.norm(rows - others, axis=-1)[:, CELL:-CELL]  # without the image's corners
    return np.asarray(far.reshape(far.shape[0], -1, CELL).swapaxes(0, 1).reshape(-1, far.shape[0] * CELL))
