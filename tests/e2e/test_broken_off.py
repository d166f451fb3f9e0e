"""Runs that are broken off: VICE killed or frozen, its supervisor killed, Ctrl-C and SIGTERM, at any moment.

Each is a fault or a clean end, leaves nothing behind, and keeps the record of what was done.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from left_behind import emulators, processes, wait_until

from soulrig.buildtools.build import Built
from soulrig.kept import INTERRUPTED
from soulrig.machines.vice import ViceMachine
from soulrig.model.soul import Soul
from soulrig.record import Record
from soulrig.verify import verify

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

PROMPTS = ["hi", "hello", "who are you?"]
RUN_SECONDS = 1.6  # about what VICE lives for these prompts; a longer run only moves the moments
SUPERVISOR = "supervisor.py"


def moments(count: int, soak: int, seed: int) -> list[object]:
    """Seconds after VICE's start: a few for every day, more for the soak; many of them before its port opens."""
    dice = random.Random(seed)
    drawn = [0.0] + [dice.uniform(0, 0.15 if number % 4 == 3 else RUN_SECONDS) for number in range(soak - 1)]
    return [
        pytest.param(moment, id=f"{moment:.3f}s", marks=() if number < count else pytest.mark.soak)
        for number, moment in enumerate(drawn)
    ]


def verified(soul: Soul, built: Built, keep: Path, victims: Callable[[], list[int]], after: float) -> Record:
    """The record of a run during which the first of `victims` was killed so many seconds after it was there."""
    over = threading.Event()

    def kill() -> None:
        while not over.is_set():
            if pids := victims():
                if not over.wait(after):
                    with suppress(ProcessLookupError):  # it has just ended
                        os.kill(pids[0], signal.SIGKILL)
                return
            over.wait(0.001)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        return verify(ViceMachine(), soul, built, PROMPTS, keep=keep)
    finally:
        over.set()
        killer.join()


def assert_told(record: Record, file: Path, *words: str) -> None:
    """A fault that says one of these, unless all was done before; what was done before is kept, also in the file."""
    kept = Record.load(file)
    assert kept.as_json() == record.as_json()
    *done, last = [prompt.verdict for prompt in record.prompts] or ["pass"]
    assert set(done) <= {"pass"}
    assert last != "mismatch"
    if record.fault is None:
        assert (len(record.prompts), last) == (len(PROMPTS), "pass")
    else:
        assert any(word in record.fault for word in words), record.fault


@pytest.mark.parametrize("after", moments(5, 100, seed=1))
def test_vice_killed(after: float, shipped: Soul, shipped_built: Built, private_temp: Path, tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    record = verified(shipped, shipped_built, file, lambda: emulators(private_temp), after)
    assert_told(record, file, "ended with signal 9 (SIGKILL)")


@pytest.mark.parametrize("after", moments(2, 20, seed=2))
def test_its_supervisor_killed(
    after: float, shipped: Soul, shipped_built: Built, private_temp: Path, tmp_path: Path
) -> None:
    file = tmp_path / "record.json"

    def supervisors() -> list[int]:
        return [pid for pid, line in processes(private_temp).items() if SUPERVISOR in line]

    record = verified(shipped, shipped_built, file, supervisors, after)
    assert_told(record, file, "SIGKILL", "supervisor ended", "could not start")


def test_what_was_done_before_the_kill_is_kept(shipped: Soul, shipped_built: Built, private_temp: Path) -> None:
    machine = ViceMachine()

    def kill(_: object) -> None:
        os.kill(machine.pid, signal.SIGKILL)

    record = verify(machine, shipped, shipped_built, ["hello", "who are you?"], progress=kill)
    assert record.verdict == "fault"
    assert "signal 9 (SIGKILL)" in str(record.fault)
    assert [prompt.verdict for prompt in record.prompts] == ["pass", "fault"]
    assert {"wall time", "cycles a token, mean"} <= {measurement.name for measurement in record.measurements}


@pytest.mark.timeout(20)  # the bound: a few times the second that it may be silent
@pytest.mark.parametrize("prompts", [0, 1])
def test_a_frozen_vice(prompts: int, shipped: Soul, shipped_built: Built, private_temp: Path) -> None:
    """Stopped while it boots, and while it replies."""
    machine = ViceMachine(timeout=1.0)

    def freeze(_: object = None) -> None:
        os.kill(machine.pid, signal.SIGSTOP)

    if prompts:
        record = verify(machine, shipped, shipped_built, ["hello", "who are you?"], progress=freeze)
    else:
        freezer = threading.Thread(
            target=lambda: (
                wait_until(lambda: bool(emulators(private_temp)))
                and os.kill(emulators(private_temp)[0], signal.SIGSTOP)
            )
        )
        freezer.start()
        record = verify(machine, shipped, shipped_built, ["hello"])
        freezer.join()
    assert record.verdict == "fault"
    assert re.search(r"(in|after|for) 1 s\b", str(record.fault))
    assert [prompt.verdict for prompt in record.prompts] == ["pass", "fault"][: 2 * prompts]


class Command:
    """A `soulrig verify` that is running, its record kept in a file."""

    def __init__(self, folder: Path, machine: str = "vice", prompts: int = 1) -> None:
        self.file = folder / "record.json"
        given = [f"--prompt={prompt}" for prompt in PROMPTS * prompts]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "soulrig", "verify", "--machine", machine, "--record", self.file, *given],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def await_begin(self, temp: Path) -> None:
        """Until the command has begun: before, the signal would meet the interpreter's start."""
        assert wait_until(lambda: bool(list(temp.glob("soulrig-*"))))

    def await_prompts(self, count: int) -> None:
        """Until so many prompts have been verified."""
        assert wait_until(lambda: self.file.is_file() and len(Record.load(self.file).prompts) >= count)

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def end(self) -> tuple[int, str]:
        """Exit status and what it said on stderr."""
        _, errors = self._process.communicate(timeout=60)
        return self._process.returncode, errors


