"""`soulrig verify --disk`: a program that is not ours, by what its screen shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from soulrig.errors import BadInput

if TYPE_CHECKING:
    from soulrig.foreign import ForeignProgram
    from soulrig.record import Record

DiskOption = Annotated[
    Path | None, typer.Option("--disk", metavar="FILE.d64", help="Verify a program that is not ours: its disk.")
]
LoadOption = Annotated[str | None, typer.Option(metavar="NAME", help="With --disk: the program's name.  [default: *]")]
RunOption = Annotated[
    str | None, typer.Option(metavar="TEXT", help="With --disk: the line that starts it.  [default: run]")
]
ReadyOption = Annotated[
    str | None, typer.Option(metavar="TEXT", help="With --disk: what is shown when it waits for the first prompt.")
]
BetweenOption = Annotated[
    tuple[str, str] | None,
    typer.Option(metavar="A B", help="With --disk: what stands before a reply, and after it, last on the screen."),
]
ExpectOption = Annotated[
    list[str] | None, typer.Option(metavar="TEXT", help="With --disk: the reply to a prompt; one for each.")
]
ExpectationsOption = Annotated[
    Path | None,
    typer.Option("--expectations", metavar="FILE", help="With --disk: a UTF-8 file of replies, one a line."),
]
SecondsOption = Annotated[
    float | None, typer.Option(metavar="N", min=0.1, help="With --disk: C64 seconds a reply may take.  [default: 120]")
]


def foreign_program(
    disk: Path, load: str | None, run: str | None, ready: str | None, between: tuple[str, str] | None
) -> ForeignProgram:
    """What the options tell of a program. Raises BadInput where one is missing or makes no sense."""
    from soulrig.foreign import ForeignProgram

    if ready is None or between is None:
        raise BadInput("--disk needs --ready-text and --reply-between, which tell how its screen is read")
    program = ForeignProgram(disk, load or "*", ready, *between, run or "run")
    program.check()
    return program


def expectations(expect: list[str] | None, file: Path | None) -> list[str] | None:
    """The replies that are expected, None where none are given. Raises BadInput where both options are."""
    from soulrig.prompts import read_lines

    if expect and file is not None:
        raise BadInput("--expect and --expectations both tell the replies; give one of them")
    return read_lines(file, "reply") if file is not None else expect or None


def print_foreign(result: Record) -> None:
    """The table of replies, and what differs."""
    from rich.table import Table
    from rich.text import Text

    from soulrig.cli.output import Output

    console = Output()
    table = Table("prompt", "reply", "screen")
    for prompt in result.prompts:
        seen = prompt.channels.get("screen", {})
        table.add_row(Text(prompt.prompt), *map(Text, seen.get("rows", ["-"])), seen.get("verdict", "-"))
    if result.prompts:
        console.show(table)
    for prompt in result.prompts:
        for channel, seen in prompt.channels.items():
            if seen["difference"] is not None:
                console.print(f"{prompt.prompt!r}, {channel}: {seen['difference']}", markup=False, highlight=False)
    console.print(f"{result.verdict}: {len(result.prompts)} prompts", highlight=False)
