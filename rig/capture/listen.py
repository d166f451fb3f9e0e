"""From a recording to chords: finds how fast it runs, when chords begin, and which notes each voice plays.

A recording's speed is one unknown factor: the label of its rate may be wrong, its clock is never quite right. It is
fitted by the notes, which are the same 21 in all chords. Each note is then a filter of its own (a windowed Fourier
coefficient), short ones for the time of an onset, long ones for the pitch.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from soulrig.capture.chords import BEGIN, DIGITS, NOTES, UNSURE, VOICES, Heard, spelled
from soulrig.capture.recording import Recording

Array = npt.NDArray[np.float64]

RATE = 12_000  # Hz, of the samples that are looked at
HOP = 40  # samples from a frame to the next
FINE_HOP = 8  # the same, for the time of an onset
SHORT, LONG = 240, 1000  # samples of a frame: for onsets, 20 ms, and for pitches, 83 ms
BEFORE = 240  # samples from an onset back to where it can't be heard yet
PLATEAU = 160  # samples behind an onset from where on a chord is at its full level
APART = 1200  # samples: no two chords begin nearer than this; the program leaves 2,300 at least
RISE = 4.0  # times as much energy behind an onset as before it
FAINTEST = 0.02  # of the loud chords' energy
QUIET = 20  # percentile of all frames that is surely between chords
DETUNE = 0.05  # how far off a clock may be
DETUNE_STEP = 0.001
LINE = 30.0  # times as strong as its neighbours in the whole recording's spectrum: hum, not a chord
LINE_HZ = 4.0  # what counts as neighbour
SURE_DB, UNSURE_DB = 9.0, 5.0  # of a voice's best note over its second best
IN_TUNE, OUT_OF_TUNE = 0.006, 0.02  # how far a note may be off the recording's tuning
CLICK_SAMPLES = 480  # behind an onset, 40 ms: a chord sounds on for 64 ms at least
CLICK = 0.02  # of its energy at the onset, below which it was none
GOOD = 0.8  # mean confidence with which no other speed is tried
CLEAR = 0.95  # and with which the search for a speed ends
SPEEDS = (1, 2, 4, 8, 10)  # emulators record faster than they label
EXCERPT = 15  # seconds on which other speeds are tried
LEAST, MOST = 1 / 12, 6  # true rate over labelled rate
PIECE, LAP = 120, 2  # seconds of a recording that are heard at a time, and that two pieces share
STANDARD_RATES = (8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000)


@dataclass(frozen=True)
class Listening:
    """What was heard, and how many of the C64's seconds the recording has in one by its label."""

    chords: list[Heard]
    speed: float


def listen(recording: Recording) -> Listening:
    """The chords of a recording; times are the C64's, counted from the recording's begin.

    A long one is heard piece by piece, for the memory's sake, all at the speed that the first chords tell.
    """
    rate = recording.rate
    chords: list[Heard] = []
    speed = None
    starts = range(0, max(1, len(recording.samples) - LAP * rate), PIECE * rate)
    for start in starts:
        samples = _without_hum(recording.samples[start : start + (PIECE + LAP) * rate].astype(np.float64))
        heard = _listen_at_best(samples, rate) if speed is None else _listen_at(samples, rate, 1 / speed)
        if not heard.chords:
            continue
        speed = speed or heard.speed
        begun = start / rate * speed
        end = begun + (PIECE + LAP / 2) * speed if start != starts[-1] else np.inf  # what is later, the next has whole
        for chord in heard.chords:
            seconds = round(begun + chord.seconds, 4)
            if seconds < end and (not chords or seconds - chords[-1].seconds > APART / RATE):
                chords.append(replace(chord, seconds=seconds))
    return Listening(chords, speed or 1.0)


def _listen_at_best(samples: Array, rate: int) -> Listening:
    """The chords at the label's rate, or at the likeliest other one where that explains them better."""
    best = _listen_at(samples, rate, 1.0)
    if _quality(best) < GOOD:
        likely = _listen_at(samples, rate, _likeliest(samples, rate))
        best = max(best, likely, key=_explained)
    return best


