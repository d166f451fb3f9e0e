"""`soulrig play`: a C64 for a person, with a disk in it that is started."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from soulrig.cli.machine_options import (
    ConfigOption,
    EmulatorOption,
    MachineOption,
    RomsOption,
    StandardOption,
)
from soulrig.cli.soul_options import load_soul


def play(
    disk: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DISK]", help="A floppy image, or a cartridge's (.crt).  [default: the disk of your soul]"
        ),
    ] = None,
    machine: MachineOption = None,
    emulator: EmulatorOption = None,
    standard: StandardOption = None,
    roms: RomsOption = None,
    write: Annotated[
        bool, typer.Option("--write", help="Afterwards, write what the program saved back into DISK.")
    ] = False,
    config: ConfigOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Afterwards, print one JSON object: machine, disk, changed, written.")
    ] = False,
) -> None:
    """Start a disk on a C64 that you can use: in a window of VICE's, or with --machine sim in this terminal.

    The machine has our ROMs, unless --roms or soulrig.toml say otherwise, and starts the disk by LOAD"*",8,1 and RUN.
    A cartridge starts by itself; only VICE takes one.
    Without DISK it is the soul's: soulrig.toml's, or the one that is shipped. Close the window, or type Ctrl-C in the
    terminal, to leave. In the terminal Esc is RUN/STOP.

    DISK itself is never touched while you play: the machine has a copy. With --write the copy takes its place once
    you have left, if it was changed and the machine did not fail; without, it is thrown away.

    \b
    Examples:
      soulrig play
      soulrig play --machine sim
      soulrig play game.d64 --standard ntsc --write

    Exit codes: 0 you have left, 2 wrong usage or bad input, 3 no display or terminal, or the machine failed.
    """
    from soulrig.buildtools.build import build_or_shipped
    from soulrig.config import load_config
    from soulrig.errors import BadInput
    from soulrig.play import play as run

    if write and disk is None:
        raise BadInput("--write: name the disk that is to be written to")
    given = {"emulator": emulator, "standard": standard, "roms": roms}
    kind, options = load_config(config).machine(machine, given)
    c64 = kind.make_attended(**options)
    with tempfile.TemporaryDirectory(prefix="soulrig-play-") as folder:
        image = disk
        if image is None:
            image = Path(folder) / "soulplayer.d64"
            image.write_bytes(build_or_shipped(load_soul(None, None, None, config)).d64)
        played = run(c64, image, write=write)
    if as_json:
        told = {"machine": c64.description, "disk": None if disk is None else str(disk)}
        print(json.dumps(told | {"changed": played.changed, "written": played.written}))
    elif played.written:
        print(f"{disk}: written", file=sys.stderr)
    elif played.changed and disk is not None:
        print(f"{disk}: what the program saved is thrown away, as --write was not given", file=sys.stderr)
