"""Plots for the HTML page, as SVG in the page's own colours. Imports matplotlib, which takes a while."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from soulrig.capture.chords import DIGITS, NOTES, UNSURE, VOICES, Heard
from soulrig.capture.recording import Recording

Array = npt.NDArray[np.float64]
Counts = Sequence[tuple[int, float]]  # contexts and cycles

# Drawn in these, which a viewer without our style sheet sees, and then named: the page has some by day and by night.
COLOURS = {"ink": "#303040", "soft": "#8c8ca0", "now": "#4f5bd5", "before": "#d98c2b", "bad": "#d0392e"}
WIDTH, HEIGHT = 5.2, 3.0  # inches, of the cycles: their letters can be read where they are shrunk to a telephone
SOUND_WIDTH = 7.2  # and of the sound, which is scrolled there
DPI = 72
MANY_POINTS = 600  # more are drawn as pixels

PANEL_SECONDS = 20.0
MOST_PANELS = 20
PANEL_INCHES = 1.9
LOWEST, HIGHEST = 150.0, 1800.0  # Hz
BANDS, COLUMNS = 110, 720  # pixels of a panel
WINDOW_SECONDS = 0.1
DECIBELS = 55.0  # from the loudest to what is drawn as silence
NOTE_NAMES = {"C3": 130.81, "G3": 196.0, "C4": 261.63, "C5": 523.25, "C6": 1046.5, "G6": 1567.98}

TEXT_SIZE = 9.0  # points


@dataclass(frozen=True)
class Labelled:
    """A chord of a recording and what it stands for."""

    heard: Heard
    text: str


def cycles_plot(now: Counts, before: Counts = ()) -> str:
    """Cycles over context: every step of this record, above it the earlier record's, and their means as lines."""
    with _text_as_text():
        figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DPI, layout="constrained")
        axes = figure.add_subplot()
        for counts, colour, label in ((before, "before", "earlier record"), (now, "now", "this record")):
            if counts:
                contexts, cycles = np.array(counts, dtype=float).T
                rasterized = len(counts) > MANY_POINTS
                axes.plot(contexts, cycles, "o", ms=3, mew=0, alpha=0.45, color=COLOURS[colour], rasterized=rasterized)
                places = np.unique(contexts)
                means = [float(cycles[contexts == place].mean()) for place in places]
                axes.plot(places, means, "-", lw=1.6, color=COLOURS[colour], label=label)
        axes.set_ylim(bottom=0)
        axes.set_xlabel("context, positions")
        axes.set_ylabel("cycles a token")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / 1e6:.1f} M"))
        axes.grid(axis="y", color=COLOURS["soft"], alpha=0.3, linewidth=0.5)
        if now and before:
            axes.legend(frameon=False, loc="lower right", labelcolor=COLOURS["ink"])
        _dress(axes)
        return _svg(figure, "cycles")


def spectrogram(recording: Recording, chords: Sequence[Labelled], speed: float, name: str) -> str:
    """The sound over time in panels, the notes of the tokens ringed and their text above.

    `speed` is how many of the C64's seconds pass in one of the recording's; the axis shows the C64's. `name` is told
    apart from that of other plots on the page.
    """
    total = recording.seconds * speed
    panels = min(MOST_PANELS, max(1, int(np.ceil(total / PANEL_SECONDS))))
    span = PANEL_SECONDS if panels > 1 else max(total, 1.0)
    with _text_as_text():
        figure = Figure(figsize=(SOUND_WIDTH, PANEL_INCHES * panels + 0.3), dpi=DPI, layout="constrained")
        all_axes = np.atleast_1d(figure.subplots(panels, 1))
        for panel, axes in enumerate(all_axes.tolist()):
            start, end = panel * span, (panel + 1) * span
            levels = _levels(recording, start / speed, end / speed)
            extent = (start, end, np.log2(LOWEST), np.log2(HIGHEST))
            axes.imshow(
                levels, aspect="auto", origin="lower", extent=extent, cmap="magma", vmin=-DECIBELS, vmax=0,
                interpolation="nearest",
            )  # fmt: skip
            _draw_chords(axes, [chord for chord in chords if start <= chord.heard.seconds < end])
            axes.set_xlim(start, end)
            axes.set_ylim(*extent[2:])
            axes.set_yticks(np.log2([*NOTE_NAMES.values()][1:]), [*NOTE_NAMES][1:])
            _dress(axes)
        all_axes[-1].set_xlabel("seconds")
        return _svg(figure, name)


def _draw_chords(axes: Axes, chords: Sequence[Labelled]) -> None:
    """A line where each begins, a ring at each of its notes, its text above."""
    for chord in chords:
        sure = chord.heard.confidence >= UNSURE
        colour = "#ffffff" if sure else COLOURS["bad"]
        seconds = chord.heard.seconds
        axes.axvline(seconds, color=colour, linewidth=0.6, alpha=0.7)
        digits = [chord.heard.id // DIGITS**voice % DIGITS for voice in range(VOICES)]
        notes = np.log2(NOTES[range(VOICES), digits])
        axes.plot([seconds] * VOICES, notes, "o", ms=6, mfc="none", mec=colour, mew=1.1)
        axes.text(
            seconds, np.log2(HIGHEST), chord.text if sure else f"{chord.text}?", rotation=50, rotation_mode="anchor",
            fontsize=8, color=COLOURS["ink" if sure else "bad"], va="bottom", parse_math=False,
        )  # fmt: skip


def _levels(recording: Recording, start: float, end: float) -> Array:
    """(BANDS, COLUMNS) decibels below the recording's loudest, bands even in pitch, from `start` to `end` by its label.

    Behind the recording's end there is silence.
    """
    window = max(64, round(WINDOW_SECONDS * recording.rate))
    frequencies = np.geomspace(LOWEST, HIGHEST, BANDS)
    bins = np.clip(np.round(frequencies * window / recording.rate).astype(int), 0, window // 2)
    taper = np.hanning(window)
    centres = np.round(np.linspace(start, end, COLUMNS) * recording.rate).astype(int)
    levels = np.zeros((BANDS, COLUMNS))
    for column, centre in enumerate(centres):
        first = max(0, int(centre) - window // 2)
        samples = recording.samples[first : first + window]
        if len(samples) == window:
            levels[:, column] = np.abs(np.fft.rfft(samples * taper))[bins] / window
    loudest = float(np.abs(recording.samples).max(initial=1e-9)) / 8
    return np.asarray(20 * np.log10(np.maximum(levels, 1e-9) / loudest))


def _text_as_text() -> AbstractContextManager[None]:
    """Letters stay letters in an SVG that is written within this; the page's fonts draw them."""
    return mpl.rc_context({"svg.fonttype": "none", "font.family": "sans-serif", "font.size": TEXT_SIZE})


def _dress(axes: Axes) -> None:
    axes.patch.set_alpha(0)
    axes.tick_params(colors=COLOURS["ink"], which="both")
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set_color(COLOURS["ink"])
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(COLOURS["soft"])


def _svg(figure: Figure, name: str) -> str:
    """The figure as an element for a page: ids told apart by `name`, colours by their names in the style sheet."""
    figure.patch.set_alpha(0)
    file = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": name}):
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    svg = file.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", svg)
    for colour, value in COLOURS.items():
        svg = svg.replace(value, f"var(--{colour}, {value})")
    return svg
