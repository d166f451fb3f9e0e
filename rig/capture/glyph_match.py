"""Which glyph a cell of a blurred, noisy picture shows: Bayes' evidence for each, over the colours its ink may have.

A cell's samples are ink times the blurred glyph plus noise. The ink's colour is unknown: one of those that the screen
is known to have, give or take a little, or any other. A glyph that needs an ink pays for the freedom to choose it, so
that noise reads as a space.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Array = npt.NDArray[np.float64]

ANY_INK = np.array([60.0, 30.0, 30.0])  # deviation of luma and chroma of an ink not seen before, from the paper's
INK_SPREAD, INK_FLOOR = 0.08, 3.0  # deviation of a known ink: by part, and steps of colour
NO_INK = -20.0  # evidence of a glyph in an ink that is none
INKS = 12
SEEN = 15.0  # evidence of a difference, in nats, that an ink must have gathered
TAPS = 8  # screen pixels to either side that a blur reaches
LIKELY = 32  # shapes of a cell for which the known inks are tried
SAME_INK = 0.22  # inks are one where they differ by this part of their contrast, or so many steps:
SAME_INK_FLOOR = 12.0
# What differs less from the paper is no ink: by part of the strongest, and steps of colour. Colour alone counts less.
FAINT, FAINTEST = 0.12, 10.0
CHROMA_TELLS = 0.25


@dataclass(frozen=True)
class Spread:
    """How one channel runs along rows or down columns: a deviation and a delay, in screen pixels."""

    deviation: float
    delay: float = 0.0

    @cached_property
    def kernel(self) -> Array:
        """(2 TAPS + 1,) weights of the samples before, at and behind."""
        weights = np.exp(-(((np.arange(-TAPS, TAPS + 1) - self.delay) / self.deviation) ** 2) / 2)
        return np.asarray(weights / weights.sum())

    def along(self, image: Array, axis: int) -> Array:
        """The image spread along an axis."""
        return np.asarray(ndimage.convolve1d(image, self.kernel, axis))


@dataclass(frozen=True)
class Blur:
    """What became of sharp pixels: along rows and down columns, of luma and of chroma."""

    luma: tuple[Spread, Spread]
    chroma: tuple[Spread, Spread]

    @property
    def channels(self) -> tuple[tuple[Spread, Spread], ...]:
        """For each of the three channels."""
        return self.luma, self.chroma, self.chroma

    def __call__(self, image: Array) -> Array:
        """(height, width, 3), a sample a screen pixel, blurred."""
        return np.stack(
            [down.along(across.along(image[..., c], 1), 0) for c, (across, down) in enumerate(self.channels)], -1
        )

    def glyphs(self, shapes: npt.NDArray[np.uint8]) -> Array:
        """(n, 8, 8) bitmaps to (n, 64, 3): what of each is seen within its own cell."""
        blurred = []
        for across, down in self.channels:
            rows, columns = (spread.along(np.eye(24), 0)[8:16, 8:16] for spread in (down, across))
            blurred.append((rows @ shapes @ columns.T).reshape(-1, 64))
        return np.stack(blurred, -1)


@dataclass(frozen=True)
class Match:
    """`evidence` (cells, shapes) is relative to an empty cell's, in nats; `inks` (cells, shapes, 3) the colours."""

    evidence: Array
    inks: Array


