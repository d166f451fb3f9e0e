"""What happens to a picture of a screen on its way through tube, lens, grabber and file, by strength; seeded.

Shares no code with the reader: pictures are drawn by an emulator, then bent by SciPy's map_coordinates.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

Array = npt.NDArray[np.float64]

FINE = 4  # samples a screen pixel, along each axis, while a picture is bent
SCALES = (0.8, 4.0)
DEGREES, CORNER, BARREL = 3.0, 0.04, 0.03
BLUR, NOISE, SMEAR, DIM, QUALITY = 0.6, 12.0, 1.6, 0.5, 40


@dataclass(frozen=True)
class Torture:
    """How strong each is, 0 to 1; `scale` is picture pixels a screen pixel, `margin` what is seen beside the picture.

    A negative margin cuts into the border.
    """

    scale: float = 2.0
    margin: float = 0.05
    rotation: float = 0.0
    corners: float = 0.0
    barrel: float = 0.0
    blur: float = 0.0
    noise: float = 0.0
    smear: float = 0.0
    dim: float = 0.0
    jpeg: float = 0.0


# All but where the camera stands.
STRENGTHS = tuple(field.name for field in fields(Torture))[2:]


def drawn_at_random(rng: np.random.Generator, strength: float | None = None) -> Torture:
    """All at once: each strength drawn from 0 to 1, or each the one given."""
    low, high = np.log(SCALES)
    return Torture(
        float(np.exp(rng.uniform(low, high))),
        float(rng.uniform(-0.03, 0.1)),
        *(float(rng.uniform()) if strength is None else strength for _ in STRENGTHS),
    )


def tortured(picture: npt.NDArray[np.uint8], by: Torture, rng: np.random.Generator) -> Image.Image:
    """The picture (height, width, 3) as it arrives."""
    fine = _smeared(picture / 255, by.smear)
    fine = np.kron(fine, np.ones((FINE, FINE, 1)))
    pixel = 0.29 / by.scale  # what a pixel of the camera sees, as a deviation
    fine = ndimage.gaussian_filter(fine, (FINE * np.hypot(BLUR * by.blur, pixel),) * 2 + (0,), truncate=3)
    seen = _bent(fine, by, rng)
    height, width = seen.shape[:2]
    seen *= _light(height, width, by.dim, rng)[..., None]
    seen = seen * 255 + rng.normal(0, NOISE * by.noise, seen.shape)
    image = Image.fromarray(np.clip(np.round(seen), 0, 255).astype(np.uint8))
    if by.jpeg == 0:
        return image
    file = io.BytesIO()
    image.save(file, "JPEG", quality=round(100 - (100 - QUALITY) * by.jpeg))
    return Image.open(file)


def _smeared(picture: Array, strength: float) -> Array:
    """PAL: colour has little bandwidth, and is the mean of two lines."""
    luma = picture @ (0.299, 0.587, 0.114)
    colour = picture - luma[..., None]
    lines = (colour + np.roll(colour, 1, 0)) / 2
    colour = colour + strength * (lines - colour)
    colour = ndimage.gaussian_filter1d(colour, SMEAR * strength, axis=1) if strength else colour
    luma = ndimage.gaussian_filter1d(luma, 0.25 * strength, axis=1) if strength else luma
    return np.asarray(luma[..., None] + colour)


def _bent(fine: Array, by: Torture, rng: np.random.Generator) -> Array:
    """Barrel distortion, the corners moved, turned, scaled; what is not the picture is dark."""
    height, width = (size / FINE for size in fine.shape[:2])
    out_width, out_height = (round(by.scale * size * (1 + 2 * by.margin)) for size in (width, height))
    x, y = np.meshgrid(np.arange(out_width) + 0.5, np.arange(out_height) + 0.5)
    x, y = (x - out_width / 2) / by.scale, (y - out_height / 2) / by.scale
    tube = rng.uniform() < 0.5  # bent by the tube, before the perspective, or by the lens, after it
    if not tube:
        x, y = _barrel(x, y, width, height, by.barrel)
    angle = np.radians(DEGREES) * by.rotation * rng.choice([-1, 1])
    x, y = x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)
    x, y = _perspective(x, y, width, height, by.corners, rng)
    if tube:
        x, y = _barrel(x, y, width, height, by.barrel)
    places = [(y + height / 2) * FINE - 0.5, (x + width / 2) * FINE - 0.5]
    dark = float(rng.uniform(0.02, 0.15))
    return np.stack([ndimage.map_coordinates(fine[..., c], places, order=1, cval=dark) for c in range(3)], -1)


def _barrel(x: Array, y: Array, width: float, height: float, strength: float) -> tuple[Array, Array]:
    """From where a point of the bent picture comes; the corners come from outside by BARREL of their distance."""
    bend = 1 + BARREL * strength * (x**2 + y**2) / ((width**2 + height**2) / 4)
    return x * bend, y * bend


def _perspective(
    x: Array, y: Array, width: float, height: float, strength: float, rng: np.random.Generator
) -> tuple[Array, Array]:
    """The plane's map that moves each corner by up to CORNER of width and height."""
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2
    moved = corners + rng.uniform(-1, 1, (4, 2)) * CORNER * strength
    rows = []
    for (a, b), (p, q) in zip(moved, corners, strict=True):
        rows += [[a, b, 1, 0, 0, 0, -p * a, -p * b, -p], [0, 0, 0, a, b, 1, -q * a, -q * b, -q]]
    h = np.linalg.svd(np.array(rows))[2][-1].reshape(3, 3)
    a, b = x / width, y / height
    depth = h[2, 0] * a + h[2, 1] * b + h[2, 2]
    return (h[0, 0] * a + h[0, 1] * b + h[0, 2]) / depth * width, (h[1, 0] * a + h[1, 1] * b + h[1, 2]) / depth * height


def _light(height: int, width: int, strength: float, rng: np.random.Generator) -> Array:
    """Bright at one place, and less with the distance from there; DIM at the furthest."""
    y, x = np.mgrid[:height, :width] / max(height, width)
    off = np.hypot(x - rng.uniform(0, x.max()), y - rng.uniform(0, y.max()))
    return np.asarray(1 - DIM * strength * (off / off.max()) ** rng.uniform(1, 2))
