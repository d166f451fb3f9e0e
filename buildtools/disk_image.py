"""D64 floppy images, through the library `d64`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from d64 import DiskFullError, DiskImage

from soulrig.buildtools.petscii import to_petscii
from soulrig.errors import BadInput
from soulrig.model.files import read_bytes


def make_d64(label: str, identifier: str, programs: dict[str, bytes]) -> bytes:
    """An image of 35 tracks that holds `programs` (name in lower case to content) in their order.

    The disk is written with an interleave of 10 sectors. Raises BadInput where the programs don't fit.
    """
    with tempfile.TemporaryDirectory(prefix="soulrig-disk-") as folder:
        path = Path(folder) / "image.d64"
        DiskImage.create("d64", path, to_petscii(label), to_petscii(identifier))
        with DiskImage(path, mode="w") as image:
            for name, content in programs.items():
                try:
                    with image.path(to_petscii(name)).open("w", ftype="PRG") as file:
                        file.write(content)
                except DiskFullError as error:
                    raise BadInput(f"{name} doesn't fit on a floppy of 664 blocks") from error
        return path.read_bytes()


def read_d64(path: Path, name: str) -> bytes:
    """The content of the program `name` on an image. Raises BadInput where there is no such image or program."""
    read_bytes(path)
    try:
        with DiskImage(path) as image:
            entry = image.path(to_petscii(name))
            if entry.entry is None:
                raise BadInput(f"{path}: holds no program {name!r}")
            with entry.open() as file:
                return bytes(file.read())
    except (NotImplementedError, ValueError) as error:
        raise BadInput(f"{path}: is no D64 image: {error}") from error
