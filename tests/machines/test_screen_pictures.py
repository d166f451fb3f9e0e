"""The reader of screens held against VICE's own pictures, whole and tortured; it is told neither grid nor text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from PIL import Image
from screen_sheets import Easel, Sheet, easel
from screen_trials import Outcome, Studio, judged, read, read_all, studio

from soulrig.buildtools.rom import build_or_shipped_roms
from soulrig.capture.charset import Charset
from soulrig.capture.reading import read_screen
from soulrig.vice_driver.options import Emulator, Standard

pytestmark = pytest.mark.vice

KINDS = list(product(get_args(Emulator), get_args(Standard)))
SOME = (3, 8, 21, 34, 55)
MANY = 300
# Whose screen was once taken to lie elsewhere: dim and small, in strong colours, or of hardly any contrast in luma.
EASILY_MISPLACED = (111, 230, 245)


@pytest.fixture(scope="module")
def chargen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_or_shipped_roms(tmp_path_factory.mktemp("roms")).chargen


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: "-".join(kind))
def machine(request: pytest.FixtureRequest, chargen: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Easel]:
    with easel(*request.param, chargen, tmp_path_factory.mktemp("easel")) as shown:
        yield shown


@pytest.fixture(scope="module")
def pictures(chargen: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with studio(chargen, tmp_path_factory.mktemp("studio")) as drawing:
        yield drawing


def every_code(small_letters: bool, paper: int, border: int) -> Sheet:
    """All 256 codes three times and spaces, in every colour but the border's: text of that colour is part of it."""
    rng = np.random.default_rng([paper, border])
    codes = np.concatenate([np.tile(np.arange(256), 3), np.full(232, 0x20)])
    inks = [ink for ink in range(16) if ink not in (paper, border)]
    rng.shuffle(codes)
    return Sheet(
        codes.astype(np.uint8).reshape(25, 40),
        rng.choice(inks, (25, 40)).astype(np.uint8),
        paper,
        border,
        small_letters,
    )


@pytest.mark.parametrize("small_letters", [False, True], ids=["large letters", "small letters"])
def test_every_cell_of_a_screenshot_is_right(machine: Easel, chargen: Path, small_letters: bool) -> None:
    charset = Charset.load(chargen)
    for paper, border in [(6, 14), (0, 0), (11, 12), (15, 2)]:
        sheet = every_code(small_letters, paper, border)
        picture = Image.fromarray(machine.draw(sheet))
        for scale in (1, 2):
            large = picture.resize((picture.width * scale, picture.height * scale), Image.Resampling.NEAREST)
            reading = read_screen(large, charset)
            assert reading.way == "exact"
            assert reading.small_letters == small_letters
            assert judged(sheet, reading, chargen) == (0, 0), (paper, border, scale)


def assert_good(outcomes: list[Outcome]) -> None:
    """What is promised: of the cells not marked 99.5 % are right, and fewer than 5 % are marked."""
    cells = 1000 * len(outcomes)
    marked, wrong = (sum(getattr(outcome, name) for outcome in outcomes) for name in ("marked", "wrong"))
    told = "\n".join(str(outcome) for outcome in outcomes if outcome.marked > 50 or outcome.wrong)
    print(f"{len(outcomes)} pictures: {marked / cells:.2%} marked, {wrong / max(1, cells - marked):.3%} wrong\n{told}")
    assert marked < 0.05 * cells, told
    assert wrong <= 0.005 * (cells - marked), told


def test_some_tortured_pictures(pictures: Studio, chargen: Path) -> None:
    assert_good([read(pictures.trial(number), chargen) for number in SOME])


@pytest.mark.torture
@pytest.mark.parametrize("number", EASILY_MISPLACED)
def test_a_screen_is_not_read_where_it_does_not_lie(pictures: Studio, chargen: Path, number: int) -> None:
    outcome = read(pictures.trial(number), chargen)
    assert outcome.wrong <= 5, outcome
    assert outcome.marked < 50, outcome


@pytest.mark.torture
@pytest.mark.timeout(7200)
def test_many_tortured_pictures(pictures: Studio, chargen: Path) -> None:
    assert_good(read_all((pictures.trial(number) for number in range(MANY)), chargen))
