"""The disk part of the serial agent: 6502 routines that read and write a drive's sectors, and compute CRCs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from soulrig.buildtools import assembler
from soulrig.buildtools.sources import FIRMWARE

SOURCES = FIRMWARE / "riglink" / "disk"
NAME = "disk"


@dataclass(frozen=True)
class DiskPart:
    """`code` belongs at `start`; `symbols` are the addresses of its routines and cells."""

    start: int
    code: bytes
    symbols: dict[str, int]


@cache
def make_disk_part() -> DiskPart:
    """Assembled anew. Raises Fault where the assembler is missing."""
    made = assembler.assemble(sorted(SOURCES.glob("*.s")), SOURCES / f"{NAME}.cfg", NAME, include=[SOURCES])
    return DiskPart(made.segments[0].start, made.outputs[NAME], made.symbols)
