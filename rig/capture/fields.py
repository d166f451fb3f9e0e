"""Colours that change slowly across a screen, as light falls off: polynomials of the position, a colour each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

ROUNDS = 6
RIDGE = 1e-3  # holds what the samples leave open


@dataclass(frozen=True)
class Field:
    """A colour for each position: a polynomial of `degree` with `terms` (terms, 3)."""

    degree: int
    terms: Array

    def __call__(self, places: Array) -> Array:
        """(..., 2) positions, about 0 to 1, to (..., 3) colours."""
        return powers(places, self.degree) @ self.terms


def powers(places: Array, degree: int) -> Array:
    """The terms of a field's polynomial at positions (..., 2)."""
    x, y = 2 * places[..., 0] - 1, 2 * places[..., 1] - 1
    return np.stack([x**i * y**j for i in range(degree + 1) for j in range(degree + 1 - i)], -1)


def fit_field(places: Array, colours: Array, degree: int, near: Field | None = None, reach: float = 40.0) -> Field:
    """The field that most of the samples lie on: `places` (n, 2), `colours` (n, 3).

    Begins at `near`, or at the samples' median; samples further away than their deviation count less and less. `reach`
    is how far from there, in steps of colour, samples may lie at the beginning.
    """
    terms = powers(places, degree)
    expected = np.broadcast_to(np.median(colours, 0), colours.shape) if near is None else near(places)
    ridge = RIDGE * len(places) * np.diag((terms**2).mean(0))
    ridge[0, 0] = 0
    field = near or Field(0, np.median(colours, 0)[None])
    for _ in range(ROUNDS):
        off = np.sqrt(((colours - expected) ** 2).sum(-1))
        weight = 1 / (1 + (off / reach) ** 2) ** 2
        weighted = terms * weight[:, None]
        field = Field(degree, np.linalg.solve(weighted.T @ terms + ridge * weight.mean(), weighted.T @ colours))
        expected = field(places)
        reach = max(reach * 0.6, 6.0)
    return field
