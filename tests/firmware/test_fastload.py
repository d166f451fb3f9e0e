"""The program FAST on emulated drives: what it loads, how long that takes, and when it takes the plain way.

A drive that is emulated itself needs a DOS that is not ours: it is looked for in the folder that SOULRIG_ROMS names.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from soulrig.buildtools.build import Built
from soulrig.buildtools.disk_image import BLOCK, make_d64, read_disk
from soulrig.buildtools.fastload import FAST_NAME, assemble_fast, make_fast
from soulrig.channels.screen import text_rows
from soulrig.machines.roms import RomSet, find_roms, our_roms
from soulrig.machines.vice import genuine_tree
from soulrig.vice_driver.options import Emulator, RomFiles, RomTree, Standard, ViceOptions
from soulrig.vice_driver.vice import Vice

pytestmark = pytest.mark.cc65

ENTRY = 2062  # of FAST, and of the program
START = 0x0801
VARIABLES = 0x2D
BYTES_A_SECOND = 2400
SECONDS_TO_PROMPT = 22
LOADS = 100
STEP = 97  # instructions, by which one starts later than the one before
DRIVES = {"1541": "dos1541-*", "1542": "dos1541ii-*", "1571": "dos1571-*"}  # VICE's number, its DOS


@pytest.fixture(scope="module")
def symbols(shipped_built: Built) -> dict[str, int]:
    return assemble_fast("soulplayer", -(-len(shipped_built.prg) // BLOCK)).symbols


class Loading:
    """A C64 that has loaded FAST and stands where RUN has just started it."""

    def __init__(self, vice: Vice, built: Built) -> None:
        self.vice = vice
        self.hertz = vice.clock_hz
        self.built = built

    def rows(self) -> list[str]:
        return [row.lower() for row in text_rows(self.vice.read(0x0400, 1000))]

    def load(self) -> None:
        self.vice.resume()
        self.vice.run_until(lambda: "ready." in self.rows(), 5 * self.hertz, "READY.", 0.02)
        self.vice.type(b'LOAD"FAST",8,1\r')
        self.vice.run_until(lambda: self.rows().count("ready.") == 2, 30 * self.hertz, "LOAD", 0.02)
        self.vice.type(b"RUN")
        self.vice.run_until(lambda: "run" in self.rows(), 5 * self.hertz, "RUN", 0.02)
        self.vice.stop()

    def run(self) -> int:
        self.vice.monitor.feed_keys(b"\r")
        return self.vice.run_to(ENTRY, 5 * self.hertz)

    def to(self, address: int, seconds: int = 30) -> int:
        return self.vice.run_to(address, seconds * self.hertz)

    def assert_loaded(self) -> None:
        program = self.built.prg[2:]
        assert self.vice.read(START, len(program)) == program
        end = int.from_bytes(self.vice.read(VARIABLES, 2), "little")
        assert end == START + len(program)


@contextmanager
def loading(
    shipped_built: Built,
    folder: Path,
    roms: RomFiles | RomTree,
    emulator: Emulator = "x64",
    standard: Standard = "pal",
    *options: str,
) -> Iterator[Loading]:
    disk = folder / "disk.d64"
    disk.write_bytes(shipped_built.d64)
    how = ViceOptions(emulator, standard, roms, disk, true_drive=bool(options), extra=options)
    with Vice(how, running=False) as vice:
        found = Loading(vice, shipped_built)
        found.load()
        yield found


def given(folder: Path, drive: str = "1541") -> RomTree:
    """The given ROMs for VICE; skips where the drive's DOS is not among them."""
    roms = Path(os.environ["SOULRIG_ROMS"])
    tree = genuine_tree(find_roms(roms), folder)
    dos = [path for place in (roms, roms / "DRIVES") for path in place.glob(DRIVES[drive])]
    if not dos:
        pytest.skip(f"SOULRIG_ROMS holds no {DRIVES[drive]}")
    link = folder / "roms" / "DRIVES" / dos[0].name
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.exists():
        link.symlink_to(dos[0].resolve())
    return tree


def ours(folder: Path, dos: Path | None = None) -> RomFiles:
    roms: RomSet = replace(our_roms(folder / "rigrom"), dos1541=dos)
    return RomFiles(roms.kernal, roms.basic, roms.chargen, roms.dos1541)


def test_it_is_the_second_program_of_the_disk(shipped_built: Built, tmp_path: Path) -> None:
    (tmp_path / "disk.d64").write_bytes(shipped_built.d64)
    files = read_disk(tmp_path / "disk.d64").files
    assert [(file.name, file.kind) for file in files] == [(b"SOULPLAYER", "PRG"), (b"FAST", "PRG")]
    assert files[0].content == shipped_built.prg
    assert files[1].content == make_fast("soulplayer", shipped_built.prg)
    assert files[1].blocks <= 4, "it is loaded slowly itself"


