"""Chords by what is written to the SID, and when."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from front_end_build import small_build
from program_cpu import ProgramCpu

pytestmark = pytest.mark.cc65

CLOCKS = {"pal": 985_248, "ntsc": 1_022_727}  # Hz
SCALE = (0, 2, 4, 7, 9)  # semitones of the major pentatonic scale
C3 = 440 * 2 ** (-21 / 12)  # Hz
CONTROL, ATTACK_DECAY, RELEASE, VOLUME = 4, 5, 6, 24
VOICE = 7  # registers
POLL = 9_000  # cycles between two calls of the poll, about what the engine takes


@dataclass
class Chord:
    """Times in seconds."""

    token: int
    on: float
    off: float
    settled: float


def note(step: int) -> float:
    """Frequency in Hz of a step of the scale counted from C3."""
    return C3 * 2 ** (step // 5 + SCALE[step % 5] / 12)


def digit(voice: int, register: int, clock: int) -> int:
    """The note a voice plays: the register is the nearest to the wanted frequency."""
    wanted = [round(note(3 + 7 * voice + d) * 2**24 / clock) for d in range(7)]
    return wanted.index(register)


def chords(log: list[tuple[int, int, int]], clock: int) -> Iterator[Chord]:
    """Read the chords from a log of (cycles, register, value)."""
    registers = [0] * 25
    on = off = 0.0
    token = 0
    for cycles, register, value in log:
        before, registers[register] = registers[register], value
        if register == 2 * VOICE + CONTROL and value != before:
            assert {registers[voice * VOICE + CONTROL] for voice in range(3)} == {value}
            if value == 0x11:
                frequencies = [registers[voice * VOICE] | registers[voice * VOICE + 1] << 8 for voice in range(3)]
                token = sum(digit(voice, f, clock) * 7**voice for voice, f in enumerate(frequencies))
                assert {registers[voice * VOICE + ATTACK_DECAY] for voice in range(3)} == {0x00}
                assert {registers[voice * VOICE + RELEASE] for voice in range(3)} == {0xF9}
                on = cycles / clock
            elif before == 0x11:
                assert value == 0x10
                off = cycles / clock
        if register == 2 * VOICE + RELEASE and value == 0xF0 and off > on:
            yield Chord(token, on, off, cycles / clock)


def play(cpu: ProgramCpu, units: int) -> None:
    """Let time pass, with a poll now and then."""
    for _ in range(units * 65_536 // POLL):
        cpu.cycles += POLL
        cpu.call("sound_poll")


@pytest.fixture(params=CLOCKS)
def machine(request: pytest.FixtureRequest) -> tuple[ProgramCpu, int]:
    cpu = ProgramCpu(small_build(), standard=request.param)
    cpu.call("clock_start")
    cpu.call("sound_start")
    return cpu, CLOCKS[request.param]


def sound(cpu: ProgramCpu, token: int) -> int:
    return cpu.call("sound_chord", a=token & 255, x=token >> 8)


def test_every_chord(machine: tuple[ProgramCpu, int]) -> None:
    cpu, clock = machine
    wanted = list(range(343))
    random.Random(1).shuffle(wanted)
    for token in wanted:
        sound(cpu, token)
        play(cpu, 5)
    heard = list(chords(cpu.sid, clock))
    assert [chord.token for chord in heard] == wanted
    for chord in heard:
        assert 0.060 <= chord.off - chord.on < 0.080
        assert chord.settled > chord.off


def test_chords_that_come_too_early_wait(machine: tuple[ProgramCpu, int]) -> None:
    cpu, clock = machine
    wanted = [3, 342, 341, 0, 127, *range(50)]
    for token in wanted:
        sound(cpu, token)
    play(cpu, 4 * len(wanted))
    heard = list(chords(cpu.sid, clock))
    assert [chord.token for chord in heard] == wanted
    for before, after in itertools.pairwise(heard):
        assert before.off - before.on >= 0.060
        assert after.on - before.settled >= 0.040


def test_a_full_queue_drops_the_latest(machine: tuple[ProgramCpu, int]) -> None:
    cpu, clock = machine
    for token in range(100):
        sound(cpu, token)
    play(cpu, 4 * 100)
    assert [chord.token for chord in chords(cpu.sid, clock)] == list(range(64))


def test_the_volume_is_set_once(machine: tuple[ProgramCpu, int]) -> None:
    cpu, _ = machine
    for token in range(5):
        sound(cpu, token)
        play(cpu, 4)
    volumes = [value for _, register, value in cpu.sid if register == VOLUME]
    assert volumes == [0, 15]


def test_a_long_time_without_a_poll_does_no_harm(machine: tuple[ProgramCpu, int]) -> None:
    cpu, clock = machine
    for token in (7, 8):
        sound(cpu, token)
        cpu.cycles += 3_000_000
    play(cpu, 8)
    assert [chord.token for chord in chords(cpu.sid, clock)] == [7, 8]


def test_finish_plays_what_waits_and_silences(machine: tuple[ProgramCpu, int]) -> None:
    cpu, clock = machine
    for token in (9, 342):
        sound(cpu, token)
    cpu.call("sound_finish")
    assert [chord.token for chord in chords(cpu.sid[:-25], clock)] == [9, 342]
    assert [value for _, _, value in cpu.sid[-25:]] == [0] * 25


def test_a_chord_takes_few_cycles(machine: tuple[ProgramCpu, int]) -> None:
    cpu, _ = machine
    assert max(sound(cpu, token) for token in (342, 0)) < 500
    assert cpu.call("sound_poll") < 120
