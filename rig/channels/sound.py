"""The sound channel: the chords of a reply, from what the machine writes to its SID or from a recording."""

from __future__ import annotations

from collections.abc import Sequence

from soulrig.capture.chords import BEGIN, CUT, UNSURE, Heard
from soulrig.capture.listen import listen
from soulrig.capture.sid_log import chords_written
from soulrig.channels.channel import Finding
from soulrig.machine import Clock, Hearing, Machine, Sound, offered
from soulrig.model.reference import Reply

SPACING_SECONDS = 0.25  # that a chord which waits for the one before it takes, at most
SILENT_SECONDS = 0.3  # without a write, after which no chord waits any more: those make one every 0.07 s


TAIL_SECONDS = 1.0  # behind a reply's end, in which its last chords are recorded


def sound_channel(machine: Machine) -> SoundChannel | RecordedSoundChannel:
    """By the machine's SID log where it has one, else by what is recorded of it. Raises Fault where it has neither."""
    return RecordedSoundChannel(machine) if isinstance(machine, Hearing) else SoundChannel(machine)


class RecordedSoundChannel:
    """The sound of a machine, by a microphone or its line-out."""

    name = "sound"

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._hearing = offered(machine, Hearing)
        self._earlier = 0.0

    def begin(self) -> None:
        """Note how much of the recording is not the next reply's."""
        self._earlier = self._hearing.recorded()

    def observe(self, prompt: str, reply: Reply) -> Finding:
        """Compare the chords recorded since `begin`, once the last have sounded. Raises Fault where nothing records."""
        limit = self._hearing.recorded() + TAIL_SECONDS
        waited = f"the recording to go on for {TAIL_SECONDS:g} s"
        self._machine.wait(lambda: self._hearing.recorded() >= limit, 3 * TAIL_SECONDS, waited)
        return compare(listen(self._hearing.heard(self._earlier)).chords, reply)


class SoundChannel:
    """The sound of a machine, by what it writes to its SID."""

    name = "sound"

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._sound = offered(machine, Sound)
        self._clock = offered(machine, Clock)
        self._earlier = 0

    def begin(self) -> None:
        """Note which writes are not the next reply's."""
        self._earlier = len(self._sound.sid_writes())

    def observe(self, prompt: str, reply: Reply) -> Finding:
        """Compare the chords since `begin`.

        The reply's end is told before its last chords have sounded, so the C64 runs on until it is silent, or has had
        time enough for all that are expected.
        """
        hertz = self._clock.hertz
        silent = int(SILENT_SECONDS * hertz)
        told = self._clock.cycles()
        limit = told + silent + int(len(expected(reply)) * SPACING_SECONDS * hertz)

        def over() -> bool:
            now = self._clock.cycles()
            writes = self._sound.sid_writes()
            last = writes[-1].cycle if writes else 0
            return now - max(last, told) > silent or now > limit

        self._machine.wait(over, 2 * (limit - told) / hertz, "the last chord")
        return compare(chords_written(self._sound.sid_writes()[self._earlier :], hertz), reply)


def expected(reply: Reply) -> list[int]:
    """The chords of a whole reply: its begin, its tokens, END among them, and what tells that it was cut off."""
    return [BEGIN, *reply.steps, *([] if reply.stop == "end" else [CUT])]


def compare(heard: Sequence[Heard], reply: Reply) -> Finding:
    """Hold the chords heard since the prompt against the reply."""
    wanted = expected(reply)
    seen = {
        "chords": [chord.id for chord in heard],
        "seconds": [round(chord.seconds, 6) for chord in heard],
        "confidence": [chord.confidence for chord in heard],
    }
    for number, (chord, right) in enumerate(zip(heard, wanted, strict=False), 1):
        if chord.confidence < UNSURE:
            return Finding(f"chord {number} can't be made out, expected {right} ({_most_like(chord)})", seen)
        if chord.id != right:
            return Finding(f"chord {number} is {chord.id}, expected {right}", seen)
    if len(heard) != len(wanted):
        return Finding(f"{len(heard)} chords, expected {len(wanted)}", seen)
    return Finding(None, seen)


def _most_like(chord: Heard) -> str:
    return f"it is most like {chord.id}, with a confidence of {chord.confidence:.2f}"
