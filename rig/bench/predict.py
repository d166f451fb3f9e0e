"""What a soul's tokens will cost on a C64: counted in the simulator, the screen's share reckoned on top."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from soulrig.bench.run import Progress
from soulrig.bench.screen_share import FRAME, HERTZ, Standard, with_screen
from soulrig.bench.talk import Talk, course
from soulrig.buildtools.build import Built
from soulrig.machines.sim import SimMachine
from soulrig.model.soul import Soul


@dataclass(frozen=True)
class Prediction:
    """A token's φ2 cycles over `context` positions: with the screen blanked, and with it shown, by standard."""

    context: int
    blanked: int
    shown: dict[Standard, int]

    def seconds(self, standard: Standard) -> float:
        """With the screen shown."""
        return self.shown[standard] / HERTZ[standard]


def predict(soul: Soul, built: Built, progress: Progress = lambda done, total: None) -> list[Prediction]:
    """A token at every context from 1 to the largest. Raises Fault where the program hangs."""
    predictions = []
    ids = course(soul)
    blank = built.manifest["program"]["blank"]
    with tempfile.TemporaryDirectory(prefix="soulrig-predict-") as folder, SimMachine() as machine:
        for token in Talk(machine, built, Path(folder)).tokens(ids, soul.reply_limit, detailed=()):
            shown = {name: token.cycles if blank else round(with_screen(token.cycles, name)) for name in FRAME}
            predictions.append(Prediction(token.context, token.cycles, shown))
            progress(len(predictions), len(ids))
    return predictions
