"""What a picture of a C64's text screen says: codes, text, a confidence for each cell, where the screen lies.

`read_screen` is the way in: an emulator's own picture is read exactly, any other as a photograph is.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from soulrig.buildtools.petscii import glyphs
from soulrig.capture.charset import SPACE, Charset
from soulrig.capture.outline import screen_shapes
from soulrig.capture.photograph import AT_EDGE, Attempt, Photograph
from soulrig.capture.projection import Projection
from soulrig.capture.raster import RasterScreen, find_raster
from soulrig.capture.sampling import CELL, COLUMNS, ROWS, reduced
from soulrig.errors import BadInput

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

UNREAD = "\N{REPLACEMENT CHARACTER}"
CONFIDENT = 0.9  # a cell below is marked
CAUTION = 2.0  # evidence counts so many times less: noise is not what the model takes it for
LIKE = 4.0  # times the noise: a cell that is further from its glyph shows something else
SET_MARGIN = 20.0  # nats by which one character set must explain the screen better
SMALL = 400  # pixels: the width of the picture in which a screen is looked for
FIRST_TURNS, TURNS = 3, 9
BORDER = (0.02, 0.3)  # a border's width, by part of the screen's width and height
SHAPES = 6  # places tried, of those found at one look
GOOD = 0.1  # of the cells marked: no other shape need be tried
FRAMED = 30  # cells of nothing but ink around a screen: more are its border
HOPELESS = 0.6  # of the cells marked: what was found is no screen
UNCLEAR, UNCLEAR_SHARE = 20, 0.1  # cells marked, in all and for each of text: without a border around, it is no screen
# Of the cells along the sides: a border lies around the screen; the screen lies elsewhere; by a pixel or more.
CONFIRMED, CONTRADICTED, OFF = 0.9, 0.1, 0.6
SMALLEST, LARGEST = 160, 12_000  # pixels of width and height that a picture has


@dataclass(frozen=True)
class Reading:
    """A screen's text, (25, 40) each: the likeliest screen codes, confidences 0 to 1, the cells that can't be read.

    Of codes that look the same, `codes` has the lowest, 0x20 for what is empty. `small_letters` is the character set by
    which it was read, `set_is_certain` whether the other one would not do. `way` is "exact" or "photograph".
    """

    codes: npt.NDArray[np.uint8]
    confidence: Array
    marked: Mask
    small_letters: bool
    set_is_certain: bool
    projection: Projection
    way: str

    @cached_property
    def rows(self) -> list[str]:
        """25 rows of 40 characters, U+FFFD for each marked cell; a reversed glyph reads as the glyph."""
        return [
            "".join(
                UNREAD if unread else character
                for character, unread in zip(
                    glyphs(bytes(codes), small_letters=self.small_letters), marked, strict=True
                )
            )
            for codes, marked in zip(self.codes, self.marked, strict=True)
        ]


def open_picture(path: Path) -> Image.Image:
    """A picture file's picture, turned upright as its camera noted. Raises BadInput for a file that is none."""
    try:
        # What Pillow finds odd in a file is nothing to the user: what a picture shows is told by its cells.
        with warnings.catch_warnings(action="ignore"), Image.open(path) as image:
            image.load()
            return _of_8_bits(ImageOps.exif_transpose(image)).convert("RGB")
    except FileNotFoundError as error:
        raise BadInput(f"{path}: no such file") from error
    except Exception as error:  # each of Pillow's formats has its own for what is broken
        raise BadInput(f"{path}: not a picture that can be read ({error}); expected PNG, JPEG or the like") from error


