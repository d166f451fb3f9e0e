"""Where a screen lies, held against the border around it: what is told of the right place, and of wrong ones."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from painted_screens import HELLO, codes_of, enlarged, painted

from soulrig.buildtools.rom import build_or_shipped_roms
from soulrig.capture import reading
from soulrig.capture.charset import Charset
from soulrig.capture.framing import Framing
from soulrig.capture.projection import CORNERS, Projection
from soulrig.capture.reading import read_screen
from soulrig.capture.sampling import RING, TO_CHANNELS, Sampler
from soulrig.capture.surfaces import Surfaces
from soulrig.errors import BadInput

FRAME = 24  # pixels of border that are painted around the screen


@pytest.fixture(scope="module")
def charset(tmp_path_factory: pytest.TempPathFactory) -> Charset:
    return Charset.load(build_or_shipped_roms(tmp_path_factory.mktemp("roms")).chargen)


def placed(right: float = 0, down: float = 0, larger: float = 0, scale: float = 1) -> Projection:
    """The place of the painted screen, or one so many screen pixels beside it, or larger on all sides."""
    corners = FRAME + CORNERS + (right, down) + larger * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    return Projection.through(scale * corners - 0.5, (round(368 * scale), round(248 * scale)))


def framing(charset: Charset, place: Projection, crop: int = 0) -> Framing:
    """What is told of a place in the painted picture, of which so many pixels are cut off on all sides."""
    picture = painted(charset, codes_of([*HELLO, *["x" * 40] * 20]))[crop : 248 - crop, crop : 368 - crop]
    samples = Sampler(picture @ TO_CHANNELS.T, 1.0)(place)
    return Framing.seen(samples, Surfaces.seen(samples))


def test_the_right_place_is_confirmed_all_around(charset: Charset) -> None:
    assert framing(charset, placed()) == Framing(1.0, 0.0, 0.0)


@pytest.mark.parametrize(("right", "down"), [(8, 0), (-8, 0), (0, 8), (0, -8), (8, -8)])
def test_a_place_a_cell_beside_is_contradicted(charset: Charset, right: float, down: float) -> None:
    told = framing(charset, placed(right, down))
    assert told.confirmed < reading.CONFIRMED
    assert told.contradicted > reading.CONTRADICTED


@pytest.mark.parametrize("larger", [1.5, -1])
def test_a_place_that_begins_beside_the_borders_end_is_off(charset: Charset, larger: float) -> None:
    assert framing(charset, placed(larger=larger)).off > reading.OFF


def test_where_no_border_is_seen_nothing_is_told(charset: Charset) -> None:
    place = Projection.through(CORNERS - 0.5, (320, 200))
    assert framing(charset, place, crop=FRAME) == Framing(0.0, 0.0, 0.0)


@pytest.mark.parametrize("place", [placed(8, -8, scale=1.3), placed(larger=16, scale=1.3)], ids=["beside", "around"])
def test_a_screen_that_is_found_in_the_wrong_place_is_refused(
    charset: Charset, place: Projection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Glyphs are found there too; it is read as it lies, without the turns by which it would be moved."""

    def elsewhere(_: object) -> Iterator[list[Projection]]:
        yield [place]

    monkeypatch.setattr(reading, "screen_shapes", elsewhere)
    for turns in ("FIRST_TURNS", "TURNS"):
        monkeypatch.setattr(reading, turns, 0)
    picture = enlarged(painted(charset, codes_of([*HELLO, *[""] * 5, *["yes, i do. do you?"] * 10])), 1.3)
    with pytest.raises(BadInput, match="has no border around, or border within, along"):
        read_screen(picture, charset)


def test_an_ink_that_is_hardly_seen_stays_what_it_was() -> None:
    """Fitted to the blur of a neighbour alone it would be any colour, and make all others look faint."""
    noise = np.random.default_rng(1).normal(0, 5, (*RING.shape, 3))
    paper = np.full_like(noise, 40.0)
    masks = np.zeros((2, *noise.shape))
    masks[0, 40:80, 40:80] = 1
    masks[1, 90, 90] = 1e-4
    inks = np.array([[100.0, 0, 0], [60.0, 10, -10]])
    seen = paper + noise + masks[0] * (110, 5, 0)
    surfaces = Surfaces(np.zeros_like(paper), paper, np.ones(RING.shape))
    _, refitted = surfaces.refitted(seen, inks, masks, noise, np.ones(RING.shape, bool))
    assert np.allclose(refitted[0], (110, 5, 0), atol=1)
    assert np.allclose(refitted[1], inks[1], atol=1)
