"""`soulrig bench`: how long a soul's program thinks, and what its cycles go to."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from soulrig.cli.machine_options import (
    BaudOption,
    ConfigOption,
    EmulatorOption,
    LineOption,
    MachineOption,
    PortOption,
    RomsOption,
    StandardOption,
    make_machine,
)
from soulrig.cli.progress import Bar
from soulrig.cli.soul_options import DecodeOption, SoulOption, TokenizerOption, load_soul

if TYPE_CHECKING:
    from rich.table import Table

    from soulrig.bench.run import Bench
    from soulrig.bench.talk import TokenCount

EXIT_RISEN = 1
COLUMNS = 4  # contexts that the table shows


def bench(
    machine: MachineOption = None,
    emulator: EmulatorOption = None,
    standard: StandardOption = None,
    roms: RomsOption = None,
    port: PortOption = None,
    line: LineOption = None,
    baud: BaudOption = None,
    soul: SoulOption = None,
    tokenizer: TokenizerOption = None,
    decode: DecodeOption = None,
    components: Annotated[
        bool | None,
        typer.Option(
            "--components/--totals",
            help="What a token's cycles go to, or their number alone.  [default: components on sim only]",
        ),
    ] = None,
    record: Annotated[Path | None, typer.Option(metavar="OUT.json", help="Where to leave the record.")] = None,
    plot: Annotated[Path | None, typer.Option(metavar="OUT.png", help="Where to leave a plot over context.")] = None,
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Counts of an earlier bench, of which none may have risen.")
    ] = None,
    renew: Annotated[bool, typer.Option("--renew", help="Make these counts those of the baseline.")] = False,
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the record instead of the tables.")] = False,
) -> None:
    """Measure how many cycles a token takes at every context, and what they go to.

    The program talks about what the soul likes best, until its context is full. Then prompts of several lengths are
    given to it, of which it computes all, and some are pasted and some typed at 5 keys a second, of which it keeps what
    it had before RETURN. The simulator counts exactly, as with the screen blanked, and tells the seconds that this
    makes with the screen on. VICE and a C64 at a cable count with the screen on. With --components VICE stops at every
    routine of three tokens; the other counts stay the same. A C64 at a cable can't be stopped: its tokens are those
    that the soul draws itself, and it tells totals.

    \b
    Examples:
      soulrig bench --machine sim
      soulrig bench --machine sim --plot bench.png
      soulrig bench --machine vice --emulator x64sc --standard ntsc
      soulrig bench --machine serial --port /dev/ttyUSB0
      soulrig bench --soul my_soul --machine sim --record bench.json
      soulrig bench --machine sim --baseline counts.json --renew

    Exit codes: 0 measured, 1 a count has risen above the baseline's, 2 wrong usage or bad input,
    3 the rig or the machine failed.
    """
    from soulrig.bench.baseline import check_baseline
    from soulrig.bench.run import bench as run
    from soulrig.cli.output_files import check_outputs
    from soulrig.config import load_config
    from soulrig.conversation import program_for

    if renew and baseline is None:
        raise typer.BadParameter("needs --baseline, the file to renew", param_hint="--renew")
    check_outputs([record, plot, baseline if renew else None], [soul, tokenizer, config, None if renew else baseline])
    if baseline is not None:
        check_baseline(baseline, new=renew)
    given = {"emulator": emulator, "standard": standard, "roms": roms, "port": port, "line": line, "baud": baud}
    c64 = make_machine(load_config(config), machine, given)
    loaded = load_soul(soul, tokenizer, decode, config)
    built = program_for(c64, loaded)
    context = loaded.sizes.context
    exact = c64.description["kind"] == "sim"
    some = range(1, context) if exact else (1, context // 2, context - 1)
    wanted = exact if components is None else components
    with Bar("measuring") as bar:
        result = run(c64, loaded, built, detailed=some if wanted else (), progress=bar.show)
    told = result.record()
    if plot is not None:
        from soulrig.bench.plot import save_plot

        save_plot(result, plot)
    if record is not None:
        told.save(record)
    if as_json:
        print(json.dumps(told.as_json(), ensure_ascii=False))
    else:
        _print_tables(result)
    if baseline is not None and _has_risen(result, baseline, renew=renew):
        raise typer.Exit(EXIT_RISEN)


def _has_risen(result: Bench, baseline: Path, *, renew: bool) -> bool:
    """Tell on stderr what differs from the baseline, and whether anything rose that is not made the new one."""
    from soulrig.bench.baseline import changes
    from soulrig.bench.baseline import renew as write

    found = changes(result, baseline, new=renew)
    for change in found:
        print(f"soulrig: {change}", file=sys.stderr)
    if renew:
        write(result, baseline)
        return False
    if found and not any(change.is_rise for change in found):
        print("soulrig: quicker than the baseline; make these counts the new one: --renew", file=sys.stderr)
    return any(change.is_rise for change in found)


def _print_tables(result: Bench) -> None:
    from rich import box
    from rich.table import Table

    from soulrig.cli.output import Output

    console = Output(highlight=False)
    console.print(f"{result.title}: {result.machine['cycle_basis']}", soft_wrap=True)
    tokens = _some(result.detailed or result.tokens)
    table = Table(box=box.SIMPLE)
    table.add_column("cycles a token at context")
    for token in tokens:
        table.add_column(str(token.context), justify="right", no_wrap=True)
    for component in result.order:
        counts = [token.components.get(component, 0) for token in tokens]
        if any(counts):
            table.add_row(component, *(f"{count:,}" for count in counts))
            for part in dict.fromkeys(part for token in tokens for name, part in token.parts if name == component):
                parts = [token.parts.get((component, part), 0) for token in tokens]
                if part is not None and parts != counts:
                    table.add_row(f"  {part}", *(f"{count:,}" for count in parts), style="dim")
    table.add_section()
    table.add_row("all", *(f"{token.cycles:,}" for token in tokens))
    for name in result.seconds(0):
        table.add_row(name, *(f"{result.seconds(token.cycles)[name]:.3f}" for token in tokens))
    console.print(table)
    others = Table(box=box.SIMPLE)
    others.add_column()
    for name in ("cycles", *result.seconds(0)):
        others.add_column(name, justify="right", no_wrap=True)
    for prefill in result.prefills:
        each = prefill.cycles / (prefill.ids - 1)
        seconds = [f"{second:.2f}" for second in result.seconds(prefill.cycles).values()]
        others.add_row(f"prefill of {prefill.ids} ids, {each:,.0f} each", f"{prefill.cycles:,}", *seconds)
    console.print(others)
    if result.first_tokens:
        console.print(_first_tokens(result))
    if not result.detailed:
        console.print("What the cycles go to: --components, or --machine sim.")


def _first_tokens(result: Bench) -> Table:
    """The times from RETURN to the first token, and how many of the prompt's ids were still to be computed."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE)
    table.add_column("RETURN to first token")
    for name in ("ids left", "cycles", *result.seconds(0)):
        table.add_column(name, justify="right", no_wrap=True)
    for first in result.first_tokens:
        how = "pasted" if first.rate is None else f"{first.rate:g} keys/s"
        seconds = [f"{second:.2f}" for second in result.seconds(first.cycles).values()]
        left = f"{first.ids - first.ahead} of {first.ids}"
        table.add_row(f"{first.prompt!r}, {how}", left, f"{first.cycles:,}", *seconds)
    return table


def _some(tokens: list[TokenCount]) -> list[TokenCount]:
    """The first and the last, and some between."""
    if len(tokens) <= COLUMNS:
        return tokens
    return [tokens[round(number * (len(tokens) - 1) / (COLUMNS - 1))] for number in range(COLUMNS)]