def _likeliest(samples: Array, rate: int) -> float:
    """The true rate over the labelled one `rate`: the first that explains nearly all, or the one that explains most."""
    begin = int(np.argmax(np.abs(samples) > np.percentile(np.abs(samples), 99)))
    faster = [1 / speed for speed in SPEEDS]
    others = {standard / speed / rate for standard in STANDARD_RATES for speed in SPEEDS} - set(faster)
    explained: dict[float, float] = {}
    for factor in (*faster, *sorted(others, key=lambda factor: abs(np.log(factor)))):
        if LEAST < factor < MOST:
            part = samples[begin:][: int(EXCERPT * rate * factor)]
            listening = _listen_at(part, rate, factor)
            explained[factor] = _explained(listening) / len(part)
            if _quality(listening) >= CLEAR:
                return factor
    return max(explained, key=lambda factor: explained[factor])


def _quality(listening: Listening) -> float:
    """How well a speed explains the chords: the mean confidence; a reply's begin at the begin counts too."""
    chords = listening.chords
    if not chords:
        return 0.0
    return float(np.mean([chord.confidence for chord in chords])) * (1.0 if chords[0].id == BEGIN else 0.9)


def _explained(listening: Listening) -> float:
    """How much a speed explains: a chord that can't be made out counts against it.

    At a wrong one, few may stand out by chance, or many be found of which none does.
    """
    return sum(chord.confidence - UNSURE for chord in listening.chords)


def _without_hum(samples: Array) -> Array:
    """Take out what sounds on one pitch throughout: a line in the whole spectrum is cut to its neighbours' level."""
    from scipy.ndimage import median_filter

    spectrum = np.fft.rfft(samples - samples.mean())
    level = np.abs(spectrum)
    around = median_filter(level, size=max(9, int(LINE_HZ * len(samples) / RATE) | 1), mode="nearest")
    lines = level > LINE * np.maximum(around, 1e-12)
    spectrum[lines] *= around[lines] / level[lines]
    return np.asarray(np.fft.irfft(spectrum, len(samples)))


def _listen_at(samples: Array, rate: float, factor: float) -> Listening:
    """The chords, if the recording's true rate is about `factor` times its label `rate`."""
    from scipy.signal import resample_poly

    ratio = Fraction(RATE / (rate * factor)).limit_denominator(400)
    heard = resample_poly(samples, ratio.numerator, ratio.denominator)
    if len(heard) <= 2 * LONG:
        return Listening([], factor)
    heard /= np.sqrt(np.mean(heard**2)) + 1e-12
    detune = _detune(heard)
    notes = NOTES.reshape(-1) * detune
    short = _energies(heard, notes, SHORT).reshape(-1, VOICES, DIGITS)
    found = []
    energy = short.max(axis=2).sum(axis=1)
    for onset in _onsets(energy):
        digits, confidence = _spell(heard, notes, onset)
        if confidence > 0 and _lasts(energy, onset):
            played = notes.reshape(VOICES, DIGITS)[range(VOICES), digits]
            pitches = _pitches(heard, played, onset)
            found.append((spelled(digits), _begin(heard, played, onset), confidence, pitches))
    if not found:
        return Listening([], factor)
    off = float(np.median([pitches for *_, pitches in found]))
    seconds = off * detune / RATE
    chords = []
    for id, begin, confidence, pitches in found:
        # At another speed the nearest notes may stand out as clearly, but they do not lie where they should.
        apart = float(np.abs(pitches / off - 1).max())
        believed = confidence * float(np.interp(apart, [IN_TUNE, OUT_OF_TUNE], [1, 0.1]))
        chords.append(Heard(id, round(begin * seconds, 4), round(believed, 3)))
    return Listening(chords, off * detune / factor)


