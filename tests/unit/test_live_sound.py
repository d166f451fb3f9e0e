"""Recording live, through PortAudio where it is there: ALSA plays a tape into its default device."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from chord_sounds import recording

from soulrig.capture.chords import BEGIN, SURE
from soulrig.capture.recording import LIVE_RATE, read_wav
from soulrig.errors import Fault

TAPE = """
pcm.!default {{
    type file
    slave.pcm "null"
    file "/dev/null"
    infile "{tape}"
    format raw
}}
"""
TOKENS = [BEGIN, 49, 55, 23, 3]


def has_portaudio() -> bool:
    try:
        import sounddevice  # noqa: F401  # whether it can be loaded is the question
    except (ImportError, OSError):
        return False
    return True


live = pytest.mark.skipif(not has_portaudio(), reason="needs soulrig[audio] and PortAudio")


def listen(home: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """What the command says with devices as `home` configures them."""
    command = [sys.executable, "-m", "soulrig", "listen", "-", *map(str, arguments)]
    settings = os.environ | {"HOME": str(home)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=settings, timeout=120)


@live
def test_a_tape_played_into_the_line_in(tmp_path: Path) -> None:
    samples, _ = recording(TOKENS, [1.0] * len(TOKENS), LIVE_RATE)
    samples.astype("<f4").tofile(tmp_path / "tape.raw")
    (tmp_path / ".asoundrc").write_text(TAPE.format(tape=tmp_path / "tape.raw"))
    run = listen(tmp_path, "--seconds", 5.3, "--keep", tmp_path / "kept.wav", "--json")
    assert run.returncode == 0, run.stderr
    chords = json.loads(run.stdout)["chords"]
    assert [chord["id"] for chord in chords] == TOKENS
    assert all(chord["confidence"] >= SURE for chord in chords)
    kept = read_wav(tmp_path / "kept.wav")
    assert (len(kept.samples), kept.rate) == (round(5.3 * LIVE_RATE), LIVE_RATE)
    assert np.abs(kept.samples[: len(samples)] - samples[: len(kept.samples)]).max() < 1e-4


@live
@pytest.mark.parametrize("device", ["none such", "99"])
def test_no_such_device(device: str, tmp_path: Path) -> None:
    run = listen(tmp_path, "--seconds", 1, "--device", device)
    assert run.returncode == 3
    assert f"can't record from {device}" in run.stderr
    assert "`python -m sounddevice` lists the devices" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    "error",
    [ImportError("No module named 'sounddevice'"), OSError("PortAudio library not found")],
    ids=["it", "PortAudio"],
)
def test_what_is_missing_is_named(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    from soulrig.capture import recording as module

    class Missing:
        """Finds `sounddevice`, which can't be loaded."""

        @staticmethod
        def find_spec(name: str, *_: object) -> None:
            if name == "sounddevice":
                raise error

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Missing, *sys.meta_path])
    with pytest.raises(Fault, match=rf"can't record: {error}; install soulrig\[audio\] and the system's PortAudio"):
        module.record(1)
