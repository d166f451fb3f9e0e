"""Typing at the simulator's key matrix while the program thinks ahead: no key is lost, and every reply is exact."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from pathlib import Path

import pytest
from front_end_build import small_build, small_soul

from soulrig.buildtools.build import Built
from soulrig.buildtools.petscii import to_petscii
from soulrig.channels.screen import text_rows
from soulrig.channels.telemetry import Reading, compare
from soulrig.conversation import Conversation
from soulrig.machines.sim import SimMachine
from soulrig.machines.typist import stroke, type_text
from soulrig.model.reference import Reference
from soulrig.model.tokenizer import END
from soulrig.sim.keyboard import KEYS

pytestmark = pytest.mark.cc65

MILLISECOND = 985  # cycles
JIFFY = 16_421
INDEPENDENT = 700  # cycles: a look at the keys more or less while one is still down, or the cursor shown
EDITS = {
    "left": ("RIGHT", True), "right": ("RIGHT", False), "home": ("HOME", False), "clear": ("HOME", True),
    "delete": ("DEL", False), "insert": ("DEL", True), "stop": ("STOP", False), "down": ("DOWN", False),
}  # fmt: skip
LETTERS = "the he hello you abab aaa ol!?'.-, THE"


@dataclass
class Line:
    """What a line editor makes of characters and of the names in EDITS."""

    text: str = ""
    cursor: int = 0

    def obey(self, key: str) -> None:
        match key:
            case "left":
                self.cursor = max(0, self.cursor - 1)
            case "right":
                self.cursor = min(len(self.text), self.cursor + 1)
            case "home":
                self.cursor = 0
            case "clear":
                self.text, self.cursor = "", 0
            case "delete":
                if self.cursor:
                    self.text = self.text[: self.cursor - 1] + self.text[self.cursor :]
                    self.cursor -= 1
            case "insert":
                self.text = self.text[: self.cursor] + " " + self.text[self.cursor :]
            case "stop" | "down":
                pass
            case _:
                self.text = self.text[: self.cursor] + key + self.text[self.cursor :]
                self.cursor += 1


@dataclass
class Typist:
    """Plans presses and releases from now on; each key is let go a while after the next one may have gone down."""

    machine: SimMachine
    dice: random.Random
    cycle: int = 0
    free: dict[str, int] = field(default_factory=dict)  # when each key is up again

    def press(self, key: str, gap: tuple[int, int], held: tuple[int, int]) -> None:
        """A character or a name in EDITS, `gap` milliseconds after the one before, down for `held`."""
        name, shift = EDITS.get(key) or stroke(key)
        self.cycle += self.dice.randint(gap[0] * MILLISECOND, gap[1] * MILLISECOND)
        self.cycle = max(self.cycle, self.free.get(name, 0) + 40 * MILLISECOND)
        if shift:
            self.machine.press("LSHIFT", self.cycle - 25 * MILLISECOND)
            self.machine.release("LSHIFT", self.cycle + 25 * MILLISECOND)
        self.free[name] = self.cycle + self.dice.randint(held[0] * MILLISECOND, held[1] * MILLISECOND)
        self.machine.press(name, self.cycle)
        self.machine.release(name, self.free[name])


class Talk:
    """The program of a small soul on the simulator, and its reference."""

    def __init__(self, machine: SimMachine, built: Built, disk: Path) -> None:
        disk.write_bytes(built.d64)
        self.machine = machine
        self.reference = Reference(small_soul("v3", MAX_REPLY))
        self.conversation = Conversation(machine, built.manifest)
        self.conversation.boot(disk)
        self.symbols = built.symbols

    def wait(self, sequence: int, text: str) -> Reading:
        """The reply after the one numbered `sequence`, which must be that to `text`."""
        self.conversation.wait_for_reply(sequence, repr(text))
        reading = self.conversation.telemetry.reading()
        assert compare(reading, self.reference.reply(text), END).difference is None, repr(text)
        return reading

    def wait_for_paste(self, text: str) -> Reading:
        """The reply to a text that comes all at once."""
        sequence = self.sequence
        self.machine.type(to_petscii(text) + b"\r")
        return self.wait(sequence, text)

    @property
    def sequence(self) -> int:
        return self.conversation.telemetry.header().sequence


MAX_REPLY = 3


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    with SimMachine() as machine:
        yield Talk(machine, small_build("v3", MAX_REPLY), tmp_path / "soulplayer.d64")


def random_keys(dice: random.Random, count: int) -> list[str]:
    return [dice.choice(LETTERS) if dice.random() < 0.75 else dice.choice(list(EDITS)) for _ in range(count)]


def type_and_compare(talk: Talk, keys: Sequence[str], dice: random.Random) -> Reading:
    line = Line()
    typist = Typist(talk.machine, dice, talk.machine.cycles() + 30 * MILLISECOND)
    pace = dice.choice([(70, 90), (70, 400), (180, 220)])
    for key in keys:
        line.obey(key)
        typist.press(key, pace, (40, 130))
    if line.text.lower() == "q":
        typist.press("q", pace, (40, 130))
        line.obey("q")
    for _ in range(dice.randrange(4)):
        cycle = dice.randrange(talk.machine.cycles(), typist.cycle + 1_000_000)
        talk.machine.press("RESTORE", cycle)
        talk.machine.release("RESTORE", cycle + 5 * MILLISECOND)
    sequence = talk.sequence
    typist.cycle = max(typist.cycle, typist.free.get("STOP", 0))  # held on, it would stop the reply
    typist.press("\r", pace, (40, 130))
    return talk.wait(sequence, line.text)


def hold_random_typing(talk: Talk, seed: int, lines: int) -> None:
    dice = random.Random(seed)
    for _ in range(lines):
        type_and_compare(talk, random_keys(dice, dice.choice([0, 1, 5, 20, 40])), dice)


def test_random_typing_and_editing(talk: Talk) -> None:
    hold_random_typing(talk, seed=1, lines=8)


@pytest.mark.sim_long
@pytest.mark.parametrize("seed", range(2, 62))
def test_random_typing_and_editing_at_length(talk: Talk, seed: int) -> None:
    hold_random_typing(talk, seed, lines=10)


@pytest.mark.parametrize("rate", [5, 15])
def test_no_key_is_lost_at_any_pace(talk: Talk, rate: float) -> None:
    text = "The Hello, you! (he) ab/ba? 0123456789 the \"$%&' l+o-*=@:;.<>[]"
    sequence = talk.sequence
    type_text(talk.machine, text + "\r", rate, talk.machine.cycles() + 50 * MILLISECOND)
    talk.wait(sequence, text)
    assert talk.machine.read(talk.symbols["line"], len(text)) == to_petscii(text)


def test_the_leading_sep_is_computed_before_the_first_key(talk: Talk) -> None:
    sequence = talk.sequence
    talk.machine.type(to_petscii("hello you") + b"\r")
    assert talk.wait(sequence, "hello you").ahead == 1


def test_what_was_typed_slowly_is_there_at_return(talk: Talk) -> None:
    sequence = talk.sequence
    last = type_text(talk.machine, "hello the", 5)
    type_text(talk.machine, "\r", 5, last + 3_000_000)
    slow = talk.wait(sequence, "hello the")
    assert slow.ahead == len(slow.prompt_ids) - 1
    assert slow.prefill_cycles < 20_000
    assert slow.ahead_cycles > 100_000


def test_a_long_line(talk: Talk) -> None:
    """Encoded at RETURN alone, when it has got long; the beginning is edited then."""
    keys = [*("hello the you ab" * 7), "home", "a", "right", "b"]
    type_and_compare(talk, keys, random.Random(5))


def test_an_edit_keeps_the_positions_before_it(talk: Talk) -> None:
    sequence = talk.sequence
    last = type_text(talk.machine, "hello. the you", 5)
    talk.machine.press("DEL", last + 2_000_000)
    talk.machine.release("DEL", last + 2_050_000)
    type_text(talk.machine, "\r", 5, last + 2_200_000)
    reading = talk.wait(sequence, "hello. the yo")
    again = talk.wait_for_paste("hello. the yo")
    assert (reading.steps, reading.checksums) == (again.steps, again.checksums)
    assert again.prefill_cycles > reading.prefill_cycles


def test_keys_typed_during_a_reply_are_the_next_line(talk: Talk) -> None:
    sequence = talk.sequence
    first = type_text(talk.machine, "hello\r", 10)
    type_text(talk.machine, "The abab\r", 12, first + 150_000)
    talk.machine.wait(lambda: talk.sequence == sequence + 1, 5, "the first reply")
    talk.wait(sequence + 1, "the abab")


def test_stop_ends_a_reply_and_types_nothing(talk: Talk) -> None:
    sequence = talk.sequence
    last = type_text(talk.machine, "hello\r", 10)
    talk.machine.press("STOP", last + 60_000)
    talk.machine.release("STOP", last + 160_000)
    talk.conversation.wait_for_reply(sequence, "hello")
    assert talk.conversation.telemetry.header().stop == "key"
    sequence = talk.sequence
    type_text(talk.machine, "abab\r", 10, talk.machine.cycles() + 100_000)
    talk.wait(sequence, "abab")


def test_ids_of_a_rig_at_any_moment(talk: Talk) -> None:
    dice = random.Random(4)
    telemetry = talk.conversation.telemetry
    for number in range(1, 13):
        text = "".join(dice.choice(LETTERS) for _ in range(12))
        type_text(talk.machine, text, 14)
        talk.machine.run(dice.randrange(1_000_000))
        ids = [dice.choice([1, 1, 4, 5, 40]) for _ in range(dice.randint(1, 8))]
        talk.machine.write(talk.symbols["prompt_ids"], bytes(ids))
        talk.machine.write(talk.symbols["prompt_length"], bytes([len(ids)]))
        talk.machine.jump(talk.symbols["reply_from_ids"])
        told = (number, "done")
        talk.machine.wait(lambda told=told: (talk.sequence, telemetry.header().state) == told, 20, f"a reply to {ids}")
        assert compare(telemetry.reading(), talk.reference.reply_to_ids(ids), END).difference is None
        talk.machine.run(1_500_000)  # the rest of the text is typed
        talk.machine.type(b"\x93")  # and cleared


def test_what_was_typed_before_costs_a_rigs_ids_nothing(talk: Talk) -> None:
    dice = random.Random(9)
    ids = [1, 4, 5, 40, 4]
    readings = []
    for text, rate in [("", 5), ("hello", 5), ("hello. the you", 14), ("ab" * 6, 30), ("", 5)]:
        talk.machine.type(b"\x93")  # the same place on the screen
        talk.machine.run(200_000)
        last = type_text(talk.machine, text, rate, talk.machine.cycles() + 50 * MILLISECOND)
        talk.machine.run(last - talk.machine.cycles() + dice.randrange(600_000))
        sequence = talk.conversation.begin(ids)
        talk.conversation.wait_for_reply(sequence, f"{ids} after {text!r}")
        readings.append(talk.conversation.telemetry.reading())
    first = readings[0]
    for reading in readings[1:]:
        assert (reading.steps, reading.checksums, reading.ahead) == (first.steps, first.checksums, 0)
        assert reading.prefill_cycles == pytest.approx(first.prefill_cycles, abs=INDEPENDENT)
        assert reading.cycles == pytest.approx(first.cycles, abs=INDEPENDENT)


def test_space_repeats_as_long_as_it_is_held(talk: Talk) -> None:
    now = talk.machine.cycles()
    talk.machine.press("SPACE", now + 50_000)
    talk.machine.press("A", now + 1_500_000)  # ends it
    talk.machine.release("SPACE", now + 1_600_000)
    talk.machine.release("A", now + 2_500_000)  # repeats not
    talk.machine.run(3_000_000)
    length = talk.machine.read(talk.symbols["line_length"], 1)[0]
    jiffies = 1_450_000 / JIFFY
    assert length == pytest.approx(2 + (jiffies - 20) / 4, abs=1.5)
    assert talk.machine.read(talk.symbols["line"], length) == b" " * (length - 1) + b"A"


def test_keys_that_conjure_up_a_fourth_are_told_apart(talk: Talk) -> None:
    """A, X and LSHIFT lie on the corners of a rectangle; the keyboard of a C64 shows D then, too."""
    now = talk.machine.cycles()
    for number, key in enumerate(["A", "LSHIFT", "X", "D"]):
        talk.machine.press(key, now + 50_000 + 20_000 * min(number, 2))
    talk.machine.release("A", now + 200_000)
    talk.machine.release("D", now + 200_000)
    talk.machine.release("LSHIFT", now + 300_000)
    talk.machine.release("X", now + 300_000)
    talk.machine.run(600_000)
    length = talk.machine.read(talk.symbols["line_length"], 1)[0]
    assert talk.machine.read(talk.symbols["line"], length) == bytes([0x41, 0xD8])


def test_a_key_counts_while_another_of_its_row_is_held(talk: Talk) -> None:
    """Each pair of keys in turn, in both orders: two keys share one line of the matrix, and close no fourth circuit."""
    for row in range(8):
        letters = {name: to_petscii(name.lower()) for name, place in KEYS.items() if place[1] == row and len(name) == 1}
        now = talk.machine.cycles()
        typed = list(permutations(letters, 2))
        for number, pair in enumerate(typed):
            for key, down, up in zip(pair, (30, 60), (130, 100), strict=True):
                talk.machine.press(key, now + (150 * number + down) * MILLISECOND)
                talk.machine.release(key, now + (150 * number + up) * MILLISECOND)
        talk.machine.run((150 * len(typed) + 100) * MILLISECOND)
        expected = b"".join(letters[key] for pair in typed for key in pair)
        assert talk.machine.read(talk.symbols["line"], len(expected)) == expected
        talk.machine.type(b"\x93")
        talk.machine.run(200 * MILLISECOND)


def test_the_return_that_quits_is_not_seen_by_basic(talk: Talk) -> None:
    now = talk.machine.cycles()
    type_text(talk.machine, "q", 10, now + 50_000)
    talk.machine.press("RETURN", now + 200_000)
    talk.machine.release("RETURN", now + 2_000_000)

    def rows() -> list[str]:
        return [row.lower() for row in text_rows(talk.machine.codes()) if row]

    talk.machine.wait(lambda: rows()[-1] == "ready.", 5, "BASIC")
    talk.machine.run(2_000_000)
    cursor = talk.machine.read(0xD6, 1)[0]
    assert rows()[-1] == "ready."
    assert text_rows(talk.machine.codes())[cursor - 1].lower() == "ready."
