"""The colours of paper and border across a screen, and how brightly each part of it is lit."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from soulrig.capture.fields import Field, fit_field, powers
from soulrig.capture.sampling import PLACES, RIM, RING, Samples

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

DARK = 40.0  # luma: a darker surface tells little about the light
LEAST = 300  # samples that tell a surface's colour
LIGHTS = (0.25, 4.0)
EVERY = 3  # samples of which one is looked at
PAPER_DEGREE = 3
RIDGE = 1e-4  # of each term's weight
INK_HELD = 1.0  # samples of nothing but the ink that what was known of it is worth
COLOUR = 16  # steps of colour that are one at first sight
NEAR = 15.0  # steps of colour from a field that lie on it


@dataclass(frozen=True)
class Surfaces:
    """`border` and `paper` (216, 336, 3) in channels; `light` (216, 336), 1 in the mean."""

    border: Array
    paper: Array
    light: Array

    @classmethod
    def seen(cls, samples: Samples) -> Surfaces:
        """From the samples: the border is around, the paper is what there is most of within."""
        light = np.ones(RING.shape)
        border = np.zeros_like(samples.colours)
        rim = RIM & samples.visible
        if rim.sum() > LEAST:
            border = fit_field(PLACES[rim], samples.colours[rim], degree=2)(PLACES)
            light = _light(border, light)
        inner = ~RING & samples.visible
        inner[::2] = False
        lit, places = samples.colours[inner] / light[inner][:, None], PLACES[inner]
        fields = [fit_field(places, lit, 2, Field(0, colour[None])) for colour in _common(lit)]
        best = max(fields, key=lambda field: float((np.linalg.norm(lit - field(places), axis=1) < NEAR).mean()))
        paper = best(PLACES) * light[..., None]
        return cls(border, paper, _light(paper, light) if paper[..., 0].mean() > border[..., 0].mean() else light)

    def corrected(self, error: Array, visible: Mask, noise: Array) -> Surfaces:
        """With what changes slowly in the border's difference from what was expected."""
        return replace(self, border=self.border + _slow(error, RING & visible, noise))

    def refitted(self, seen: Array, inks: Array, masks: Array, error: Array, usable: Mask) -> tuple[Surfaces, Array]:
        """The paper, and the inks (k, 3) made more exact, that together make what is seen.

        Alone, neither can be told: where text is dense and blurred there is hardly any paper between it. `seen` (216,
        336, 3) is without what the border adds, `masks` (k, 216, 336, 3) is how much of each ink is seen where, lit and
        blurred; `error` as it was till now, `usable` the samples that are understood. An ink of which those show
        nothing but a neighbour's blur stays about what it was: divided by next to nothing, noise would be a colour.
        Where no sample is understood all stays.
        """
        rows, columns = (index[::EVERY] for index in np.nonzero(usable & ~RING))
        if not len(rows):
            return self, inks
        terms = powers(PLACES[rows, columns], PAPER_DEGREE)
        count = terms.shape[1]
        held = np.append(np.zeros(count), np.full(len(masks), INK_HELD))
        paper, refitted = np.empty_like(self.paper), np.empty((len(masks), 3))
        everywhere = powers(PLACES, PAPER_DEGREE)
        for c in range(3):
            off = error[rows, columns, c]
            weight = 1 / (1 + (off / (2 * 1.48 * np.median(np.abs(off)) + 1)) ** 2)
            shares = masks[:, rows, columns, c].T
            left = (seen - self.paper)[rows, columns, c] - shares @ inks[:, c]
            made_of = np.concatenate([terms, shares], axis=1)
            weighted = made_of * weight[:, None]
            square = weighted.T @ made_of
            square += np.diag(RIDGE * np.diag(square) + held)
            solution = np.linalg.solve(square, weighted.T @ left)
            paper[..., c] = self.paper[..., c] + everywhere @ solution[:count]
            refitted[:, c] = inks[:, c] + solution[count:]
        return replace(self, paper=paper), refitted


def _slow(error: Array, where: Mask, noise: Array) -> Array:
    if where.sum() < LEAST:
        return np.zeros_like(error)
    every = slice(None, None, 3)
    flat = Field(0, np.zeros((1, 3)))
    return fit_field(PLACES[where][every], error[where][every], 3, flat, 3 * float(np.sqrt(noise.max())))(PLACES)


def _light(surface: Array, otherwise: Array) -> Array:
    luma = surface[..., 0]
    mean = float(luma.mean())
    return np.clip(luma / mean, *LIGHTS) if mean > DARK else otherwise


def _common(samples: Array) -> Array:
    """The commonest colours, (k, 3), k up to 3."""
    bins, count = np.unique((samples // COLOUR).astype(int), axis=0, return_counts=True)
    found: list[Array] = []
    for index in np.argsort(-count)[:40]:
        near = (np.abs(samples - COLOUR * (bins[index] + 0.5)) < COLOUR).all(1)
        centre = samples[near].mean(0)
        if all(np.linalg.norm(centre - other) > 1.5 * COLOUR for other in found):
            found.append(centre)
    return np.array(found[:3])
