"""Cartridge images: a Magic Desk cartridge of 64 KB that starts a program, as a CRT file.

The form of the file and of the hardware is the emulators' published one: a header of 64 bytes, numbers big endian, then
a packet a bank; type 19 has banks of 8 KB at $8000, chosen by a write to $DE00, whose bit 7 takes the cartridge off.
"""

from __future__ import annotations

import struct
import tempfile
from pathlib import Path

from soulrig.buildtools import assembler
from soulrig.buildtools.sources import FIRMWARE
from soulrig.errors import BadInput

SOURCES = FIRMWARE / "cartridge"
BANKS, BANK_SIZE, WINDOW = 8, 0x2000, 0x8000
BOOT_SIZE = 0x100  # bytes of bank 0 before the program's
EMPTY = b"\xff"
SIGNATURE, VERSION, MAGIC_DESK = b"C64 CARTRIDGE   ", 0x0100, 19
EXROM, GAME = 0, 1  # levels of the lines: 8 KB are seen at $8000
HEADER, PACKET = ">16sIHHBB6x32s", ">4sIHHHH"
ROM = 0  # kind of a packet


def make_crt(name: str, prg: bytes) -> bytes:
    """The image of a cartridge that starts `prg`, a program (load address first) with a BASIC line that starts it.

    Raises BadInput where the program is too long, Fault where the assembler is missing.
    """
    program = prg[2:]
    room = BANKS * BANK_SIZE - BOOT_SIZE
    if len(program) > room:
        raise BadInput(f"{name}: {len(program)} bytes, a cartridge holds {room} at most")
    rom = (_boot(prg) + program).ljust(BANKS * BANK_SIZE, EMPTY)
    size = struct.calcsize(HEADER)
    image = struct.pack(HEADER, SIGNATURE, size, VERSION, MAGIC_DESK, EXROM, GAME, name.upper().encode())
    for bank in range(BANKS):
        content = rom[bank * BANK_SIZE :][:BANK_SIZE]
        image += struct.pack(PACKET, b"CHIP", struct.calcsize(PACKET) + BANK_SIZE, ROM, bank, WINDOW, BANK_SIZE)
        image += content
    return image


def _boot(prg: bytes) -> bytes:
    """The first page, assembled for this program."""
    start, link = (int.from_bytes(prg[at : at + 2], "little") for at in (0, 2))
    constants = {"PROGRAM": start, "PROGRAM_END": start + len(prg) - 2, "LINK": link}
    with tempfile.TemporaryDirectory(prefix="soulrig-cartridge-") as folder:
        include = Path(folder)
        lines = [f"{constant} = ${value:04X}\n" for constant, value in constants.items()]
        (include / "cartridge.inc").write_text("".join(lines))
        sources = sorted(SOURCES.glob("*.s"))
        return assembler.assemble(sources, SOURCES / "cartridge.cfg", "boot", include=[include]).outputs["boot"]
