"""The options that name a soul, the same in every command that takes one, and the soul they name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from soulrig.errors import BadInput

if TYPE_CHECKING:
    from soulrig.model.soul import Soul

SoulOption = Annotated[
    Path | None,
    typer.Option(
        "--soul",
        metavar="FILE_OR_DIR",
        help="soul.bin, or the folder of a soul.  [default: soulrig.toml's, or the soul that is shipped]",
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


def load_soul(
    soul: Path | None, tokenizer: Path | None, decode: Literal["end", "v3"] | None, config: Path | None
) -> Soul:
    """The soul that the options name, or soulrig.toml. Raises BadInput where it can't be read or none is shipped."""
    from soulrig.config import load_config
    from soulrig.model.soul import Soul

    return Soul.load(soul or load_config(config).default_soul or shipped_soul(), tokenizer, decode)


def shipped_soul() -> Path:
    """The folder of the soul that comes with this package. Raises BadInput where the installation has none."""
    from soulrig.buildtools.shipped import shipped_folder

    folder = shipped_folder()
    if folder is None or not (folder / "soulplayer").is_dir():
        raise BadInput("this installation brings no soul of its own; name one with --soul, or train one: soulrig train")
    return folder / "soulplayer"
