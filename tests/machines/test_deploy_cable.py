"""Deploying to a C64 at a cable: VICE without its monitor, and only bytes over a pseudo-terminal."""

from __future__ import annotations

import dataclasses
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cabled_c64 import cabled_c64
from vice_line import Cable, Noise

from soulrig.model.soul import Soul

pytestmark = [pytest.mark.vice, pytest.mark.cc65, pytest.mark.soak, pytest.mark.timeout(900)]

SOULRIG = [sys.executable, "-m", "soulrig"]
CHANNELS = ["--prompt", "hi", "--channels", "telemetry,wire"]
HALF = 12_000  # bytes on the line, of the 30,000 of a program
SPEED = 2  # times a C64's: on a computer that has much to do, a quicker line loses more than it wins


class Counted(Noise):
    """A line without noise that counts its bytes."""

    carried = 0

    def pieces(self, data: bytes) -> Iterator[bytes]:
        self.carried += len(data)
        return super().pieces(data)


@pytest.fixture
def cable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cable]:
    """A C64 that `desk` is the name of."""
    with cabled_c64(tmp_path, speed=SPEED) as cable:
        config = tmp_path / "soulrig.toml"
        config.write_text(f'[machines.desk]\nkind = "serial"\nport = "{cable.host}"\nline = "swiftlink"\n')
        monkeypatch.setenv("SOULRIG_CONFIG", str(config))
        monkeypatch.setenv("SOULRIG_STATE", str(tmp_path / "state"))
        yield cable


@pytest.fixture
def souls(root: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Two that say something else, both in few words: a C64 at a cable takes its time."""
    soul = dataclasses.replace(Soul.load(root / "disk" / "soulplayer"), max_reply=3)
    data = np.roll(soul.tensors["out"].data, 1, axis=0)
    changed = dataclasses.replace(soul.tensors["out"], data=data)
    soul.save(tmp_path / "first")
    dataclasses.replace(soul, tensors={**soul.tensors, "out": changed}).save(tmp_path / "second")
    return tmp_path / "first", tmp_path / "second"


def run(*words: object, status: int = 0) -> subprocess.CompletedProcess[str]:
    ended = subprocess.run([*SOULRIG, *map(str, words)], capture_output=True, text=True, check=False, timeout=240)
    assert "Traceback" not in ended.stderr
    assert ended.returncode == status, ended.stdout + ended.stderr
    return ended


def told() -> list[dict[str, Any]]:
    content = json.loads(run("deployments", "--json").stdout)["deployments"]
    assert isinstance(content, list)
    return content


def seen() -> list[tuple[str, str, str | None, bool]]:
    return [(each["name"], each["state"], each["verdict"], each["present"]) for each in told()]


def test_deploy_deploy_and_roll_back(cable: Cable, souls: tuple[Path, Path]) -> None:
    first, second = souls
    run("deploy", first, "--to", "desk", *CHANNELS)
    assert seen() == [("first", "verified", "pass", True)]
    run("deploy", second, "--to", "desk", *CHANNELS)
    assert seen() == [("first", "verified", "pass", False), ("second", "verified", "pass", True)]
    run("deploy", "--rollback", "--to", "desk", *CHANNELS)
    assert seen() == [
        ("first", "verified", "pass", False),
        ("second", "rolled back", "pass", False),
        ("first", "verified", "pass", True),
    ]


def test_killed_in_the_middle_then_the_cable_pulled_then_rolled_back(cable: Cable, souls: tuple[Path, Path]) -> None:
    """Half of a program is in the C64: nobody claims to know what is there, and the way back is open."""
    first, second = souls
    run("deploy", first, "--to", "desk", *CHANNELS)
    cable.noise = counted = Counted()
    process = subprocess.Popen([*SOULRIG, "deploy", str(second), "--to", "desk", *CHANNELS], stderr=subprocess.DEVNULL)
    while counted.carried < HALF:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert seen() == [("first", "verified", "pass", False), ("second", "begun", None, False)]
    assert told()[1]["broken_off"]
    assert "desk: what is on it now is not known" in run("deployments").stdout

    cable.noise.cut = True
    ended = run("deploy", second, "--to", "desk", *CHANNELS, status=3)
    assert "soulrig deploy --rollback --to desk" in ended.stderr
    failed = ("second", "failed", "fault", False)
    assert seen() == [("first", "verified", "pass", False), failed, failed]

    cable.noise.cut = False
    run("deploy", "--rollback", "--to", "desk", *CHANNELS)
    assert seen()[1:] == [failed, failed, ("first", "verified", "pass", True)]
