"""`soulrig deployments`: which soul was deployed to which machine, and which is there now."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from soulrig.cli.machine_options import machine_names
from soulrig.cli.state_option import StateOption

if TYPE_CHECKING:
    from soulrig.deploy.deploying import History
    from soulrig.deploy.journal import Deployment
    from soulrig.deploy.state import StateFolder

SHORT = 8  # digits of a hash that are shown
MINUTES = len("2026-01-31T23:59")  # of a time that are shown
FOLDED = ("machine", "soul")  # columns that give way on a narrow terminal


def deployments(
    machine: Annotated[
        str | None,
        typer.Option("--machine", metavar="NAME", autocompletion=machine_names, help="Only those on this machine."),
    ] = None,
    state: StateOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of the table.")] = False,
) -> None:
    """List which soul was deployed when on which machine, how it went, and which is there now.

    Everything is told by the journal and by what is seen now: an entry that is unfinished while nobody is at work on
    it was broken off, and what a machine's disk in this computer holds is looked up by its hash.

    \b
    Examples:
      soulrig deployments
      soulrig deployments --machine desk --json

    Exit codes: 0 listed, 2 wrong usage, or the journal is none of soulrig's, 3 it can't be opened.
    """
    from soulrig.deploy.deploying import history
    from soulrig.deploy.state import StateFolder

    folder = StateFolder.find(state)
    seen = history(folder)
    chosen = [entry for entry in seen.deployments if machine in (None, entry.machine)]
    if as_json:
        entries = [
            asdict(entry) | {"present": seen.present[entry.machine] == entry.number, "record": _record(folder, entry)}
            for entry in chosen
        ]
        print(json.dumps({"state": str(folder.path), "deployments": entries}))
    elif chosen:
        _print_table(chosen, seen)
    else:
        print("nothing was deployed yet" if machine is None else f"nothing was deployed to {machine} yet")


def _record(folder: StateFolder, entry: Deployment) -> str | None:
    file = folder.record(entry.number)
    return str(file) if file.exists() else None


def _print_table(chosen: list[Deployment], seen: History) -> None:
    from rich import box
    from rich.table import Table

    from soulrig.cli.output import Output

    table = Table(box=box.SIMPLE)
    for name in ("", "machine", "soul", "sha256", "begun (UTC)", "state", "now"):
        table.add_column(name, no_wrap=name not in FOLDED, overflow="fold")
    for entry in chosen:
        begun = entry.begun[:MINUTES].replace("T", " ")
        now = "there" if seen.present[entry.machine] == entry.number else ""
        table.add_row(str(entry.number), entry.machine, entry.name, entry.soul[:SHORT], begun, _state_of(entry), now)
    console = Output(markup=False, highlight=False)
    console.print(table)
    for name in dict.fromkeys(entry.machine for entry in chosen if not seen.present[entry.machine]):
        console.print(f"{name}: what is on it now is not known; deploy to it again, or roll back")


def _state_of(entry: Deployment) -> str:
    if entry.broken_off:
        return f"{entry.state}, broken off"
    return f"{entry.state}: {entry.verdict}" if entry.state == "failed" else entry.state
