"""D64 floppy images, through the library `d64`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from d64 import DiskImage

from soulrig.buildtools.petscii import to_petscii
from soulrig.errors import BadInput
from soulrig.model.files import read_bytes

BLOCK, BLOCKS = 254, 664  # bytes of a file in a sector; sectors outside the directory's track


def make_d64(label: str, identifier: str, programs: dict[str, bytes]) -> bytes:
    """An image of 35 tracks that holds `programs` (name in lower case to content) in their order.

    The disk is written with an interleave of 10 sectors. Raises BadInput where the programs don't fit.
    """
    blocks = sum(-(-len(content) // BLOCK) for content in programs.values())
    if blocks > BLOCKS:
        raise BadInput(f"{', '.join(programs)}: {blocks} blocks, a floppy holds {BLOCKS} at most")
    with tempfile.TemporaryDirectory(prefix="soulrig-disk-") as folder:
        path = Path(folder) / "image.d64"
        DiskImage.create("d64", path, to_petscii(label), to_petscii(identifier))
        with DiskImage(path, mode="w") as image:
            for name, content in programs.items():
                with image.path(to_petscii(name)).open("w", ftype="PRG") as file:
                    file.write(content)
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
