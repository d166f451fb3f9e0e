"""`soulrig build`: from a soul to a program and a floppy image."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from soulrig.cli.explain import explained, print_explained, print_map
from soulrig.cli.machine_options import ConfigOption, LineName
from soulrig.cli.progress import Bar
from soulrig.cli.soul_options import DecodeOption, SoulOption, TokenizerOption, load_soul


def build(
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="DIR", help="Where to leave the files; may be missing with --explain."),
    ] = None,
    soul: SoulOption = None,
    tokenizer: TokenizerOption = None,
    decode: DecodeOption = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that no build wrote.")] = False,
    blank: Annotated[
        bool, typer.Option("--blank", help="Switch the screen off while a reply is made: some 5 % quicker.")
    ] = False,
    crt: Annotated[
        bool, typer.Option("--crt", help="Leave a cartridge image too, soulplayer.crt, which starts in 2 seconds.")
    ] = False,
    wire: Annotated[
        LineName | None,
        typer.Option("--wire", help="Link the serial agent in, for this line: it tells each token as it is made."),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Tell what memory is left, and what a token will cost on a C64.")
    ] = False,
    config: ConfigOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the manifest, or what --explain tells, instead of the memory map.")
    ] = False,
) -> None:
    """Build the C64 program for a soul, and a floppy image that it starts from.

    Leaves soulplayer.prg, soulplayer.d64 and the manifest soulplayer.json in DIR and prints the memory map. The same
    soul gives the same bytes. Files of an earlier build are replaced, files that were changed since are not.

    --crt adds a Magic Desk cartridge of 64 KB, for Kung Fu Flash, Ultimate and emulators.

    --wire links the serial agent in: the program asks a host at that line what it wants, and tells it each token as it
    is made. docs/serial.md tells the rest.

    --explain tells more of the map, and runs the program in the simulator for some seconds: it tells the cycles and
    seconds of a token, right within 3 %.

    \b
    Examples:
      soulrig build --output build/soul
      soulrig build --soul my_soul --output my_disk
      soulrig build --soul my_soul --output my_disk --crt
      soulrig build --wire swiftlink --output build/cable
      soulrig build --soul my_soul --explain
      soulrig build --soul soul.bin --tokenizer tokenizer.json --decode v3 --output old_soul

    Exit codes: 0 built, 2 wrong usage, bad input or a soul that doesn't fit, 3 the assembler is missing.
    """
    from soulrig.buildtools.build import build as build_program

    if output is None and not explain:
        raise typer.BadParameter("is missing; name the folder for the files, or --explain", param_hint="--output")
    loaded = load_soul(soul, tokenizer, decode, config)
    built = build_program(loaded, blank=blank, wire=None if wire is None else wire.value, crt=crt)
    if output is not None:
        built.save(output, force=force)
    if explain:
        with Bar("running it") as bar:
            explanation = explained(loaded, built, bar.show)
        if as_json:
            print(json.dumps(explanation))
            return
        print_map(built)
        print_explained(explanation)
    elif as_json:
        print(json.dumps(built.manifest))
        return
    else:
        print_map(built)
    if output is not None:
        _print_files(output, crt=crt)


def _print_files(output: Path, *, crt: bool) -> None:
    for suffix in ("prg", "d64", *(["crt"] if crt else []), "json"):
        path = output / f"soulplayer.{suffix}"
        print(f"{path}  {path.stat().st_size} bytes")
