"""The machine `sim`: our ROM boots, keys and screen work, runs repeat themselves, and the soul's program passes."""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from trials import at_ready
from typer.testing import CliRunner

from soulrig.buildtools.build import Built, build
from soulrig.buildtools.disk_image import make_d64
from soulrig.buildtools.petscii import to_petscii
from soulrig.channels.screen import text_rows
from soulrig.cli import app
from soulrig.conversation import Conversation
from soulrig.errors import BadInput, Fault
from soulrig.machine import Clock, Keys, Loader, Memory, Reset, Screen, offered
from soulrig.machines.sim import SimMachine
from soulrig.model.soul import Soul
from soulrig.verify import verify

pytestmark = pytest.mark.cc65

JIFFY = 16_421  # cycles, PAL
LETTER_A, LETTER_B = 1, 2  # screen codes


@pytest.fixture
def sim(tmp_path: Path) -> Iterator[SimMachine]:
    with at_ready(SimMachine(), tmp_path) as machine:
        yield machine


@pytest.fixture(scope="module")
def brief(shipped: Soul) -> Built:
    """The program with replies of two tokens at most."""
    return build(dataclasses.replace(shipped, max_reply=2))


@pytest.fixture
def talk(brief: Built, tmp_path: Path) -> Iterator[tuple[SimMachine, Conversation]]:
    disk = tmp_path / "soulplayer.d64"
    disk.write_bytes(brief.d64)
    with SimMachine() as machine:
        conversation = Conversation(machine, brief.manifest)
        conversation.boot(disk)
        yield machine, conversation


def rows(machine: SimMachine) -> list[str]:
    return [row for row in text_rows(machine.codes()) if row]


def test_it_offers_what_the_program_s_channels_need() -> None:
    for capability in (Loader, Keys, Memory, Screen, Clock, Reset):
        offered(SimMachine(), capability)


@pytest.mark.parametrize(("standard", "hertz"), [("pal", 985_248), ("ntsc", 1_022_727)])
def test_our_rom_boots_and_counts_sixty_jiffies_a_second(tmp_path: Path, standard: str, hertz: int) -> None:
    with at_ready(SimMachine(standard), tmp_path) as machine:  # type: ignore[arg-type]  # one of the two names
        assert machine.description["hertz"] == hertz
        before = int.from_bytes(machine.read(0xA0, 3), "big")
        machine.run(5 * hertz)
        assert int.from_bytes(machine.read(0xA0, 3), "big") - before == pytest.approx(300, abs=1)


def test_keys_of_the_matrix_are_typed(sim: SimMachine) -> None:
    now = sim.cycles()
    for number, key in enumerate("AB"):
        sim.press(key, now + (8 * number + 1) * JIFFY)
        sim.release(key, now + (8 * number + 5) * JIFFY)
    sim.run(20 * JIFFY)
    assert rows(sim)[-1].lower() == "ab"


def test_lines_are_typed_and_a_missing_file_is_told(sim: SimMachine) -> None:
    sim.type(to_petscii('load"nothing",8') + b"\r")
    sim.wait(lambda: any("file not found" in row.lower() for row in rows(sim)), 5, "the error")


def test_another_disk_while_it_runs(sim: SimMachine, tmp_path: Path) -> None:
    disk = tmp_path / "other.d64"
    disk.write_bytes(make_d64("other", "00", {"there": b"\x00\x20found"}))
    sim.insert(disk)
    sim.type(to_petscii('load"there",8,1') + b"\r")
    sim.wait(lambda: sim.read(0x2000, 5) == b"found", 5, "the file")


def test_memory_is_ram_whatever_is_banked_in(sim: SimMachine) -> None:
    data = random.Random(1).randbytes(0x6000)
    sim.write(0xA000, data)
    assert sim.read(0xA000, 0x6000) == data
    assert sim.read(0x01, 1) == b"\x37"
    sim.run(100_000)
    assert sim.read(0xA000, 0x6000) == data


def test_the_picture_shows_the_screen(sim: SimMachine) -> None:
    sim.write(0x0400, bytes([LETTER_A, LETTER_B]))
    picture = sim.picture()
    assert picture.pixels.shape == (272, 384)
    assert picture.palette.shape == (16, 3)
    border, background = picture.pixels[0, 0], picture.pixels[35 + 199, 32 + 319]
    assert (picture.pixels[:35] == border).all()
    assert (picture.pixels[:, :32] == border).all()
    assert border != background
    first, second = (picture.pixels[35:43, 32 + 8 * cell : 40 + 8 * cell] for cell in range(2))
    assert set(np.unique(first)) == {background, picture.pixels[35:43, 32:48].max()}
    assert not np.array_equal(first, second)
    sim.write(0x0400, bytes([LETTER_A | 0x80, LETTER_A | 0x80]))
    reversed_first = sim.picture().pixels[35:43, 32:40]
    assert ((reversed_first == background) == (first != background)).all()


def test_reset_starts_over_and_keeps_the_memory(sim: SimMachine) -> None:
    sim.write(0x4000, b"kept")
    sim.type(to_petscii("abc"))
    sim.run(5 * JIFFY)
    assert "abc" in rows(sim)[-1].lower()
    before = sim.cycles()
    sim.reset()
    sim.run(3_000_000)
    assert sim.cycles() > before
    assert rows(sim)[-1].lower() == "ready."
    assert sim.read(0x4000, 4) == b"kept"


