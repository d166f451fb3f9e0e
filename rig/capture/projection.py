"""How a C64's screen comes to lie in a picture: a curved tube, seen in perspective, through a lens.

Not for finding it (`outline`) nor for making it exact (`registration`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

WIDTH, HEIGHT = 320, 200  # of the text screen, in its pixels
CENTRE = np.array([WIDTH / 2, HEIGHT / 2])
UNIT = float(np.hypot(*CENTRE))  # from the centre to a corner: the curvatures are displacements there
PARAMETERS = 10
STEPS = np.array([1e-3, 1e-3, 1e-1, 1e-3, 1e-3, 1e-1, 1e-4, 1e-4, 1e-4, 1e-4])
CORNERS = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], float)


@dataclass(frozen=True)
class Projection:
    """`parameters` (10,): rows of the homography without its last 1, the tube's curvature, the lens's.

    Screen positions are (u, v), 0-320 by 0-200; a pixel's centre lies at a half. They are taken from the screen's
    centre, in half diagonals. Picture positions are (x, y) with a pixel's centre at a whole number; `lens` is the
    point where the lens distorts nothing and the distance, in the picture's pixels, at which it moves by its parameter.
    """

    parameters: Array
    lens: tuple[float, float, float]

    @classmethod
    def through(cls, corners: Array, size: tuple[int, int]) -> Projection:
        """The flat projection that takes the screen's corners to `corners` (4, 2), clockwise from upper left.

        `size` is the picture's width and height.
        """
        rows, values = [], []
        for (u, v), (x, y) in zip((CORNERS - CENTRE) / UNIT, corners, strict=True):
            rows += [[u, v, 1, 0, 0, 0, -u * x, -v * x], [0, 0, 0, u, v, 1, -u * y, -v * y]]
            values += [x, y]
        homography = np.linalg.solve(np.array(rows), np.array(values))
        width, height = size
        return cls(np.append(homography, [0.0, 0.0]), ((width - 1) / 2, (height - 1) / 2, float(np.hypot(*size)) / 2))

    def __call__(self, points: Array) -> Array:
        """(..., 2) screen positions to (..., 2) picture positions."""
        h = self.parameters
        flat = (points - CENTRE) / UNIT
        flat = flat * (1 + h[8] * (flat**2).sum(-1, keepdims=True))
        u, v = flat[..., 0], flat[..., 1]
        depth = h[6] * u + h[7] * v + 1
        seen = np.stack([(h[0] * u + h[1] * v + h[2]) / depth, (h[3] * u + h[4] * v + h[5]) / depth], -1)
        x, y, radius = self.lens
        off = (seen - (x, y)) / radius
        return np.array((x, y) + off * (1 + h[9] * (off**2).sum(-1, keepdims=True)) * radius)

    def moved(self, by: Array) -> Projection:
        """With `by` added to the parameters."""
        return Projection(self.parameters + by, self.lens)

    def scaled(self, factor: float) -> Projection:
        """For the picture made `factor` times as large."""
        shift = (factor - 1) / 2  # the first pixel's centre stays at 0
        h = self.parameters.copy()
        for row in (0, 3):
            h[row : row + 3] = h[row : row + 3] * factor + shift * np.append(h[6:8], 1.0)
        x, y, radius = self.lens
        return Projection(h, (x * factor + shift, y * factor + shift, radius * factor))

    def by_position(self, points: Array) -> Array:
        """(n, 2) positions to (n, 2, 2): how the picture position moves with u and with v."""
        return np.stack([self(points + half) - self(points - half) for half in np.eye(2) / 2], -1)

    def by_parameter(self, points: Array) -> Array:
        """(n, 2) positions to (n, 2, 10): how the picture position moves with each parameter."""
        steps = np.diag(STEPS)
        by_each: Array = np.stack([(self.moved(s)(points) - self.moved(-s)(points)) / 2 for s in steps], -1) / STEPS
        return by_each

    @property
    def corners(self) -> Array:
        """(4, 2): the screen's corners in the picture, clockwise from upper left."""
        corners: Array = self(CORNERS)
        return corners

    @property
    def scale(self) -> float:
        """Picture pixels a screen pixel, in the middle."""
        return float(np.sqrt(abs(np.linalg.det(self.by_position(CENTRE[None])[0]))))
