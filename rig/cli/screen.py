"""`soulrig screen`: the text on a C64's screen, read from a picture of it."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from soulrig.capture.reading import Reading


class Letters(StrEnum):
    """The two sets of a character ROM."""

    AUTO = "auto"
    LARGE = "large"
    SMALL = "small"


def screen(
    image: Annotated[
        Path, typer.Argument(metavar="IMAGE", help="The picture: PNG, JPEG or another that Pillow reads.")
    ],
    chargen: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A character ROM of 4096 bytes.  [default: the rig ROM's]")
    ] = None,
    letters: Annotated[
        Letters, typer.Option(help="The character set: large letters and graphics, small letters, or what fits better.")
    ] = Letters.AUTO,
    reading: Annotated[
        Path | None,
        typer.Option(metavar="OUT.png", help="Where to leave the picture with the grid and what was not read."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of the text.")] = False,
) -> None:
    """Read the text of a C64's screen from a picture: an emulator's, a grabber's, or a photograph.

    The whole text screen must be seen, with some of its border, upright to a few degrees. Prints 25 lines of up to 40
    characters. A cell that can't be read for certain shows as U+FFFD, and their number is told on stderr; a reversed
    character shows as the character. With --json: `rows`, `codes` (screen codes, null where not read), `confidence`,
    `letters`, `corners` (of the text screen in the picture's pixels, clockwise from upper left) and `way`, "exact" for
    an emulator's own picture, else "photograph".

    \b
    Examples:
      soulrig screen screenshot.png
      soulrig screen photo.jpg --chargen chargen --reading seen.png
      soulrig screen grabbed.png --letters small --json

    Exit codes: 0 read, 2 wrong usage, not a picture, or no C64 screen found in it.
    """
    from soulrig.capture.charset import Charset, our_charset
    from soulrig.capture.overlay import draw_reading
    from soulrig.capture.reading import open_picture, read_screen
    from soulrig.cli.output_files import check_outputs

    check_outputs([reading], [image, chargen])
    charset = our_charset() if chargen is None else Charset.load(chargen)
    picture = open_picture(image)
    small_letters = None if letters is Letters.AUTO else letters is Letters.SMALL
    read = read_screen(picture, charset, small_letters)
    if reading is not None:
        draw_reading(picture, read, reading)
    if as_json:
        print(json.dumps(_content(read), ensure_ascii=False))
        return
    for row in read.rows:
        print(row.rstrip())
    marked = int(read.marked.sum())
    if marked:
        print(f"soulrig: {marked} of {read.marked.size} cells could not be read for certain", file=sys.stderr)


def _content(read: Reading) -> dict[str, Any]:
    return {
        "rows": read.rows,
        "codes": [
            [None if unread else int(code) for code, unread in zip(codes, marked, strict=True)]
            for codes, marked in zip(read.codes, read.marked, strict=True)
        ],
        "confidence": [[round(float(value), 3) for value in row] for row in read.confidence],
        "marked": int(read.marked.sum()),
        "letters": Letters.SMALL if read.small_letters else Letters.LARGE,
        "letters_certain": read.set_is_certain,
        "corners": read.projection.corners.round(1).tolist(),
        "way": read.way,
    }
