"""The program FAST, which loads another one from the same floppy some six times as fast as the KERNAL does."""

from __future__ import annotations

import tempfile
from pathlib import Path

from soulrig.buildtools import assembler
from soulrig.buildtools.disk_image import BLOCK
from soulrig.buildtools.petscii import to_petscii
from soulrig.buildtools.sources import C64, FIRMWARE

SOURCES = FIRMWARE / "fastload"
FAST_NAME = "fast"
RESIDENT = 0xC000  # where the loader stays: the program ends before it
MOST_BLOCKS = 224


def make_fast(name: str, prg: bytes) -> bytes | None:
    """The loader (load address first) of the program `name`, whose file is `prg`.

    None where that reaches up to the loader. Raises Fault where the assembler is missing.
    """
    end = int.from_bytes(prg[:2], "little") + len(prg) - 2
    blocks = -(-len(prg) // BLOCK)
    return assemble_fast(name, blocks).outputs[FAST_NAME] if end <= RESIDENT and blocks <= MOST_BLOCKS else None


def assemble_fast(name: str, blocks: int) -> assembler.Program:
    """The same with every label, for a file of so many blocks."""
    with tempfile.TemporaryDirectory(prefix="soulrig-fastload-") as folder:
        include = Path(folder)
        letters = to_petscii(name).decode("ascii")
        (include / "fastload.inc").write_text(f'.define NAME "{letters}"\nBLOCKS = {blocks}\n')
        files = sorted(SOURCES.glob("*.s"))
        return assembler.assemble(files, SOURCES / "fastload.cfg", FAST_NAME, include=[include, SOURCES, C64])
