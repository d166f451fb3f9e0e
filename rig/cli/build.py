"""`soulrig build`: from a soul to a program and a floppy image."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from soulrig.cli.machine_options import ConfigOption
from soulrig.cli.soul_options import DecodeOption, SoulOption, TokenizerOption, load_soul

if TYPE_CHECKING:
    from soulrig.buildtools.build import Built


def build(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where to leave the files.")],
    soul: SoulOption = None,
    tokenizer: TokenizerOption = None,
    decode: DecodeOption = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that no build wrote.")] = False,
    blank: Annotated[
        bool, typer.Option("--blank", help="Switch the screen off while a reply is made: some 5 % quicker.")
    ] = False,
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest instead of the memory map.")] = False,
) -> None:
    """Build the C64 program for a soul, and a floppy image that it starts from.

    Leaves soulplayer.prg, soulplayer.d64 and the manifest soulplayer.json in DIR and prints the memory map. The same
    soul gives the same bytes. Files of an earlier build are replaced, files that were changed since are not.

    \b
    Examples:
      soulrig build --output build/soul
      soulrig build --soul my_soul --output my_disk
      soulrig build --soul soul.bin --tokenizer tokenizer.json --decode v3 --output old_soul

    Exit codes: 0 built, 2 wrong usage, bad input or a soul that doesn't fit, 3 the assembler is missing.
    """
    from soulrig.buildtools.build import build as build_program

    built = build_program(load_soul(soul, tokenizer, decode, config), blank=blank)
    built.save(output, force=force)
    if as_json:
        print(json.dumps(built.manifest))
    else:
        _print_map(built, output)


def _print_map(built: Built, output: Path) -> None:
    program = built.manifest["program"]
    print("segment     start  end    bytes")
    for segment in built.segments:
        print(f"{segment.name:<11} ${segment.start:04X}  ${segment.end:04X} {segment.size:6}")
    print(f"program     ${program['load_address']:04X}  ${program['end_address']:04X} {len(built.prg) - 2:6}")
    for name in ("soulplayer.prg", "soulplayer.d64", "soulplayer.json"):
        path = output / name
        print(f"{path}  {path.stat().st_size} bytes")
