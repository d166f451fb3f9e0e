"""What VICE sounds like, recorded: the sound alone gives the tokens of every reply."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Literal

import pytest

from soulrig.buildtools.build import Built
from soulrig.capture.chords import BEGIN, CUT, SURE
from soulrig.capture.listen import listen
from soulrig.capture.recording import Recording, read_wav
from soulrig.capture.sid_log import chords_written
from soulrig.conversation import Conversation
from soulrig.machines.vice import ViceMachine
from soulrig.model.reference import Reference
from soulrig.model.soul import Soul

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

Sid = Literal["6581", "8580"]
SIDS: list[Sid] = ["6581", "8580"]
LAST_SECONDS = 0.8  # of the C64's, behind a reply's end, in which its last chords sound
ONSET_SECONDS = 0.012


def sound_on(machine: ViceMachine, seconds: float) -> None:
    """Let some of the C64's seconds pass."""
    until = machine.cycles() + seconds * machine.hertz
    machine.wait(lambda: machine.cycles() > until, 2 * seconds, "the last chord")


def recorded(built: Built, prompts: list[str], folder: Path, sid: Sid) -> tuple[Recording, list[float]]:
    """The sound of a conversation, and when its chords began by what was written to the SID, in seconds."""
    disk = folder / "soulplayer.d64"
    disk.write_bytes(built.d64)
    sound = folder / "sound.wav"
    with ViceMachine(recording=sound, sid=sid) as machine:
        conversation = Conversation(machine, built.manifest)
        conversation.boot(disk)
        for prompt in prompts:
            conversation.say(prompt)
            sound_on(machine, LAST_SECONDS)
        written = [chord.seconds for chord in chords_written(machine.sid_writes(), machine.hertz)]
    return read_wav(sound), written


def replies(soul: Soul, prompts: list[str]) -> list[list[int]]:
    """The chords of each."""
    said = [Reference(soul).reply(prompt) for prompt in prompts]
    return [[BEGIN, *reply.steps, *([] if reply.stop == "end" else [CUT])] for reply in said]


@pytest.mark.parametrize("sid", SIDS)
def test_the_sound_alone_gives_the_tokens(sid: Sid, shipped: Soul, shipped_built: Built, tmp_path: Path) -> None:
    prompts = ["hello"]
    recording, written = recorded(shipped_built, prompts, tmp_path, sid)
    listening = listen(recording)
    assert [chord.id for chord in listening.chords] == list(itertools.chain(*replies(shipped, prompts)))
    assert all(chord.confidence >= SURE for chord in listening.chords)
    assert listening.speed == pytest.approx(1, rel=2e-4)
    first = written[0] - listening.chords[0].seconds  # the recording begins while VICE starts
    assert [chord.seconds + first for chord in listening.chords] == pytest.approx(written, abs=ONSET_SECONDS)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("sid", SIDS)
def test_fifty_replies(sid: Sid, shipped: Soul, shipped_built: Built, root: Path, tmp_path: Path) -> None:
    lines = (root / "data" / "example_corpus.txt").read_text(encoding="utf-8").splitlines()
    prompts = [line.split("<SEP>")[1] for line in lines if line.startswith("<SEP>")][:50]
    assert len(prompts) == 50
    recording, _ = recorded(shipped_built, prompts, tmp_path, sid)
    chords = listen(recording).chords
    assert all(chord.confidence >= SURE for chord in chords)
    heard: list[list[int]] = []
    for chord in chords:
        if chord.id == BEGIN:
            heard.append([])
        heard[-1].append(chord.id)
    assert heard == replies(shipped, prompts)
