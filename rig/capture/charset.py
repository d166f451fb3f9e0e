"""A C64's character set as the reader of pictures needs it: bitmaps, and which codes look the same."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from soulrig.buildtools.rom import build_or_shipped_roms
from soulrig.errors import BadInput

SIZE = 4096
SPACE = 0x20


@dataclass(frozen=True)
class Charset:
    """`bitmaps` is (2, 256, 8, 8) uint8, 1 for ink: first the set of large letters and graphics, then small letters."""

    bitmaps: npt.NDArray[np.uint8]

    @classmethod
    def load(cls, path: Path) -> Charset:
        """Read a character ROM's image of 4096 bytes. Raises BadInput for a file that is none."""
        try:
            data = path.read_bytes()
        except OSError as error:
            raise BadInput(f"{path}: {error.strerror}; expected a character set of {SIZE} bytes") from error
        return cls.from_bytes(data, str(path))

    @classmethod
    def from_bytes(cls, data: bytes, name: str) -> Charset:
        """The character set in a ROM image; `name` is what an error calls it."""
        if len(data) != SIZE:
            raise BadInput(f"{name}: {len(data)} bytes, expected a character set of {SIZE}: 2 sets of 256 glyphs")
        return cls(np.unpackbits(np.frombuffer(data, np.uint8)).reshape(2, 256, 8, 8))

    @cached_property
    def first_alike(self) -> npt.NDArray[np.uint8]:
        """(2, 256): for each code the lowest one that looks the same, but 0x20 for all that are empty."""
        alike = np.zeros((2, 256), np.uint8)
        for number, shapes in enumerate(self.bitmaps):
            first: dict[bytes, int] = {bytes(64): SPACE}
            for code, shape in enumerate(shapes):
                alike[number, code] = first.setdefault(shape.tobytes(), code)
        return alike


def our_charset() -> Charset:
    """The rig ROM's character set, which every machine has that is given no other."""
    with tempfile.TemporaryDirectory(prefix="soulrig-charset-") as folder:
        return Charset.load(build_or_shipped_roms(Path(folder)).chargen)
