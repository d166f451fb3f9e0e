"""Our ROM and the program, typed at on the simulator's key matrix: every key, rollover, repeat, RESTORE, STOP."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from c64_keys import ALONE, COMMODORE, LETTERS, MODIFIERS, REPEATING, ROLLOVER, SHIFT, TYPED, number, typed
from trials import at_ready

from soulrig.buildtools.build import Built, build
from soulrig.buildtools.petscii import screen_code, to_petscii
from soulrig.channels.screen import asks, text_rows
from soulrig.conversation import Conversation
from soulrig.machines.sim import SimMachine
from soulrig.model.soul import Soul
from soulrig.sim.keyboard import KEYS

pytestmark = pytest.mark.cc65

JIFFY = 16_421  # cycles, PAL
SCAN = 0x0800  # cycles between two scans where there is no need to wait for jiffies
KEY_COUNT, KEY_BUFFER, REPEATS = 0xC6, 0x0277, 0x028A
TAKEN, TAKEN_COUNT = 0xC800, 0x02
BORDER_LIGHT_BLUE = 14


@pytest.fixture(scope="module")
def at_basic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimMachine]:
    with at_ready(SimMachine(), tmp_path_factory.mktemp("basic")) as machine:
        yield machine


@pytest.fixture
def idle(at_basic: SimMachine) -> SimMachine:
    """Scans often, and leaves the keys in the buffer: LDA #>SCAN; STA $DC05; CLI; JMP *."""
    at_basic.write(0xC000, bytes([0x78, 0xA9, SCAN >> 8, 0x8D, 0x05, 0xDC, 0x58, 0x4C, 0x07, 0xC0]))
    at_basic.jump(0xC000)
    at_basic.run(2 * JIFFY)
    at_basic.write(KEY_COUNT, b"\0")
    at_basic.write(REPEATS, b"\0")
    return at_basic


@pytest.fixture
def taking(idle: SimMachine) -> SimMachine:
    """Takes keys and keeps them: CLI; L: JSR $FFE4; BEQ L; LDY TAKEN_COUNT; STA TAKEN,Y; INC TAKEN_COUNT; BNE L."""
    idle.write(0xC100, bytes.fromhex("58 20 E4 FF F0 FB A4 02 99 00 C8 E6 02 D0 F2"))
    idle.write(TAKEN_COUNT, b"\0")
    idle.jump(0xC100)
    return idle


def hold(machine: SimMachine, *keys: str, scans: int = 3, scan: int = SCAN) -> None:
    """Press keys, one after the other, hold them for so many scans, and let go of them the other way round.

    Not at once: the scan may just be between the two.
    """
    for key in keys:
        machine.press(key)
        machine.run(scan)
    machine.run((scans - 1) * scan)
    for key in reversed(keys):
        machine.release(key)
        machine.run(scan)
    machine.run(scan)


def buffered(machine: SimMachine) -> bytes:
    """The keys in the KERNAL's buffer, which is empty then."""
    found = machine.read(KEY_BUFFER, 10)[: machine.read(KEY_COUNT, 1)[0]]
    machine.write(KEY_COUNT, b"\0")
    return found


def taken(machine: SimMachine) -> bytes:
    return machine.read(TAKEN, machine.read(TAKEN_COUNT, 1)[0])


@pytest.mark.parametrize("held", TYPED)
def test_every_key_types_its_code(held: str, idle: SimMachine) -> None:
    found = {}
    for key in TYPED[held]:
        hold(idle, *([] if held == ALONE else [held]), key)
        found[key] = list(buffered(idle))
    assert found == {key: [code] for key, code in TYPED[held].items()}
    assert set(TYPED[ALONE]) | set(MODIFIERS) == KEYS.keys()


def test_the_right_shift_is_a_shift(idle: SimMachine) -> None:
    for key in ("A", "2", "RIGHT", "F1"):
        hold(idle, "RSHIFT", key)
    assert buffered(idle) == bytes(TYPED[SHIFT][key] for key in ("A", "2", "RIGHT", "F1"))


def test_modifiers_alone_and_restore_type_nothing(idle: SimMachine) -> None:
    for key in (*MODIFIERS, "RESTORE"):
        hold(idle, key)
    assert buffered(idle) == b""