def _of_8_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 bits as grey of 8, which Pillow would cut off at 255; any other picture as it is."""
    if not image.mode.startswith("I"):
        return image
    values = np.asarray(image)
    if values.max() < 256:
        return image
    return Image.fromarray(np.clip(values // 257, 0, 255).astype(np.uint8))


def read_screen(image: Image.Image, charset: Charset, small_letters: bool | None = None) -> Reading:
    """Find the text screen in a picture and read it; `small_letters` says by which set, None by what fits better.

    Raises BadInput where there is none.
    """
    width, height = image.size
    if not (SMALLEST <= width <= LARGEST and SMALLEST * 0.6 <= height <= LARGEST):
        raise BadInput(
            f"the picture has {width} x {height} pixels; a screen needs {SMALLEST} x {round(SMALLEST * 0.6)} to be "
            f"read, and more than {LARGEST} x {LARGEST} are too many: scale it"
        )
    pixels = np.asarray(image.convert("RGB"))
    raster = find_raster(pixels, charset, small_letters)
    if raster is not None:
        return _exact(raster, charset)
    attempt = _best_attempt(pixels.astype(np.float64), charset, small_letters)
    return _from_photograph(attempt, charset)


def _exact(raster: RasterScreen, charset: Charset) -> Reading:
    codes = charset.first_alike[int(raster.small_letters)][raster.codes]
    return Reading(
        codes,
        (~raster.marked).astype(float),
        raster.marked,
        raster.small_letters,
        raster.set_is_certain,
        raster.projection,
        "exact",
    )


def _best_attempt(pixels: Array, charset: Charset, small_letters: bool | None) -> Attempt:
    factor = max(1, round(pixels.shape[1] / SMALL))
    photograph = Photograph(pixels, charset, small_letters)
    attempts: list[tuple[Attempt, _Told]] = []
    for shape in chain.from_iterable(found[:SHAPES] for found in screen_shapes(reduced(pixels, factor))):
        attempt = photograph.read(shape.scaled(factor), FIRST_TURNS)
        attempts.append((attempt, _Told.by(attempt, charset)))
        if _is_good(*attempts[-1]):
            break
    if not attempts:
        raise BadInput(
            "no C64 screen found: nothing in the picture has a border's one colour around a screen's shape; "
            "the whole text screen with some of its border must be seen, upright to a few degrees"
        )
    best = _likeliest(attempts)
    final = photograph.read(best.projection, TURNS, best.blur)
    _refused_if_elsewhere(final, _Told.by(final, charset))
    return final


def _is_good(attempt: Attempt, told: _Told) -> bool:
    """Whether no other place need be tried."""
    is_legible = told.marked < GOOD * ROWS * COLUMNS and not told.has_border_within
    return is_legible and attempt.framing.contradicted < CONTRADICTED


def _likeliest(attempts: list[tuple[Attempt, _Told]]) -> Attempt:
    """Of the places that have a border all around, or that none contradicts at least, the one that reads best.

    The picture that a border is the edge of has a screen's shape too, and a few turns may read that no worse: of two
    places the inner one.
    """
    if _is_good(*attempts[-1]):
        return attempts[-1][0]
    framed = [one for one in attempts if one[0].framing.confirmed > CONFIRMED]
    possible = framed or [one for one in attempts if one[0].framing.contradicted < CONTRADICTED] or attempts
    hopeful = [attempt.projection for attempt, told in possible if framed or told.marked < HOPELESS * ROWS * COLUMNS]
    inner = [one for one in possible if not any(_surrounds(one[0].projection, other) for other in hopeful)]
    return max(inner, key=lambda one: one[1].worth)[0]


def _refused_if_elsewhere(attempt: Attempt, told: _Told) -> None:
    """Raise BadInput where the text screen is not where it was read: glyphs are found wherever one looks for them."""
    has_no_border = attempt.framing.confirmed < CONFIRMED
    if told.marked > HOPELESS * ROWS * COLUMNS:
        reason = (
            f"shows {told.marked} of {ROWS * COLUMNS} cells that are no glyphs of the character set; give the right "
            "one with --chargen, or a sharper picture"
        )
    elif attempt.framing.contradicted >= CONTRADICTED:
        reason = (
            f"has no border around, or border within, along {attempt.framing.contradicted:.0%} of its sides; give a "
            "picture with more of the border, or a sharper one"
        )
    elif attempt.framing.off >= OFF:
        reason = (
            f"begins a pixel or more beside the border's end, along {attempt.framing.off:.0%} of its sides; give a "
            "larger or sharper picture"
        )
    elif has_no_border and told.marked > max(UNCLEAR, UNCLEAR_SHARE * told.text):
        reason = (
            f"has no border of another colour all around, and {told.marked} cells that are no glyphs of the character "
            "set; give a picture with some of the border and little else, or a sharper one"
        )
    else:
        return
    corners = ", ".join(f"{x:.0f} {y:.0f}" for x, y in attempt.projection.corners)
    raise BadInput(f"no C64 text screen found: the likeliest place, with corners at {corners}, {reason}")


def _surrounds(outer: Projection, inner: Projection) -> bool:
    """Whether the one screen lies around the other as a border does."""
    size = np.abs(np.ptp(inner.corners, axis=0))
    margins = (outer.corners - inner.corners) * [[-1, -1], [1, -1], [1, 1], [-1, 1]] / size
    return bool((margins > BORDER[0]).all() and (margins < BORDER[1]).all())


@dataclass(frozen=True)
class _Told:
    """How many cells are marked, how many show text, how many nothing but ink, and how many of those are at the edge.

    The last are a border that was taken for a part of the screen; what text is at the edge may be one too.
    """

    marked: int
    text: int
    solid: int
    framed: int

    @classmethod
    def by(cls, attempt: Attempt, charset: Charset) -> _Told:
        """What an attempt tells."""
        codes, confidence = _judged(attempt, charset)
        ink = charset.bitmaps[int(attempt.small_letters)].sum((1, 2))[codes]
        sure = confidence >= CONFIDENT
        return cls(
            int((~sure).sum()),
            int((sure & (ink > 0) & (ink < CELL**2) & ~AT_EDGE).sum()),
            int((ink == CELL**2).sum()),
            int((ink == CELL**2)[AT_EDGE].sum()),
        )

    @property
    def has_border_within(self) -> bool:
        """Whether what was read looks like a border taken for a part of the screen."""
        return self.text <= self.solid or self.framed >= FRAMED

    @property
    def worth(self) -> float:
        """More is better."""
        return self.text - self.marked / 2 - self.solid / 2 - 2 * self.framed


def _judged(attempt: Attempt, charset: Charset) -> tuple[npt.NDArray[np.uint8], Array]:
    """(1000,) the likeliest codes, and how sure each is."""
    distinct = np.unique(charset.first_alike[int(attempt.small_letters)])
    evidence = attempt.evidence[:, distinct]
    best = evidence.argmax(1)
    others = np.exp((evidence - evidence.max(1, keepdims=True)) / CAUTION).sum(1)
    confidence = np.minimum(1, (LIKE / np.maximum(attempt.unlike, LIKE)) ** 2) / others * attempt.visible
    codes = distinct[best]
    return np.where(attempt.visible, codes, SPACE).astype(np.uint8), confidence


def _from_photograph(attempt: Attempt, charset: Charset) -> Reading:
    codes, confidence = _judged(attempt, charset)
    confidence = confidence.reshape(ROWS, COLUMNS)
    return Reading(
        codes.reshape(ROWS, COLUMNS),
        confidence,
        confidence < CONFIDENT,
        attempt.small_letters,
        abs(attempt.set_margin) > SET_MARGIN,
        attempt.projection,
        "photograph",
    )
