"""Deploying to machines in this computer: what is there, what the journal tells of it, and the way back."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pytest
from left_behind import assert_nothing_left, wait_until
from typer.testing import CliRunner

from soulrig.buildtools.build import Built, build
from soulrig.cli import app
from soulrig.deploy.deploying import FLOPPY, Deployer, Floppy, Trial, history
from soulrig.deploy.journal import BROKEN_OFF
from soulrig.deploy.releases import Release
from soulrig.deploy.state import StateFolder
from soulrig.errors import BadInput, Fault
from soulrig.flash.card import Card
from soulrig.flash.image import Difference, Image, Sector
from soulrig.flash.target import Progress
from soulrig.kept import INTERRUPTED
from soulrig.machines.sim import SimMachine
from soulrig.machines.vice import ViceMachine
from soulrig.model.reference import Reference
from soulrig.model.soul import Soul
from soulrig.record import Record

SOULRIG = [sys.executable, "-m", "soulrig"]
TRIAL = Trial(["hi"])
needs_vice = [pytest.mark.vice, pytest.mark.cc65]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of state of every soulrig that the test starts."""
    path = tmp_path / "state"
    monkeypatch.setenv("SOULRIG_STATE", str(path))
    return path


@pytest.fixture
def state(folder: Path) -> StateFolder:
    return StateFolder.find()


@pytest.fixture(scope="session")
def other(shipped: Soul) -> Soul:
    """Another soul: it says something else to "hi"."""
    data = np.roll(shipped.tensors["out"].data, 1, axis=0)
    changed = dataclasses.replace(shipped.tensors["out"], data=data)
    soul = dataclasses.replace(shipped, tensors={**shipped.tensors, "out": changed})
    assert Reference(soul).reply("hi").text != Reference(shipped).reply("hi").text
    return soul


@pytest.fixture(scope="session")
def first(shipped: Soul, shipped_built: Built) -> Release:
    return Release("first", shipped, shipped_built)


@pytest.fixture(scope="session")
def second(other: Soul) -> Release:
    return Release("second", other, build(other))


