"""The chords that tokens sound as: which notes spell which id. Nothing here of how they are made or heard.

A token's id has three digits in base 7, the lowest first; voice `v` plays step `3 + 7 v + digit` of the C-major
pentatonic scale counted from C3, so every voice has seven notes of its own: G3-A4, C5-D6, E6-G7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from soulrig.model.tokenizer import END

VOICES = 3
DIGITS = 7
BEGIN = 341  # no token: a reply begins
CUT = 342  # no token: the context or a limit ended the reply
IN_WORDS = {BEGIN: "(begins)", CUT: "(cut off)", END: "(ends)"}  # ids that stand for no text
LOWEST_STEP = 3
C3 = 440 * 2 ** (-21 / 12)  # Hz
PENTATONIC = (0, 2, 4, 7, 9)  # semitones above C
SURE = 0.9  # confidence from which a chord may be taken at its word
UNSURE = 0.5  # and below which it should not be


def note(voice: int, digit: int) -> float:
    """The frequency in Hz of a voice's digit."""
    octave, degree = divmod(LOWEST_STEP + DIGITS * voice + digit, len(PENTATONIC))
    return float(C3 * 2 ** (octave + PENTATONIC[degree] / 12))


NOTES: npt.NDArray[np.float64] = np.array([[note(voice, digit) for digit in range(DIGITS)] for voice in range(VOICES)])
"""(VOICES, DIGITS) Hz."""


def spelled(digits: tuple[int, ...] | list[int]) -> int:
    """The id that three digits spell, the lowest first."""
    return sum(digit * DIGITS**voice for voice, digit in enumerate(digits))


@dataclass(frozen=True)
class Heard:
    """A chord that was heard: its id, when it began, and how sure that is, from 0 to 1."""

    id: int
    seconds: float
    confidence: float
