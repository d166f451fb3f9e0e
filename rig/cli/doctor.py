"""`soulrig doctor`: what this computer has of what soulrig can use."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from soulrig.doctor import Section

EXIT_NO_MACHINE = 3


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of the table.")] = False,
) -> None:
    """Look at this computer, machine by machine: what is there, what is missing, and the command that brings it.

    Every machine that can be is switched on for a second. `note` is worth knowing and stops nothing.

    \b
    Examples:
      soulrig doctor
      soulrig doctor --json

    Exit codes: 0 a machine at least is usable, 2 wrong usage, 3 none is.
    """
    from soulrig.doctor import examine

    sections = examine()
    usable = [section.name for section in sections if section.is_machine and section.usable]
    if as_json:
        told = {
            section.name: {"usable": section.usable, "checks": [asdict(check) for check in section.checks]}
            for section in sections
        }
        print(json.dumps({"machines": usable, "sections": told}))
    else:
        _print_table(sections, usable)
    if not usable:
        raise typer.Exit(EXIT_NO_MACHINE)


def _print_table(sections: list[Section], usable: list[str]) -> None:
    from rich import box
    from rich.table import Table

    from soulrig.cli.output import Output

    table = Table("for", "what", "state", "found", box=box.SIMPLE)
    to_do: dict[str, list[str]] = {}
    for section in sections:
        for number, check in enumerate(section.checks):
            table.add_row("" if number else section.name, check.name, check.state, check.found)
            if check.remedy:
                to_do.setdefault(check.remedy, []).append(check.name)
    console = Output(markup=False, highlight=False)
    console.print(table)
    for remedy, names in to_do.items():
        console.print(f"{', '.join(names)}: {remedy}", soft_wrap=True)
    console.print(f"usable machines: {', '.join(usable) or 'none'}")
