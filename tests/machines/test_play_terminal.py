"""`soulrig play --machine sim`: the C64 in a terminal, with a person at its keys."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest
from play_disks import ECHO, disk

COMMAND = [sys.executable, "-c", "from soulrig.__main__ import main; main()", "play", "--machine", "sim"]
SECONDS = 60


@pytest.fixture
def echo(tmp_path: Path) -> Path:
    return disk(tmp_path / "echo.d64", ECHO)


@pytest.fixture
def played(echo: Path) -> Iterator[pexpect.spawn]:
    """A terminal in which a program echoes what is typed."""
    command = [*COMMAND, str(echo), "--json"]
    terminal = pexpect.spawn(command[0], command[1:], dimensions=(30, 80), encoding="utf-8", timeout=SECONDS)
    terminal.expect_exact('LOAD"*",8,1')
    terminal.expect_exact("OK")
    yield terminal
    terminal.close(force=True)


def left(terminal: pexpect.spawn) -> str:
    """What the terminal shows at the end; without what is drawn on the screen that is left."""
    terminal.expect(pexpect.EOF)
    terminal.close()
    return str(terminal.before).rpartition("\x1b[?1049l")[2]


def test_what_is_typed_goes_to_the_c64_and_ctrl_c_leaves(played: pexpect.spawn, echo: Path) -> None:
    before = echo.read_bytes()
    played.send("hello")
    played.expect_exact("HELLO")  # in the character set with capitals
    played.send("\x0e")  # which a C64 has no key for
    played.send("\x7f\x7f\x7fy!\x1b[D\x1b[D?")
    played.expect_exact("HE?!")
    played.send("\x03")
    told = json.loads(left(played))
    assert (played.exitstatus, played.signalstatus) == (0, None)
    assert told["machine"]["kind"] == "sim"
    assert (told["disk"], told["changed"], told["written"]) == (str(echo), False, False)
    assert echo.read_bytes() == before


def test_a_low_terminal_shows_where_something_is(echo: Path) -> None:
    command = [*COMMAND, str(echo)]
    terminal = pexpect.spawn(command[0], command[1:], dimensions=(4, 30), encoding="utf-8", timeout=SECONDS)
    terminal.expect_exact("OK")
    terminal.send("\rab\r")
    terminal.expect_exact("AB")
    rows = [int(row) for row in re.findall(r"\x1b\[(\d+);1H", str(terminal.before))]
    assert max(rows) <= 4
    terminal.setwinsize(30, 80)
    terminal.expect_exact("Ctrl-C leaves")
    terminal.send("\x03")
    assert left(terminal) == ""


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 0)])
def test_a_signal_ends_it_too(played: pexpect.spawn, number: int, status: int) -> None:
    played.kill(number)
    left(played)
    assert played.exitstatus == status


def test_the_terminal_is_left_as_it_was(echo: Path) -> None:
    line = f'stty -g; "$@" {echo}; stty -g'
    terminal = pexpect.spawn("sh", ["-c", line, "sh", *COMMAND], encoding="utf-8", timeout=SECONDS)
    terminal.expect_exact("OK")
    terminal.send("\x03")
    terminal.expect(pexpect.EOF)
    shown = str(terminal.before)
    terminal.close()
    assert shown.count("\x1b[?1049l") == shown.count("\x1b[?25h") == 1
    after = shown.rpartition("\x1b[?1049l")[2].strip()
    fresh = pexpect.run("sh -c 'stty -g'", encoding="utf-8")
    assert after == str(fresh).strip()


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        ([], 3, "is played in a terminal, and this is none"),
        (["none.d64"], 2, "none.d64: can't be read"),
        (["--write"], 2, "--write: name the disk"),
        (["DISK", "--write"], 2, "--write: the machine sim writes to no disk"),
    ],
)
def test_what_can_not_be(echo: Path, arguments: list[str], status: int, message: str) -> None:
    command = [*COMMAND, *(str(echo) if argument == "DISK" else argument for argument in arguments)]
    run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (status, "")
    assert message in run.stderr


def test_a_disk_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.d64").write_text("no disk")
    command = [*COMMAND, str(tmp_path / "text.d64")]
    terminal = pexpect.spawn(command[0], command[1:], encoding="utf-8", timeout=SECONDS, env=dict(os.environ))
    assert "is no D64 image" in left(terminal)
    assert terminal.exitstatus == 2
