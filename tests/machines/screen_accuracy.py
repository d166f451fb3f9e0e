"""The curve of docs/screen-accuracy.png: cells marked and cells wrong over the strength of all distortions at once."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import matplotlib
import numpy as np
from screen_trials import ROOT, Outcome, read_all, studio

from soulrig.buildtools.rom import build_or_shipped_roms

STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25)
PROMISED = 1.0  # the strength up to which something is promised
FIRST = 1000  # the number of the first picture: others than those of the tests
OUTPUT = ROOT / "docs" / "screen-accuracy.png"


def measured(pictures: int) -> list[list[Outcome]]:
    """What comes of so many pictures at each strength."""
    with tempfile.TemporaryDirectory() as folder:
        chargen = build_or_shipped_roms(Path(folder) / "roms").chargen
        with studio(chargen, Path(folder)) as drawing:
            trials = [drawing.trial(FIRST + n, strength) for strength in STRENGTHS for n in range(pictures)]
        outcomes = read_all(trials, chargen)
    return [outcomes[start : start + pictures] for start in range(0, len(outcomes), pictures)]


def plot(outcomes: list[list[Outcome]]) -> None:
    """Write the picture, and print its numbers."""
    matplotlib.use("Agg")
    from matplotlib import pyplot

    marked = np.array([sum(one.marked for one in group) / (1000 * len(group)) for group in outcomes])
    wrong = np.array(
        [sum(one.wrong for one in group) / max(1, sum(1000 - one.marked for one in group)) for group in outcomes]
    )
    for strength, *parts in zip(STRENGTHS, marked, wrong, strict=True):
        print(f"strength {strength:.2f}: {parts[0]:7.3%} marked, {parts[1]:7.3%} of the others wrong")
    figure, axes = pyplot.subplots(figsize=(6.4, 3.6), layout="constrained")
    axes.plot(STRENGTHS, 100 * marked, "o-", label="marked: not read")
    axes.plot(STRENGTHS, 100 * wrong, "s-", label="wrong, of those not marked")
    axes.axvline(PROMISED, color="grey", linestyle=":")
    axes.set_yscale("symlog", linthresh=0.01)  # none is a figure too
    axes.yaxis.set_major_formatter("{x:g}")
    axes.grid(axis="y", color="lightgrey")
    axes.set(xlabel="strength of all distortions at once", ylabel="percent of cells", ylim=(0, 100))
    axes.legend()
    figure.savefig(OUTPUT, dpi=110)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=24, help="at each strength")
    plot(measured(parser.parse_args().pictures))