def test_a_program_that_reaches_up_to_it_gets_none() -> None:
    assert make_fast("x", b"\x01\x08" + bytes(0xC000 - START)) is not None
    assert make_fast("x", b"\x01\x08" + bytes(0xC001 - START)) is None


@pytest.mark.vice
@pytest.mark.parametrize("standard", ["pal", "ntsc"])
def test_a_virtual_drive_is_loaded_from_plainly(
    shipped_built: Built, symbols: dict[str, int], standard: Standard, tmp_path: Path
) -> None:
    with loading(shipped_built, tmp_path, ours(tmp_path), "x64", standard) as c64:
        c64.run()
        c64.to(symbols["load_plainly"])
        c64.to(ENTRY)
        assert "not the fast way: a minute or two" in [row.strip() for row in c64.rows()]
        c64.assert_loaded()
        c64.to(shipped_built.symbols["edit_begin"])


@pytest.mark.vice
def test_basic_tells_where_the_program_is_missing(shipped_built: Built, tmp_path: Path) -> None:
    alone = make_fast("soulplayer", shipped_built.prg)
    assert alone is not None
    bare = replace(shipped_built, d64=make_d64("soulrig", "sr", {FAST_NAME: alone}))
    with loading(bare, tmp_path, ours(tmp_path)) as c64:
        c64.run()
        c64.vice.run_until(
            lambda: any("?file not found" in row for row in c64.rows()), 30 * c64.hertz, "the error", 0.02
        )


@pytest.mark.vice
@pytest.mark.roms
@pytest.mark.parametrize("drive", DRIVES)
@pytest.mark.parametrize("standard", ["pal", "ntsc"])
def test_it_is_fast_and_right(
    shipped_built: Built, symbols: dict[str, int], standard: Standard, drive: str, tmp_path: Path
) -> None:
    roms = given(tmp_path, drive)
    with loading(shipped_built, tmp_path, roms, "x64sc", standard, "-drive8type", drive) as c64:
        begun = c64.run()
        first = c64.to(symbols["receive"])
        loaded = c64.to(ENTRY)
        c64.assert_loaded()
        assert len(shipped_built.prg) / ((loaded - first) / c64.hertz) >= BYTES_A_SECOND
        assert c64.to(shipped_built.symbols["edit_begin"]) - begun <= SECONDS_TO_PROMPT * c64.hertz


@pytest.mark.vice
@pytest.mark.roms
def test_it_is_fast_under_our_kernal_too(shipped_built: Built, symbols: dict[str, int], tmp_path: Path) -> None:
    dos = find_roms(Path(os.environ["SOULRIG_ROMS"])).dos1541
    with loading(shipped_built, tmp_path, ours(tmp_path, dos), "x64", "pal", "-drive8type", "1541") as c64:
        c64.run()
        c64.to(symbols["receive"])
        c64.to(ENTRY)
        c64.assert_loaded()


@pytest.mark.vice
@pytest.mark.roms
def test_with_a_second_drive_it_loads_plainly(shipped_built: Built, symbols: dict[str, int], tmp_path: Path) -> None:
    second = ("-drive9type", "1541", "-drive9truedrive")
    with loading(shipped_built, tmp_path, given(tmp_path), "x64", "pal", *second) as c64:
        c64.run()
        c64.to(symbols["load_plainly"])
        c64.to(ENTRY, 240)
        c64.assert_loaded()


@pytest.mark.vice
@pytest.mark.roms
@pytest.mark.parametrize("sectors", [0, 40])
def test_a_drive_that_falls_silent_is_told(
    shipped_built: Built, symbols: dict[str, int], sectors: int, tmp_path: Path
) -> None:
    with loading(shipped_built, tmp_path, given(tmp_path), "x64", "pal", "-drive8type", "1541") as c64:
        c64.run()
        c64.to(symbols["receive"])
        for _ in range(sectors):
            c64.to(symbols["bar_step"])
        c64.vice.monitor.set_resource("Drive8Type", 0)
        c64.vice.run_until(
            lambda: any("?device not present" in row for row in c64.rows()), 30 * c64.hertz, "the error", 0.02
        )


@pytest.mark.vice
@pytest.mark.roms
@pytest.mark.soak
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("standard", ["pal", "ntsc"])
def test_it_is_right_whenever_it_starts(
    shipped_built: Built, symbols: dict[str, int], standard: Standard, tmp_path: Path
) -> None:
    roms = given(tmp_path)
    for number in range(LOADS):
        with loading(shipped_built, tmp_path, roms, "x64", standard, "-drive8type", "1541") as c64:
            c64.vice.monitor.advance(1 + STEP * number)
            c64.run()
            c64.to(symbols["receive"])
            c64.to(ENTRY)
            c64.assert_loaded()
