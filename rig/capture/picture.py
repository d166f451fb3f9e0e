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
    """`pixels` (height, width) uint8, indices into `palette` (16, 3) uint8, red, green, blue."""

    pixels: npt.NDArray[np.uint8]
    palette: npt.NDArray[np.uint8]

    def save(self, path: Path, scale: int = 2) -> None:
        """Write a PNG, each pixel `scale` by `scale`; the indices stay readable in it."""
        image = Image.fromarray(np.kron(self.pixels, np.ones((scale, scale), np.uint8)), "P")
        image.putpalette(self.palette.tobytes())
        file = io.BytesIO()
        image.save(file, "PNG")
        write_beside(path, file.getvalue())
