"""`soulrig report`: a record for people and for other programs, alone or against an earlier one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from soulrig.report.compare import Change, Comparison
    from soulrig.report.view import View

STANDARD_OUTPUT = Path("-")


def report(
    record: Annotated[Path, typer.Argument(metavar="RECORD.json", help="What --record of verify or bench left.")],
    against: Annotated[
        Path | None, typer.Option(metavar="EARLIER.json", help="An earlier record: tell what changed since.")
    ] = None,
    html: Annotated[Path | None, typer.Option(metavar="OUT.html", help="Write one HTML page with all in it.")] = None,
    junit: Annotated[Path | None, typer.Option(metavar="OUT.xml", help="Write JUnit XML.")] = None,
    markdown: Annotated[Path | None, typer.Option(metavar="OUT.md", help="Write GitHub-flavoured Markdown.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdict and what changed as JSON.")] = False,
) -> None:
    """Tell what a record holds: verdicts, conversation, cycles, measurements, and what changed since an earlier one.

    Without an option that writes a file the report goes to the terminal; `-` as OUT is standard output. The page needs
    nothing but itself: pictures are in it, a recording (WAV) as a spectrogram with its tokens. Attachments are looked
    for beside the record. The earlier record may be a bench's, whose cycles are then the baseline.

    \b
    Examples:
      soulrig report record.json
      soulrig report record.json --html report.html
      soulrig report record.json --against yesterday.json
      soulrig report record.json --junit junit.xml --markdown -

    Exit codes: 0 the report is made, whatever the verdict in it, 2 wrong usage or bad input.
    """
    from soulrig.cli.output_files import check_outputs
    from soulrig.errors import BadInput
    from soulrig.model.files import write_beside
    from soulrig.report.compare import compare
    from soulrig.report.view import read

    wanted = {
        maker: path for maker, path in ((_html, html), (_junit, junit), (_markdown, markdown)) if path is not None
    }
    if list(wanted.values()).count(STANDARD_OUTPUT) + as_json > 1:
        raise BadInput("only one report can go to standard output")
    files = [path for path in wanted.values() if path != STANDARD_OUTPUT]
    check_outputs(files, [record, against])
    view = read(record)
    comparison = None if against is None else compare(read(against), view)
    made = [(path, maker(view, comparison)) for maker, path in wanted.items()]  # all of them before any is written
    for path, content in made:
        if path == STANDARD_OUTPUT:
            typer.echo(content, nl=False)
        else:
            write_beside(path, content)
    if as_json:
        print(json.dumps(_as_json(view, comparison), ensure_ascii=False))
    elif not wanted:
        _print_tables(view, comparison)


def _html(view: View, comparison: Comparison | None) -> bytes:
    from soulrig.report.html import html_page

    return html_page(view, comparison)


def _junit(view: View, comparison: Comparison | None) -> bytes:
    from soulrig.report.junit import junit

    return junit(view, comparison)


def _markdown(view: View, comparison: Comparison | None) -> bytes:
    from soulrig.report.markdown import markdown

    return markdown(view, comparison).encode()


def _print_tables(view: View, comparison: Comparison | None) -> None:
    from rich.table import Table

    from soulrig.cli.output import Output
    from soulrig.report.console import console

    output = Output(highlight=False)
    for part in console(view, comparison):
        if isinstance(part, Table):
            output.show(part)
        else:
            output.print(part)


def _as_json(view: View, comparison: Comparison | None) -> dict[str, Any]:
    told: dict[str, Any] = {"verdict": view.record.verdict, "summary": view.summary, "changed": None}
    if comparison is not None:
        told["changed"] = {
            "summary": comparison.summary,
            "notes": comparison.notes,
            "subject": [_change(each) for each in comparison.subject],
            "prompts": [
                {"prompt": each.prompt, "changes": [_change(change) for change in each.changes]}
                for each in comparison.prompts
            ],
            "new": comparison.new,
            "gone": comparison.gone,
            "measurements": [_change(each) for each in comparison.measurements],
            "contexts": [{**vars(each), "percent": each.percent} for each in comparison.contexts],
        }
    return told


def _change(change: Change) -> dict[str, Any]:
    return vars(change)
