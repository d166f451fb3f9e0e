"""Where in a picture a C64's screen may lie: rings of one colour, which a border is, and the shape of their holes.

The border may be lit unevenly, bent, noisy and touched by text; what is found is good to a screen pixel or so. Which of
several shapes is a screen, reading it must show.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from scipy.optimize import least_squares

from soulrig.capture.fields import fit_field
from soulrig.capture.projection import CORNERS, HEIGHT, PARAMETERS, WIDTH, Projection

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

BLURS = (1.2, 2.4)  # pixels of the small picture
FLAT = (3.0, 5.0, 8.0)  # steps of colour a pixel, below which a surface is one; in a noisy picture more:
CALM = 30  # percent of a picture are flat
SMALLEST = 0.12  # of the picture: a screen takes more
RING = 0.01  # of the picture: a border takes more
LIKE = (7.0, 4.0)  # a pixel belongs to the ring: within so many steps of colour, or of its deviations
BEFORE, INSIDE = 2, 6  # pixels about a hole's edge in which the edge itself is looked for
SIDES = ("left", "right", "top", "bottom")
ASPECTS = (1.25, 2.1)  # width by height of a screen in a picture: 1.6, tubes and capture cards squeeze it


def screen_shapes(picture: Array) -> Iterator[list[Projection]]:
    """Places where a screen may lie in a picture (height, width, 3), likely ones first, each roughly once.

    In turns, from a finer look to a coarser one, which noise leads astray less: an edge that is smooth may be that of a
    part of the border, so that only reading what is found can tell whether to look again.
    """
    seen: list[Array] = []
    for blur in BLURS:
        found: list[tuple[float, Projection]] = []
        smooth = ndimage.gaussian_filter(picture, (blur, blur, 0))
        slope = np.sqrt(sum(ndimage.sobel(smooth, axis) ** 2 for axis in (0, 1)).sum(-1)) / 8
        calm = float(np.percentile(slope, CALM))
        for limit in FLAT:
            for hole, off in _holes(slope < max(limit, limit / FLAT[0] * calm), smooth):
                shape = _shape(hole, off)
                if shape is None:
                    continue
                corners = shape[1](CORNERS)
                if not any(np.abs(corners - other).max() < 2 for other in seen):
                    seen.append(corners)
                    found.append(shape)
        yield [shape for _, shape in sorted(found, key=itemgetter(0))]


def _holes(flat: Mask, smooth: Array) -> Iterator[tuple[Mask, Array]]:
    """What lies within each ring of one colour, the largest first; how far from the ring's colour the picture is."""
    parts, count = ndimage.label(flat)
    sizes = np.bincount(parts.ravel(), minlength=count + 1)
    sizes[0] = 0
    for part in np.argsort(-sizes)[:6]:
        if sizes[part] < RING * flat.size:
            break
        ring, off = _grown(parts == part, smooth)
        closed = np.pad(ring, 1, constant_values=True)
        inside = ndimage.binary_opening(~closed, iterations=2)
        holes, found = ndimage.label(inside)
        if not found:
            continue
        areas = np.bincount(holes.ravel(), minlength=found + 1)
        areas[0] = 0
        hole = int(np.argmax(areas))
        if areas[hole] >= SMALLEST * flat.size:
            yield ndimage.binary_fill_holes(holes == hole)[1:-1, 1:-1], off


