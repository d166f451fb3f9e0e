"""Builds our own ROMs from firmware/rigrom: KERNAL, BASIC stub and character set."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from soulrig.buildtools import assembler
from soulrig.buildtools.charset import read_charset
from soulrig.model.files import write_beside

SOURCES = Path(__file__).resolve().parent.parent / "firmware" / "rigrom"


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
    sources = sorted((SOURCES / name).glob("*.s"))
    return assembler.assemble(sources, SOURCES / f"{name}.cfg", name, include=[SOURCES])


def build_roms(output: Path) -> RomSet:
    """Write `kernal.bin` (8 KB), `basic.bin` (8 KB) and `chargen.bin` (4 KB) into the folder `output`.

    The same sources give the same bytes. Raises Fault where the assembler is missing.
    """
    output.mkdir(parents=True, exist_ok=True)
    roms = RomSet(output / "kernal.bin", output / "basic.bin", output / "chargen.bin")
    write_beside(roms.kernal, assemble_rom("kernal").outputs["kernal"])
    write_beside(roms.basic, assemble_rom("basic").outputs["basic"])
    write_beside(roms.chargen, read_charset(SOURCES / "charset"))
    return roms
