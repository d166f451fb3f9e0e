"""ROM sets: KERNAL, BASIC, character set and, where there is one, a 1541's DOS; ours, or those found in a folder."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from soulrig.buildtools.rom import build_or_shipped_roms
from soulrig.errors import BadInput

# The parts by the name their file begins with, as VICE and everybody else names them, and their sizes in bytes.
PARTS = {"kernal": (8192,), "basic": (8192,), "chargen": (4096,), "dos1541": (16384,)}
OPTIONAL = ("dos1541",)
# SHA-1 of the ROMs that a PAL or NTSC C64 was sold with.
KNOWN = {
    "1d503e56df85a62fee696e7618dc5b4e781df1bb": "kernal 901227-03",
    "79015323128650c742a3694c9429aa91f355905e": "basic 901226-01",
    "adc7c31e18c7c7413d54802ef2f4193da14711aa": "chargen 901225-01",
    "ab16f56989b27d89babe5f89c5a8cb3da71a82f0": "dos 325302-01, 901229-05",
}


@dataclass(frozen=True)
class RomSet:
    """A bundle of ROM images. `dos1541` is None where the set has none."""

    name: str
    kernal: Path
    basic: Path
    chargen: Path
    dos1541: Path | None = None

    def description(self) -> dict[str, str]:
        """Name, and each part's SHA-1 with what it is known as, for the record."""
        parts = {part: path for part in PARTS if (path := getattr(self, part)) is not None}
        digests = {part: hashlib.sha1(path.read_bytes()).hexdigest() for part, path in parts.items()}
        known = {f"{part}_is": KNOWN[digest] for part, digest in digests.items() if digest in KNOWN}
        return {"name": self.name, **digests, **known}


def our_roms(folder: Path) -> RomSet:
    """Our own set: the one that is shipped or, where its sources were changed, one built into `folder`.

    Raises Fault where that needs an assembler which is missing.
    """
    files = build_or_shipped_roms(folder)
    return RomSet("rigrom", files.kernal, files.basic, files.chargen)


def find_roms(folder: Path) -> RomSet:
    """The ROM set in a folder or in its `C64` and `DRIVES`. Raises BadInput that says what is missing or not alone."""
    if not folder.is_dir():
        raise BadInput(f"{folder}: no such folder; expected one with {', '.join(PARTS)} ROM images")
    found: dict[str, Path] = {}
    for part, sizes in PARTS.items():
        files = sorted(
            path
            for place in (folder, folder / "C64", folder / "DRIVES")
            for path in place.glob("*")
            if path.is_file() and path.name.lower().startswith(part) and path.stat().st_size in sizes
        )
        preferred = [path for path in files if hashlib.sha1(path.read_bytes()).hexdigest() in KNOWN]
        if len(files) > 1 and len(preferred) == 1:
            files = preferred
        if len(files) > 1 and part not in OPTIONAL:
            raise BadInput(f"{folder}: several {part} images ({', '.join(path.name for path in files)}); leave one")
        if files:
            found[part] = files[0]
        elif part not in OPTIONAL:
            raise BadInput(f"{folder}: no {part} image, expected a file {part}* of {sizes[0]} bytes")
    return RomSet(folder.name, **found)