def test_shift_and_commodore_change_the_character_set(idle: SimMachine) -> None:
    before = idle.small_letters
    hold(idle, "LSHIFT", "C=")
    assert idle.small_letters is not before
    hold(idle, "LSHIFT", "C=")
    assert idle.small_letters is before
    assert buffered(idle) == b""


@pytest.mark.parametrize("events", ROLLOVER)
def test_rollover(events: str, taking: SimMachine) -> None:
    for event in events.split():
        (taking.press if event[0] == "+" else taking.release)(event[1:])
        taking.run(2 * SCAN)
    taking.run(2 * SCAN)
    assert taken(taking) == typed(events.split())


@pytest.mark.parametrize("key", REPEATING)
@pytest.mark.parametrize("held", [ALONE, SHIFT])
def test_keys_that_repeat(key: str, held: str, taking: SimMachine) -> None:
    hold(taking, *([] if held == ALONE else [held]), key, scans=60)
    found = taken(taking)
    assert set(found) == {TYPED[held][key]}
    assert 8 <= len(found) <= 13  # one at once, one after 16 to 21 scans, then one every fourth


@pytest.mark.parametrize(
    ("flag", "key", "repeats"),
    [
        (0x00, "A", False),
        (0x00, "F1", False),
        (0x40, "A", False),
        (0x40, "RIGHT", False),
        (0x40, "SPACE", False),
        (0x80, "A", True),
        (0x80, "F1", True),
        (0x80, "STOP", True),
    ],
)
def test_repeating_can_be_set(flag: int, key: str, repeats: bool, taking: SimMachine) -> None:
    taking.write(REPEATS, bytes([flag]))
    hold(taking, key, scans=60)
    assert set(taken(taking)) == {TYPED[ALONE][key]}
    assert (len(taken(taking)) >= 8) == repeats
    assert repeats or len(taken(taking)) == 1


def test_every_key_repeats_if_all_do(taking: SimMachine) -> None:
    taking.write(REPEATS, b"\x80")
    found = {}
    for key in TYPED[ALONE]:
        taking.write(TAKEN_COUNT, b"\0")
        hold(taking, key, scans=30)
        found[key] = len(taken(taking))
    assert {key for key, count in found.items() if not 2 <= count <= 6} == set()


# At BASIC


@pytest.fixture
def basic(tmp_path: Path) -> Iterator[SimMachine]:
    with at_ready(SimMachine(), tmp_path) as machine:
        yield machine


def rows(machine: SimMachine) -> list[str]:
    return [row.lower() for row in text_rows(machine.codes()) if row]


def test_a_line_is_typed_with_all_modifiers(basic: SimMachine) -> None:
    for key in ("P", "O", "K", "E", "5", "3", "2", "8", "0", ",", "2", "RETURN"):
        hold(basic, key, scans=2, scan=JIFFY)
    basic.run(5 * JIFFY)
    assert basic.picture().pixels[0, 0] == 2
    assert rows(basic)[-2:] == ["poke53280,2", "ready."]


def test_stop_and_restore_start_basic_anew(basic: SimMachine) -> None:
    basic.type(to_petscii("poke53280,2") + b"\r")
    basic.wait(lambda: basic.picture().pixels[0, 0] == 2, 2, "the border's colour")
    basic.write(0x4000, b"kept")
    hold(basic, "RESTORE", scan=JIFFY)
    assert basic.picture().pixels[0, 0] == 2  # RESTORE alone does nothing
    hold(basic, "STOP", "RESTORE", scan=JIFFY)
    basic.wait(lambda: rows(basic) == ["ready."], 3, "READY. on an empty screen")
    assert basic.picture().pixels[0, 0] == BORDER_LIGHT_BLUE
    assert basic.read(0x4000, 4) == b"kept"
    for key in ("H", "I"):
        hold(basic, key, scans=2, scan=JIFFY)
    assert rows(basic)[-1] == "hi"


def test_restore_hammered_at_basic(basic: SimMachine) -> None:
    now = basic.cycles()
    for strike in range(100):
        basic.press("RESTORE", now + 7_001 * strike)
        basic.release("RESTORE", now + 7_001 * strike + 3_000)
    for key in "HELLO":
        hold(basic, key, scans=2, scan=JIFFY)
    basic.run(30 * JIFFY)
    assert rows(basic)[-1] == "hello"


