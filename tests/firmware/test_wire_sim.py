"""The program with a cable on the simulator, which has a SwiftLink: what it tells, what that costs, and no key lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from front_end_build import small_build, small_soul
from sim_swiftlink import Host, SwiftLink

from soulrig.buildtools.layout import EVENTS, NOTICE
from soulrig.buildtools.link_protocol import Command
from soulrig.buildtools.petscii import to_petscii
from soulrig.channels.telemetry import Reading, compare
from soulrig.conversation import Conversation, load_and_run
from soulrig.machines.sim import SimMachine
from soulrig.machines.typist import type_text
from soulrig.model.reference import Reference
from soulrig.model.tokenizer import END

pytestmark = pytest.mark.cc65

MAX_REPLY = 6
USB = 0.004  # seconds that an adaptor and a host take to answer
LEAST_SHARE = 0.9  # of what is computed ahead without a cable
COPIED = 200  # cycles of a step in which its record is copied for the notice


class Talk:
    """The program at its prompt; `host` is None where the cable ends nowhere, and without a cable at all."""

    def __init__(self, machine: SimMachine, folder: Path, *, cable: bool, answered: bool) -> None:
        self.machine = machine
        self.built = small_build("v3", MAX_REPLY, wire="swiftlink" if cable else None)
        disk = folder / "soulplayer.d64"
        disk.write_bytes(self.built.d64)
        self.reference = Reference(small_soul("v3", MAX_REPLY))
        machine.insert(disk)
        self.link = SwiftLink(machine) if cable else None
        self.host = Host(self.link, USB, machine.hertz) if self.link and answered else None
        self.conversation = Conversation(machine, self.built.manifest)
        load_and_run(machine, disk, "soulplayer")
        machine.wait(self.conversation.telemetry.present, 30, "the program")
        machine.run(2_000_000)

    def wait(self, sequence: int, text: str) -> Reading:
        self.conversation.wait_for_reply(sequence, repr(text))
        reading = self.conversation.telemetry.reading()
        assert compare(reading, self.reference.reply(text), END).difference is None, repr(text)
        return reading

    @property
    def sequence(self) -> int:
        return self.conversation.telemetry.header().sequence

    def typed(self, text: str, rate: float, think: float) -> Reading:
        """The reply to a line that is typed at the matrix; so many seconds pass before RETURN."""
        sequence = self.sequence
        last = type_text(self.machine, text, rate)
        type_text(self.machine, "\r", rate, last + round(think * self.machine.hertz))
        reading = self.wait(sequence, text)
        assert self.machine.read(self.built.symbols["line"], len(text)) == to_petscii(text)
        return reading


@pytest.fixture
def machine() -> Iterator[SimMachine]:
    with SimMachine() as found:
        yield found


def field(notice: bytes, name: str) -> int:
    place = NOTICE[name]
    return int.from_bytes(notice[place.offset : place.offset + place.size], "little")


def test_every_token_is_told_with_its_cycles(machine: SimMachine, tmp_path: Path) -> None:
    talk = Talk(machine, tmp_path, cable=True, answered=True)
    assert talk.host is not None
    talk.host.events.clear()
    reading = talk.typed("hello the", 8, 0.2)
    machine.run(300_000)
    events = talk.host.events
    tokens = events[1:-1]
    assert [field(event, "event") for event in (events[0], events[-1])] == [EVENTS["begin"], EVENTS["end"]]
    assert {field(event, "event") for event in tokens} == {EVENTS["token"]}
    assert [field(event, "token") for event in tokens] == reading.steps
    assert [field(event, "cycles") for event in tokens] == reading.cycles
    assert [(field(event, "s1"), field(event, "s2")) for event in tokens] == reading.checksums
    clocks = [field(event, "clock") for event in tokens]
    for before, after, cycles in zip(clocks, clocks[1:], reading.cycles[1:], strict=False):
        assert after - before > cycles  # the cable's part


def test_the_cable_belongs_to_no_step(machine: SimMachine, tmp_path: Path) -> None:
    ids = [1, 4, 5, 40]
    readings = []
    for cable in (False, True):
        with SimMachine() as c64:
            talk = Talk(c64, tmp_path, cable=cable, answered=True)
            sequence = talk.conversation.begin(ids)
            talk.conversation.wait_for_reply(sequence, "ids")
            readings.append(talk.conversation.telemetry.reading())
    without, with_cable = readings
    assert with_cable.steps == without.steps
    assert with_cable.cycles == pytest.approx(without.cycles, abs=COPIED + 700)  # a look at the keys more or less


@pytest.mark.parametrize("answered", [True, False], ids=["host", "nobody"])
@pytest.mark.parametrize("rate", [5, 15])
def test_no_key_is_lost(rate: float, answered: bool, machine: SimMachine, tmp_path: Path) -> None:
    talk = Talk(machine, tmp_path, cable=True, answered=answered)
    talk.typed("The Hello, you! (he) ab/ba? 0123456789 the \"$%&' l+o-*=@:;.<>[]", rate, 0.2)


@pytest.mark.parametrize("answered", [True, False], ids=["host", "nobody"])
def test_keys_typed_during_a_reply_are_the_next_line(answered: bool, machine: SimMachine, tmp_path: Path) -> None:
    talk = Talk(machine, tmp_path, cable=True, answered=answered)
    sequence = talk.sequence
    first = type_text(machine, "hello\r", 10)
    type_text(machine, "The abab\r", 12, first + 150_000)
    machine.wait(lambda: talk.sequence == sequence + 1, 5, "the first reply")
    talk.wait(sequence + 1, "the abab")


def test_computing_ahead_goes_on(tmp_path: Path) -> None:
    """As many positions at RETURN, and nearly as soon."""
    left = []
    for cable, answered in ((False, False), (True, True), (True, False)):
        with SimMachine() as c64:
            talk = Talk(c64, tmp_path, cable=cable, answered=answered)
            reading = talk.typed("hello the you", 12, 0.05)
            left.append((reading.ahead, reading.prefill_cycles))
    assert left[1][0] >= LEAST_SHARE * left[0][0]
    assert left[2][0] >= LEAST_SHARE * left[0][0]


def test_a_line_that_is_cut_in_a_reply_costs_some_time_and_no_key(machine: SimMachine, tmp_path: Path) -> None:
    talk = Talk(machine, tmp_path, cable=True, answered=True)
    assert talk.link is not None
    assert talk.host is not None
    sequence = talk.sequence
    first = type_text(machine, "hello\r", 10)
    machine.wait(lambda: talk.conversation.telemetry.header().steps == 2, 10, "two tokens")
    talk.link.cut = True
    type_text(machine, "The abab\r", 12, max(first, machine.cycles()) + 20_000)
    machine.wait(lambda: talk.sequence == sequence + 1, 20, "the first reply's begin")
    talk.wait(sequence + 1, "the abab")
    talk.link.cut = False
    machine.run(10_000_000)
    talk.host.events.clear()
    reading = talk.typed("you", 8, 0.2)
    machine.run(300_000)
    assert [field(event, "token") for event in talk.host.events[1:-1]] == reading.steps


def test_keys_that_come_by_wire_are_typed(machine: SimMachine, tmp_path: Path) -> None:
    talk = Talk(machine, tmp_path, cable=True, answered=True)
    assert talk.host is not None
    sequence = talk.sequence
    talk.host.commands.append((Command.KEYS, 0, b"HELLO\r"))
    talk.wait(sequence, "hello")
