"""What a build may be asked for besides a soul's program: a blank screen while it thinks, room for others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from strange_souls import random_soul
from typer.testing import CliRunner

from soulrig.buildtools.build import Built, build
from soulrig.buildtools.layout import TELEMETRY_ADDRESS
from soulrig.channels.telemetry import Reading
from soulrig.cli import app
from soulrig.conversation import Conversation
from soulrig.machines.sim import SimMachine
from soulrig.machines.vice import ViceMachine
from soulrig.model.soul import Sizes, Soul

pytestmark = pytest.mark.cc65

AGENT = 1536  # bytes that the serial agent's core takes at most
PUBLISHED = Sizes(128, 32, 64, 2, 20)


READ_AGAIN = 29  # cycles: the clock's bytes are read again where one of them turned over in between
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
        assert differences <= {0, READ_AGAIN, -READ_AGAIN}


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


def published(root: Path, golden: Path) -> dict[str, Soul]:
    souls = {"shipped": Soul.load(root / "disk" / "soulplayer"), "random": random_soul(PUBLISHED, seed=1)}
    if golden.is_dir():
        souls["trained by others"] = Soul.load(golden / "meful-soul.bin", golden / "meful-tokenizer.json")
    return souls


def test_the_serial_agent_has_room_at_the_published_sizes(root: Path, golden: Path) -> None:
    for name, soul in published(root, golden).items():
        room = next(segment for segment in build(soul, room=AGENT).segments if segment.name == "ROOM")
        assert room.size == AGENT, name
        assert room.end < TELEMETRY_ADDRESS, name
