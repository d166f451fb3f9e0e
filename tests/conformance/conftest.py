"""The ROM sets that the suite runs against, and a C64 with one of them, the same at the start of every check.

Ours is always one; the folder named in the environment variable SOULRIG_ROMS, where there is one, is another. What a
genuine set fails is a wrong check.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from subject import BACK, CALLER, Subject

from soulrig.buildtools.disk_image import make_d64
from soulrig.machines.roms import RomSet, find_roms, our_roms
from soulrig.machines.vice import VICE_NAMES
from soulrig.vice_driver.process import RomFiles, RomTree, ViceOptions
from soulrig.vice_driver.vice import Vice

ROM_SETS = ["rigrom", *(["given"] if os.environ.get("SOULRIG_ROMS") else [])]
BOOT_CYCLES = 10_000_000
JMP_SELF = bytes([0x4C, CALLER & 0xFF, CALLER >> 8])

NUMBERS = bytes(range(256)) * 2
DISK = {
    "hello": bytes.fromhex("0108 0B08 0A00 9E 32303631 00 0000 A94F 20D2FF A94B 4CD2FF"),  # 10 SYS2061, prints OK
    "data": bytes.fromhex("00 20") + NUMBERS,
    "short": bytes.fromhex("00 20 01 02 03"),
    "text": b"FIRST\rSECOND\r",
    "listing": bytes.fromhex("0108 0F08 0A00 99 22 4849 22 00 1508 1400 80 00 0000")[:0]
    + bytes.fromhex("0108 0C08 0A00 99 22 4849 22 00 1208 1400 80 00 0000"),  # 10 PRINT"HI" / 20 END
}


def rom_set(name: str, folder: Path) -> RomSet:
    return our_roms(folder) if name == "rigrom" else find_roms(Path(os.environ["SOULRIG_ROMS"]))


def rom_option(roms: RomSet, folder: Path) -> RomFiles | RomTree:
    """VICE serves its virtual drive to a KERNAL that it knows only where that is not given by path."""
    if roms.name == "rigrom":
        return RomFiles(roms.kernal, roms.basic, roms.chargen)
    for part, name in VICE_NAMES.items():
        source: Path | None = getattr(roms, part)
        if source is not None:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(source.resolve())
    return RomTree(folder)


@pytest.fixture(scope="session", params=ROM_SETS)
def booted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    """A C64 that has come to READY. and to a SYS, with a snapshot of each."""
    folder = tmp_path_factory.mktemp(request.param)
    disk = folder / "disk.d64"
    disk.write_bytes(make_d64("conformance", "01", DISK))
    options = ViceOptions(roms=rom_option(rom_set(request.param, folder), folder / "tree"), disk=disk)
    with Vice(options, running=False) as vice:
        subject = Subject(vice, request.param)
        vice.run_until(lambda: "READY." in subject.rows(), BOOT_CYCLES, "READY.")
        subject.to_prompt()
        settle(subject)
        vice.save(vice.process.folder / "ready.vsf")
        subject.poke(CALLER, JMP_SELF)
        subject.keys(b"SYS49152")
        subject.to_prompt()
        subject.keys(b"\r")
        vice.run_to(CALLER, BOOT_CYCLES)
        subject.print(b"\x93")
        vice.save(vice.process.folder / "called.vsf")
        yield subject


def settle(subject: Subject) -> None:
    """Go on until no interrupt is being served."""
    for _ in range(1000):
        if not subject.registers().no_irq:
            return
        subject.vice.monitor.advance(50)
    raise AssertionError("the CPU never comes out of its interrupt")


@pytest.fixture
def c64(booted: Subject) -> Subject:
    """A C64 within a SYS from direct mode, its screen cleared."""
    booted.vice.restore(booted.vice.process.folder / "called.vsf")
    assert booted.registers().pc == BACK
    return booted


@pytest.fixture
def prompt(booted: Subject) -> Subject:
    """A C64 just switched on that waits at READY."""
    booted.vice.restore(booted.vice.process.folder / "ready.vsf")
    return booted
