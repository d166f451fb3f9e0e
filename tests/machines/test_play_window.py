"""`soulrig play` in a window of VICE's, on a display that nobody sees, with the keys of a real keyboard."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from play_disks import ECHO, SAVE, disk

from soulrig.buildtools.build import build
from soulrig.buildtools.disk_image import read_disk
from soulrig.channels.screen import text_rows
from soulrig.errors import BadInput, Fault
from soulrig.machines.window import ViceWindow
from soulrig.model.soul import Soul
from soulrig.play import Played, play

pytestmark = [pytest.mark.vice, pytest.mark.window]
SOULRIG = str(Path(sys.executable).with_name("soulrig"))
SECONDS = 60


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An X display of its own."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1024x768x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
    os.close(writer)
    with os.fdopen(reader) as told:
        name = f":{told.readline().strip()}"
    monkeypatch.setenv("DISPLAY", name)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    yield name
    server.terminate()
    server.wait(10)


def press(*keys: str) -> None:
    """Each for as long as a finger takes; a C64 looks at its keyboard sixty times a second."""
    for key in keys:
        for action in ("keydown", "keyup"):
            subprocess.run(["xdotool", action, key], check=True, timeout=10)
            time.sleep(0.1)


class Watched(ViceWindow):
    """Does `then` once its screen shows `text`, as a person would."""

    def __init__(self, text: str, then: Callable[[ViceWindow], None]) -> None:
        super().__init__()
        self._until, self._then = text, then

    def attend(self) -> None:
        deadline = time.monotonic() + SECONDS
        while not any(self._until in row for row in text_rows(self.codes())):
            assert time.monotonic() < deadline, text_rows(self.codes())
            time.sleep(0.1)
        self._then(self)
        super().attend()


def close(_: ViceWindow) -> None:
    press("alt+q")


def kill(window: ViceWindow) -> None:
    os.kill(window.pid, signal.SIGKILL)


@pytest.mark.usefixtures("display")
def test_the_keyboard_reaches_the_program_and_closing_the_window_leaves(tmp_path: Path) -> None:
    seen: list[str] = []

    def type_and_leave(window: ViceWindow) -> None:
        press("a", "b", "1")
        deadline = time.monotonic() + 10
        while "okab1" not in seen and time.monotonic() < deadline:
            seen[:] = text_rows(window.codes())
            time.sleep(0.1)
        close(window)

    assert play(Watched("ok", type_and_leave), disk(tmp_path / "echo.d64", ECHO)) == Played(False, False)
    assert "okab1" in seen


@pytest.mark.usefixtures("display")
@pytest.mark.parametrize("write", [False, True])
def test_what_a_program_saves_comes_back_only_when_asked_for(tmp_path: Path, write: bool) -> None:
    image = disk(tmp_path / "save.d64", SAVE)
    before = image.read_bytes()
    assert play(Watched("ok", close), image, write=write) == Played(True, write)
    assert (image.read_bytes() == before) is not write
    assert [file.name for file in read_disk(image).files] == [b"PROGRAM", b"X"][: 1 + write]
    assert list(tmp_path.iterdir()) == [image]


@pytest.mark.cc65
@pytest.mark.usefixtures("display")
def test_a_cartridge_starts_by_itself(root: Path, tmp_path: Path) -> None:
    build(Soul.load(root / "disk" / "soulplayer"), crt=True).save(tmp_path)
    assert play(Watched("you>", close), tmp_path / "soulplayer.crt") == Played(False, False)


@pytest.mark.usefixtures("display")
def test_after_a_fault_the_disk_is_as_it_was(tmp_path: Path) -> None:
    image = disk(tmp_path / "save.d64", SAVE)
    before = image.read_bytes()
    with pytest.raises(Fault, match="SIGKILL"):
        play(Watched("ok", kill), image, write=True)
    assert image.read_bytes() == before


@pytest.mark.usefixtures("display")
def test_ctrl_c_closes_the_window(tmp_path: Path) -> None:
    run = subprocess.Popen(
        [SOULRIG, "play", disk(tmp_path / "echo.d64", ECHO)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    opened = subprocess.run(
        ["xdotool", "search", "--sync", "--onlyvisible", "--name", "VICE"], check=True, timeout=SECONDS
    )
    assert opened.returncode == 0
    threading.Timer(1, lambda: run.send_signal(signal.SIGINT)).start()
    output, errors = run.communicate(timeout=SECONDS)
    assert (run.returncode, output, errors) == (0, "", "")


def test_a_disk_that_can_not_be_written_back_is_refused_before(tmp_path: Path) -> None:
    image = tmp_path / "link.d64"
    image.symlink_to("/proc/version")
    with pytest.raises(BadInput, match="/proc/version: can't be written"):
        play(ViceWindow(), image, write=True)


@pytest.mark.parametrize(("name", "message"), [(None, "--machine sim plays in the terminal"), (":9999", "x64sc ended")])
def test_without_a_display_it_says_so(name: str | None, message: str, tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
    if name is not None:
        environment["DISPLAY"] = name
    command = [SOULRIG, "play", str(disk(tmp_path / "echo.d64", ECHO))]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS)
    assert (run.returncode, run.stdout) == (3, "")
    assert message in run.stderr