def match(cells: Array, shapes: Array, noise: Array, light: Array, inks: Array, new_ink: Array) -> Match:
    """Hold cells (n, 64, 3), from which the paper was taken, against blurred shapes (m, 64, 3).

    `noise` (3,) is the variance of a sample, `light` (n,) how bright each cell is lit, `inks` (k, 4) the colours known,
    relative to the paper in full light, each with the logarithm of its share; `new_ink` (n,) that of any other ink.
    """
    weight = 1 / noise
    by_shape = np.einsum("nsc,msc->nmc", cells, shapes, optimize=True)
    power = (shapes**2).sum(1)
    any_ink = (np.zeros(3), ANY_INK, new_ink[:, None])
    evidence, colours = _evidence(by_shape, power, weight, light, any_ink)
    likely = np.argpartition(-evidence, LIKELY, axis=1)[:, :LIKELY]
    best, best_colours = np.take_along_axis(evidence, likely, 1), np.take_along_axis(colours, likely[..., None], 1)
    by_likely, power_likely = np.take_along_axis(by_shape, likely[..., None], 1), power[likely]
    for ink in inks:
        known = (ink[:3], INK_SPREAD * np.linalg.norm(ink[:3]) + INK_FLOOR, float(ink[3]))
        total, these = _evidence(by_likely, power_likely, weight, light, known)
        better = total > best
        best = np.where(better, total, best)
        best_colours = np.where(better[..., None], these, best_colours)
    np.put_along_axis(evidence, likely, best, 1)
    np.put_along_axis(colours, likely[..., None], best_colours, 1)
    strongest = float(contrast(inks[:, :3]).max(initial=0))
    faint = contrast(colours) < light[:, None] * max(FAINT * strongest, FAINTEST)
    evidence[faint] = np.minimum(evidence[faint], NO_INK)
    empty = power.sum(-1) == 0
    evidence[:, empty] = 0
    colours[:, empty] = 0
    return Match(evidence, colours)


def _evidence(
    by_shape: Array, power: Array, weight: Array, light: Array, ink: tuple[Array, Any, Any]
) -> tuple[Array, Array]:
    """Of (n, m) shapes, with the best colours (n, m, 3), for inks about a mean with a spread and a share."""
    mean, spread, share = ink
    prior = 1 / (light[:, None] * spread) ** 2 * np.ones(3)
    centre = light[:, None] * mean
    total = np.zeros(by_shape.shape[:2]) + share
    colours = np.empty_like(by_shape)
    for c in range(3):
        middle, known = centre[:, c, None], prior[:, c, None]
        pull = weight[c] * (by_shape[..., c] - middle * power[..., c])
        precision = weight[c] * power[..., c] + known
        moved = pull / precision
        total += (
            weight[c] * middle * (by_shape[..., c] - middle * power[..., c] / 2)
            + (pull * moved - np.log(precision / known)) / 2
        )
        colours[..., c] = middle + moved
    return total, colours


def contrast(colours: Array) -> Array:
    """How well inks (..., 3) stand out: smeared over its neighbours, colour alone tells little."""
    return np.asarray(np.hypot(colours[..., 0], CHROMA_TELLS * np.hypot(colours[..., 1], colours[..., 2])))


def reach_of(inks: Array) -> Array:
    """How far from each of the inks (..., 3) a cell's ink may be to be the same."""
    return np.asarray(np.maximum(SAME_INK * np.linalg.norm(inks, axis=-1), SAME_INK_FLOOR))


def known_inks(colours: Array, weights: Array) -> Array:
    """The colours that inks (n, 3) gather at, (k, 4) with the logarithm of each one's share, the commonest first."""
    found: list[list[float]] = []
    left = weights.copy()
    while len(found) < INKS and left.sum() > 0:
        first = np.argmax(left)
        seed = colours[first]
        for _ in range(4):
            reach = reach_of(seed)
            near = (np.linalg.norm(colours - seed, axis=1) < reach) * weights
            if near.sum() > 0:
                seed = (colours * near[:, None]).sum(0) / near.sum()
        taken = np.linalg.norm(colours - seed, axis=1) < reach
        share = float((left * taken).sum())
        left[taken] = 0
        left[first] = 0
        if share > SEEN:
            found.append([*seed, share])
    if not found:
        return np.zeros((0, 4))
    inks = np.array(found)
    strength = contrast(inks[:, :3])
    inks = inks[strength > max(FAINT * float(strength.max()), FAINTEST)]
    inks[:, 3] = np.log(inks[:, 3] / inks[:, 3].sum())
    return inks[np.argsort(-inks[:, 3])]
