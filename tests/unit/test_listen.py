"""Tokens from sound: recordings made from the format's description, and what can happen to them."""

import itertools
import json
import struct
from pathlib import Path

import numpy as np
import pytest
from chord_sounds import VOICE_NOTES, Torture, chord, recording
from scipy.io import wavfile
from typer.testing import CliRunner

from soulrig.capture.chords import BEGIN, NOTES, SURE, UNSURE
from soulrig.capture.listen import Listening, listen
from soulrig.capture.recording import Recording, read_wav, write_wav
from soulrig.capture.sid_log import SidWrite, chords_written, read_dump
from soulrig.cli import app
from soulrig.errors import BadInput

RATE = 22_050
EVERYTHING = Torture(clock=1.02, reverberation=0.2, hum=0.3, snr=20, clip=0.5)
ONSET_SECONDS = 0.012


def tokens_of(seed: int) -> list[int]:
    random = np.random.default_rng(seed)
    return [BEGIN, *random.integers(0, 341, 12).tolist(), 3]


def heard(seed: int, torture: Torture, rate: int = RATE, label: int | None = None) -> tuple[list[float], Listening]:
    """The chords of `tokens_of(seed)` at random times: when they begin, and what is heard."""
    random = np.random.default_rng(seed)
    tokens = tokens_of(seed)
    samples, begins = recording(tokens, random.uniform(0.21, 1.2, len(tokens)).tolist(), rate)
    tortured = torture(samples, rate, random).astype(np.float32)
    return begins, listen(Recording(tortured, label or rate))


def test_the_notes_are_those_of_equal_temperament() -> None:
    wanted = 440 * 2 ** ((np.array(VOICE_NOTES) - 69) / 12)
    assert np.abs(NOTES / wanted - 1).max() < 1e-9


TORTURES = {
    "clean": Torture(),
    "fast": Torture(clock=1.03),
    "slow": Torture(clock=0.97),
    "noise": Torture(snr=20),
    "hum": Torture(hum=0.3),
    "reverberation": Torture(reverberation=0.2),
    "clipping": Torture(clip=0.3),
    "everything": EVERYTHING,
}


@pytest.mark.parametrize("name", TORTURES)
def test_tokens_and_times(name: str) -> None:
    begins, listening = heard(1, TORTURES[name])
    assert [each.id for each in listening.chords] == tokens_of(1)
    assert listening.speed == pytest.approx(TORTURES[name].clock, rel=2e-4)
    for each, begin in zip(listening.chords, begins, strict=True):
        assert each.seconds == pytest.approx(begin, abs=ONSET_SECONDS)
        assert each.confidence >= UNSURE


def test_every_chord() -> None:
    ids = list(range(343))
    np.random.default_rng(5).shuffle(ids)
    samples, _ = recording(ids, [0.25] * len(ids), RATE)
    assert [each.id for each in listen(Recording(samples.astype(np.float32), RATE)).chords] == ids


@pytest.mark.parametrize("clock", [1.0, 0.98])
def test_a_long_recording_is_heard_in_pieces(clock: float) -> None:
    """Of three and a half, of which the first is silent."""
    ids = [BEGIN, *np.random.default_rng(6).integers(0, 341, 550).tolist()]
    gaps = [130.0, *np.random.default_rng(7).uniform(0.23, 0.6, len(ids)).tolist()]
    samples, begins = recording([0, *ids], gaps, RATE)
    samples[: 2 * RATE] = 0
    tortured = Torture(clock=clock, snr=30)(samples, RATE, np.random.default_rng(8))
    listening = listen(Recording(tortured.astype(np.float32), RATE))
    assert [each.id for each in listening.chords] == ids
    assert [each.seconds for each in listening.chords] == pytest.approx(begins[1:], abs=ONSET_SECONDS)


@pytest.mark.soak
@pytest.mark.parametrize("name", TORTURES)
def test_tortured_at_length(name: str) -> None:
    """At least 99 % of the tokens right, and none wrong where the ear is sure."""
    right = total = 0
    for seed in range(60):
        _, listening = heard(seed, TORTURES[name])
        tokens = tokens_of(seed)
        assert len(listening.chords) == len(tokens)
        for each, token in zip(listening.chords, tokens, strict=True):
            assert each.id == token or each.confidence < SURE
            right += each.id == token
            total += 1
    assert right >= 0.99 * total


@pytest.mark.parametrize(("true", "label"), [(44_100, 48_000), (24_000, 96_000), (22_050, 44_100)])
def test_a_wrong_label_of_the_rate(true: int, label: int) -> None:
    begins, listening = heard(2, Torture(), true, label)
    assert [each.id for each in listening.chords] == tokens_of(2)
    assert listening.speed == pytest.approx(label / true, rel=1e-4)
    assert [each.seconds for each in listening.chords] == pytest.approx(begins, abs=ONSET_SECONDS)


