"""Reads a text screen in a photograph or a scaled, bent, noisy picture, from a rough idea of where it lies.

In turns: what is read, in which colours, how blurred it would look, and where it would lie; each makes the next better.
Not for finding the screen (`outline`), nor for emulators' own pictures (`raster`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from soulrig.capture.charset import Charset
from soulrig.capture.framing import Framing
from soulrig.capture.glyph_match import Blur, Match, Spread, known_inks, match, reach_of
from soulrig.capture.projection import Projection
from soulrig.capture.registration import registered
from soulrig.capture.sampling import CELL, COLUMNS, RING, ROWS, TO_CHANNELS, Sampler, Samples, cells_of, joined
from soulrig.capture.surfaces import Surfaces

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

LADDER = (0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.8, 0.95, 1.15, 1.4, 1.7, 2.1, 2.6, 3.2)  # deviations tried of a blur
DELAY = 0.25  # screen pixels by which the colour may come later or earlier, tried at a time
FIRST_BLUR = Blur((Spread(0.45), Spread(0.45)), (Spread(0.8), Spread(0.55)))
FIRST_NOISE = 150.0  # variance, before anything is known
LEAST_NOISE = 1.5  # steps of colour: rounding, compression
OUTLIER = 60.0  # steps of colour beyond which a difference is not the blur's
SURE = 10.0  # nats of evidence beyond which a cell is as good as any
# Logarithm of how likely an ink is that was not seen before: at first, later, and then at the screen's edge, where the
# border's colour runs over.
NEW_INK, NEW_INK_LATER, NEW_INK_AT_EDGE = -6.0, -25.0, -1000.0
OPEN_TURNS = 2
# A line or bar along the border is how a border in the wrong place looks: none is read until the border's place is
# known, and then it must have so much more evidence.
NO_LINE, BORDER_LINE = -1.0, 30.0
INEXACT = 0.12  # of an ink's contrast, by which a glyph's samples differ from the model's
SETTLED = 0.03  # picture pixels that the corners move when it is good enough

_CELLS = np.arange(ROWS * COLUMNS).reshape(ROWS, COLUMNS)
AT_EDGE = np.isin(_CELLS, _CELLS[1:-1, 1:-1], invert=True).ravel()
# The cells along each side, and by how many quarter turns that side of a glyph comes up.
SIDES = ((_CELLS[0], 0), (_CELLS[:, -1], 1), (_CELLS[-1], 2), (_CELLS[:, 0], 3))
LINE = 2  # samples: what of a glyph lies within so many of a side is a line along it


@dataclass(frozen=True)
class Attempt:
    """What was read of a screen that lies at `projection`, by the set of small letters or of large ones.

    `evidence` (1000, 256) for each cell and code is in nats and relative to an empty cell's; `unlike` (1000,) is how
    far each cell is from what was read there, 1 where as far as noise lets cells be; `visible` (1000,) are the cells
    that lie within the picture. `set_margin` is how much more evidence there is for this set than for the other.
    `framing` is what the border around says of the place.
    """

    projection: Projection
    small_letters: bool
    evidence: Array
    unlike: Array
    visible: Mask
    set_margin: float
    blur: Blur
    framing: Framing


@dataclass
class _State:
    """What is known so far, in channels and, for the projection, in the reduced picture."""

    projection: Projection
    samples: Samples
    surfaces: Surfaces
    blur: Blur
    noise: Array = field(default_factory=lambda: np.full(3, FIRST_NOISE))
    inks: Array = field(default_factory=lambda: np.zeros((0, 4)))
    leaked: Array = field(default_factory=lambda: np.zeros((ROWS * COLUMNS, CELL**2, 3)))
    """What neighbours and border add to each cell."""


class Photograph:
    """A picture (height, width, 3) of 0-255 in which a screen is looked for."""

    def __init__(self, picture: Array, charset: Charset, small_letters: bool | None = None) -> None:
        self._channels = picture @ TO_CHANNELS.T
        self._charset = charset
        self._sets = (0, 1) if small_letters is None else (int(small_letters),)

    def read(self, shape: Projection, turns: int, blur: Blur = FIRST_BLUR) -> Attempt:
        """Read the screen that lies about at `shape`, and is about so blurred, in so many turns at most."""
        sampler = Sampler(self._channels, shape.scale)
        projection = shape.scaled(1 / sampler.reduced)
        samples = sampler(projection)
        state = _State(projection, samples, Surfaces.seen(samples), blur)
        settled, chosen = False, 0
        for turn in range(turns + 1):
            is_last = settled or turn == turns
            # The set is known after a few turns; both are told at the end.
            numbers = (0, 1) if is_last or turn <= OPEN_TURNS else (chosen,)
            matches = self._matches(state, numbers, turn < OPEN_TURNS, is_last)
            chosen = max((set(self._sets) & matches.keys()), key=lambda number: _total(matches[number]))
            before = state.blur
            error, expected, colours = self._compare(state, matches[chosen], chosen)
            deviation, together = _noise(error)
            state.noise = deviation * together
            if is_last:
                break
            self._colours_refitted(state, matches[chosen], chosen, colours, error)
            moved = registered(state.projection, state.samples.colours, expected, deviation, (-CELL, -CELL))
            still = bool(np.abs(moved.corners - state.projection.corners).max() < SETTLED)
            settled = turn >= OPEN_TURNS and still and state.blur == before
            state.projection = moved
            state.samples = sampler(moved)
        ink = self._charset.bitmaps[chosen].mean((1, 2))[matches[chosen].evidence.argmax(1)]
        inexact = 2 * INEXACT * np.sqrt(ink * (1 - ink))[:, None]  # nothing, where a cell has no edges
        return Attempt(
            state.projection.scaled(sampler.reduced),
            bool(chosen),
            matches[chosen].evidence,
            (cells_of(error) ** 2 / (deviation + (inexact * colours)[:, None] ** 2)).mean((1, 2)),
            cells_of(state.samples.visible[..., None].astype(float)).min((1, 2)) > 0,
            _total(matches[chosen]) - _total(matches[1 - chosen]),
            state.blur,
            Framing.seen(state.samples, state.surfaces),
        )

    def _matches(self, state: _State, numbers: tuple[int, ...], is_open: bool, is_last: bool) -> dict[int, Match]:
        """Each cell against each glyph of the sets asked for; any ink will do where that is open."""
        lit = cells_of(state.surfaces.light[..., None]).mean((1, 2))
        cells = cells_of(state.samples.colours - state.surfaces.paper) - state.leaked
        later = np.where(AT_EDGE, NEW_INK_AT_EDGE, NEW_INK_LATER)
        new_ink = later if len(state.inks) and not is_open else np.full(len(lit), NEW_INK)
        matches = {}
        for number in numbers:
            shapes = self._charset.bitmaps[number]
            found = match(cells, state.blur.glyphs(shapes), state.noise, lit, state.inks, new_ink)
            for side, turns in SIDES:
                lines = np.ix_(side, _like_border(np.rot90(shapes, turns, (1, 2)) > 0))
                told = found.evidence[lines] - BORDER_LINE
                found.evidence[lines] = told if is_last else np.minimum(told, NO_LINE)
            matches[number] = found
        return matches

    def _colours_refitted(self, state: _State, found: Match, number: int, colours: Array, error: Array) -> None:
        """Make the paper and the known inks those that explain best what was read."""
        shapes = self._charset.bitmaps[number]
        lit = cells_of(state.surfaces.light[..., None]).mean((1, 2))
        codes = found.evidence.argmax(1)
        runner_up, best = np.sort(found.evidence, 1)[:, -2:].T
        inked = shapes.any((1, 2))[codes]
        inks = known_inks(colours / lit[:, None], np.where(AT_EDGE, 0, np.minimum(best - runner_up, SURE) * inked))
        state.surfaces = state.surfaces.corrected(error, state.samples.visible, state.noise)
        far = np.linalg.norm((colours / lit[:, None])[:, None] - inks[:, :3], axis=2)
        nearest = far.argmin(1) if len(inks) else np.zeros(len(codes), int)
        understood = ~inked | ((far < reach_of(inks[:, :3])).any(1) & ~AT_EDGE)
        usable = state.samples.visible.copy()
        usable[CELL:-CELL, CELL:-CELL] &= joined(np.tile(understood[:, None, None], (1, CELL**2, 1)))[..., 0] > 0
        planes = np.zeros((len(inks), *error.shape))
        for ink, plane in enumerate(planes):
            cells = shapes[codes].reshape(-1, CELL**2, 1) * (lit * (nearest == ink))[:, None, None]
            plane[CELL:-CELL, CELL:-CELL] = joined(cells)
        masks = np.array([state.blur(plane) for plane in planes]).reshape(planes.shape)
        around = state.blur(np.where(RING[..., None], state.surfaces.border - state.surfaces.paper, 0.0))
        state.surfaces, refitted = state.surfaces.refitted(
            state.samples.colours - around, inks[:, :3], masks, error, usable
        )
        state.inks = np.concatenate([refitted, inks[:, 3:]], axis=1)

    def _compare(self, state: _State, found: Match, number: int) -> tuple[Array, Array, Array]:
        """Draw what was found; fit the blur, and keep what each cell gets from others.

        The difference from what is seen, what was expected, both (216, 336, 3), and each cell's ink (1000, 3).
        """
        shapes = self._charset.bitmaps[number]
        codes = found.evidence.argmax(1)
        colours = found.inks[np.arange(len(codes)), codes]
        surfaces, seen = state.surfaces, state.samples.colours
        plane = np.where(RING[..., None], surfaces.border - surfaces.paper, 0.0)
        plane[CELL:-CELL, CELL:-CELL] = joined(shapes[codes].reshape(-1, CELL**2, 1) * colours[:, None])
        state.blur = _fitting(seen - surfaces.paper, plane, state.blur, state.samples.visible)
        drawn = state.blur(plane)
        state.leaked = cells_of(drawn) - state.blur.glyphs(shapes)[codes] * colours[:, None]
        expected = surfaces.paper + drawn
        return np.where(state.samples.visible[..., None], seen - expected, 0.0), expected, colours


def _like_border(shapes: Mask) -> Mask:
    """Which of the shapes (n, 8, 8) look like a border that reaches into the cell from above: lines, and bars."""
    lines = ~shapes[:, LINE:].any((1, 2))
    rows = shapes[:, :, :1]
    bars = (shapes == rows).all((1, 2)) & (rows[:, 1:] <= rows[:, :-1]).all((1, 2)) & ~shapes.all((1, 2))
    return np.asarray(shapes.any((1, 2)) & (lines | bars))


def _total(found: Match) -> float:
    return float(found.evidence.max(1).sum())


def _fitting(seen: Array, plane: Array, blur: Blur, visible: Mask) -> Blur:
    """The blur, or one near it, by which the plane is most like what is seen."""
    fitted = []
    for channels, (across, down) in (([0], blur.luma), ([1, 2], blur.chroma)):

        def off(across: Spread, down: Spread, channels: list[int] = channels) -> float:
            ghosts = ((c, down.along(across.along(plane[..., c], 1), 0)) for c in channels)
            return sum(float(np.clip(seen[..., c] - ghost, -OUTLIER, OUTLIER)[visible].var()) for c, ghost in ghosts)

        is_colour = channels != [0]  # which may come late; the luma says where things are
        widths = [(off(spread, down), spread) for spread in _near(across, is_colour)]
        across = min(widths, key=itemgetter(0))[1]
        heights = [(off(across, spread), spread) for spread in _near(down, is_colour)]
        fitted.append((across, min(heights, key=itemgetter(0))[1]))
    return Blur(*fitted)


def _near(spread: Spread, delays: bool) -> list[Spread]:
    """The spread, and those a step or two more or less."""
    place = LADDER.index(spread.deviation)
    wider = [replace(spread, deviation=deviation) for deviation in LADDER[max(0, place - 2) : place + 3]]
    return wider + [replace(spread, delay=spread.delay + step) for step in (-DELAY, DELAY) if delays]


def _noise(error: Array) -> tuple[Array, Array]:
    """A sample's variance (3,), and how much more a sum's is than if samples had nothing in common."""
    inner = error[CELL:-CELL, CELL:-CELL]
    deviation = 1.48 * np.median(np.abs(inner), (0, 1)) + LEAST_NOISE
    clipped = np.clip(inner, -3 * deviation, 3 * deviation)[:198, :318]
    sums = clipped.reshape(66, 3, 106, 3, 3).sum((1, 3))  # of three by three samples
    together = (sums**2).mean((0, 1)) / (9 * (clipped**2).mean((0, 1)) + 1e-9)
    return deviation**2, np.clip(together, 1, 9)
