"""Builds our own ROMs from firmware/rigrom: KERNAL, BASIC stub and character set."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from soulrig.buildtools import assembler, shipped
from soulrig.buildtools.charset import read_charset
from soulrig.buildtools.sources import FIRMWARE
from soulrig.model.files import read_json, write_beside

SOURCES = FIRMWARE / "rigrom"
ASSEMBLED = ("kernal", "basic")
ORIGIN = "rigrom.json"  # beside the images: what they were made from


@dataclass(frozen=True)
class RomSet:
    """ROM images by path, as an emulator takes them."""

    kernal: Path
    basic: Path
    chargen: Path

    @property
    def paths(self) -> tuple[Path, Path, Path]:
        """KERNAL, BASIC, character set."""
        return self.kernal, self.basic, self.chargen


def assemble_rom(name: str) -> assembler.Program:
    """Assemble the ROM `name`, "kernal" or "basic": 8192 bytes in `outputs[name]`, and every label.

    Raises Fault where the assembler is missing, DoesNotFitError where a segment grew into the next fixed address.
    """
    return assembler.assemble(_files(name), SOURCES / f"{name}.cfg", name, include=[SOURCES])


def build_roms(output: Path) -> RomSet:
    """Write `kernal.bin` (8 KB), `basic.bin` (8 KB) and `chargen.bin` (4 KB) into the folder `output`.

    The same sources give the same bytes, and `rigrom.json` tells which those were. Raises Fault where the assembler is
    missing.
    """
    output.mkdir(parents=True, exist_ok=True)
    roms = _in(output)
    origin = {"sources_sha256": _sources_digest()}
    for name, path in zip(ASSEMBLED, roms.paths, strict=False):
        write_beside(path, assemble_rom(name).outputs[name])
    write_beside(roms.chargen, read_charset(SOURCES / "charset"))
    write_beside(output / ORIGIN, json.dumps(origin, indent=1).encode() + b"\n")
    return roms


def build_or_shipped_roms(output: Path) -> RomSet:
    """The same, but without the assembler where the ROMs that are shipped are made from the very same sources."""
    folder = shipped.shipped_folder()
    if folder is not None and (folder / "rigrom" / ORIGIN).is_file():
        ready = folder / "rigrom"
        if read_json(ready / ORIGIN).get("sources_sha256") == _sources_digest():
            return _in(ready)
    return build_roms(output)


def _in(folder: Path) -> RomSet:
    return RomSet(folder / "kernal.bin", folder / "basic.bin", folder / "chargen.bin")


def _files(name: str) -> list[Path]:
    return sorted((SOURCES / name).glob("*.s"))


def _sources_digest() -> str:
    """Of all that the three images are made from."""
    parts = [assembler.digest(_files(name), SOURCES / f"{name}.cfg", [SOURCES]) for name in ASSEMBLED]
    parts.append(hashlib.sha256(read_charset(SOURCES / "charset")).hexdigest())
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()
