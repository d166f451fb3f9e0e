"""`soulrig flash --to serial` with a VICE that is reached by its serial line alone: killed midway, and called again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from vice_line import BAUD, HARDWARE, Cable, Noise

from soulrig.buildtools.disk_image import make_d64
from soulrig.buildtools.link_protocol import Driver
from soulrig.buildtools.riglink import LINES, make_programs
from soulrig.flash.image import Image, Sector
from soulrig.machines.roms import find_roms, our_roms
from soulrig.machines.vice import genuine_tree
from soulrig.vice_driver.options import Emulator, RomFiles, RomTree, ViceOptions
from soulrig.vice_driver.process import ViceProcess
from soulrig.vice_driver.serial_line import SerialLine

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

PROGRAM = b"\x01\x08" + bytes(place * place >> 5 & 0xFF for place in range(300))  # two sectors
TITLE = 17 * 21 * 256 + 0x90
PATIENCE = 120.0


@dataclass
class Bench:
    """A C64 with the agent, at a cable; `disk` is the image in its drive."""

    cable: Cable
    line: str
    disk: Path
    folder: Path

    def command(self, *words: str) -> list[str]:
        to = f"serial:{self.cable.host},{self.line}"
        return [sys.executable, "-m", "soulrig", "flash", str(self.folder / "new.d64"), "--to", to, *words]

    def flash(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*words), capture_output=True, text=True, check=False)

    def kill_once(self, sector: Sector, content: bytes, *words: str) -> None:
        """Begin, and be killed as soon as the disk has this sector."""
        begun = subprocess.Popen(self.command(*words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + PATIENCE
            while Image("found", self.disk.read_bytes()).sector(sector) != content:
                assert begun.poll() is None, "it ended by itself"
                assert time.monotonic() < deadline
                time.sleep(0.02)
        finally:
            begun.kill()
            begun.wait()


def first_disk(driver: Driver) -> tuple[bytes, str]:
    """With the agent for a line on it, and its name."""
    name = f"riglink {LINES[driver]}"
    return make_d64("old disk", "od", {name: make_programs()[name], "precious": bytes(3000)}), name


@contextmanager
def bench(
    folder: Path, driver: Driver, emulator: Emulator, noise: Noise | None = None, true: bool = False
) -> Iterator[Bench]:
    content, name = first_disk(driver)
    disk = folder / "old.d64"
    disk.write_bytes(content)
    (folder / "new.d64").write_bytes(make_d64("new", "nw", {"soul": PROGRAM}))
    roms: RomFiles | RomTree
    if true:
        roms = genuine_tree(find_roms(Path(os.environ["SOULRIG_ROMS"])), folder)
    else:
        ours = our_roms(folder)
        roms = RomFiles(ours.kernal, ours.basic, ours.chargen)
    with Cable(noise) as cable:
        options = ViceOptions(
            emulator=emulator,
            roms=roms,
            disk=disk,
            true_drive=true,
            warp=False,
            monitor=False,
            serial=SerialLine(HARDWARE[driver], cable.c64, BAUD[driver]),
            keys=f'load"{name}",8\rrun\r',
        )
        with ViceProcess(options) as vice:
            assert vice.disk is not None
            yield Bench(cable, LINES[driver], vice.disk, folder)


def wanted(folder: Path) -> Image:
    return Image.load(folder / "new.d64")


def assert_written(c64: Bench) -> None:
    """Every sector that is used, and the file as VICE's own tool for images reads it."""
    image, found = wanted(c64.folder), Image("found", c64.disk.read_bytes())
    assert [found.sector(sector) for sector in image.used_sectors()] == [
        image.sector(sector) for sector in image.used_sectors()
    ]
    tool = shutil.which("c1541")
    assert tool is not None, "c1541 comes with VICE"
    copy, read = c64.folder / "copy.d64", c64.folder / "read.prg"
    copy.write_bytes(found.content)
    subprocess.run([tool, "-attach", str(copy), "-read", "soul", str(read)], check=True, capture_output=True)
    assert read.read_bytes() == PROGRAM


@pytest.mark.parametrize(
    ("driver", "emulator", "noise"),
    [
        (Driver.SWIFTLINK, "x64sc", None),
        pytest.param(Driver.SWIFTLINK, "x64", Noise(one_in=200), marks=pytest.mark.soak),
        pytest.param(Driver.USERPORT, "x64", None, marks=pytest.mark.soak),
        pytest.param(Driver.UP9600, "x64", None, marks=pytest.mark.soak),
    ],
)
def test_one_that_is_killed_goes_on_when_it_is_called_again(
    driver: Driver, emulator: Emulator, noise: Noise | None, tmp_path: Path
) -> None:
    with bench(tmp_path, driver, emulator, noise) as c64:
        first, *_ = wanted(tmp_path).used_sectors()
        c64.kill_once(first, wanted(tmp_path).sector(first), "--force")
        assert c64.disk.read_bytes()[TITLE:].startswith(b"UNFINISHED")
        again = c64.flash("--json")
        assert again.returncode == 0, again.stderr
        told = json.loads(again.stdout)
        assert (told["differences"], told["before"]) == ([], ["a disk that was not written to its end"])
        assert_written(c64)


def test_what_is_refused(tmp_path: Path) -> None:
    with bench(tmp_path, Driver.SWIFTLINK, "x64") as c64:
        before = c64.disk.read_bytes()
        refused = c64.flash()
        assert refused.returncode == 2
        assert '"precious"' in refused.stderr
        missing = c64.flash("--drive", "9")
        assert missing.returncode == 3
        assert "drive 9" in missing.stderr
        assert "not there" in missing.stderr
        assert c64.disk.read_bytes() == before


@pytest.mark.roms
@pytest.mark.parametrize("driver", LINES)
def test_a_true_drive(driver: Driver, tmp_path: Path) -> None:
    with bench(tmp_path, driver, "x64", true=True) as c64:
        flashed = c64.flash("--force")
        assert flashed.returncode == 0, flashed.stderr
        verified = c64.flash("--verify-only")
        assert verified.returncode == 0, verified.stderr
