"""Disks that are full, folders that can't be written to or vanish, an output that nobody takes, a port that is taken, a
clock that jumps: each a fault that says what is wrong, or no hindrance; and what was done is kept.
"""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from soulrig.buildtools.build import Built
from soulrig.machines.roms import our_roms
from soulrig.machines.vice import ViceMachine
from soulrig.model.soul import Soul
from soulrig.record import PromptRecord, Record
from soulrig.verify import verify
from soulrig.vice_driver.options import RomFiles, ViceOptions
from soulrig.vice_driver.process import ViceProcess

pytestmark = [pytest.mark.vice, pytest.mark.cc65, pytest.mark.usefixtures("private_temp")]

SOULRIG = [sys.executable, "-m", "soulrig"]
VERIFY = [*SOULRIG, "verify", "--prompt=hi", "--prompt=hello", "--prompt=who are you?"]
BROKEN_OFF = "the run was broken off"


def run(command: list[object], **environment: object) -> subprocess.CompletedProcess[str]:
    words = [str(word) for word in command]
    settings = os.environ | {name: str(value) for name, value in environment.items()}
    return subprocess.run(words, capture_output=True, text=True, check=False, env=settings, timeout=60)


def assert_fault(ended: subprocess.CompletedProcess[str], *words: str) -> None:
    assert ended.returncode == 3, ended
    assert "Traceback" not in ended.stderr
    for word in words:
        assert word in ended.stderr


# Small disks


class SmallDisk:
    """A disk of so many KB, which only the commands that are run with it see, mounted at `folder`."""

    def __init__(self, folder: Path, outside: Path, size: int, later: str = "true") -> None:
        """`later` is a shell command, run when `outside`/record.json tells of a prompt."""
        self.folder = folder
        self._script = f"""
            mount -t tmpfs -o size={size}k soulrig {folder}
            has_begun() {{ grep -qs '"verdict": "pass"' {outside}/*.json {folder}/*.json; }}
            (until has_begun; do sleep 0.01; done; {later}) 2>/dev/null &
            later=$!
            "$@"
            status=$?
            kill $later 2>/dev/null
            cp {folder}/*.json {outside} 2>/dev/null
            ls -A {folder} | grep -v -e '[.]json$' -e '^filler$' >&2 && exit 99
            exit $status
        """

    def run(self, command: list[object], **environment: object) -> subprocess.CompletedProcess[str]:
        return run([*SEPARATE, "bash", "-c", self._script, "bash", *command], **environment)


SEPARATE = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Callable[..., SmallDisk]:
    """Makes small disks; `outside` is where records are to be found afterwards."""
    if run([*SEPARATE, "mount", "-t", "tmpfs", "soulrig", "/mnt"]).returncode:
        pytest.skip("neither root nor a user namespace: no file system can be mounted")
    folder, outside = tmp_path / "small", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    return lambda size, later="true": SmallDisk(folder, outside, size, later)


@pytest.mark.parametrize("size", [4, 64, 200])
def test_no_room_for_temporary_files(small_disk: Callable[..., SmallDisk], size: int, tmp_path: Path) -> None:
    """Too little for a folder's page, for VICE's log, for the disk's image and its copy."""
    disk = small_disk(size)
    assert_fault(disk.run(VERIFY, TMPDIR=disk.folder), "No space left on device")


def test_the_temporary_files_disk_fills_up(small_disk: Callable[..., SmallDisk], tmp_path: Path) -> None:
    file = tmp_path / "outside" / "record.json"
    disk = small_disk(2000, f"while :; do cat /dev/zero >> {tmp_path}/small/filler; done")
    ended = disk.run([*VERIFY, *["--prompt=hello"] * 20, "--record", file], TMPDIR=disk.folder)
    assert_fault(ended, "is there room for one?")
    record = Record.load(file)
    assert record.prompts[0].verdict == "pass"
    assert record.verdict == "fault"


@pytest.mark.parametrize(
    ("later", "words"),
    [
        ("cat /dev/zero > {folder}/filler", "No space left on device"),
        ("mount -o remount,ro {folder}", "Read-only file system"),
    ],
    ids=["full", "read-only"],
)
def test_the_record_s_disk_takes_no_more(
    small_disk: Callable[..., SmallDisk], tmp_path: Path, later: str, words: str
) -> None:
    """What the file held before stays: all prompts but the last."""
    disk = small_disk(200, later.format(folder=tmp_path / "small"))
    ended = disk.run([*VERIFY, *["--prompt=hello"] * 20, "--record", disk.folder / "record.json"])
    assert_fault(ended, "record.json", words)
    record = Record.load(tmp_path / "outside" / "record.json")
    assert record.prompts[0].verdict == "pass"
    assert record.fault == BROKEN_OFF


def test_no_room_for_the_record_from_the_start(small_disk: Callable[..., SmallDisk], tmp_path: Path) -> None:
    disk = small_disk(4)
    fill = f'cat /dev/zero > {disk.folder}/filler 2>/dev/null; exec "$@"'
    ended = disk.run(["bash", "-c", fill, "bash", *VERIFY, "--record", disk.folder / "record.json"])
    assert_fault(ended, "record.json", "No space left on device")
    assert "fault: 0 prompts" in ended.stdout


