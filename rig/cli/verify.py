"""`soulrig verify`: the whole program on a machine, held against the reference token by token and logit by logit."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from soulrig.cli.soul_options import DecodeOption, SoulOption, TokenizerOption, load_soul

if TYPE_CHECKING:
    from rich.table import Table

    from soulrig.machines.sim import SimMachine
    from soulrig.machines.vice import ViceMachine
    from soulrig.record import PromptRecord, Record

EXIT_CODES = {"pass": 0, "mismatch": 1, "fault": 3}


class Kind(StrEnum):
    """The machines there are: the VICE emulator, and the rig's own simulator, which needs nothing installed."""

    VICE = "vice"
    SIM = "sim"


class EmulatorName(StrEnum):
    """VICE's two C64s: one is quick, one is exact to the cycle in every corner."""

    X64 = "x64"
    X64SC = "x64sc"


class Standard(StrEnum):
    """The television standards."""

    PAL = "pal"
    NTSC = "ntsc"


def verify(
    machine: Annotated[Kind, typer.Option(help="The machine to run on.")] = Kind.VICE,
    emulator: Annotated[
        EmulatorName | None,
        typer.Option(help="VICE's quick C64, the default, or the one that is exact in every corner."),
    ] = None,
    standard: Annotated[Standard, typer.Option(help="The television standard.")] = Standard.PAL,
    roms: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="A folder of other ROMs; with a 1541's among them the drive is emulated too."),
    ] = None,
    soul: SoulOption = None,
    tokenizer: TokenizerOption = None,
    decode: DecodeOption = None,
    prompt: Annotated[list[str] | None, typer.Option(metavar="TEXT", help="A prompt; may be given often.")] = None,
    prompts: Annotated[Path | None, typer.Option(metavar="FILE", help="A UTF-8 file of prompts, one a line.")] = None,
    record: Annotated[Path | None, typer.Option(metavar="OUT.json", help="Where to leave the record.")] = None,
    screenshot: Annotated[
        Path | None, typer.Option(metavar="OUT.png", help="Where to leave a picture of the last screen.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the record instead of the table.")] = False,
) -> None:
    """Build the soul's disk, boot it, type every prompt, and compare each token and each step's logits.

    The machine starts the program as a person would, with LOAD"SOULPLAYER",8,1 and RUN. Every reply is compared on two
    channels: the telemetry (tokens and logits checksums) and the screen's text. Without --prompt and --prompts a few
    prompts of the rig's own are used.

    \b
    Examples:
      soulrig verify --prompt "hello" --prompt "who are you?"
      soulrig verify --machine sim --prompt "hello"
      soulrig verify --emulator x64sc --standard ntsc --prompts prompts.txt --record record.json
      soulrig verify --soul soul.bin --tokenizer tokenizer.json --roms my_roms

    Exit codes: 0 everything is right, 1 mismatch, 2 wrong usage or bad input, 3 the rig or the machine failed.
    """
    from soulrig.buildtools.build import build_or_shipped
    from soulrig.model.files import check_writable
    from soulrig.verify import DEFAULT_PROMPTS, check_prompts, read_prompts
    from soulrig.verify import verify as run

    for path in (record, screenshot):
        if path is not None:
            check_writable(path)
    asked = list(prompt or [])
    check_prompts(asked)
    if prompts is not None:
        asked += read_prompts(prompts)
    c64 = _machine(machine, emulator, standard, roms)
    loaded = load_soul(soul, tokenizer, decode)
    asked = asked or list(DEFAULT_PROMPTS)
    with _Progress(len(asked)) as progress:
        result = run(c64, loaded, build_or_shipped(loaded), asked, progress=progress, picture=screenshot)
    if record is not None:
        result.save(record)
    if as_json:
        print(json.dumps(result.as_json(), ensure_ascii=False))
    else:
        _print_table(result)
    if result.fault is not None:
        print(f"soulrig: fault: {result.fault}", file=sys.stderr)
    raise typer.Exit(EXIT_CODES[result.verdict])


def _machine(
    kind: Kind, emulator: EmulatorName | None, standard: Standard, roms: Path | None
) -> SimMachine | ViceMachine:
    """The machine asked for, not yet switched on. Raises BadParameter for options that it lacks."""
    if kind == Kind.SIM:
        from soulrig.machines.sim import SimMachine

        for option, value in (("--emulator", emulator), ("--roms", roms)):
            if value is not None:
                raise typer.BadParameter("is for --machine vice; the simulator has its own ROMs", param_hint=option)
        return SimMachine(standard.value)
    from soulrig.machines.roms import find_roms
    from soulrig.machines.vice import ViceMachine

    name = EmulatorName.X64 if emulator is None else emulator
    return ViceMachine(name.value, standard.value, None if roms is None else find_roms(roms))


class _Progress:
    """A bar on stderr that counts the prompts verified; nothing where stderr is no terminal."""

    def __init__(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bar = Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
        self._task = self._bar.add_task("booting", total=total)

    def __enter__(self) -> _Progress:
        self._bar.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._bar.stop()

    def __call__(self, prompt: PromptRecord) -> None:
        self._bar.update(self._task, advance=1, description=f"verifying {prompt.prompt[:20]!r}")


def _print_table(result: Record) -> None:
    from rich.console import Console

    console = Console()
    console.print(_table(result))
    for prompt in result.prompts:
        for channel, seen in prompt.channels.items():
            if seen["difference"] is not None:
                console.print(f"{prompt.prompt!r}, {channel}: {seen['difference']}", markup=False, highlight=False)
    measured = {measurement.name: measurement for measurement in result.measurements}
    seconds = measured.get("seconds a token, mean")
    speed = f", {seconds.value:.2f} s a token in the mean" if seconds else ""
    console.print(f"{result.verdict}: {len(result.prompts)} prompts{speed}", highlight=False)


def _table(result: Record) -> Table:
    from rich.table import Table

    hertz = result.machine["hertz"]
    table = Table("prompt", "reply", "tokens", "cycles a token", "s a token", "telemetry", "screen")
    for prompt in result.prompts:
        telemetry = prompt.channels.get("telemetry", {})
        cycles = telemetry.get("cycles") or [0]
        mean = sum(cycles) / len(cycles)
        table.add_row(
            prompt.prompt,
            prompt.reference["text"],
            str(len(telemetry.get("tokens", []))),
            f"{mean:,.0f}",
            f"{mean / hertz:.2f}",
            *(prompt.channels.get(channel, {}).get("verdict", "-") for channel in ("telemetry", "screen")),
        )
    return table
