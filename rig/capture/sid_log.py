"""What was written to the SID, and the chords that it makes: exact, without any sound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from soulrig.capture.chords import NOTES, SURE, UNSURE, VOICES, Heard, spelled
from soulrig.errors import BadInput
from soulrig.model.files import read_text

VOICE_REGISTERS = 7
CONTROL = 4
GATE = 0x01
OSCILLATOR_BITS = 24  # a voice's frequency is its register * clock / 2^24
REGISTERS = 25
CLOCKS = {"PAL": 985_248, "NTSC": 1_022_727}  # Hz
SURE_CENTS, UNSURE_CENTS = 10, 30  # how far a note may lie from the scale's


@dataclass(frozen=True)
class SidWrite:
    """A byte written to register 0-24 of the SID in a φ2 cycle, counted from power-up."""

    cycle: int
    register: int
    value: int


def chords_written(writes: Sequence[SidWrite], hertz: int) -> list[Heard]:
    """The chords of a log, one for each moment at which the last of the three gates opens; `hertz` is that of φ2."""
    return list(_chords(writes, hertz))


def _chords(writes: Sequence[SidWrite], hertz: int) -> Iterator[Heard]:
    registers = [0] * REGISTERS
    sounding = False
    for write in writes:
        registers[write.register] = write.value
        gates = [registers[voice * VOICE_REGISTERS + CONTROL] & GATE for voice in range(VOICES)]
        if all(gates) and not sounding:
            words = [
                registers[at] | registers[at + 1] << 8 for at in range(0, VOICES * VOICE_REGISTERS, VOICE_REGISTERS)
            ]
            frequencies = np.maximum(words, 1) * hertz / (1 << OSCILLATOR_BITS)
            cents = np.abs(1200 * np.log2(frequencies[:, np.newaxis] / NOTES))
            off = float(cents.min(axis=1).max())
            confidence = float(np.interp(off, [SURE_CENTS, UNSURE_CENTS, 2 * UNSURE_CENTS], [1, UNSURE, 0]))
            yield Heard(spelled(cents.argmin(axis=1).tolist()), write.cycle / hertz, confidence)
        sounding = all(gates) or (sounding and any(gates))


def read_dump(path: Path) -> tuple[list[SidWrite], int]:
    """A dump of VICE's, lines of `cycles-since-the-one-before register value`, and the clock in Hz that fits its notes.

    Raises BadInput where it is no such dump.
    """
    writes = []
    cycle = 0
    for number, line in enumerate(read_text(path).splitlines(), 1):
        try:
            delta, register, value = (int(word) for word in line.split())
        except ValueError:
            delta, register, value = 0, -1, 0
        if register < 0 or not 0 <= value <= 255:
            raise BadInput(
                f"{path}: line {number} is {line[:40]!r}, expected three numbers: cycles, register and a byte"
            )
        cycle += delta
        if register < REGISTERS:
            writes.append(SidWrite(cycle, register, value))
    sure = {hertz: sum(chord.confidence >= SURE for chord in _chords(writes, hertz)) for hertz in CLOCKS.values()}
    return writes, max(sure, key=lambda hertz: sure[hertz])
