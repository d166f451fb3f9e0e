"""`soulrig verify --machine serial` as a user types it: riglink in VICE at a terminal, no monitor open."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, get_args

import pytest
from cabled_c64 import cabled_c64
from vice_line import Cable

from soulrig.buildtools.line import LINES, Line
from soulrig.vice_driver.options import Emulator

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

FASTER = 4  # times that the C64 runs in these tests; a cable is told of it by its baud rate
BAUD = {"swiftlink": "230400", "userport": "9600", "up9600": "38400"}
BRIEF = ["hello", "how are you?", "what is your name?"]
EMULATORS: tuple[Emulator, ...] = get_args(Emulator)
PACE_WITHIN = 0.005
SILENT = "15 s"


def verify(cable: Cable, line: Line, *options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "soulrig", "verify", "--machine", "serial", "--port", cable.host, "--line", line]
    command += ["--baud", BAUD[line], *map(str, options)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def held(cable: Cable, line: Line, prompts: list[str], folder: Path) -> dict[str, Any]:
    """The record of a run that must pass by telemetry and wire."""
    record = folder / "record.json"
    asked = [option for prompt in prompts for option in ("--prompt", prompt)]
    run = verify(cable, line, "--channels", "telemetry,wire", "--record", record, *asked)
    assert run.returncode == 0, run.stdout + run.stderr
    found = json.loads(record.read_text())
    assert found["verdict"] == "pass"
    assert len(found["prompts"]) == len(prompts)
    for prompt in found["prompts"]:
        telemetry, wire = prompt["channels"]["telemetry"], prompt["channels"]["wire"]
        assert wire["cycles"] == telemetry["cycles"]
        assert wire["tokens"] == telemetry["tokens"] == prompt["reference"]["tokens"]
        assert prompt["evidence"]["disagreements"] == []
    assert isinstance(found, dict)
    return found


def prompts_of(root: Path, count: int) -> list[str]:
    lines = (root / "data" / "example_corpus.txt").read_text(encoding="utf-8").splitlines()
    return [line.split("<SEP>")[1] for line in lines if line.startswith("<SEP>")][:count]


def measured(record: dict[str, Any], name: str) -> float:
    return float(next(each["value"] for each in record["measurements"] if each["name"] == name))


def test_three_prompts_over_a_swiftlink(tmp_path: Path) -> None:
    with cabled_c64(tmp_path, speed=FASTER) as cable:
        record = held(cable, "swiftlink", BRIEF, tmp_path)
    assert (record["machine"]["kind"], record["machine"]["standard"]) == ("serial", "pal")
    assert measured(record, "cycles a token, mean") < measured(record, "cycles from token to token, mean")


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_an_ntsc_c64_by_up9600(tmp_path: Path) -> None:
    with cabled_c64(tmp_path, "up9600", standard="ntsc", speed=FASTER) as cable:
        held(cable, "up9600", BRIEF, tmp_path)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("emulator", EMULATORS)
@pytest.mark.parametrize("line", LINES)
def test_twenty_prompts(line: Line, emulator: Emulator, tmp_path: Path, root: Path) -> None:
    with cabled_c64(tmp_path, line, emulator, speed=FASTER) as cable:
        held(cable, line, prompts_of(root, 20), tmp_path)


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_the_program_is_left_for_another_upload(tmp_path: Path) -> None:
    with cabled_c64(tmp_path, speed=FASTER) as cable:
        for prompt in ("hello", "who are you?"):
            held(cable, "swiftlink", [prompt], tmp_path)


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_an_ntsc_c64_tells_its_standard(tmp_path: Path) -> None:
    with cabled_c64(tmp_path, standard="ntsc", speed=FASTER) as cable:
        record = held(cable, "swiftlink", ["hello"], tmp_path)
    assert (record["machine"]["standard"], record["machine"]["hertz"]) == ("ntsc", 1_022_727)


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_a_line_cut_in_the_midst_of_a_reply_is_a_fault(tmp_path: Path) -> None:
    """The C64 goes on meanwhile: once the line is back, all goes well again."""
    with cabled_c64(tmp_path, speed=FASTER) as cable:
        record = tmp_path / "cut.json"

        def cut() -> None:
            while "hello" not in (record.read_text() if record.exists() else ""):
                time.sleep(0.05)
            time.sleep(1.5)
            cable.noise.cut = True

        cutter = threading.Thread(target=cut)
        cutter.start()
        begun = time.monotonic()
        asked = [option for prompt in BRIEF * 10 for option in ("--prompt", prompt)]
        run = verify(cable, "swiftlink", "--channels", "telemetry,wire", "--record", record, *asked)
        cutter.join()
        assert run.returncode == 3
        assert f"soulrig: fault: {cable.host} at 230400 baud" in run.stderr
        assert f"nothing came for {SILENT}" in run.stderr or "has no result" in run.stderr
        assert json.loads(record.read_text())["verdict"] == "fault"
        assert time.monotonic() - begun < 120
        cable.noise.cut = False
        held(cable, "swiftlink", ["hello"], tmp_path)


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_the_clocks_agree_at_normal_speed(tmp_path: Path, root: Path) -> None:
    """Run it alone: a busy computer gives VICE no even time."""
    with cabled_c64(tmp_path, speed=1) as cable:
        record = tmp_path / "record.json"
        asked = [option for prompt in BRIEF for option in ("--prompt", prompt)]
        run = verify(cable, "swiftlink", "--baud", "38400", "--channels", "telemetry,wire", "--record", record, *asked)
    assert run.returncode == 0, run.stderr
    found = json.loads(record.read_text())
    assert sum(len(prompt["channels"]["wire"]["clock"]) - 1 for prompt in found["prompts"]) >= 20
    assert measured(found, "seconds here for one of the C64's") == pytest.approx(1, abs=PACE_WITHIN)


def test_nobody_at_the_other_end_is_a_fault(tmp_path: Path) -> None:
    with Cable() as cable:
        run = verify(cable, "swiftlink", "--prompt", "hello")
    assert run.returncode == 3
    assert f"nothing came for {SILENT}" in run.stderr


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "kind serial needs --port, or port in soulrig.toml"),
        (["--port", "/dev/nowhere"], "/dev/nowhere: can't be opened"),
        (["--port", "/dev/nowhere", "--screenshot", "nowhere.png"], "the machine serial has no pixels"),
        (["--port", "/dev/null", "--baud", "12"], "--baud: is 12, expected 300 to"),
        (["--port", "/dev/null", "--standard", "pal"], "--standard: a machine of the kind serial has none"),
    ],
)
def test_what_is_wrong_is_told(options: list[str], says: str) -> None:
    command = [sys.executable, "-m", "soulrig", "verify", "--machine", "serial", "--prompt", "hello", *options]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert says in run.stderr
    assert run.returncode == (3 if "opened" in says or "pixels" in says else 2)
