"""Recordings of chords, made from the format's description alone, and what happens to a sound on its way.

Shares nothing with the rig's ear: pitches come from equal temperament counted from A4, the envelope from the SID's data
sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

UNIT = 65_536 / 985_248  # s
# MIDI numbers of each voice's seven notes.
VOICE_NOTES = ((55, 57, 60, 62, 64, 67, 69), (72, 74, 76, 79, 81, 84, 86), (88, 91, 93, 96, 98, 100, 103))


def chord(token: int, rate: int) -> Array:
    """Two units of sound and one of silence."""
    t = np.arange(int(3 * UNIT * rate)) / rate
    envelope = np.interp(t, [0, 0.002, UNIT], [0, 1, 1]) * np.where(t > UNIT, np.exp(-(t - UNIT) / 0.25), 1)
    envelope *= np.clip(1 - (t - 2 * UNIT) / 0.006, 0, 1)
    sound = np.zeros_like(t)
    for notes in VOICE_NOTES:
        token, digit = divmod(token, 7)
        phase = t * 440 * 2 ** ((notes[digit] - 69) / 12)
        sound += 2 * np.abs(2 * (phase % 1) - 1) - 1  # a triangle
    return envelope * sound / 3


def recording(tokens: Sequence[int], gaps: Sequence[float], rate: int) -> tuple[Array, list[float]]:
    """The chords with so many seconds between their begins, and those begins."""
    begins = [float(begin) for begin in np.cumsum([0.5, *gaps])][: len(tokens)]
    samples = np.zeros(int((begins[-1] + 1) * rate))
    for token, begin in zip(tokens, begins, strict=True):
        sound = chord(token, rate)
        samples[int(begin * rate) : int(begin * rate) + len(sound)] += sound
    return samples, begins


@dataclass(frozen=True)
class Torture:
    """What a recording goes through, in this order."""

    clock: float = 1.0  # how much faster everything runs
    reverberation: float = 0.0  # s until it has fallen by 60 dB
    hum: float = 0.0  # amplitude of 50 Hz and its harmonics; chords have 1
    snr: float = 99.0  # dB
    clip: float = 9.0  # level that nothing passes

    def __call__(self, samples: Array, rate: int, random: np.random.Generator) -> Array:
        """The tortured samples."""
        length = int(len(samples) / self.clock)
        sound = np.interp(np.arange(length) * self.clock, np.arange(len(samples)), samples)
        if self.reverberation:
            t = np.arange(int(self.reverberation * rate)) / rate
            room = random.standard_normal(len(t)) * 10 ** (-3 * t / self.reverberation)
            room *= 0.5 / np.sqrt(np.sum(room**2))
            room[0] = 1.0
            size = 1 << (length + len(room)).bit_length()
            sound = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(room, size), size)[:length]
        loud = np.sqrt(np.mean(sound[np.abs(sound) > 0.1] ** 2))
        t = np.arange(length) / rate
        for harmonic, part in ((1, 1.0), (2, 0.5), (3, 0.5), (4, 0.3), (6, 0.2)):
            sound = sound + self.hum * part * np.sin(2 * np.pi * 50 * harmonic * t + harmonic)
        sound = sound + loud * 10 ** (-self.snr / 20) * random.standard_normal(length)
        return np.clip(sound, -self.clip, self.clip)