@pytest.mark.parametrize("kilobytes", [0, 100])
def test_no_file_can_be_made_or_none_so_large(kilobytes: int) -> None:
    """As on a disk that takes nothing, wherever it is; and as with a quota."""
    ended = run(["bash", "-c", f'ulimit -f {kilobytes}; exec "$@"', "bash", *VERIFY])
    assert_fault(ended, "No usable temporary directory" if kilobytes == 0 else "File too large")


# Folders


def test_a_read_only_folder_is_refused_before_anything_starts() -> None:
    ended = run([*VERIFY, "--record", "/proc/record.json"])
    assert ended.returncode == 2
    assert "/proc/record.json: can't be written" in ended.stderr


def test_the_record_s_folder_vanishes(shipped: Soul, shipped_built: Built, tmp_path: Path) -> None:
    file = tmp_path / "folder" / "record.json"
    record = verify(
        ViceMachine(), shipped, shipped_built, ["hi", "hello"], progress=lambda _: shutil.rmtree(file.parent), keep=file
    )
    assert record.verdict == "pass"
    assert Record.load(file).as_json() == record.as_json()


def test_the_record_s_folder_becomes_a_file(shipped: Soul, shipped_built: Built, tmp_path: Path) -> None:
    file = tmp_path / "folder" / "record.json"

    def replace(_: PromptRecord) -> None:
        shutil.rmtree(file.parent)
        file.parent.touch()

    record = verify(ViceMachine(), shipped, shipped_built, ["hi", "hello"], progress=replace, keep=file)
    assert [prompt.verdict for prompt in record.prompts] == ["pass", "pass"]
    assert record.verdict == "fault"
    assert "record.json: can't be written" in str(record.fault)


def test_the_temporary_folder_vanishes(shipped: Soul, shipped_built: Built, private_temp: Path, tmp_path: Path) -> None:
    def remove(_: PromptRecord) -> None:
        for folder in private_temp.iterdir():
            shutil.rmtree(folder)

    record = verify(ViceMachine(), shipped, shipped_built, ["hi", "hello"], progress=remove)
    assert [prompt.verdict for prompt in record.prompts] == ["pass", "fault"]
    assert "no snapshot in" in str(record.fault)


# Output


@pytest.mark.parametrize("command", [["reply", "--prompt=hi"], ["machines"], ["machines", "--json"]])
@pytest.mark.parametrize(
    ("output", "status", "words"),
    [(">&-", 0, ""), (">/dev/full", 3, "No space left on device"), ("| true", 141, "")],
    ids=["closed", "full", "unread"],
)
def test_output_that_is_not_taken(command: list[str], output: str, status: int, words: str, tmp_path: Path) -> None:
    script = f'set -o pipefail; "$@" {output}'
    ended = run(["bash", "-c", script, "bash", *SOULRIG, *command])
    assert ended.returncode == status
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "Exception" not in ended.stderr


# The port


def test_a_port_that_is_taken(shipped: Soul, shipped_built: Built) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        record = verify(ViceMachine(port=port), shipped, shipped_built, ["hi"])
    assert record.verdict == "fault"
    assert f"port {port} of 127.0.0.1 is taken" in str(record.fault)


def test_a_port_that_another_vice_has(tmp_path: Path) -> None:
    roms = our_roms(tmp_path / "roms")
    options = ViceOptions(roms=RomFiles(roms.kernal, roms.basic, roms.chargen))
    with ViceProcess(options) as other:
        (tmp_path / "soulrig.toml").write_text(f'[machines.desk]\nkind = "vice"\nport = {other.port}\n')
        ended = run([*VERIFY, "--machine", "desk", "--config", tmp_path / "soulrig.toml"])
        assert other.monitor.version()
    assert_fault(ended, str(other.port), "127.0.0.1")


# The clock


FAKETIME = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))), None)


@pytest.mark.parametrize("where", ["here", "in VICE"])
def test_the_clock_jumps(
    where: str, shipped: Soul, shipped_built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To and fro by years, all the time: no limit is by the clock on the wall."""
    dice = random.Random(1)
    machine, now, over = ViceMachine(), tmp_path / "now", threading.Event()
    if where == "here":
        monkeypatch.setattr(time, "time", lambda: dice.uniform(0, 2e9))
    elif FAKETIME is None:
        pytest.skip("libfaketime is not installed; install Debian's libfaketime")
    else:
        # Not for us: Python's time.sleep() fails under this library.
        monkeypatch.setenv("LD_PRELOAD", str(FAKETIME))
        monkeypatch.setenv("FAKETIME_TIMESTAMP_FILE", str(now))
        monkeypatch.setenv("FAKETIME_NO_CACHE", "1")
        monkeypatch.setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1")

    def check_library(_: PromptRecord) -> None:
        assert where == "here" or "libfaketime" in Path(f"/proc/{machine.pid}/maps").read_text()

    def jump() -> None:
        while not over.wait(0.01):
            now.with_suffix(".next").write_text(f"{dice.randrange(-9999, 9999):+}d")
            now.with_suffix(".next").replace(now)

    now.write_text("+0d")
    jumper = threading.Thread(target=jump)
    jumper.start()
    try:
        record = verify(machine, shipped, shipped_built, ["hi", "hello"], progress=check_library)
    finally:
        over.set()
        jumper.join()
    assert (record.verdict, record.fault) == ("pass", None)
    assert 0 < record.measurements[0].value < 60
