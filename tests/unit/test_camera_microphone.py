"""A picture file that is renewed, a WAV file that grows, and the machine that is seen and heard by them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from chord_sounds import recording
from PIL import Image

from soulrig.capture import camera
from soulrig.capture.camera import PictureFile, as_picture, open_camera
from soulrig.capture.microphone import SoundFile, open_microphone
from soulrig.capture.recording import Recording, write_wav
from soulrig.channels.registry import open_channels
from soulrig.errors import BadInput, Fault
from soulrig.machine import Hearing, Pixels, capabilities
from soulrig.machines.serial import serial_machine
from soulrig.model.reference import Reply

RATE = 22_050


def picture(path: Path, colour: tuple[int, int, int]) -> None:
    beside = path.with_suffix(".new.png")
    Image.new("RGB", (320, 200), colour).save(beside)
    beside.replace(path)


def test_the_next_picture_is_taken_not_the_last(tmp_path: Path) -> None:
    path = tmp_path / "screen.png"
    picture(path, (255, 0, 0))
    os.utime(path, (time.time() - 5, time.time() - 5))
    threading.Timer(0.3, picture, (path, (0, 0, 255))).start()
    seen = as_picture(open_camera(str(path)).look())
    assert [tuple(seen.palette[index]) for index in np.unique(seen.pixels)] == [(0, 0, 255)]


def test_a_picture_that_is_not_renewed_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera, "RENEWAL_SECONDS", 0.2)
    path = tmp_path / "screen.png"
    picture(path, (255, 0, 0))
    os.utime(path, (time.time() - 5, time.time() - 5))
    with pytest.raises(Fault, match=r"holds no picture that was taken in the last 0\.2 s"):
        PictureFile(path).look()


def test_a_camera_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such device or picture file"):
        open_camera(str(tmp_path / "video9"))


def test_a_folder_is_no_camera(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such device or picture file"):
        open_camera(str(tmp_path))


@pytest.mark.parametrize("shown", ["", "printf '\\211PNG\\r\\n\\032\\n\\0\\0\\0\\rIHDRxx'"], ids=["nothing", "cut"])
def test_a_device_that_gives_no_picture_is_told_with_the_words_of_ffmpeg(tmp_path: Path, shown: str) -> None:
    program = tmp_path / "ffmpeg"
    program.write_text(f"#!/bin/sh\n{shown}\necho 'ioctl(VIDIOC_QUERYCAP): Device or resource busy' >&2\nexit 1\n")
    program.chmod(0o755)
    with pytest.raises(Fault, match=r"/dev/null: no picture came: ffmpeg ended with status 1 and said .*resource busy"):
        camera.VideoDevice(Path("/dev/null"), str(program)).look()


def test_a_sound_file_that_is_not_there_is_told_at_the_begin(tmp_path: Path) -> None:
    with (
        pytest.raises(BadInput, match=r"--microphone: .*none\.wav: no such WAV file"),
        SoundFile(tmp_path / "none.wav"),
    ):
        pass


def test_what_a_file_holds_since_a_moment(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    write_wav(path, Recording(np.linspace(-0.5, 0.5, 8000, dtype=np.float32), 8000))
    microphone = open_microphone(str(path))
    assert isinstance(microphone, SoundFile)
    assert microphone.recorded() == 1.0
    assert microphone.heard(0.75).samples == pytest.approx(np.linspace(0.25, 0.5, 2000), abs=0.001)


def test_the_machine_offers_what_it_is_given(tmp_path: Path) -> None:
    seen = serial_machine(camera="x.png")
    heard = serial_machine(microphone="x.wav")
    both = serial_machine(camera="x.png", microphone="x.wav")
    plain = serial_machine()
    found = [(isinstance(each, Pixels), isinstance(each, Hearing)) for each in (plain, seen, heard, both)]
    assert found == [(False, False), (True, False), (False, True), (True, True)]
    assert "wire" in capabilities(plain)
    assert (both.description["camera"], both.description["microphone"]) == ("x.png", "x.wav")


@dataclass
class Recorder:
    """A machine whose sound is a file that has more in it at each look."""

    recording: Recording
    length: float = 0.0
    description: ClassVar[dict[str, Any]] = {"kind": "recorder"}

    def recorded(self) -> float:
        self.length += 0.5
        return self.length

    def heard(self, since: float) -> Recording:
        rate = self.recording.rate
        return Recording(self.recording.samples[round(since * rate) : round(self.length * rate)], rate)

    def wait(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        while not condition():
            assert self.length < 100


def test_the_sound_channel_hears_what_is_recorded_since_the_prompt() -> None:
    """Of two replies, the second; the first is another."""
    before, gap = [341, 50, 51, 3], 1.0
    samples, begins = recording([*before, 341, 40, 41, 3], [gap] * 7, RATE)
    machine = Recorder(Recording(samples.astype(np.float32), RATE), begins[4] - 1)
    reply = Reply([1], [40, 41], "ab", "end", [], np.zeros(4, np.int16))
    channel = open_channels(["sound"], machine, {})[0]
    channel.begin()
    machine.length = begins[-1]
    finding = channel.observe("x", reply)
    assert finding.difference is None
    assert finding.seen["chords"] == [341, 40, 41, 3]
