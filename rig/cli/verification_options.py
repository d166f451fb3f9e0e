"""The options that say what is typed at a soul's program and what has to agree, for every command that verifies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def _channel_names(incomplete: str) -> list[str]:
    """What a shell offers after --channels."""
    from soulrig.channels.registry import CHANNELS

    asked, comma, begun = incomplete.rpartition(",")
    return [asked + comma + name for name in CHANNELS if name.startswith(begun) and name not in asked.split(",")]


PromptOption = Annotated[list[str] | None, typer.Option(metavar="TEXT", help="A prompt; may be given often.")]
PromptsOption = Annotated[Path | None, typer.Option(metavar="FILE", help="A UTF-8 file of prompts, one a line.")]
ChannelsOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAMES",
        autocompletion=_channel_names,
        help="What has to agree: telemetry, screen, pixels, sound, wire, with commas.  [default: telemetry,screen]",
    ),
]


def prompts_to_type(prompt: list[str] | None, prompts: Path | None) -> list[str]:
    """Those that the options give, or a few of the rig's own. Raises BadInput for what can't be typed, or read."""
    from soulrig.conversation import DEFAULT_PROMPTS
    from soulrig.prompts import check_prompts, read_prompts

    given = list(prompt or [])
    check_prompts(given)
    given += read_prompts(prompts) if prompts is not None else []
    return given or list(DEFAULT_PROMPTS)


def channels_to_watch(channels: str | None) -> tuple[str, ...]:
    """Those that the option names, or the default. Raises BadInput for one that is unknown."""
    from soulrig.channels.registry import DEFAULT_CHANNELS, parse_channels

    return DEFAULT_CHANNELS if channels is None else parse_channels(channels)