def _detune(samples: Array) -> float:
    """The factor by which all notes are off: where the recording has energy at the scale's notes, and none between."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, LONG)[:: LONG // 4]
    spectra = np.abs(np.fft.rfft(frames * np.hanning(LONG), 4 * LONG))
    loud = np.sqrt(np.maximum(0, spectra - np.percentile(spectra, QUIET, axis=0)).mean(axis=0))
    bins = np.arange(len(loud))
    notes = np.sort(NOTES.reshape(-1))
    between = np.sqrt(notes[1:] * notes[:-1])

    def level(hertz: Array) -> float:
        return float(np.interp(hertz * 4 * LONG / RATE, bins, loud).mean())

    factors = np.arange(1 - DETUNE, 1 + DETUNE + DETUNE_STEP / 2, DETUNE_STEP)
    return float(max(factors, key=lambda factor: level(notes * factor) - level(between * factor)))


def _energies(samples: Array, notes: Array, length: int, hop: int = HOP) -> Array:
    """(frames, notes): the energy of each note in frames of `length` samples, `hop` apart, the first at the begin."""
    phases = np.exp(-2j * np.pi * np.outer(np.arange(length), notes) / RATE)
    filters = phases * (np.hanning(length) / length)[:, np.newaxis]
    frames = np.lib.stride_tricks.sliding_window_view(samples, length)[::hop]
    size = 4000  # frames at a time, for the memory's sake
    parts = [np.abs(frames[start : start + size] @ filters) ** 2 for start in range(0, len(frames), size)]
    return np.concatenate(parts)


def _onsets(energy: Array) -> list[int]:
    """The samples at which chords begin, from the energy (frames,) of the loudest note of each voice."""
    quiet, loud = np.percentile(energy, [QUIET, 98])
    floor = max(quiet, FAINTEST * loud, 1e-12)
    ahead = (PLATEAU + SHORT // 2) // HOP
    back = BEFORE // HOP
    rise = np.zeros(len(energy))
    rise[back : len(energy) - ahead] = (energy[back + ahead :] + floor) / (energy[: -back - ahead] + floor)
    onsets: list[int] = []
    for frame in np.argsort(-rise):
        if rise[frame] < RISE:
            break
        if all(abs(frame * HOP - other) >= APART for other in onsets):
            onsets.append(int(frame) * HOP)
    return sorted(onsets)


def _lasts(energy: Array, onset: int) -> bool:
    """Whether what begins at sample `onset` sounds on, `energy` as for `_onsets`; a new volume only clicks."""
    behind = energy[onset // HOP :][: (PLATEAU + CLICK_SAMPLES) // HOP]
    return len(behind) == 0 or bool(behind[-1] > CLICK * behind.max())


def _begin(samples: Array, notes: Array, onset: int) -> float:
    """The sample at which the three `notes` of a chord found near `onset` are half as loud as they will be."""
    first = max(0, onset - 2 * BEFORE)
    around = samples[first : onset + 4 * BEFORE]
    level = np.sqrt(_energies(around, notes, SHORT, FINE_HOP).sum(axis=1))
    ahead = (onset - first) // FINE_HOP
    behind = level[ahead : ahead + 3 * BEFORE // FINE_HOP]
    middle = (level[:ahead].min(initial=behind.max()) + np.percentile(behind, 75)) / 2
    below = np.flatnonzero(level[: ahead + int(np.argmax(behind >= middle)) + 1] < middle)
    return float(first + (below[-1] + 0.5 if len(below) else 0) * FINE_HOP + SHORT / 2)


def _spell(samples: Array, notes: Array, onset: int) -> tuple[list[int], float]:
    """Each voice's digit behind an onset, and the confidence in the least certain one."""
    from_ = onset + PLATEAU // 2
    window = samples[from_ : from_ + LONG]
    if len(window) < 3 * LONG // 4:
        return [0] * VOICES, 0.0
    energy = _energies(window, notes, len(window))[0].reshape(VOICES, DIGITS)
    ranked = np.sort(energy, axis=1)
    margin = float((10 * np.log10(ranked[:, -1] / (ranked[:, -2] + 1e-15))).min())
    return energy.argmax(axis=1).tolist(), float(np.interp(margin, [0, UNSURE_DB, SURE_DB, 20], [0, UNSURE, 0.9, 1]))


def _pitches(samples: Array, notes: Array, onset: int) -> Array:
    """The factors by which a chord's `notes` are off, from how their phases go on from a frame to the next."""
    ahead = LONG // 2
    window = samples[onset + PLATEAU // 2 :][: LONG + ahead]
    filters = np.exp(-2j * np.pi * np.outer(np.arange(len(window)), notes) / RATE) * window[:, np.newaxis]
    taper = np.hanning(len(window) - ahead)[:, np.newaxis]
    turn = np.angle((filters[ahead:] * taper).sum(axis=0) / ((filters[:-ahead] * taper).sum(axis=0) + 1e-15))
    return np.asarray(1 + turn / (2 * np.pi * ahead / RATE) / notes)
