"""The picture of a bench: what a token's cycles go to, over context. Imports matplotlib, which takes a while."""

from __future__ import annotations

import io
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from soulrig.bench.run import Bench
from soulrig.model.files import write_beside

SIZE = (9.0, 5.5)  # inches
DPI = 120
# Shown one by one, from the bottom up; what is not named is shown together.
LAYERS = {
    "q": "#1f4e79",
    "k": "#2e75b6",
    "v": "#5b9bd5",
    "proj": "#8fbbe3",
    "fc1": "#c55a11",
    "fc2": "#f4a261",
    "out": "#7f6000",
    "attention": "#548235",
    "normalisation": "#a9d18e",
    "keys and values": "#7030a0",
}
OTHERS = "the rest"
OTHERS_COLOUR = "#a6a6a6"
TOTAL_COLOUR = "#404040"


def save_plot(bench: Bench, path: Path) -> None:
    """Write a PNG: areas where components were looked at, else the line of all cycles. Raises BadInput if it can't."""
    figure = Figure(figsize=SIZE, dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    tokens = bench.detailed
    if len(tokens) > 1:
        contexts = [token.context for token in tokens]
        areas = {name: [token.components.get(name, 0) for token in tokens] for name in LAYERS}
        areas[OTHERS] = [
            token.cycles - sum(areas[name][index] for name in LAYERS) for index, token in enumerate(tokens)
        ]
        colours = [*LAYERS.values(), OTHERS_COLOUR]
        axes.stackplot(contexts, *areas.values(), labels=[*areas], colors=colours, linewidth=0)
        handles, labels = axes.get_legend_handles_labels()
        figure.legend(handles[::-1], labels[::-1], loc="outside right center", frameon=False)
    contexts = [token.context for token in bench.tokens]
    axes.plot(contexts, [token.cycles for token in bench.tokens], color=TOTAL_COLOUR, linewidth=1.5)
    axes.set_xlim(contexts[0], max(contexts[-1], contexts[0] + 1))
    axes.set_ylim(bottom=0)
    axes.set_xlabel("context, positions")
    axes.set_ylabel("cycles a token")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / 1e6:.1f} M"))
    axes.grid(axis="y", color="#000000", alpha=0.15, linewidth=0.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(f"{bench.title}: {bench.machine['cycle_basis']}", loc="left", fontsize=10)
    file = io.BytesIO()
    figure.savefig(file)
    write_beside(path, file.getvalue())