# In the program


@pytest.fixture(scope="module")
def brief(root: Path) -> Built:
    """The program with replies of one token."""
    return build(dataclasses.replace(Soul.load(root / "disk" / "soulplayer"), max_reply=1))


@pytest.fixture(scope="module")
def program(brief: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SimMachine, Conversation]]:
    disk = tmp_path_factory.mktemp("program") / "soulplayer.d64"
    disk.write_bytes(brief.d64)
    with SimMachine() as machine:
        conversation = Conversation(machine, brief.manifest)
        conversation.boot(disk)
        yield machine, conversation


@pytest.fixture
def talk(program: tuple[SimMachine, Conversation]) -> tuple[SimMachine, Conversation]:
    """The program, asking, with nothing typed."""
    machine, _ = program
    hold(machine, "LSHIFT", "HOME", scans=2, scan=JIFFY)
    machine.wait(lambda: asks(machine.codes()), 2, "an empty line")
    return program


def shown(machine: SimMachine) -> bytes:
    """The screen codes of the line that is typed, which is the last on the screen; the cursor is a blank."""
    codes = bytes(code & 0x7F if code == 0xA0 else code for code in machine.codes())
    start = codes.rindex(bytes([25, 15, 21, 62, 32])) + 5  # you> in the set with small letters
    return codes[start:].rstrip(b" ")


EDITING = {0x0D, 0x8D, 0x13, 0x93, 0x14, 0x94, 0x1D, 0x9D}  # what the line editor obeys


@pytest.mark.parametrize("held", TYPED)
def test_every_key_in_the_program(held: str, talk: tuple[SimMachine, Conversation]) -> None:
    """Printable ones are shown, all others but those that edit do nothing."""
    machine, _ = talk
    expected = b""
    for key, code in TYPED[held].items():
        if code not in EDITING:
            hold(machine, *([] if held == ALONE else [held]), key, scans=2, scan=JIFFY)
            glyph = screen_code(code)
            expected += b"" if glyph is None else bytes([glyph])
    machine.run(3 * JIFFY)
    assert shown(machine) == expected.rstrip(b" ")


def test_editing_keys_in_the_program(talk: tuple[SimMachine, Conversation]) -> None:
    machine, conversation = talk
    sequence = conversation.telemetry.header().sequence
    keys = ["I", "X", "DEL", "HOME", ("LSHIFT", "DEL"), "H", "RIGHT", "X", ("LSHIFT", "RIGHT"), "DOWN", "F1", "STOP"]
    for key in keys:
        hold(machine, *([key] if isinstance(key, str) else key), scans=2, scan=JIFFY)
    machine.run(3 * JIFFY)
    assert text_rows(shown(machine).ljust(1000))[0] == "h xi"
    hold(machine, "RETURN", scans=2, scan=JIFFY)
    conversation.wait_for_reply(sequence, "the line that was edited")
    assert conversation.telemetry.header().sequence == sequence + 1


def test_rollover_and_repeat_in_the_program(talk: tuple[SimMachine, Conversation]) -> None:
    machine, _ = talk
    line = "the quick brown fox"
    keys = ["SPACE" if letter == " " else letter.upper() for letter in line]
    machine.press(keys[0])
    for last, key in zip(keys, [*keys[1:], ""], strict=True):
        machine.run(2 * JIFFY)
        if key:
            machine.press(key)  # before the last one is let go
            machine.run(2 * JIFFY)
        machine.release(last)
    machine.run(4 * JIFFY)
    assert text_rows(shown(machine).ljust(1000))[0] == line
    hold(machine, "DEL", scans=120, scan=JIFFY)
    assert shown(machine) == b""
    hold(machine, "A", scans=60, scan=JIFFY)
    assert text_rows(shown(machine).ljust(1000))[0] == "a"


def test_numbers_of_the_tables() -> None:
    """What the tables stand on: three keys by the numbers that the guides give for $CB."""
    assert [number(key) for key in ("DEL", "A", "SPACE", "STOP")] == [0, 10, 60, 63]
    assert len(LETTERS) == 26
    assert len(TYPED[COMMODORE]) == 8 + 26 + 5
