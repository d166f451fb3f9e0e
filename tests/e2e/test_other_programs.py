"""Programs that we did not write: cc65's samples, compiled here, show under our ROM what they show under a genuine one.

Their C library calls the KERNAL's jump table for keys, screen, files and the directory. What they show was recorded
under a genuine ROM set, text and colours as the rig reads them. With the folder of such a set named in SOULRIG_ROMS,
it is run as well, and held against the record; where there is no record, it makes one.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from soulrig.buildtools.disk_image import make_d64
from soulrig.channels.screen import COLUMNS, text_rows
from soulrig.machines.roms import RomSet, find_roms
from soulrig.machines.vice import ViceMachine

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

SAMPLES = Path("/usr/share/cc65/samples")
DRIVERS = Path("/usr/share/cc65/target/c64/drv")
OVERLAYS = "c64-overlay.cfg"
COLOURS, SPACE = 0xD800, 0x20
SECONDS = 120.0  # of the C64's, for each step
# 10 PRINT"OK"
PACKED = gzip.compress(bytes.fromhex("0108 0C08 0A00 99 22") + b"OK" + bytes.fromhex("22 00 0000"), mtime=0)
ROM_SETS = ["rigrom", *(["given"] if os.environ.get("SOULRIG_ROMS") else [])]


@dataclass(frozen=True)
class Sample:
    """A program of cc65's: what it is made from, how it is used, and what shows that it has come to its end.

    A step is a text that appears, and the keys that are typed then. `ends` are the last row that isn't empty, and how
    often that stands on the screen.
    """

    source: str
    steps: tuple[tuple[str, bytes], ...] = ()
    ends: tuple[str, int] = ("ready.", 1)
    name: str = ""
    overlays: int = 0
    driver: str = ""

    @property
    def program(self) -> str:
        return self.name or self.source


USED = {
    # A frame with line graphics and a text in its middle, white on black.
    "hello": Sample("hello", ends=("└" + "─" * 38 + "┘", 1)),
    # The codes of keys, as they are pressed.
    "ascii": Sample("ascii", (("quits:", b"AZ09 \xc1\xda@+-*/\x5c\x5e\x5f:;=,.?!\x85\x86\xd1"),)),
    # The drives that answer, and their directories.
    "enumdevdir": Sample("enumdevdir", ends=("ready.", 2)),
    # Prime numbers; a key begins the list of them, Q ends it.
    "sieve": Sample("sieve", (("Q to quit", b" Q"),), ends=("ready.", 2)),
    # Overlays, loaded one after the other.
    "overlaydemo": Sample("overlaydemo", ends=("ready.", 2), name="ovrldemo", overlays=3),
    # Overlays again, kept in the RAM below the ROMs by a driver that is looked for in the directory and loaded.
    "multidemo": Sample(
        "multidemo", (("Press any key", b"\r"),), name="multdemo", overlays=3, driver="emd/c64-ram.emd"
    ),
    # Circles and lines on a screen of 320 x 200 points, by a driver that is loaded; a key ends each.
    "tgidemo": Sample(
        "tgidemo", (("any other key exits", b"Y" + b" " * 9),), ends=("ready.", 2), driver="tgi/c64-hi.tgi"
    ),
    # A file is read, unpacked and written; what it wrote is a BASIC program.
    "gunzip65": Sample(
        "gunzip65",
        (
            ("GZIP file name", b"PACKED\r"),
            ("Uncompressed file name", b"OUT\r"),
            ("Ok.", b'LOAD"OUT,S",8\r'),
            ("searching for out", b"LIST\r"),
            ("10 print", b"RUN\r"),
        ),
        ends=("ready.", 5),
    ),
}


def compiled(sample: Sample, folder: Path) -> dict[str, bytes]:
    """The program, its overlays and its driver, by the names that they have on the disk."""
    if not SAMPLES.is_dir():
        pytest.skip(f"{SAMPLES} is not here; it comes with Debian's cc65")
    shutil.copy(SAMPLES / f"{sample.source}.c", folder)
    config = ["-C", OVERLAYS] if sample.overlays else []
    command = ["cl65", "-t", "c64", "-Or", *config, "-o", sample.program, f"{sample.source}.c"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    overlays = [f"{sample.program}.{number}" for number in range(1, sample.overlays + 1)]
    files = {file: (folder / file).read_bytes() for file in [sample.program, *overlays]}
    if sample.driver:
        files[Path(sample.driver).name] = (DRIVERS / sample.driver).read_bytes()
    return files


def shown(machine: ViceMachine) -> str:
    """Text and colours of the screen: 25 rows each; a space has no colour."""
    with machine.stopped() as monitor:
        codes = machine.codes()
        colours = monitor.read(COLOURS, len(codes), bank="io")
    # A reversed space is the cursor, which flashes.
    cells = "".join(
        " " if code & 0x7F == SPACE else f"{colour & 15:X}" for code, colour in zip(codes, colours, strict=True)
    )
    rows = text_rows(codes) + [cells[at : at + COLUMNS].rstrip() for at in range(0, len(cells), COLUMNS)]
    # Time depends on how long interrupts take, and is nothing that a program can count on.
    return re.sub(r"Time used: [0-9.]+", "Time used: #", "\n".join(rows) + "\n")


def screen_after(sample: Sample, roms: RomSet | None, folder: Path) -> str:
    """The screen when the program, loaded and run by hand, has come to its end."""
    disk = folder / "samples.d64"
    disk.write_bytes(make_d64("samples", "cc", compiled(sample, folder) | {"packed": PACKED}))
    with ViceMachine(roms=roms) as machine:

        def rows() -> list[str]:
            return [row for row in text_rows(machine.codes()) if row]

        def appears(text: str) -> Callable[[], bool]:
            return lambda: any(text in row for row in rows())

        def ended(last: str, times: int) -> Callable[[], bool]:
            # BASIC goes to the next line once it is ready: until then the screen may yet scroll.
            def at_end() -> bool:
                scrolled = last != "ready." or text_rows(machine.codes())[-1] == ""
                return scrolled and rows()[-1:] == [last] and rows().count(last) == times

            return at_end

        machine.insert(disk)
        machine.wait(lambda: "ready." in rows(), SECONDS, "READY.")
        machine.type(b'\x93LOAD"' + sample.program.upper().encode() + b'",8\r')
        machine.wait(lambda: rows()[-2:] == ["loading", "ready."], SECONDS, "the program to be loaded")
        machine.type(b"RUN\r")
        for text, keys in sample.steps:
            machine.wait(appears(text), SECONDS, repr(text))
            machine.type(keys)
        machine.wait(ended(*sample.ends), SECONDS, f"the end, {sample.ends[0]!r}")
        return shown(machine)


@pytest.mark.parametrize("rom_set", ROM_SETS)
@pytest.mark.parametrize("name", USED)
def test_a_sample_shows_what_it_shows_under_a_genuine_rom(name: str, rom_set: str, data: Path, tmp_path: Path) -> None:
    record = data / "screens" / f"{name}.txt"
    if rom_set == "rigrom":
        found = screen_after(USED[name], None, tmp_path)
    else:
        # VICE serves the disk rather than a 1541's ROM: only what the C64 shows is asked.
        genuine = replace(find_roms(Path(os.environ["SOULRIG_ROMS"])), dos1541=None)
        found = screen_after(USED[name], genuine, tmp_path)
        if not record.exists():
            record.parent.mkdir(exist_ok=True)
            record.write_text(found, encoding="utf-8")
    assert found.splitlines() == record.read_text(encoding="utf-8").splitlines()
