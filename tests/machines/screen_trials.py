"""Tortured pictures of screens, by number, and how well the reader does on them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt
from screen_sheets import Easel, Sheet, easel, random_sheet
from screen_torture import Torture, drawn_at_random, tortured

from soulrig.capture.charset import Charset
from soulrig.capture.reading import Reading, read_screen
from soulrig.errors import BadInput

ROOT = Path(__file__).resolve().parents[2]
SEED = 64


@dataclass(frozen=True)
class Outcome:
    """Of 1000 cells, how many were marked, and how many of the others are wrong."""

    number: int
    by: Torture
    marked: int
    wrong: int


@dataclass(frozen=True)
class Trial:
    """A sheet, the emulator's picture of it (height, width, 3), and what becomes of that."""

    number: int
    sheet: Sheet
    picture: npt.NDArray[np.uint8]
    by: Torture


class Studio:
    """A PAL and an NTSC machine that draw the sheets, by number: always the same."""

    def __init__(self, easels: tuple[Easel, Easel]) -> None:
        self._easels = easels
        texts = [path.read_text().splitlines() for path in sorted((ROOT / "tests" / "data" / "screens").glob("*.txt"))]
        corpus = [line[:40] for line in (ROOT / "data" / "example_corpus.txt").read_text().splitlines()]
        self._texts = texts + [corpus[start : start + 25] for start in range(0, 200, 25)]

    def trial(self, number: int, strength: float | None = None) -> Trial:
        """The picture of that number, tortured at random or so much in every way."""
        rng = np.random.default_rng([SEED, number])
        machine = self._easels[number % 2]
        sheet = random_sheet(rng, machine.palette, self._texts)
        return Trial(number, sheet, machine.draw(sheet), drawn_at_random(rng, strength))


@contextmanager
def studio(chargen: Path, folder: Path) -> Iterator[Studio]:
    """The machines with a character set, switched on; `folder` takes their other ROMs."""
    with ExitStack() as stack:
        pal, ntsc = (stack.enter_context(easel("x64", standard, chargen, folder)) for standard in ("pal", "ntsc"))
        yield Studio((pal, ntsc))


def shapes(chargen: Path, codes: npt.NDArray[np.uint8], small_letters: bool) -> npt.NDArray[np.uint8]:
    """What codes look like, (1000, 8) bytes: of codes that look the same none is more right than another."""
    glyphs = np.frombuffer(chargen.read_bytes(), np.uint8).reshape(2, 256, 8)
    return glyphs[int(small_letters)][codes.ravel()]


def judged(sheet: Sheet, reading: Reading, chargen: Path) -> tuple[int, int]:
    """How many cells are marked, and how many of the others are wrong."""
    seen = shapes(chargen, reading.codes, reading.small_letters)
    right = (seen == shapes(chargen, sheet.codes, sheet.small_letters)).all(1)
    marked = reading.marked.ravel()
    return int(marked.sum()), int((~marked & ~right).sum())


def read(trial: Trial, chargen: Path) -> Outcome:
    """Torture the picture, and let it be read. A picture in which no screen is found has all of its cells marked."""
    picture = tortured(trial.picture, trial.by, np.random.default_rng([SEED, trial.number, 1]))
    try:
        marked, wrong = judged(trial.sheet, read_screen(picture, Charset.load(chargen)), chargen)
    except BadInput:
        marked, wrong = trial.sheet.codes.size, 0
    return Outcome(trial.number, trial.by, marked, wrong)


def read_all(trials: Iterable[Trial], chargen: Path) -> list[Outcome]:
    """Read them side by side, a process a processor."""
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
        return [future.result() for future in [pool.submit(read, trial, chargen) for trial in trials]]
