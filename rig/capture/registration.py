"""Where the picture differs from what was read, because it was looked at in the wrong place: the projection made exact.

Lucas and Kanade, "An iterative image registration technique" (1981), a displacement a cell; then the projection's
parameters that explain all of them best (Gauss and Newton).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from soulrig.capture.projection import Projection

Array = npt.NDArray[np.float64]

CELL = 8
# Deviations: what differs by more may show something else than a displacement, and counts less, in how far cells ask to
# be moved as in how hard (Huber). An edge of much contrast, as a border's is, would hardly move otherwise.
CLIP = 3.0
FURTHEST = 1.5  # screen pixels that a cell may ask for, or be moved, at once
LENS_HELD = 0.2  # of what the lens's curvature explains, how hard it is drawn to none
DAMPING = 1e-4  # of each parameter's weight


def registered(
    projection: Projection, seen: Array, expected: Array, noise: Array, first: tuple[int, int]
) -> Projection:
    """The projection by which `seen` would be closer to `expected`, both (rows, columns, 3), a sample a screen pixel.

    `noise` (3,) is a sample's variance, `first` the screen position of the samples' upper left corner.
    """
    error = seen - expected
    limit = CLIP * np.sqrt(noise)
    trust = limit / np.maximum(np.abs(error), limit)
    down, across = np.gradient(expected, axis=(0, 1))
    weight = trust / noise
    slopes = np.stack([across, down], -1)  # (rows, columns, 3, 2)
    normal = _by_cell(np.einsum("hwci,hwcj,hwc->hwij", slopes, slopes, weight, optimize=True))
    pull = _by_cell(np.einsum("hwci,hwc,hwc->hwi", slopes, error, weight, optimize=True))
    rows, columns = normal.shape[:2]
    v, u = np.mgrid[:rows, :columns]
    centres = (
        np.stack([first[0] + CELL * u + CELL / 2, first[1] + CELL * v + CELL / 2], -1).reshape(-1, 2).astype(float)
    )
    normal, pull = normal.reshape(-1, 2, 2), pull.reshape(-1, 2)
    pull = np.clip(pull, *_reach(normal))
    # A displacement d on the screen is one of -J d in the picture, J how the picture's place moves with the screen's.
    by_parameter = -np.linalg.solve(projection.by_position(centres), projection.by_parameter(centres))
    matrix = np.einsum("nip,nij,njq->pq", by_parameter, normal, by_parameter, optimize=True)
    vector = np.einsum("nip,ni->p", by_parameter, pull)
    # Tube and lens bend almost alike: what either explains is the tube's.
    lens = matrix[9, 9] * LENS_HELD
    matrix[9, 9] += lens
    vector[9] -= projection.parameters[9] * lens
    size = np.sqrt(np.diag(matrix)) + 1e-12
    damped = matrix / np.outer(size, size) + DAMPING * np.eye(len(size))
    step = np.linalg.solve(damped, vector / size) / size
    furthest = float(np.abs(by_parameter @ step).max())
    return projection.moved(step * min(1.0, FURTHEST / (furthest + 1e-12)))


def _by_cell(values: Array) -> Array:
    rows, columns = values.shape[0] // CELL, values.shape[1] // CELL
    return np.asarray(values.reshape(rows, CELL, columns, CELL, *values.shape[2:]).sum((1, 3)))


def _reach(normal: Array) -> tuple[Array, Array]:
    """How hard a cell may pull: as far as it would for a displacement along one axis."""
    most = FURTHEST * np.einsum("nii->ni", normal)
    return -most, most