@pytest.mark.parametrize("again", [False, True], ids=["once", "twice"])
@pytest.mark.parametrize("after", moments(2, 30, seed=3))
def test_ctrl_c(after: float, again: bool, private_temp: Path, tmp_path: Path) -> None:
    command = Command(tmp_path)
    command.await_begin(private_temp)
    time.sleep(after + 0.3 * (after > 0))  # the command takes a while before it starts VICE
    command.signal(signal.SIGINT)
    if again:
        time.sleep(random.Random(after).uniform(0, 0.05))
        command.signal(signal.SIGINT)
    status, errors = command.end()
    assert "Traceback" not in errors
    assert "Exception" not in errors
    if status:
        assert status == 130
        assert errors == "soulrig: interrupted\n" or (again and not errors)  # the second may come before it is said
    if command.file.exists():
        record = Record.load(command.file)
        assert record.fault == (INTERRUPTED if status else None)
        assert {prompt.verdict for prompt in record.prompts[:-1]} <= {"pass"}


@pytest.mark.parametrize(
    ("number", "expected"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGKILL, -9)]
)
def test_the_record_is_kept_whatever_ends_the_command(
    number: int, expected: int, private_temp: Path, tmp_path: Path
) -> None:
    command = Command(tmp_path, prompts=20)
    command.await_prompts(2)
    command.signal(number)
    status, errors = command.end()
    assert status == expected
    assert "Traceback" not in errors
    record = Record.load(command.file)
    assert record.verdict == "fault"
    assert record.fault == ("the run was broken off" if number == signal.SIGKILL else INTERRUPTED)
    assert [prompt.verdict for prompt in record.prompts[:2]] == ["pass", "pass"]
    if number == signal.SIGKILL:
        remove_what_only_the_killed_could(private_temp)


def remove_what_only_the_killed_could(temp: Path) -> None:
    """Nobody is left to remove the command's own folder; VICE and its folder have a supervisor."""
    assert wait_until(lambda: not processes(temp))
    (own,) = temp.iterdir()
    assert own.name.startswith("soulrig-")
    for path in sorted(own.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    own.rmdir()


def test_ctrl_c_on_the_simulator(private_temp: Path, tmp_path: Path) -> None:
    command = Command(tmp_path, machine="sim")
    assert wait_until(command.file.is_file)
    command.signal(signal.SIGINT)
    assert command.end() == (130, "soulrig: interrupted\n")
    assert json.loads(command.file.read_text())["fault"] == INTERRUPTED
