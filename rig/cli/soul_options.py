"""The options that name a soul, the same in every command that takes one, and the soul they name."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from soulrig.errors import BadInput

if TYPE_CHECKING:
    from soulrig.model.soul import Soul

SoulOption = Annotated[
    Path | None,
    typer.Option(
        "--soul", metavar="FILE_OR_DIR", help="soul.bin, or the folder of a soul.  [default: the soul that is shipped]"
    ),
]
TokenizerOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="tokenizer.json; wins over the one in the soul's folder."),
]
DecodeOption = Annotated[
    Literal["end", "v3"] | None,
    typer.Option(help="Decode rule; wins over the one in the soul's folder, which wins over `end`."),
]


def load_soul(soul: Path | None, tokenizer: Path | None, decode: Literal["end", "v3"] | None) -> Soul:
    """The soul that the three options name. Raises BadInput where it can't be read or none is shipped."""
    from soulrig.model.soul import Soul

    return Soul.load(shipped_soul() if soul is None else soul, tokenizer, decode)


def shipped_soul() -> Path:
    """The folder of the soul that comes with this package. Raises BadInput where the installation has none."""
    try:
        folder = Path(str(resources.files("soulrig.disk") / "soulplayer"))
    except ModuleNotFoundError:
        folder = None
    if folder is None or not folder.is_dir():
        raise BadInput("this installation brings no soul of its own; name one with --soul, or train one: soulrig train")
    return folder
