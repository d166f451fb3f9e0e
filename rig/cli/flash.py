"""`soulrig flash`: a floppy image onto a real disk or a card, every sector compared."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from soulrig.cli.machine_options import ConfigOption
from soulrig.cli.progress import Bar

if TYPE_CHECKING:
    from soulrig.flash.flashing import Flashed
    from soulrig.flash.target import Target

EXIT_MISMATCH = 1
SHOWN = 10  # differences, of however many there are


DriveOption = Annotated[int, typer.Option(metavar="N", help="The number of the drive that has the disk.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite a disk that holds files.")]


def target_names(incomplete: str) -> list[str]:
    """What a shell offers after --to."""
    from soulrig.flash.registry import TARGETS

    return [
        name for kind in TARGETS.values() if (name := kind.name + ":" * (kind.where is not None)).startswith(incomplete)
    ]


def flash(
    disk: Annotated[Path, typer.Argument(metavar="DISK.d64", help="The floppy image.")],
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="TARGET",
            autocompletion=target_names,
            help="zoomfloppy, serial:PORT[,LINE], sdcard:DIR, or a machine of soulrig.toml that has a target's kind.",
        ),
    ],
    drive: DriveOption = 8,
    verify_only: Annotated[bool, typer.Option("--verify-only", help="Write nothing, only compare.")] = False,
    force: ForceOption = False,
    backup: Annotated[
        Path | None, typer.Option(metavar="FILE.d64", help="Save what is there first, in a new file.")
    ] = None,
    format_first: Annotated[
        bool, typer.Option("--format", help="Format the disk first; a drive writes to no other.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Write the sectors too that the image does not use, where that is slow.")
    ] = False,
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of the result.")] = False,
) -> None:
    """Write a floppy image to a disk or a card, read it back, and compare every sector.

    zoomfloppy is a drive on a ZoomFloppy: OpenCBM's d64copy and cbmctrl do the work, and as they tell of success
    where there was none, only the comparison counts. What failed in passing is tried three times, each after a reset of
    the bus. sdcard:DIR copies the image onto a mounted card, for an SD2IEC or a Pi1541.

    serial:PORT is a drive of a C64 that runs riglink with a SwiftLink; serial:PORT,userport with a cable at its user
    port, serial:PORT,up9600 with one wired as UP9600. The C64 writes the sectors that the image uses and compares them
    by their CRCs. What was cut goes on where it stopped.

    A disk that holds files is shown and not overwritten without --force; --backup saves it. An image has 35 tracks;
    a card takes one of 40 too, and error information.

    \b
    Examples:
      soulrig flash build/soul/soulplayer.d64 --to zoomfloppy
      soulrig flash soulplayer.d64 --to zoomfloppy --drive 9 --force --backup before.d64
      soulrig flash soulplayer.d64 --to serial:/dev/ttyUSB0 --force
      soulrig flash soulplayer.d64 --to sdcard:/media/card
      soulrig flash soulplayer.d64 --to zoomfloppy --verify-only

    Exit codes: 0 everything is there, 1 a sector differs, 2 wrong usage or bad input, 3 drive, bus or card failed.
    """
    from soulrig.flash.flashing import Listener, Wishes
    from soulrig.flash.flashing import flash as run
    from soulrig.flash.image import Image

    image = Image.load(disk)
    target = target_for(to, disk.name, drive, config)
    wishes = Wishes(verify_only, force, format_first, everything, backup)
    with Bar("looking at it", time_left=True) as bar:
        flashed = run(target, image, wishes, Listener(bar.show_part, bar.note))
    if as_json:
        print(json.dumps(_told(flashed, disk, target)))
    else:
        _print_result(flashed, target)
    if flashed.differences:
        raise typer.Exit(EXIT_MISMATCH)


def target_for(to: str, file: str, drive: int, config: Path | None) -> Target:
    """The target that is asked for; a name that is none may be a machine's, of a kind that is a target too."""
    from soulrig.config import load_config
    from soulrig.errors import BadInput
    from soulrig.flash.registry import TARGETS, find_target

    if to.partition(":")[0] not in TARGETS and to in (loaded := load_config(config)).machines:
        kind, settings = loaded.machine(to, {})
        if kind.name not in TARGETS:
            raise BadInput(
                f"{to}: is a machine of the kind {kind.name}, which is no target; there are {', '.join(TARGETS)}"
            )
        return find_target(kind.name, file, drive, settings)
    return find_target(to, file, drive)


def _told(flashed: Flashed, disk: Path, target: Target) -> dict[str, object]:
    return {
        "disk": str(disk),
        "target": target.where,
        "written": flashed.attempts > 0,
        "attempts": flashed.attempts,
        "sectors": flashed.sectors,
        "differences": [
            {"sector": None if found.sector is None else str(found.sector), "what": found.what}
            for found in flashed.differences
        ],
        "before": None if flashed.directory is None else flashed.directory.rows(),
        "backup": None if flashed.saved is None else str(flashed.saved),
    }


def _print_result(flashed: Flashed, target: Target) -> None:
    what = "written and compared" if flashed.attempts else "compared"
    if not flashed.differences:
        print(f"{target.where}: {flashed.sectors} sectors {what}, all equal")
        return
    for difference in flashed.differences[:SHOWN]:
        print(difference)
    if len(flashed.differences) > SHOWN:
        print(f"and {len(flashed.differences) - SHOWN} more")
    print(f"{target.where}: {flashed.sectors} sectors {what}, {len(flashed.differences)} differ")
    if flashed.attempts:
        print(f"soulrig: {flashed.attempts} attempts; try another disk, or clean the drive's head", file=sys.stderr)
