"""The sound channel: the chords of a reply, from what the machine writes to its SID or from a recording."""

from __future__ import annotations

from collections.abc import Sequence

from soulrig.capture.chords import BEGIN, CUT, UNSURE, Heard
from soulrig.channels.telemetry import Finding
from soulrig.model.reference import Reply

SPACING_SECONDS = 0.25  # that a chord which waits for the one before it takes, at most


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
            return Finding(f"chord {number} can't be made out, expected {right} ({_notes_told(chord)})", seen)
        if chord.id != right:
            return Finding(f"chord {number} is {chord.id}, expected {right}", seen)
    if len(heard) != len(wanted):
        return Finding(f"{len(heard)} chords, expected {len(wanted)}", seen)
    return Finding(None, seen)


def _notes_told(chord: Heard) -> str:
    return f"it is most like {chord.id}, with a confidence of {chord.confidence:.2f}"
