"""The simulator against x64sc with the screen blanked: every byte and every cycle the same."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import chip_trials
import pytest
from instruction_trials import instructions
from trials import Trial, at_ready, differences, run_trial

from soulrig.buildtools.build import Built, build
from soulrig.buildtools.disk_image import make_d64
from soulrig.buildtools.petscii import to_petscii
from soulrig.channels.telemetry import Reading
from soulrig.conversation import Conversation
from soulrig.machines.sim import SimMachine
from soulrig.machines.vice import ViceMachine
from soulrig.model.soul import Soul

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

PARTS = 5
SMALL, LARGER = (1, 2), (4, 7)  # latches


@pytest.fixture(scope="module")
def sim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimMachine]:
    with at_ready(SimMachine(), tmp_path_factory.mktemp("sim")) as machine:
        yield machine


@pytest.fixture(scope="module")
def vice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ViceMachine]:
    with at_ready(ViceMachine("x64sc"), tmp_path_factory.mktemp("vice")) as machine:
        yield machine


def assert_alike(sim: SimMachine, vice: ViceMachine, trial: Trial) -> None:
    assert differences(run_trial(sim, trial), run_trial(vice, trial)) == {}


@pytest.mark.parametrize("part", range(PARTS))
def test_instructions(sim: SimMachine, vice: ViceMachine, part: int) -> None:
    assert_alike(sim, vice, instructions(part, PARTS))


@pytest.mark.parametrize("first", range(0, 256, 37))
def test_decimal_mode(sim: SimMachine, vice: ViceMachine, first: int) -> None:
    assert_alike(sim, vice, chip_trials.decimal(first, min(first + 3, 256)))


@pytest.mark.parametrize(
    "trial",
    [
        chip_trials.one_timer(),
        chip_trials.running_timer(),
        *(
            chip_trials.chained_timers(control, latches)
            for control in (0x51, 0x41, 0x59)
            for latches in (SMALL, LARGER)
        ),
        chip_trials.timer_b(),
        chip_trials.masked_flags(),
        chip_trials.modified_registers(),
    ],
)
def test_timers(sim: SimMachine, vice: ViceMachine, trial: Trial) -> None:
    assert_alike(sim, vice, trial)


@pytest.mark.parametrize("sled", chip_trials.SLEDS)
@pytest.mark.parametrize("kind", ["IRQ", "NMI"])
def test_the_instruction_after_which_an_interrupt_comes(
    sim: SimMachine, vice: ViceMachine, kind: str, sled: str
) -> None:
    assert_alike(sim, vice, chip_trials.interrupts(kind, sled))


@pytest.mark.parametrize(
    "trial",
    [chip_trials.banking(), chip_trials.video_registers(), chip_trials.raster_interrupts((1, 100, 255, 256, 300))],
)
def test_banking_and_video_chip(sim: SimMachine, vice: ViceMachine, trial: Trial) -> None:
    assert_alike(sim, vice, trial)


def blanked_reply(machine: SimMachine | ViceMachine, built: Built, disk: Path, ids: bytes) -> Reading:
    """A reply to prompt ids, with the screen blanked and the program's clock started when the reply is asked for."""
    with machine:
        conversation = Conversation(machine, built.manifest)
        conversation.boot(disk)
        sequence = conversation.telemetry.header().sequence
        machine.write(built.symbols["prompt_ids"], ids)
        machine.write(built.symbols["prompt_length"], bytes([len(ids)]))
        machine.write(STUB, stub(built))
        machine.jump(STUB)
        conversation.wait_for_reply(sequence, "a few ids")
        return conversation.telemetry.reading()


READY = b"\x12\x05\x01\x04\x19."
BASIC_START, VARIABLES = 0x0801, 0x2D  # where BASIC's program begins, and where it keeps its end

STUB = 0x033C  # the cassette buffer
BLANK = bytes.fromhex("78 A9 0B 8D 11 D0")  # SEI; LDA #$0B; STA $D011
PICTURE = bytes.fromhex("2C 11 D0 10 FB 2C 11 D0 30 FB")  # BIT $D011; BPL *-3; BIT $D011; BMI *-3


def stub(built: Built) -> bytes:
    names = ("cursor_shown", "clock_start", "reply_from_ids")
    cursor, clock, reply = (built.symbols[name].to_bytes(2, "little") for name in names)
    hide = b"\xa9\x00\x8d" + cursor  # LDA #0; STA cursor_shown: whether it is to be seen is chance
    return BLANK + 2 * PICTURE + hide + b"\x20" + clock + b"\x4c" + reply


@pytest.mark.parametrize("standard", ["pal", "ntsc"])
def test_the_program_tells_the_same_cycles(root: Path, tmp_path: Path, standard: str) -> None:
    soul = dataclasses.replace(Soul.load(root / "disk" / "soulplayer"), max_reply=2)
    built = build(soul)
    disk = tmp_path / "soulplayer.d64"
    disk.write_bytes(built.d64)
    assert soul.tokenizer is not None
    ids = bytes(soul.tokenizer.prompt_ids("hi", soul.sizes.context))
    on_sim = blanked_reply(SimMachine(standard), built, disk, ids)
    on_vice = blanked_reply(ViceMachine("x64sc", standard), built, disk, ids)
    assert on_sim == on_vice
    assert on_sim.prompt_ids == list(ids)
    assert len(on_sim.cycles) == 2


@pytest.mark.parametrize(
    "command", ['load"$",8', 'load"second",8', 'load"*",8', 'load"s?c*",8', 'load"none",8', 'load"a",9']
)
def test_the_drive_serves_alike(tmp_path: Path, command: str) -> None:
    disk = tmp_path / "disk.d64"
    disk.write_bytes(
        make_d64("a disk", "xy", {"first": b"\x01\x08\0\0one", "second": b"\x01\x08\0\0" + bytes(range(256)) * 9})
    )
    screens, memories = [], []
    for machine in (SimMachine(), ViceMachine()):
        with machine:
            machine.insert(disk)
            machine.wait(lambda m=machine: READY in m.codes(), 10, "READY.")
            machine.type(to_petscii(command) + b"\r")
            machine.wait(lambda m=machine: m.codes().count(READY) == 2, 60, "the command's end")
            settled = machine.cycles() + 200_000  # BASIC links the program's lines after it says READY.
            machine.wait(lambda m=machine, end=settled: m.cycles() > end, 10, "a moment to pass")
            screens.append(bytes(code & 0x7F for code in machine.codes()))  # without the cursor
            end = int.from_bytes(machine.read(VARIABLES, 2), "little")
            memories.append(machine.read(BASIC_START, max(0, end - BASIC_START)))
    assert screens[0] == screens[1]
    assert memories[0] == memories[1]
