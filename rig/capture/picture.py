"""A picture of the C64's screen: palette indices and the palette, and its PNG file."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from soulrig.model.files import write_beside


@dataclass(frozen=True)
class Picture:
    """`pixels` (height, width) uint8, indices into `palette` (16, 3) uint8, red, green, blue.

    `origin` is left and top of the 320 x 200 pixels within the border, None where that is not known.
    """

    pixels: npt.NDArray[np.uint8]
    palette: npt.NDArray[np.uint8]
    origin: tuple[int, int] | None = None

    def save(self, path: Path, scale: int = 2) -> None:
        """Write a PNG, each pixel `scale` by `scale`; the indices stay readable in it."""
        image = Image.fromarray(np.kron(self.pixels, np.ones((scale, scale), np.uint8)), "P")
        image.putpalette(self.palette.tobytes())
        file = io.BytesIO()
        image.save(file, "PNG")
        write_beside(path, file.getvalue())