@pytest.fixture(scope="session")
def saved(second: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The other soul, for a command line."""
    path = tmp_path_factory.mktemp("souls") / "second"
    second.soul.save(path)
    return path


def run(*words: object, status: int = 0) -> subprocess.CompletedProcess[str]:
    command = [*SOULRIG, *map(str, words)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert "Traceback" not in ended.stderr
    assert ended.returncode == status, ended
    return ended


def told(*options: str) -> list[dict[str, Any]]:
    content = json.loads(run("deployments", "--json", *options).stdout)["deployments"]
    assert isinstance(content, list)
    return content


def seen(state: StateFolder) -> list[tuple[str, str, str | None, bool]]:
    """Of each entry: soul, state, verdict, and whether it is what is there now."""
    now = history(state)
    return [(each.name, each.state, each.verdict, now.present[each.machine] == each.number) for each in now.deployments]


def floppy(state: StateFolder, machine: str = "vice") -> str:
    return hashlib.sha256((state.machine(machine) / "soulplayer.d64").read_bytes()).hexdigest()


@pytest.mark.parametrize(
    "machine", [pytest.param("vice", marks=needs_vice), pytest.param("sim", marks=[pytest.mark.cc65])]
)
def test_deploy_deploy_and_roll_back(machine: str, state: StateFolder, saved: Path, second: Release) -> None:
    """By the command line alone; what is told is true after each step."""
    assert run("deployments").stdout == "nothing was deployed yet\n"
    assert not state.path.exists()
    run("deploy", "--to", machine, "--prompt", "hi")
    assert [(each["state"], each["verdict"], each["present"]) for each in told()] == [("verified", "pass", True)]
    assert floppy(state, machine) == told()[0]["disk"]

    run("deploy", saved, "--to", machine, "--prompt", "hi")
    assert Record.load(state.record(2)).prompts[0].reference["text"] == Reference(second.soul).reply("hi").text
    assert seen(state) == [("shipped", "verified", "pass", False), ("second", "verified", "pass", True)]
    assert floppy(state, machine) == second.disk_digest

    ended = run("deploy", "--rollback", "--to", machine, "--prompt", "hi")
    assert "going back from second" in ended.stderr
    assert seen(state) == [
        ("shipped", "verified", "pass", False),
        ("second", "rolled back", "pass", False),
        ("shipped", "verified", "pass", True),
    ]
    entries = told("--machine", machine)
    assert floppy(state, machine) == entries[0]["disk"] == entries[2]["disk"]
    assert [Record.load(Path(entry["record"])).verdict for entry in entries] == ["pass"] * 3
    assert entries[2]["restores"] == 1
    assert told("--machine", "desk") == []

    ended = run("deploy", "--rollback", "--to", machine, status=2)
    assert "nothing to roll back to" in ended.stderr
    table = run("deployments").stdout
    assert "rolled back" in table
    assert table.count("there") == 1


@pytest.mark.vice
@pytest.mark.cc65
def test_one_that_does_not_verify(
    state: StateFolder, first: Release, second: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine computes something else: exit 1, the record kept, what was there before named, and the way to it."""
    run("deploy", "--to", "vice", "--prompt", "hi")
    wrong = Release("wrong", first.soul, second.built)
    monkeypatch.setattr(sys.modules["soulrig.cli.deploy"], "_release", lambda *_: wrong)
    ended = CliRunner().invoke(app, ["deploy", "ignored", "--to", "vice", "--prompt", "hi"])
    assert ended.exit_code == 1
    assert "wrong (" in ended.stderr
    assert "did not verify: mismatch" in ended.stderr
    assert "shipped (" in ended.stderr
    assert "soulrig deploy --rollback --to vice" in ended.stderr
    assert seen(state) == [("shipped", "verified", "pass", False), ("wrong", "failed", "mismatch", True)]
    assert Record.load(state.record(2)).verdict == "mismatch"
    run("deploy", "--rollback", "--to", "vice", "--prompt", "hi")
    assert seen(state)[1:] == [("wrong", "rolled back", "mismatch", False), ("shipped", "verified", "pass", True)]


@pytest.mark.cc65
def test_a_machine_that_fails(state: StateFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No emulator on the PATH: exit 3, and the journal tells it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    ended = run("deploy", "--to", "vice", "--prompt", "hi", status=3)
    assert "did not verify" in ended.stderr
    assert "there is no way back" in ended.stderr
    (entry,) = told()
    assert (entry["state"], entry["verdict"], entry["present"]) == ("failed", "fault", True)
    assert "x64" in entry["fault"]


@pytest.mark.cc65
def test_two_at_once(state: StateFolder, first: Release) -> None:
    """Only one deploys to a machine; another machine is free, and so is looking on."""
    with state.locked("sim"):
        ended = run("deploy", "--to", "sim", status=3)
        assert f"sim: soulrig's process {os.getpid()} is deploying to it; wait for its end" in ended.stderr
        assert told() == []
        with state.locked("desk"):
            assert state.is_locked("desk")
    assert not state.is_locked("sim")


class Cabled:
    """A C64 without a drive in this computer, that nothing can be loaded into."""

    description: ClassVar[dict[str, Any]] = {"kind": "cabled", "hertz": 985_248}

    def read(self, address: int, length: int) -> bytes:
        raise AssertionError(address)

    def write(self, address: int, data: bytes) -> None:
        raise AssertionError(address)

    def codes(self) -> bytes:
        raise AssertionError(self)

    def wait(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        raise AssertionError(what)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass


class Wrong(Card):
    """A card that has another byte in the end than was written."""

    def compare(self, image: Image, sectors: Sequence[Sector], progress: Progress) -> list[Difference]:
        return [Difference(Sector(17, 3), "1 bytes differ")]


@pytest.mark.cc65
def test_a_floppy_for_a_machine_without_a_drive_here(state: StateFolder, first: Release, tmp_path: Path) -> None:
    """Written and compared before the machine is switched on; refused, it was no deployment at all."""
    there = tmp_path / FLOPPY

    def deployer(target: Card, force: bool = False) -> Deployer:
        return Deployer(state, "desk", Cabled(), TRIAL, floppy=Floppy(target, force))

    ended = deployer(Card(tmp_path, FLOPPY)).deploy(first)
    assert there.read_bytes() == first.built.d64
    assert (ended.state, ended.placed, ended.verdict) == ("failed", True, "fault")
    assert "the machine cabled has no keys" in str(ended.fault)
    with pytest.raises(BadInput, match="--force overwrites them"):
        deployer(Card(tmp_path, FLOPPY)).deploy(first)
    assert seen(state) == [("first", "failed", "fault", True)]
    ended = deployer(Wrong(tmp_path, FLOPPY), force=True).deploy(first)
    assert (ended.state, ended.placed, ended.verdict) == ("failed", False, "mismatch")
    assert ended.fault == "1 sectors of the disk differ: 17/3: 1 bytes differ"
    assert not state.record(ended.number).exists()
    assert [each[3] for each in seen(state)] == [False, False]
    assert "what is on it now is not known" in run("deployments").stdout
    with pytest.raises(BadInput, match="has its drive in this computer"):
        Deployer(state, "sim", SimMachine(), TRIAL, floppy=Floppy(Card(tmp_path, FLOPPY)))


@pytest.mark.cc65
def test_a_channel_that_the_machine_can_not_have(state: StateFolder, first: Release) -> None:
    """Told before anything is overwritten."""
    with pytest.raises(Fault, match="the channel wire can't be had"):
        Deployer(state, "sim", SimMachine(), Trial(["hi"], ("wire",))).deploy(first)
    assert seen(state) == []
    assert not (state.machine("sim") / FLOPPY).exists()


@pytest.mark.cc65
def test_a_state_folder_where_cards_are_mounted(
    state: StateFolder, first: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine's disk in this computer is no card that is plugged in."""
    monkeypatch.setattr("soulrig.flash.card.MOUNT_FOLDERS", (state.path.parent,))
    assert Deployer(state, "sim", SimMachine(), TRIAL).deploy(first).verdict == "pass"


CUT = """
import os, signal
from soulrig.__main__ import main
from soulrig.flash import card

class Cut:
    count = 0
    def __getattr__(self, name):
        return getattr(os, name)
    def write(self, handle, data):
        self.count += 1
        if self.count == {when}:
            os.write(handle, data[: len(data) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        return os.write(handle, data)

card.os = Cut()
main()
"""


@pytest.mark.vice
@pytest.mark.cc65
@pytest.mark.parametrize("when", [1, 7])
def test_killed_while_the_disk_is_written(state: StateFolder, saved: Path, when: int) -> None:
    """Half of it is lost: what was there before is still there, and that is told."""
    run("deploy", "--to", "vice", "--prompt", "hi")
    before = floppy(state)
    command = [sys.executable, "-c", CUT.format(when=when), "deploy", str(saved), "--to", "vice", "--prompt", "hi"]
    assert subprocess.run(command, capture_output=True, check=False, timeout=60).returncode == -signal.SIGKILL
    assert floppy(state) == before
    assert seen(state) == [("shipped", "verified", "pass", True), ("second", "begun", None, False)]
    assert told()[1]["broken_off"]
    assert "begun, broken off" in run("deployments").stdout
    run("deploy", "--rollback", "--to", "vice", "--prompt", "hi")
    assert seen(state) == [
        ("shipped", "verified", "pass", False),
        ("second", "failed", "fault", False),
        ("shipped", "verified", "pass", True),
    ]
    assert told()[1]["fault"] == BROKEN_OFF


@pytest.mark.vice
@pytest.mark.cc65
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=["Ctrl-C", "SIGTERM", "kill"])
def test_broken_off_while_it_is_verified(
    state: StateFolder, saved: Path, private_temp: Path, number: signal.Signals
) -> None:
    run("deploy", "--to", "vice", "--prompt", "hi")
    command = [*SOULRIG, "deploy", str(saved), "--to", "vice", *["--prompt=hello"] * 200]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert wait_until(lambda: [entry.state for entry in history(state).deployments] == ["verified", "written"])
    assert not history(state).deployments[1].broken_off
    process.send_signal(number)
    process.communicate(timeout=60)
    last = ("written", None) if number == signal.SIGKILL else ("failed", "fault")
    assert seen(state) == [("shipped", "verified", "pass", False), ("second", *last, True)]
    entry = told()[1]
    assert (entry["broken_off"], entry["fault"]) == ((True, None) if number == signal.SIGKILL else (False, INTERRUPTED))
    if number == signal.SIGKILL:  # it can't clear up after itself
        assert wait_until(lambda: not list(private_temp.glob("soulrig-????????????????/*")))
        for left in list(private_temp.glob("soulrig-????????????????")):
            left.rmdir()
    assert_nothing_left(private_temp)
    run("deploy", saved, "--to", "vice", "--prompt", "hi")
    assert seen(state)[2] == ("second", "verified", "pass", True)


@pytest.mark.vice
@pytest.mark.cc65
@pytest.mark.parametrize("part", range(4))
def test_killed_at_any_moment(state: StateFolder, saved: Path, first: Release, second: Release, part: int) -> None:
    """The disk is one of the two, whole, and it is the one that is told to be there."""
    Deployer(state, "vice", ViceMachine(), TRIAL).deploy(first)
    command = [*SOULRIG, "deploy", str(saved), "--to", "vice", "--prompt", "hi"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(0.8 + part * 0.3 + random.Random(part).random() * 0.3)
    except subprocess.TimeoutExpired:
        process.kill()
    process.wait()
    there = floppy(state)
    assert there in (first.disk_digest, second.disk_digest)
    now = history(state)
    present = next(entry for entry in now.deployments if entry.number == now.present["vice"])
    assert present.disk == there
    for entry in now.deployments[1:]:
        assert entry.broken_off == (entry.state in ("begun", "written"))
        assert (entry.state in ("written", "verified")) <= (there == second.disk_digest)


@pytest.mark.cc65
def test_what_is_kept_is_whole(state: StateFolder, first: Release) -> None:
    first.keep(state)
    first.keep(state)
    (kept,) = state.souls.iterdir()
    again = Release.kept(state, "first", first.disk_digest)
    assert (again.built.d64, again.soul.to_bytes()) == (first.built.d64, first.soul.to_bytes())
    assert Reference(again.soul).reply("hi").text == Reference(first.soul).reply("hi").text
    (kept / "soulplayer.d64").write_bytes(bytes(174_848))
    with pytest.raises(BadInput, match=r"first can't be brought back.*is not the file that.*deploy it from its files"):
        Release.kept(state, "first", first.disk_digest)
    first.keep(state)
    assert list(state.souls.iterdir()) == [kept]
    assert Release.kept(state, "first", first.disk_digest).built.d64 == first.built.d64


@pytest.mark.cc65
def test_no_folder_for_the_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    ended = run("deploy", "--to", "sim", "--state", tmp_path / "file" / "state", status=2)
    assert "no folder can be made there" in ended.stderr
    monkeypatch.delenv("SOULRIG_STATE", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "xdg"))
    assert StateFolder.find().path == tmp_path / "xdg" / "soulrig"
    assert StateFolder.find(Path("here")).path == Path.cwd() / "here"


@pytest.mark.cc65
def test_wrong_usage(folder: Path, saved: Path) -> None:
    assert "no machine is called 'dask'" in run("deploy", "--to", "dask", status=2).stderr
    assert "no machine is called ''" in run("deploy", "--to", "", status=2).stderr
    assert "nobody's home" in run("deployments", "--state", "~nobody-has-this-name/x", status=2).stderr
    assert "name no soul with it" in run("deploy", saved, "--rollback", "--to", "sim", status=2).stderr
    assert "nothing to roll back to" in run("deploy", "--rollback", "--to", "sim", status=2).stderr
    assert not (folder / "machines" / "dask").exists()


@pytest.mark.cc65
def test_a_prompt_that_no_c64_can_type(state: StateFolder) -> None:
    with pytest.raises(BadInput, match="can't be typed"):
        Deployer(state, "sim", SimMachine(), Trial(["日"]))
    assert not state.path.exists()