def test_a_note_that_is_not_there_is_not_guessed_surely() -> None:
    samples, _ = recording([100], [1.0], RATE)
    high = np.fft.rfft(samples)
    high[np.fft.rfftfreq(len(samples), 1 / RATE) > 1250] = 0  # the third voice is lost
    noisy = np.fft.irfft(high, len(samples)) + np.random.default_rng(0).normal(0, 0.01, len(samples))
    chords = listen(Recording(noisy.astype(np.float32), RATE)).chords
    assert all(each.confidence < SURE for each in chords)


@pytest.mark.parametrize("sound", ["silence", "noise", "music"])
def test_what_is_no_token_stream(sound: str) -> None:
    random = np.random.default_rng(1)
    t = np.arange(4 * RATE) / RATE
    made = {
        "silence": np.zeros(len(t)),
        "noise": random.normal(0, 0.1, len(t)),
        "music": np.sin(2 * np.pi * 466.16 * t) * (t % 0.5 < 0.3),
    }
    chords = listen(Recording(made[sound].astype(np.float32), RATE)).chords
    assert all(each.confidence < SURE for each in chords)


@pytest.mark.parametrize("kind", ["u1", "i2", "i4", "f4"])
@pytest.mark.parametrize("channels", [1, 2])
def test_files_of_every_kind(kind: str, channels: int, tmp_path: Path) -> None:
    samples, _ = recording([BEGIN, 70, 3], [0.5, 0.5, 0.5], RATE)
    scaled = {"u1": samples * 120 + 128, "i2": samples * 30_000, "i4": samples * 2e9, "f4": samples}[kind]
    data = np.repeat(scaled[:, np.newaxis], channels, axis=1) if channels > 1 else scaled
    path = tmp_path / "sound.wav"
    wavfile.write(path, RATE, data.astype(kind))
    assert [each.id for each in listen(read_wav(path)).chords] == [BEGIN, 70, 3]


def test_channels_of_opposite_phase_do_not_cancel(tmp_path: Path) -> None:
    samples, _ = recording([BEGIN, 70, 3], [0.5, 0.5, 0.5], RATE)
    path = tmp_path / "sound.wav"
    wavfile.write(path, RATE, (np.stack([samples, -samples], axis=1) * 30_000).astype("i2"))
    assert [each.id for each in listen(read_wav(path)).chords] == [BEGIN, 70, 3]


def test_24_bits(tmp_path: Path) -> None:
    samples, _ = recording([BEGIN, 70, 3], [0.5, 0.5, 0.5], RATE)
    packed = (samples * 8e6).astype("<i4").tobytes()
    data = b"".join(packed[at : at + 3] for at in range(0, len(packed), 4))
    form = struct.pack("<HHIIHH", 1, 1, RATE, 3 * RATE, 3, 24)
    chunks = b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    path = tmp_path / "sound.wav"
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks)
    assert [each.id for each in listen(read_wav(path)).chords] == [BEGIN, 70, 3]


