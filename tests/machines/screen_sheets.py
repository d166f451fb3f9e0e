"""Screens of text for the reader's tests: what is on them, drawn by VICE, so that the oracle is an emulator's picture.

The machine has a KERNAL of a few instructions that shows the text screen and waits; text, colours, border and
character set are put into its memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from soulrig.vice_driver.options import Emulator, RomFiles, Standard, ViceOptions
from soulrig.vice_driver.vice import Vice

ROWS, COLUMNS = 25, 40
START, LOOP = 0xE000, 0xE020
FRAMES = 60_000  # cycles: more than two frames, after which the whole picture is new
SOON = 2_000_000  # cycles
CODE = bytes.fromhex(
    "78 D8 A2FF 9A"  # SEI, CLD, LDX #$FF, TXS
    "A937 8501 A92F 8500"  # LDA #$37, STA $01, LDA #$2F, STA $00
    "A91B 8D11D0"  # LDA #$1B, STA $D011: text, 25 rows
    "A9C8 8D16D0"  # LDA #$C8, STA $D016: 40 columns
    "A915 8D18D0"  # LDA #$15, STA $D018: screen at $0400, first character set
    "EAEAEAEA 4C20E0"  # LOOP: JMP LOOP
)


@dataclass(frozen=True)
class Sheet:
    """`codes` and `inks` are (25, 40) uint8: screen codes, colours 0-15; `paper` and `border` colours 0-15."""

    codes: npt.NDArray[np.uint8]
    inks: npt.NDArray[np.uint8]
    paper: int
    border: int
    small_letters: bool


class Easel:
    """A C64 that shows sheets. It runs only while it draws one, so that it leaves the processor to the reader."""

    def __init__(self, vice: Vice) -> None:
        self._vice = vice
        self.palette = vice.screenshot().palette

    def draw(self, sheet: Sheet) -> npt.NDArray[np.uint8]:
        """The whole canvas, border included: (height, width, 3) uint8."""
        with self._vice.stopped() as monitor:
            monitor.write(0x0400, sheet.codes.tobytes())
            monitor.write(0xD800, sheet.inks.tobytes(), "io")
            monitor.write(0xD018, bytes([0x17 if sheet.small_letters else 0x15]), "io")
            monitor.write(0xD020, bytes([sheet.border, sheet.paper]), "io")
        until = self._vice.clock() + FRAMES
        self._vice.run_until(lambda: self._vice.clock() >= until, SOON)
        display = self._vice.screenshot()
        return display.palette[display.pixels]


@contextmanager
def easel(emulator: Emulator, standard: Standard, chargen: Path, folder: Path) -> Iterator[Easel]:
    """An emulator with a character set, as long as it is used; `folder` takes its other ROMs."""
    kernal = bytearray(CODE.ljust(0x2000, b"\xea"))
    kernal[0x1FFA:] = START.to_bytes(2, "little") * 3
    roms = RomFiles(folder / "kernal", folder / "basic", chargen)
    roms.kernal.write_bytes(kernal)
    roms.basic.write_bytes(bytes(0x2000))
    with Vice(ViceOptions(emulator=emulator, standard=standard, roms=roms)) as vice:
        vice.run_to(LOOP, SOON)
        yield Easel(vice)


LUMA = (0.299, 0.587, 0.114)
CONTRAST = 40.0  # of 255: how much ink and paper, paper and border differ in luma
LETTERS = np.array([*range(1, 27), *range(0x30, 0x3A), 0x20, 0x20, 0x20, 0x20, 0x20, 0x2C, 0x2E, 0x3F, 0x21])


def random_sheet(rng: np.random.Generator, palette: npt.NDArray[np.uint8], texts: list[list[str]]) -> Sheet:
    """A screen as programs show them, or of every code there is; in any colours that a person could tell apart."""
    luma = palette @ LUMA
    while True:
        paper = int(rng.integers(16))
        inks = np.nonzero(np.abs(luma - luma[paper]) >= CONTRAST)[0]
        if len(inks) > 2:
            break
    border = int(rng.choice(inks))
    inks = inks[inks != border]
    kind = rng.choice(["text", "words", "all", "sparse"], p=[0.4, 0.3, 0.2, 0.1])
    small = bool(rng.integers(2))
    if kind == "text":
        codes = _from_rows(texts[rng.integers(len(texts))], small)
    elif kind == "words":
        codes = rng.choice(LETTERS, (ROWS, COLUMNS)).astype(np.uint8)
        codes[:, int(rng.integers(20, 41)) :] = 0x20
        codes[rng.uniform(size=ROWS) < 0.3] = 0x20
        codes[rng.uniform(size=ROWS) < 0.1] |= 0x80
    elif kind == "all":
        codes = rng.integers(0, 256, (ROWS, COLUMNS)).astype(np.uint8)
        codes[rng.uniform(size=codes.shape) < 0.4] = 0x20
    else:
        codes = np.full((ROWS, COLUMNS), 0x20, np.uint8)
        for row in rng.choice(ROWS, 4, replace=False):
            codes[row, :20] = rng.choice(LETTERS, 20)
    used = rng.choice(inks, int(rng.integers(1, 4)))
    by_row = rng.choice(used, (ROWS, 1)).repeat(COLUMNS, 1)
    scattered = rng.choice(used, (ROWS, COLUMNS))
    return Sheet(codes, (scattered if kind == "all" else by_row).astype(np.uint8), paper, border, small)


def _from_rows(rows: list[str], small: bool) -> npt.NDArray[np.uint8]:
    """Text of ASCII, as a screen of either character set shows it."""
    codes = np.full((ROWS, COLUMNS), 0x20, np.uint8)
    for place, row in enumerate(rows[:ROWS]):
        for column, character in enumerate(row[:COLUMNS]):
            code = ord(character)
            if "a" <= character <= "z":
                code -= 0x60
            elif character == "@" or "A" <= character <= "Z":
                code = code if small and character != "@" else code - 0x40
            codes[place, column] = code if code < 0x60 else 0x20
    return codes
