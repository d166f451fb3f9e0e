"""What a build may be asked for besides a soul's program: a blank screen while it thinks, the serial agent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from strange_souls import random_soul
from typer.testing import CliRunner

from soulrig.buildtools.build import Built, build
from soulrig.buildtools.layout import TELEMETRY_ADDRESS
from soulrig.buildtools.line import LINES, Line
from soulrig.channels.telemetry import Reading
from soulrig.cli import app
from soulrig.conversation import Conversation
from soulrig.errors import BadInput
from soulrig.machines.sim import SimMachine
from soulrig.machines.vice import ViceMachine
from soulrig.model.soul import Sizes, Soul

pytestmark = pytest.mark.cc65


# Cycles: the clock's bytes are read again where timer A has turned over in between, or timer B.
READ_AGAIN = (29, 35)
RTS = b"\x60"


def talk(machine: SimMachine | ViceMachine, built: Built, folder: Path) -> list[Reading]:
    """What is told of two replies, made without sound: when a chord began decides which of its polls do more."""
    built.save(folder)
    with machine:
        conversation = Conversation(machine, built.manifest)
        conversation.boot(folder / "soulplayer.d64")
        machine.write(built.symbols["sound_poll"], RTS)
        return [conversation.say(prompt) for prompt in ("hello", "and you?")]


@pytest.mark.vice
@pytest.mark.parametrize("standard", ["pal", "ntsc"])
def test_with_a_blank_screen_tokens_take_the_cycles_of_the_simulator(standard: Any, tmp_path: Path) -> None:
    built = build(random_soul(Sizes(64, 8, 8, 1, 20), seed=3), blank=True)
    simulated = talk(SimMachine(standard), built, tmp_path)
    emulated = talk(ViceMachine("x64sc", standard), built, tmp_path)
    assert len(emulated[0].cycles) > 8
    for here, there in zip(simulated, emulated, strict=True):
        differences = {ours - theirs for ours, theirs in zip(here.cycles, there.cycles, strict=True)}
        assert differences <= {0, *READ_AGAIN, *(-cycles for cycles in READ_AGAIN)}


@pytest.mark.parametrize("blank", [True, False])
def test_the_screen_is_off_while_a_reply_is_made_and_only_then(blank: bool, tmp_path: Path) -> None:
    built = build(random_soul(Sizes(64, 8, 8, 1, 12), seed=3), blank=blank)
    assert built.manifest["program"]["blank"] == blank
    built.save(tmp_path)
    with SimMachine() as machine:
        conversation = Conversation(machine, built.manifest)
        conversation.boot(tmp_path / "soulplayer.d64")
        assert shows(machine)
        machine.type(b"HELLO\r")
        machine.wait(lambda: conversation.telemetry.header().steps == 1, 10, "a token")
        seen = set()
        while conversation.telemetry.header().state == "thinking":
            seen.add(shows(machine))
            machine.run(20_000)
        assert seen == {not blank}
        machine.wait(lambda: shows(machine), 1, "the screen")


def shows(machine: SimMachine) -> bool:
    """Whether there is more to see than the border's colour."""
    return len(np.unique(machine.picture().pixels)) > 1


def test_the_command_builds_it(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["build", "--blank", "--json", "--output", str(tmp_path)])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["program"]["blank"] is True


def test_a_folder_that_can_not_be_is_told_whatever_is_built(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for options in ([], ["--crt"]):
        result = CliRunner().invoke(app, ["build", *options, "--output", str(tmp_path / "file" / "folder")])
        assert result.exit_code == 2
        assert "can't be written" in result.stderr


def published(root: Path, golden: Path) -> dict[str, Soul]:
    souls = {"shipped": Soul.load(root / "disk" / "soulplayer")}
    if golden.is_dir():
        souls["trained by others"] = Soul.load(golden / "meful-soul.bin", golden / "meful-tokenizer.json")
    return souls


def test_the_command_links_the_agent_in(root: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["build", "--wire", "userport", "--json", "--output", str(tmp_path)])
    assert result.exit_code == 0
    manifest = json.loads(result.stdout)
    assert (manifest["wire"]["line"], manifest["wire"]["size"]) == ("userport", 17)
    assert Built.load(tmp_path).manifest == manifest
    jsonschema.validate(manifest, json.loads((root / "rig" / "schemas" / "manifest.schema.json").read_text()))
    assert CliRunner().invoke(app, ["build", "--wire", "wireless", "--output", str(tmp_path)]).exit_code == 2


CABLED = [Sizes(128, 24, 48, 2, 40), Sizes(256, 16, 32, 2, 20), Sizes(128, 16, 32, 4, 20), Sizes(128, 40, 64, 1, 20)]


@pytest.mark.parametrize("line", LINES)
def test_the_serial_agent_is_linked_in_at_the_published_sizes(line: Line, root: Path, golden: Path) -> None:
    souls = published(root, golden) | {str(sizes): random_soul(sizes, seed=6) for sizes in CABLED}
    for name, soul in souls.items():
        built = build(soul, wire=line)
        segments = {segment.name: segment for segment in built.segments}
        assert max(segments[part].end for part in ("LINKCODE", "LINKBSS", "LOGITS")) < TELEMETRY_ADDRESS, name
        assert built.manifest["wire"]["line"] == line


def test_without_a_cable_the_program_is_the_shipped_one(root: Path) -> None:
    built = build(Soul.load(root / "disk" / "soulplayer"))
    assert built.prg == (root / "disk" / "soulplayer.prg").read_bytes()
    assert "wire" not in built.manifest
    assert not [segment for segment in built.segments if segment.name.startswith(("LINK", "WIRE"))]


def test_a_soul_that_has_no_room_for_the_agent_is_refused() -> None:
    with pytest.raises(BadInput, match=r"bytes over in memory area MAIN; .*, or build it without --wire"):
        build(random_soul(Sizes(128, 32, 64, 2, 20), seed=6), wire="userport")
