"""The options that name a soul, the same in every command that takes one, and the soul they name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

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
    from soulrig.buildtools.shipped import shipped_soul
    from soulrig.config import load_config
    from soulrig.model.soul import Soul

    return Soul.load(soul or load_config(config).default_soul or shipped_soul(), tokenizer, decode)
