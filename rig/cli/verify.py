"""`soulrig verify`: the whole program on a machine, held against the reference token by token and logit by logit."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from soulrig.cli.foreign import (
    BetweenOption,
    DiskOption,
    ExpectationsOption,
    ExpectOption,
    LoadOption,
    ReadyOption,
    RunOption,
    SecondsOption,
    expectations,
    foreign_program,
    print_foreign,
)
from soulrig.cli.machine_options import (
    BaudOption,
    CameraOption,
    ConfigOption,
    EmulatorOption,
    LineOption,
    MachineOption,
    MicrophoneOption,
    PortOption,
    RomsOption,
    StandardOption,
    make_machine,
)
from soulrig.cli.progress import Bar
from soulrig.cli.soul_options import DecodeOption, SoulOption, TokenizerOption, load_soul
from soulrig.cli.verification_options import (
    ChannelsOption,
    PromptOption,
    PromptsOption,
    channels_to_watch,
    prompts_to_type,
)

if TYPE_CHECKING:
    from rich.table import Table

    from soulrig.record import PromptRecord, Record

EXIT_CODES = {"pass": 0, "mismatch": 1, "fault": 3}


def verify(
    machine: MachineOption = None,
    emulator: EmulatorOption = None,
    standard: StandardOption = None,
    roms: RomsOption = None,
    port: PortOption = None,
    line: LineOption = None,
    baud: BaudOption = None,
    camera: CameraOption = None,
    microphone: MicrophoneOption = None,
    soul: SoulOption = None,
    tokenizer: TokenizerOption = None,
    decode: DecodeOption = None,
    prompt: PromptOption = None,
    prompts: PromptsOption = None,
    channels: ChannelsOption = None,
    record: Annotated[Path | None, typer.Option(metavar="OUT.json", help="Where to leave the record.")] = None,
    screenshot: Annotated[
        Path | None, typer.Option(metavar="OUT.png", help="Where to leave a picture of the last screen.")
    ] = None,
    disk: DiskOption = None,
    load: LoadOption = None,
    run: RunOption = None,
    ready_text: ReadyOption = None,
    reply_between: BetweenOption = None,
    expect: ExpectOption = None,
    expectations_file: ExpectationsOption = None,
    seconds: SecondsOption = None,
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the record instead of the table.")] = False,
) -> None:
    """Build the soul's disk, boot it, type every prompt, and compare each token and each step's logits.

    The machine starts the program as a person would, with LOAD"SOULPLAYER",8,1 and RUN. Every reply is compared on each
    channel that is asked for, and passes where all agree: telemetry (tokens and logits checksums), screen (its text by
    the memory), pixels (its text as read from a picture of it), sound (each token is a chord), wire (what the program
    sends as it makes each token). Without --prompt and --prompts a few prompts of the rig's own are used.

    A program that is not ours is verified by its screen alone: --disk, its --ready-text, and what its replies stand
    between. Those texts are compared without regard to case; one that begins with re: is a regular expression. {prompt}
    in A is what was typed. The reply is over when B is the last on the screen. It is compared with --expect or
    --expectations; without them a reply in time passes, and the record tells it.

    \b
    Examples:
      soulrig verify --prompt "hello" --prompt "who are you?"
      soulrig verify --machine sim --prompt "hello" --channels telemetry,screen,sound
      soulrig verify --machine desk --json
      soulrig verify --machine serial --port /dev/ttyUSB0 --channels telemetry,wire
      soulrig verify --emulator x64sc --standard ntsc --prompts prompts.txt --record record.json
      soulrig verify --soul soul.bin --tokenizer tokenizer.json --roms my_roms
      soulrig verify --disk eliza.d64 --load eliza --ready-text "hello" --reply-between "eliza:" "you:" --prompt "hi"

    Exit codes: 0 everything is right, 1 mismatch, 2 wrong usage or bad input, 3 the rig or the machine failed.
    """
    from soulrig.cli.output_files import check_outputs
    from soulrig.config import load_config
    from soulrig.conversation import program_for
    from soulrig.errors import BadInput
    from soulrig.foreign import REPLY_SECONDS, verify_foreign
    from soulrig.prompts import read_lines
    from soulrig.verify import verify as verify_soul

    check_outputs([record, screenshot], [prompts, expectations_file, disk, soul, tokenizer, config])
    given = {"emulator": emulator, "standard": standard, "roms": roms, "port": port, "line": line, "baud": baud}
    given |= {"camera": camera, "microphone": microphone}
    c64 = make_machine(load_config(config), machine, given)
    foreign: dict[str, object] = {
        "--load": load,
        "--run": run,
        "--ready-text": ready_text,
        "--reply-between": reply_between,
    }
    foreign |= {"--expect": expect, "--expectations": expectations_file, "--seconds": seconds}
    ours: dict[str, object] = {"--soul": soul, "--tokenizer": tokenizer, "--decode": decode, "--channels": channels}
    wrong = [name for name, value in (foreign if disk is None else ours).items() if value]
    if wrong:
        raise BadInput(f"{', '.join(wrong)}: {'only with' if disk is None else 'not with'} --disk")
    if disk is not None:
        program = foreign_program(disk, load, run, ready_text, reply_between)
        asked = [*(prompt or []), *(read_lines(prompts, "prompt") if prompts is not None else [])]
        wanted = expectations(expect, expectations_file)
        with Bar("booting", len(asked)) as bar:
            result = verify_foreign(
                c64,
                program,
                asked,
                wanted,
                seconds=seconds or REPLY_SECONDS,
                progress=_advancing(bar),
                picture=screenshot,
                keep=record,
            )
        _end(result, print_foreign, as_json)
    watched = channels_to_watch(channels)
    asked = prompts_to_type(prompt, prompts)
    loaded = load_soul(soul, tokenizer, decode, config)
    with Bar("booting", len(asked)) as bar:
        result = verify_soul(
            c64,
            loaded,
            program_for(c64, loaded),
            asked,
            channels=watched,
            progress=_advancing(bar),
            picture=screenshot,
            keep=record,
        )
    _end(result, lambda result: print_result(result, watched), as_json)


def _advancing(bar: Bar) -> Callable[[PromptRecord], None]:
    return lambda done: bar.advance(f"verifying {done.prompt[:20]!r}")


def _end(result: Record, show: Callable[[Record], None], as_json: bool) -> NoReturn:
    if as_json:
        print(json.dumps(result.as_json(), ensure_ascii=False))
    else:
        show(result)
    if result.fault is not None:
        print(f"soulrig: fault: {result.fault}", file=sys.stderr)
    raise typer.Exit(EXIT_CODES[result.verdict])


def print_result(result: Record, channels: Sequence[str]) -> None:
    """The table of prompts, what differs, and the verdict."""
    from soulrig.cli.output import Output

    console = Output()
    console.show(_table(result, channels))
    for prompt in result.prompts:
        for channel, seen in prompt.channels.items():
            if seen["difference"] is not None:
                console.print(f"{prompt.prompt!r}, {channel}: {seen['difference']}", markup=False, highlight=False)
        for disagreement in prompt.evidence.get("disagreements", []):
            console.print(f"{prompt.prompt!r}, warning: {disagreement}", markup=False, highlight=False)
    measured = {measurement.name: measurement for measurement in result.measurements}
    seconds = measured.get("seconds a token, mean")
    speed = f", {seconds.value:.2f} s a token in the mean" if seconds else ""
    console.print(f"{result.verdict}: {len(result.prompts)} prompts{speed}", highlight=False)


def _table(result: Record, channels: Sequence[str]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for name in ("prompt", "reply"):
        table.add_column(name, overflow="fold")
    for name in ("tokens", "cycles\na token", "s\na token", *channels):
        table.add_column(name, no_wrap=True)
    for prompt in result.prompts:
        cycles = prompt.channels.get("telemetry", {}).get("cycles", [])
        mean = sum(cycles) / len(cycles) if cycles else None
        table.add_row(
            Text(prompt.prompt),
            Text(prompt.reference["text"]),
            str(len(prompt.reference["tokens"])),
            "-" if mean is None else f"{mean:,.0f}",
            "-" if mean is None else f"{mean / result.machine['hertz']:.2f}",
            *(prompt.channels.get(channel, {}).get("verdict", "-") for channel in channels),
        )
    return table