def test_what_it_refuses(tmp_path: Path) -> None:
    machine = SimMachine()
    with pytest.raises(Fault, match="insert a disk"):
        machine.read(0, 1)
    (tmp_path / "short.d64").write_bytes(b"no disk")
    with pytest.raises(BadInput, match=r"short\.d64"):
        machine.insert(tmp_path / "short.d64")


def test_waiting_in_vain_is_a_fault_that_shows_the_screen(sim: SimMachine) -> None:
    with pytest.raises(Fault, match=r"(?is)in vain for the moon.*ready\."):
        sim.wait(lambda: False, 0.5, "the moon")


def test_an_undefined_opcode_ends_a_verification_as_a_fault(shipped: Soul, shipped_built: Built) -> None:
    """The first byte behind the BASIC line is the program's first opcode."""
    broken = bytearray(shipped_built.prg)
    broken[2 + 13] = 0x02
    disk = make_d64("broken", "00", {"soulplayer": bytes(broken)})
    changed = Built(bytes(broken), disk, shipped_built.manifest, shipped_built.symbols, shipped_built.segments)
    record = verify(SimMachine(), shipped, changed, ["hi"])
    assert record.verdict == "fault"
    assert record.fault is not None
    assert "$02 at $080E" in record.fault


def test_the_same_seed_and_keys_make_the_same_cycles(brief: Built, tmp_path: Path) -> None:
    disk = tmp_path / "soulplayer.d64"
    disk.write_bytes(brief.d64)
    ends = []
    for seed in (1, 1, 2):
        with SimMachine(seed=seed) as machine:
            conversation = Conversation(machine, brief.manifest)
            conversation.boot(disk)
            reading = conversation.say("a")
            ends.append((machine.cycles(), machine.read(0, 0x10000), reading, machine.sid_writes()))
    assert ends[0] == ends[1]
    assert ends[0][1] != ends[2][1]
    assert ends[0][2].checksums == ends[2][2].checksums


@pytest.mark.parametrize("standard", ["pal", "ntsc"])
def test_the_shipped_soul_passes(shipped: Soul, shipped_built: Built, standard: str) -> None:
    record = verify(SimMachine(standard), shipped, shipped_built, ["hello"])  # type: ignore[arg-type]  # one of the two names
    assert (record.verdict, record.fault) == ("pass", None)
    assert record.machine["kind"] == "sim"
    assert record.machine["cycle_basis"] == "φ2 cycles, none stolen by the video chip"


def golden_cases(golden: Path) -> tuple[Soul, list[dict[str, object]]]:
    soul = Soul.load(golden / "meful-soul.bin", golden / "meful-tokenizer.json")
    cases = json.loads((golden / "meful-golden.json").read_text())["cases"]
    return soul, sorted(cases, key=lambda case: len(case["prompt_ids"]) + len(case["end"]["tokens"]))


def assert_golden(soul: Soul, cases: list[dict[str, object]]) -> None:
    record = verify(SimMachine(), soul, build(soul), [str(case["prompt"]) for case in cases])
    assert (record.verdict, record.fault) == ("pass", None)
    for prompt, case in zip(record.prompts, cases, strict=True):
        assert prompt.channels["telemetry"]["tokens"] == case["end"]["tokens"]  # type: ignore[index]  # JSON


@pytest.mark.fixtures
def test_three_golden_prompts(golden: Path) -> None:
    soul, cases = golden_cases(golden)
    assert_golden(soul, cases[:3])


@pytest.mark.fixtures
@pytest.mark.sim_long
def test_every_golden_prompt(golden: Path) -> None:
    assert_golden(*golden_cases(golden))


def test_restore_hammered_changes_nothing(talk: tuple[SimMachine, Conversation]) -> None:
    machine, conversation = talk
    calm = conversation.say("hi")
    dice = random.Random(1)
    now = machine.cycles()
    for cycle in sorted(dice.sample(range(now, now + 6_000_000), 200)):
        machine.press("RESTORE", cycle)
        machine.release("RESTORE", cycle + 500)
    hammered = conversation.say("hi")
    assert (hammered.steps, hammered.checksums) == (calm.steps, calm.checksums)


def test_the_stop_key_of_the_matrix_stops_a_reply(talk: tuple[SimMachine, Conversation]) -> None:
    machine, conversation = talk
    machine.press("STOP", machine.cycles() + 2_000_000)
    machine.release("STOP", machine.cycles() + 2_100_000)
    assert conversation.say("hello").stop == "key"


def test_each_token_sounds_as_it_comes(talk: tuple[SimMachine, Conversation]) -> None:
    machine, conversation = talk
    before = len(machine.sid_writes())
    reading = conversation.say("hi")
    machine.run(500_000)
    gates = [write for write in machine.sid_writes()[before:] if write.register == 4 and write.value & 1]
    assert len(gates) == len(reading.steps) + 2  # one for the reply's beginning, one since the limit cuts it off
    assert [write.cycle for write in gates] == sorted(write.cycle for write in gates)


def test_verify_on_the_command_line() -> None:
    run = CliRunner().invoke(app, ["verify", "--machine", "sim", "--prompt", "hi", "--json"])
    assert run.exit_code == 0, run.output
    assert json.loads(run.stdout)["machine"]["kind"] == "sim"


def test_an_option_that_only_vice_has_is_wrong_usage() -> None:
    run = CliRunner().invoke(app, ["verify", "--machine", "sim", "--emulator", "x64"])
    assert run.exit_code == 2
    assert "--emulator: a machine of the kind sim has none" in run.stderr
