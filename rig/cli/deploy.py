"""`soulrig deploy`: a soul brought onto a machine, verified there and remembered; and the way back."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from soulrig.cli.flash import DriveOption, ForceOption, target_for, target_names
from soulrig.cli.machine_options import ConfigOption, machine_names
from soulrig.cli.progress import Bar
from soulrig.cli.soul_options import DecodeOption, TokenizerOption, load_soul
from soulrig.cli.state_option import StateOption
from soulrig.cli.verification_options import (
    ChannelsOption,
    PromptOption,
    PromptsOption,
    channels_to_watch,
    prompts_to_type,
)
from soulrig.cli.verify import EXIT_CODES, print_result

if TYPE_CHECKING:
    from soulrig.deploy.journal import Deployment
    from soulrig.deploy.releases import Release
    from soulrig.deploy.state import StateFolder
    from soulrig.machine import Machine


def deploy(
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="MACHINE",
            autocompletion=machine_names,
            help="The machine: one that soulrig.toml names, or a kind.",
        ),
    ],
    soul: Annotated[
        Path | None,
        typer.Argument(metavar="[SOUL]", help="soul.bin, or the folder of a soul.  [default: as for verify]"),
    ] = None,
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Bring back what was there before, and verify that.")
    ] = False,
    tokenizer: TokenizerOption = None,
    decode: DecodeOption = None,
    prompt: PromptOption = None,
    prompts: PromptsOption = None,
    channels: ChannelsOption = None,
    flash_to: Annotated[
        str | None,
        typer.Option(
            "--flash",
            metavar="TARGET",
            autocompletion=target_names,
            help="Write its disk too, before it is verified: a target of soulrig flash.",
        ),
    ] = None,
    drive: DriveOption = 8,
    force: ForceOption = False,
    state: StateOption = None,
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the journal's entry instead of the table.")] = False,
) -> None:
    """Build a soul, bring it onto a machine, boot it there, and verify it; remember how it went.

    A machine in this computer boots from a disk of its own, which stays for the next time. A C64 at a cable gets the
    program by that, which lasts until it is switched off; --flash writes a disk for it too, every sector compared.

    Every step is entered in a journal: begun, written, verified or failed. What was there before is kept whole:
    --rollback builds nothing, it brings that back and verifies it again. Only one deploys to a machine at a time.

    \b
    Examples:
      soulrig deploy my_soul --to desk
      soulrig deploy --to sim --prompt "hello"
      soulrig deploy my_soul --to desk --flash zoomfloppy --force
      soulrig deploy --rollback --to desk

    Exit codes: 0 verified, 1 the machine computed something else, 2 wrong usage or bad input, 3 rig or machine failed.
    """
    from soulrig.config import load_config
    from soulrig.deploy.deploying import FLOPPY, Deployer, Floppy, Trial
    from soulrig.deploy.state import StateFolder
    from soulrig.errors import BadInput
    from soulrig.flash.flashing import Listener

    if rollback and (soul, tokenizer, decode) != (None, None, None):
        raise BadInput("--rollback brings back what was there before; name no soul with it")
    kind, options = load_config(config).machine(to, {})
    trial = Trial(prompts_to_type(prompt, prompts), channels_to_watch(channels))
    folder = StateFolder.find(state)
    with Bar("deploying", time_left=True) as bar:
        floppy = None if flash_to is None else Floppy(target_for(flash_to, FLOPPY, drive, config), force)
        listener = Listener(bar.show_part, bar.note)
        c64 = kind.make(**options)
        deployer = Deployer(folder, to, c64, trial, listener, floppy)
        ended = deployer.roll_back() if rollback else deployer.deploy(_release(c64, soul, tokenizer, decode, config))
    _end(ended, folder, trial.channels, as_json)


def _release(c64: Machine, soul: Path | None, tokenizer: Path | None, decode: Any, config: Path | None) -> Release:
    """The soul that the options name, or soulrig.toml, with its program for a machine. Raises BadInput, Fault."""
    from soulrig.config import load_config
    from soulrig.conversation import program_for
    from soulrig.deploy.releases import Release

    loaded = load_soul(soul, tokenizer, decode, config)
    named = soul or load_config(config).default_soul
    return Release("shipped" if named is None else named.resolve().name, loaded, program_for(c64, loaded))


def _end(ended: Deployment, folder: StateFolder, channels: Sequence[str], as_json: bool) -> None:
    from soulrig.record import Record

    file = folder.record(ended.number)
    recorded = file.exists()  # not where it failed before it was booted
    if as_json:
        print(json.dumps(asdict(ended) | {"record": str(file) if recorded else None}))
    elif recorded:
        print_result(Record.load(file), channels)
    if ended.state == "verified":
        print(f"{ended.machine}: {ended} is deployed and verified; the record is {file}", file=sys.stderr)
        return
    print(f"soulrig: {ended.machine}: {ended} did not verify: {ended.fault or ended.verdict}", file=sys.stderr)
    if recorded:
        print(f"soulrig: the record is {file}", file=sys.stderr)
    _suggest_way_back(ended, folder)
    raise typer.Exit(EXIT_CODES[ended.verdict or "fault"])


def _suggest_way_back(ended: Deployment, folder: StateFolder) -> None:
    from soulrig.deploy.journal import Journal

    if ended.way_back is None:
        print(f"soulrig: nothing was verified on {ended.machine} before: there is no way back", file=sys.stderr)
        return
    with Journal(folder) as journal:
        former = journal.entry(ended.way_back)
    print(f"soulrig: {former} was there before; soulrig deploy --rollback --to {ended.machine}", file=sys.stderr)
