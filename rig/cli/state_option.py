"""The option that names the folder of state, the same in every command that takes it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

StateOption = Annotated[
    Path | None,
    typer.Option(
        "--state",
        metavar="DIR",
        help="Where deployments are remembered.  [default: $SOULRIG_STATE, or ~/.local/state/soulrig]",
    ),
]
