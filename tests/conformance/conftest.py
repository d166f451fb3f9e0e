"""The ROM sets that the suite runs against, and a C64 with one of them, the same at the start of every check.

Ours is always one; the folder named in the environment variable SOULRIG_ROMS, where there is one, is another. What a
genuine set fails is a wrong check.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from floppy import FILES
from subject import BACK, CALLER, Subject

from soulrig.buildtools.disk_image import make_d64
from soulrig.machines.roms import find_roms, our_roms
from soulrig.machines.vice import genuine_tree
from soulrig.vice_driver.options import RomFiles, RomTree, ViceOptions
from soulrig.vice_driver.vice import Vice

ROM_SETS = ["rigrom", *(["given"] if os.environ.get("SOULRIG_ROMS") else [])]
BOOT_CYCLES = 10_000_000
JMP_SELF = bytes([0x4C, CALLER & 0xFF, CALLER >> 8])


def roms_for_vice(name: str, folder: Path) -> RomFiles | RomTree:
    """The ROM set as VICE must be given it to serve drive 8: one that it knows in a tree, any other by path."""
    if name == "rigrom":
        ours = our_roms(folder)
        return RomFiles(ours.kernal, ours.basic, ours.chargen)
    return genuine_tree(find_roms(Path(os.environ["SOULRIG_ROMS"])), folder)


@pytest.fixture(scope="session", params=ROM_SETS)
def booted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    """A C64 that has come to READY. and to a SYS, with a snapshot of each."""
    folder = tmp_path_factory.mktemp(request.param)
    disk = folder / "disk.d64"
    disk.write_bytes(make_d64("conformance", "01", FILES))
    options = ViceOptions(roms=roms_for_vice(request.param, folder / "roms"), disk=disk)
    with Vice(options, running=False) as vice:
        subject = Subject(vice)
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
