"""Builds riglink, the agent on a C64 with a serial line: a program for each line, and a disk that holds them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from soulrig.buildtools import assembler
from soulrig.buildtools.disk_image import make_d64
from soulrig.buildtools.link_protocol import Driver, protocol_include
from soulrig.buildtools.sources import C64, FIRMWARE

SOURCES = FIRMWARE / "riglink"
BASIC_START, RESIDENT = 0x0801, 0xC000
# The core, which another program may be linked with; a line's driver comes to it.
CORE = ("exchange", "frames", "crc", "events", "identity", "commands", "cycles")
ALONE = ("start", "resident", "restart", "clock", "memory_crc")
LINES = {Driver.SWIFTLINK: "swiftlink", Driver.USERPORT: "userport", Driver.UP9600: "up9600"}
PINS = {Driver.USERPORT: ("userport_pins",), Driver.UP9600: ("userport_pins",)}  # what some have in common


def core_sources(driver: Driver) -> list[Path]:
    """What the core with a line's driver is assembled from; it includes from `SOURCES`, `C64`, and `protocol.inc`."""
    return [SOURCES / f"{name}.s" for name in (*CORE, LINES[driver], *PINS.get(driver, ()))]


def assemble_riglink(driver: Driver) -> assembler.Program:
    """The agent that stands alone, with every label; the program is the output `riglink`, load address first.

    Raises Fault where the assembler is missing.
    """
    sources = [*(SOURCES / f"{name}.s" for name in (*ALONE, f"{LINES[driver]}_name")), *core_sources(driver)]
    with tempfile.TemporaryDirectory(prefix="soulrig-riglink-") as folder:
        include = Path(folder)
        (include / "protocol.inc").write_text(protocol_include())
        return assembler.assemble(sources, SOURCES / "riglink.cfg", "riglink", include=[include, SOURCES, C64])


def make_resident(driver: Driver) -> bytes:
    """What stays of it at RESIDENT, load address first: to be put there by other means and started there."""
    program = assemble_riglink(driver)
    content = program.outputs["riglink"][program.symbols["__RESIDENT_LOAD__"] - BASIC_START + 2 :]
    return RESIDENT.to_bytes(2, "little") + content


def make_programs() -> dict[str, bytes]:
    """The agent for each line, by the name that it has on the disk."""
    return {f"riglink {name}": assemble_riglink(driver).outputs["riglink"] for driver, name in LINES.items()}


def make_disk() -> bytes:
    """An image that holds them all."""
    return make_d64("riglink", "rl", make_programs())
