"""D64 floppy images, through the library `d64`."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from d64 import DiskImage
from d64.block import Block

from soulrig.buildtools.petscii import to_petscii
from soulrig.errors import BadInput
from soulrig.model.files import read_bytes

INTERLEAVE = 10  # sectors from one of a file to its next: what the fast loader keeps pace with
SECTORS = {"D64": 683, "D64 of 40 tracks": 768, "D64 of 42 tracks": 802, "D71": 1366, "D81": 3200}
IMAGE_SIZES = {sectors * size for sectors in SECTORS.values() for size in (256, 257)}  # 257: with an error byte each
GCR_MARK = b"GCR-1541"
BLOCK, BLOCKS = 254, 664  # bytes of a file in a sector; sectors outside the directory's track


@dataclass(frozen=True)
class DiskFile:
    """A file of a disk, its name in PETSCII."""

    name: bytes
    kind: str  # PRG, SEQ, USR, REL, DEL
    blocks: int
    content: bytes


@dataclass(frozen=True)
class Disk:
    """All that is on a disk, as its directory tells; names in PETSCII."""

    label: bytes
    identifier: bytes  # with the DOS type, as the directory shows it
    files: tuple[DiskFile, ...]
    blocks_free: int


def make_d64(label: str, identifier: str, programs: dict[str, bytes]) -> bytes:
    """An image of 35 tracks that holds `programs` (name in lower case to content) in their order.

    From a sector of a program to its next on a track it is INTERLEAVE sectors' way; a 1541 that writes would take one
    less where a track begins anew, and the fast loader would have to wait for the disk to turn once more. Raises
    BadInput where the programs don't fit.
    """
    blocks = sum(-(-len(content) // BLOCK) for content in programs.values())
    if blocks > BLOCKS:
        raise BadInput(f"{', '.join(programs)}: {blocks} blocks, a floppy holds {BLOCKS} at most")
    with tempfile.TemporaryDirectory(prefix="soulrig-disk-") as folder:
        path = Path(folder) / "image.d64"
        DiskImage.create("d64", path, to_petscii(label), to_petscii(identifier))
        with DiskImage(path, mode="w") as image:
            image.alloc_next_block = partial(_next_block, image, image.alloc_next_block)
            for name, content in programs.items():
                with image.path(to_petscii(name)).open("w", ftype="PRG") as file:
                    file.write(content)
        return path.read_bytes()


def _next_block(image: Any, otherwise: Any, track: int, sector: int, directory: bool = False) -> Any:
    """The block for what follows a file's sector: `image` is the library's, `otherwise` its own choice."""
    following = (sector + INTERLEAVE) % image.max_sectors(track)
    if directory or image.bam.is_allocated(track, following):
        return otherwise(track, sector, directory)
    image.bam.set_allocated(track, following)
    return Block(image, track, following)


def check_image(path: Path) -> None:
    """Raise BadInput for what is no image of a 1541's, 1571's or 1581's disk: an emulator says nothing of it."""
    content = read_bytes(path)
    if len(content) not in IMAGE_SIZES and not content.startswith(GCR_MARK):
        raise BadInput(f"{path}: is no D64 image, nor a D71, D81 or G64: it has {len(content)} bytes")


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


def read_disk(path: Path) -> Disk:
    """Everything on an image. Raises BadInput where it is none."""
    read_bytes(path)
    try:
        with DiskImage(path) as image:
            files = []
            for entry in image.iterdir():
                with entry.open() as file:
                    files.append(DiskFile(entry.name, entry.entry.file_type, entry.size_blocks, bytes(file.read())))
            identifier = image.id + b"\xa0" + bytes([image.dos_version, image.dos_type])
            return Disk(image.name, identifier, tuple(files), image.bam.total_free())
    except (NotImplementedError, ValueError) as error:
        raise BadInput(f"{path}: is no D64 image: {error}") from error