def test_a_header_that_was_never_completed(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    samples, _ = recording([BEGIN, 70, 3], [0.5, 0.5, 0.5], RATE)
    write_wav(path, Recording(samples.astype(np.float32), RATE))
    content = bytearray(path.read_bytes())
    content[4:8] = content[40:44] = bytes(4)
    path.write_bytes(content)
    assert [each.id for each in listen(read_wav(path)).chords] == [BEGIN, 70, 3]


def test_a_sample_that_is_not_all_there_yet(tmp_path: Path) -> None:
    """As in a file that is being written."""
    path = tmp_path / "sound.wav"
    samples, _ = recording([BEGIN, 70, 3], [0.5, 0.5, 0.5], RATE)
    wavfile.write(path, RATE, np.repeat((samples * 30_000).astype(np.int16)[:, np.newaxis], 2, axis=1))
    path.write_bytes(path.read_bytes()[:-3])
    read = read_wav(path)
    assert len(read.samples) == len(samples) - 1
    assert [each.id for each in listen(read).chords] == [BEGIN, 70, 3]


def test_a_sample_beyond_all_bounds_hides_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    samples, _ = recording([BEGIN, 70, 3], [0.5, 0.5, 0.5], RATE)
    samples[100] = np.inf
    wavfile.write(path, RATE, samples.astype(np.float32))
    assert [each.id for each in listen(read_wav(path)).chords] == [BEGIN, 70, 3]


@pytest.mark.parametrize("rate", [0, 10, 10_000_000, 2**31])
def test_a_rate_that_nothing_records_at(rate: int, tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    wavfile.write(path, RATE, np.ones(4 * RATE, np.int8).view(np.uint8))
    content = bytearray(path.read_bytes())
    struct.pack_into("<II", content, 24, rate, rate)
    path.write_bytes(content)
    with pytest.raises(BadInput, match="samples a second, expected 1,000 to 1,000,000"):
        read_wav(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "expected a WAV file"),
        (b"OggS" + bytes(40), "expected a WAV file"),
        (b"RIFF....WAVE", "without sound"),
        (b"RIFF....WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 44_100, 0, 0, 8) + b"data....", "can't be read"),
        (b"RIFF....WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 0, 44_100, 0, 2, 16) + b"data....", "can't be read"),
    ],
)
def test_no_sound_file(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=message):
        read_wav(path)


# What is written to the SID


def written(notes: list[tuple[float, float, float]], clock: int) -> list[SidWrite]:
    """Writes that play chords of three frequencies in Hz, a second each."""
    writes = []
    for second, chord_notes in enumerate(notes):
        start = second * clock
        for voice, hertz in enumerate(chord_notes):
            word = round(hertz * 2**24 / clock)
            writes += [SidWrite(start, 7 * voice, word & 255), SidWrite(start + 4, 7 * voice + 1, word >> 8)]
        writes += [SidWrite(start + 100 + voice, 7 * voice + 4, 0x11) for voice in range(3)]
        writes += [SidWrite(start + clock // 2 + voice, 7 * voice + 4, 0x10) for voice in range(3)]
    return writes


@pytest.mark.parametrize("clock", [985_248, 1_022_727])
def test_registers(clock: int, tmp_path: Path) -> None:
    notes = [(440 * 2 ** ((low - 69) / 12), 880.0, 440 * 2 ** (34 / 12)) for low in VOICE_NOTES[0]]
    writes = written(notes, clock)
    chords = chords_written(writes, clock)
    assert [each.id for each in chords] == [digit + 7 * 4 + 49 * 6 for digit in range(7)]
    assert [each.seconds for each in chords] == pytest.approx([second + 102 / clock for second in range(7)])
    assert all(each.confidence == 1 for each in chords)

    dump = tmp_path / "sid.dump"
    cycles = [0, *(write.cycle for write in writes)]
    lines = [
        f"{after - before} {write.register} {write.value}"
        for (before, after), write in zip(itertools.pairwise(cycles), writes, strict=True)
    ]
    dump.write_text("\n".join(lines) + "\n")
    assert read_dump(dump) == (writes, clock)


@pytest.mark.parametrize("line", ["1 2", "1 2 3 4", "0 -100 0", "0 0 256", "0 0 -1", "x 0 0"])
def test_no_dump(line: str, tmp_path: Path) -> None:
    dump = tmp_path / "sid.dump"
    dump.write_text(f"0 0 1\n{line}\n")
    with pytest.raises(BadInput, match=f"line 2 is '{line}', expected three numbers"):
        read_dump(dump)


def test_a_chord_lasts_until_its_last_gate_closes() -> None:
    writes = written([(440.0, 880.0, 2637.02)], 985_248)
    again = [SidWrite(500, 4, 0x10), SidWrite(600, 4, 0x11)]  # one gate closes and opens while the others are open
    chords = chords_written(sorted([*writes, *again], key=lambda write: write.cycle), 985_248)
    assert len(chords) == 1


def test_notes_off_the_scale_are_not_believed() -> None:
    chords = chords_written(written([(466.16, 880.0, 2637.0)], 985_248), 985_248)
    assert [each.confidence < UNSURE for each in chords] == [True]


# The command


def test_the_command(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    samples, _ = recording([BEGIN, 3], [0.5, 0.5], RATE)
    write_wav(path, Recording(samples.astype(np.float32), RATE))
    run = CliRunner().invoke(app, ["listen", str(path), "--json"])
    assert run.exit_code == 0, run.output
    assert [(each["id"], each["text"]) for each in json.loads(run.stdout)["chords"]] == [
        (BEGIN, "(begins)"),
        (3, "(ends)"),
    ]
    table = CliRunner().invoke(app, ["listen", str(path)])
    assert "(begins)" in table.stdout
    assert "2 chords" in table.stdout


def test_the_command_without_a_chord(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    write_wav(path, Recording(np.zeros(RATE, np.float32), RATE))
    assert CliRunner().invoke(app, ["listen", str(path)]).exit_code == 1


def test_the_command_with_what_is_no_sound(tmp_path: Path) -> None:
    path = tmp_path / "sound.txt"
    path.write_text("1 2\n")
    run = CliRunner().invoke(app, ["listen", str(path)])
    assert run.exit_code == 2
    run = CliRunner().invoke(app, ["listen", str(path), "--seconds", "3"])
    assert run.exit_code == 2


def test_a_chord_sounds_as_described() -> None:
    """The oracle's own chord: silent at its end, and not before."""
    sound = chord(100, RATE)
    assert np.abs(sound[-100:]).max() == 0
    assert np.abs(sound[: len(sound) // 2]).max() > 0.5
