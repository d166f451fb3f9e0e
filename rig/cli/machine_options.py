"""The options that name a machine and the configuration, the same in every command that takes them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from soulrig.errors import BadInput

if TYPE_CHECKING:
    from soulrig.config import Config
    from soulrig.machine import Machine


class EmulatorName(StrEnum):
    """VICE's two C64s: one is quick, one is exact to the cycle in every corner."""

    X64 = "x64"
    X64SC = "x64sc"


class Standard(StrEnum):
    """The television standards."""

    PAL = "pal"
    NTSC = "ntsc"


class LineName(StrEnum):
    """The lines to a C64: a cartridge, or a cable at its user port."""

    SWIFTLINK = "swiftlink"
    USERPORT = "userport"
    UP9600 = "up9600"


def machine_names(incomplete: str) -> list[str]:
    """What a shell offers after --machine."""
    from soulrig.config import load_config
    from soulrig.machines.registry import KINDS

    try:
        named = list(load_config().machines)
    except BadInput:
        named = []  # the command itself will say what is wrong with the file
    return [name for name in (*KINDS, *named) if name.startswith(incomplete)]


MachineOption = Annotated[
    str | None,
    typer.Option(
        "--machine",
        metavar="NAME",
        autocompletion=machine_names,
        help="The machine: vice, sim, serial, or one that soulrig.toml names.  [default: soulrig.toml's, or vice]",
    ),
]
EmulatorOption = Annotated[
    EmulatorName | None, typer.Option(help="VICE's quick C64, or the one exact in every corner.")
]
StandardOption = Annotated[Standard | None, typer.Option(help="The television standard.  [default: pal]")]
RomsOption = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="A folder of other ROMs; with a 1541's among them VICE emulates the drive too."),
]
PortOption = Annotated[
    str | None,
    typer.Option(
        metavar="PORT",
        help="Of a serial machine: a device, socket://HOST:PORT or rfc2217://HOST:PORT. Of VICE: its monitor's.",
    ),
]
LineOption = Annotated[LineName | None, typer.Option(help="Of a serial machine: what the C64's end of the cable is.")]
BaudOption = Annotated[
    int | None, typer.Option(metavar="N", help="Of a serial machine: another speed than the line's own.")
]
CameraOption = Annotated[
    str | None,
    typer.Option(metavar="SRC", help="Of a serial machine: a video device, or a picture file that is renewed."),
]
MicrophoneOption = Annotated[
    str | None,
    typer.Option(metavar="SRC", help="Of a serial machine: a sound device, or a .wav that is being written."),
]
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="The soulrig.toml to read.  [default: the one that is found]"),
]


def make_machine(config: Config, name: str | None, given: Mapping[str, Any]) -> Machine:
    """The machine that is asked for, not yet switched on; `given` are options of the command line, None not given.

    Raises BadInput as `Config.machine` does, and for an option that is required and not there.
    """
    kind, options = config.machine(name, given)
    for option in kind.required:
        if option not in options:
            raise BadInput(f"a machine of the kind {kind.name} needs --{option}, or {option} in soulrig.toml")
    return kind.make(**options)
