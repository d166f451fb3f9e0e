"""A C64 at a cable, seen by a camera and heard by a microphone: VICE's window on a display, grabbed as it is with the
menus around it, and the WAV file that VICE is writing.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cabled_c64 import cabled_c64
from display import x_server
from PIL import ImageGrab

from soulrig.vice_driver.options import Emulator

CHANNELS = ["telemetry", "wire", "screen", "pixels", "sound"]
PERIOD = 0.2  # seconds from picture to picture


@contextmanager
def camera(display: str, path: Path) -> Iterator[None]:
    """Renews a picture of all that the display shows."""
    over = threading.Event()

    def watch() -> None:
        beside = path.with_suffix(".new.png")
        while not over.wait(PERIOD):
            ImageGrab.grab(xdisplay=display).save(beside)
            beside.replace(path)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()


@pytest.mark.vice
@pytest.mark.cc65
@pytest.mark.window
@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("emulator", ["x64", "x64sc"])
def test_five_witnesses_agree(emulator: Emulator, tmp_path: Path) -> None:
    seen, heard, record = tmp_path / "seen.png", tmp_path / "heard.wav", tmp_path / "record.json"
    with (
        x_server() as display,
        cabled_c64(tmp_path, emulator=emulator, speed=1, display=display, sound=heard) as cable,
        camera(display, seen),
    ):
        while not (seen.exists() and heard.exists()):
            time.sleep(PERIOD)
        command = [sys.executable, "-m", "soulrig", "verify", "--machine", "serial", "--port", cable.host]
        command += ["--camera", str(seen), "--microphone", str(heard), "--channels", ",".join(CHANNELS)]
        command += ["--prompt", "hello", "--prompt", "who are you?", "--record", str(record)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    for prompt in json.loads(record.read_text())["prompts"]:
        assert [channel["verdict"] for channel in prompt["channels"].values()] == ["pass"] * len(CHANNELS)
        assert prompt["evidence"]["disagreements"] == []