def _grown(seed: Mask, smooth: Array) -> tuple[Mask, Array]:
    """All that has the seed's colour, which may change slowly across the picture, and hangs together with it.

    And how far from that colour the picture is.
    """
    rows, columns = np.nonzero(seed)
    pick = slice(None, None, max(1, len(rows) // 4000))
    height, width = seed.shape
    places = np.stack([columns / width, rows / height], -1)[pick]
    field = fit_field(places, smooth[rows, columns][pick], degree=2)
    across, down = np.meshgrid(np.arange(width) / width, np.arange(height) / height)
    off = np.abs(smooth - field(np.stack([across, down], -1))).max(-1)
    allowed = max(LIKE[0], LIKE[1] * 1.48 * float(np.median(off[seed])))
    like = ndimage.binary_opening(off < allowed)
    parts, _ = ndimage.label(like | seed)
    kept = np.unique(parts[seed & like])
    return np.isin(parts, kept[kept > 0]), off


def _shape(hole: Mask, off: Array) -> tuple[float, Projection] | None:
    """The screen whose edge is that of a hole, and how far that strays; None where it has not a screen's shape."""
    height, width = hole.shape
    edges = {
        "left": _edge(hole, off),
        "right": _edge(hole[:, ::-1], off[:, ::-1]) * (-1, 1) + (width - 1, 0),
        "top": _edge(hole.T, off.T)[:, ::-1],
        "bottom": _edge(hole[::-1].T, off[::-1].T)[:, ::-1] * (1, -1) + (0, height - 1),
    }
    first, last = _rough_corners(hole)
    kept = {}
    for side, points in edges.items():
        along = 1 if side in ("left", "right") else 0
        low, high = first[along], last[along]
        margin = 0.06 * (high - low)
        kept[side] = points[(points[:, along] > low + margin) & (points[:, along] < high - margin)][::2]
        if len(kept[side]) < 10:
            return None
    corners = np.array([first, [last[0], first[1]], last, [first[0], last[1]]])
    stray, shape = _fitted(Projection.through(corners, (width, height)), kept)
    across, down = shape.by_position(np.array([[WIDTH / 2, HEIGHT / 2]]))[0].T
    aspect = float(np.hypot(*across) * WIDTH / (np.hypot(*down) * HEIGHT))
    if not ASPECTS[0] < aspect < ASPECTS[1]:
        return None
    whole = np.all([first < 2, last > (width - 3, height - 3)])
    return stray + 10 * float(whole), shape  # a picture of nothing but a screen is rare


def _edge(hole: Mask, off: Array) -> Array:
    """The left edge of a hole, (n, 2) x and y: where the colour is half way from the ring's to that inside."""
    rows = np.nonzero(hole.any(1))[0]
    start = hole[rows].argmax(1)
    places = np.arange(-BEFORE, INSIDE)
    profile = off[rows[:, None], np.clip(start[:, None] + places, 0, hole.shape[1] - 1)]
    beyond = profile >= profile.max(1, keepdims=True) / 2
    at = beyond.argmax(1)
    there, before = (profile[np.arange(len(rows)), np.maximum(at - back, 0)] for back in (0, 1))
    part = np.where(there > before, (profile.max(1) / 2 - before) / np.maximum(there - before, 1e-9), 0.5)
    x = np.where(
        start <= 1, -0.5, start + places[at] - 1 + np.clip(part, 0, 1)
    )  # a hole may begin at the picture's edge
    return np.stack([x, rows], -1).astype(float)


def _rough_corners(hole: Mask) -> tuple[Array, Array]:
    """Upper left and lower right of the part that is wide and high: half of the largest extent at least."""
    wide, high = hole.sum(1), hole.sum(0)
    rows, columns = np.nonzero(wide > wide.max() / 2)[0], np.nonzero(high > high.max() / 2)[0]
    return np.array([columns[0], rows[0]], float), np.array([columns[-1], rows[-1]], float)


def _fitted(start: Projection, edges: dict[str, Array]) -> tuple[float, Projection]:
    """The projection whose four sides run along points of the hole's edge, and how far those are from it in the middle.

    Strays count little.
    """
    across, down = np.linspace(-8, WIDTH + 8, 43), np.linspace(-8, HEIGHT + 8, 33)
    sides = {
        "left": np.stack([np.zeros_like(down), down], -1),
        "right": np.stack([np.full_like(down, WIDTH), down], -1),
        "top": np.stack([across, np.zeros_like(across)], -1),
        "bottom": np.stack([across, np.full_like(across, HEIGHT)], -1),
    }
    # Curvatures are small: what a photograph hardly shows must not be explained by two large ones.
    expected = np.array([0, 0, 0, 0, 0, 0, 0, 0, 3.0, 30.0])
    scale = np.array([10, 10, 10, 10, 10, 10, 0.1, 0.1, 0.05, 0.05])

    def off(change: Array) -> Array:
        shape = start.moved(change * scale)
        parts = [change * expected]
        for side in SIDES:
            along = 1 if side in ("left", "right") else 0
            line, points = shape(sides[side]), edges[side]
            order = np.argsort(line[:, along])
            at = np.interp(points[:, along], line[order, along], line[order, 1 - along])
            parts.append(at - points[:, 1 - along])
        return np.concatenate(parts)

    change = least_squares(off, np.zeros(PARAMETERS), loss="soft_l1", f_scale=0.7, max_nfev=40).x
    return float(np.median(np.abs(off(change)[PARAMETERS:]))), start.moved(change * scale)
