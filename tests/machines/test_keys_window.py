"""Our ROM and the program, typed at in VICE's window: what reaches them through a real scan of the matrix."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from c64_keys import ALONE, COMMODORE, CONTROL, MODIFIERS, ROLLOVER, SHIFT, TYPED, number, typed
from display import WindowMachine, x_server
from trials import at_ready

from soulrig.buildtools.build import Built
from soulrig.buildtools.petscii import to_petscii
from soulrig.channels.screen import text_rows
from soulrig.channels.telemetry import compare
from soulrig.conversation import Conversation
from soulrig.machines.roms import our_roms
from soulrig.model.reference import Reference
from soulrig.model.soul import Soul
from soulrig.model.tokenizer import END
from soulrig.sim.keyboard import KEYS
from soulrig.vice_driver.errors import ViceDied
from soulrig.vice_driver.options import RomFiles, ViceOptions
from soulrig.vice_driver.process import ViceProcess

pytestmark = [pytest.mark.vice, pytest.mark.cc65, pytest.mark.window]

KEY_COUNT, KEY_BUFFER, KEY, MODIFIERS_HELD, REPEATS = 0xC6, 0x0277, 0xCB, 0x028D, 0x028A
NO_KEY = 64
BITS = {"LSHIFT": 1, "RSHIFT": 1, "C=": 2, "CTRL": 4}
TAKEN, TAKEN_COUNT = 0xC800, 0x02
BORDER = 0xD020
SECONDS = 600  # of the C64's, which in warp is many times as fast as the window


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    with x_server() as name:
        yield name


@pytest.fixture(scope="module")
def c64(display: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WindowMachine]:
    folder = tmp_path_factory.mktemp("window")
    with at_ready(WindowMachine(display, folder), folder) as machine:
        yield machine


@pytest.fixture
def idle(c64: WindowMachine) -> WindowMachine:
    """Leaves the keys in the buffer: CLI; JMP *."""
    c64.write(0xC000, bytes.fromhex("58 4C 01 C0"))
    c64.jump(0xC000)
    c64.write(KEY_COUNT, b"\0")
    return c64


@pytest.fixture
def taking(c64: WindowMachine) -> WindowMachine:
    """Takes keys and keeps them: CLI; L: JSR $FFE4; BEQ L; LDY TAKEN_COUNT; STA TAKEN,Y; INC TAKEN_COUNT; BNE L."""
    c64.write(0xC100, bytes.fromhex("58 20 E4 FF F0 FB A4 02 99 00 C8 E6 02 D0 F2"))
    c64.write(TAKEN_COUNT, b"\0")
    c64.write(KEY_COUNT, b"\0")
    c64.jump(0xC100)
    return c64


def await_held(machine: WindowMachine, keys: set[str]) -> None:
    """Until the KERNAL's scan sees just these keys, or those of them that it can see."""
    plain = [number(key) for key in keys if key not in BITS]
    state = bytes([max(plain, default=NO_KEY)])
    bits = 0
    for key in keys & BITS.keys():
        bits |= BITS[key]

    def seen() -> bool:
        return machine.read(KEY, 1) == state and machine.read(MODIFIERS_HELD, 1)[0] == bits

    machine.wait(seen, SECONDS, f"the keys {' '.join(sorted(keys)) or 'to be let go'}")


@contextmanager
def held(machine: WindowMachine, *keys: str) -> Iterator[None]:
    """Keys pressed one after the other, and let go of the other way round."""
    try:
        for count, key in enumerate(keys, 1):
            machine.press(key)
            await_held(machine, set(keys[:count]))
        yield
    finally:
        for count, key in enumerate(reversed(keys), 1):
            machine.release(key)
            await_held(machine, set(keys[: len(keys) - count]))


def buffered(machine: WindowMachine) -> bytes:
    """What is in the KERNAL's buffer, which is empty then; a key that is held long enough may be there again."""
    found = machine.read(KEY_BUFFER, 10)[: machine.read(KEY_COUNT, 1)[0]]
    machine.write(KEY_COUNT, b"\0")
    return found


def some_keys() -> list[object]:
    """Every key with every modifier for the soak; for every day a few that differ in all that matters."""
    daily = {
        (ALONE, "A"), (ALONE, "£"), (ALONE, "RIGHT"), (ALONE, "STOP"), (SHIFT, "A"), (SHIFT, "2"), (SHIFT, "F1"),
        (SHIFT, "RIGHT"), (COMMODORE, "A"), (COMMODORE, "2"), (CONTROL, "A"), (CONTROL, "2"),
    }  # fmt: skip
    cases = [(modifier, key) for modifier, codes in TYPED.items() for key in codes]
    return [
        pytest.param(modifier, key, id=f"{modifier}-{key}", marks=() if (modifier, key) in daily else pytest.mark.soak)
        for modifier, key in cases
    ]


@pytest.mark.parametrize(("modifier", "key"), some_keys())
def test_keys_type_their_codes(modifier: str, key: str, idle: WindowMachine) -> None:
    with held(idle, *([] if modifier == ALONE else [modifier]), key):
        pass  # the scan tells of a key some cycles before it is in the buffer
    found = buffered(idle)
    assert found[:1] == bytes([TYPED[modifier][key]])
    assert set(found) == {TYPED[modifier][key]}


def test_modifiers_alone_type_nothing(idle: WindowMachine) -> None:
    for key in MODIFIERS:
        with held(idle, key):
            pass
    assert buffered(idle) == b""


@pytest.mark.parametrize(
    "events", [ROLLOVER[0], ROLLOVER[2], *(pytest.param(e, marks=pytest.mark.soak) for e in ROLLOVER)]
)
def test_rollover(events: str, taking: WindowMachine) -> None:
    down: set[str] = set()
    for event in events.split():
        if event[0] == "+":
            taking.press(event[1:])
            down.add(event[1:])
        else:
            taking.release(event[1:])
            down.remove(event[1:])
        await_held(taking, down)
    taking.wait(lambda: taking.read(KEY_COUNT, 1) == b"\0", 1, "an empty buffer")
    assert taking.read(TAKEN, taking.read(TAKEN_COUNT, 1)[0]) == typed(events.split())


@pytest.mark.parametrize(
    ("flag", "key", "repeats"),
    [(0x00, "RIGHT", True), (0x00, "A", False), (0x80, "A", True), (0x40, "SPACE", False)],
)
def test_repeat(flag: int, key: str, repeats: bool, taking: WindowMachine) -> None:
    taking.write(REPEATS, bytes([flag]))
    try:
        with held(taking, key):
            jiffies = int.from_bytes(taking.read(0xA0, 3), "big")
            taking.wait(lambda: int.from_bytes(taking.read(0xA0, 3), "big") > jiffies + 60, 60, "sixty jiffies")
            count = taking.read(TAKEN_COUNT, 1)[0]
    finally:
        taking.write(REPEATS, b"\0")
    assert count >= 8 if repeats else count == 1


# At BASIC and in the program


def rows(machine: WindowMachine) -> list[str]:
    return [row.lower() for row in text_rows(machine.codes()) if row]


@pytest.fixture
def basic(display: str, tmp_path: Path) -> Iterator[WindowMachine]:
    with at_ready(WindowMachine(display, tmp_path), tmp_path) as machine:
        yield machine


def test_stop_and_restore_start_basic_anew(basic: WindowMachine) -> None:
    basic.type(to_petscii("poke53280,2") + b"\r")
    basic.wait(lambda: basic.chip(BORDER) & 15 == 2, 10, "the border's colour")
    basic.hammer("RESTORE", 20)
    assert basic.chip(BORDER) & 15 == 2
    with held(basic, "STOP"):
        basic.press("RESTORE")
        basic.wait(lambda: basic.chip(BORDER) & 15 == 14, SECONDS, "the border as at the start")
        basic.release("RESTORE")
    basic.wait(lambda: rows(basic) == ["ready."], 10, "READY. on an empty screen")


def await_matrix(machine: WindowMachine, program: Built, keys: set[str]) -> None:
    """Until the program's scan sees just these keys."""
    rows = bytearray(8)
    for key in keys:
        column, row = KEYS[key]
        rows[column] |= 1 << row
    place = program.symbols["key_rows"]
    machine.wait(lambda: machine.read(place, 8) == rows, SECONDS, f"the keys {sorted(keys)} in the program")


def strike(machine: WindowMachine, program: Built, *keys: str) -> None:
    """Keys one after the other, each let go when the next one is down; one after `+` while that is held."""
    down: set[str] = set()
    for key in keys:
        names = set(key.split("+"))
        for name in key.split("+"):
            if name in down:
                machine.release(name)
                down.remove(name)
                await_matrix(machine, program, down)
        for name in key.split("+"):
            machine.press(name)
            await_matrix(machine, program, down := down | {name})
        for name in down - names | (names - {key.split("+")[-1]}):
            machine.release(name)
        down = names & {key.split("+")[-1]}
        await_matrix(machine, program, down)
    for name in down:
        machine.release(name)
    await_matrix(machine, program, set())


def test_lines_typed_and_edited_while_the_program_thinks_ahead(
    display: str, shipped: Soul, shipped_built: Built, tmp_path: Path
) -> None:
    disk = tmp_path / "soulplayer.d64"
    disk.write_bytes(shipped_built.d64)
    lines = {  # without the keys that repeat: in warp each is held for a second
        "hello": ["LSHIFT+H", *"ELLO"],
        "who?": ["W", "H", "O", "RSHIFT+/"],
        "hi!hello.": ["H", "LSHIFT+HOME", *"ELLO.", "HOME", *"HI", "LSHIFT+1", "H"],
    }
    with WindowMachine(display, tmp_path) as machine:
        conversation = Conversation(machine, shipped_built.manifest)
        conversation.boot(disk)
        for text, keys in lines.items():
            sequence = conversation.telemetry.header().sequence
            strike(machine, shipped_built, *keys, "RETURN")
            conversation.wait_for_reply(sequence, text)
            assert compare(conversation.telemetry.reading(), Reference(shipped).reply(text), END).difference is None


def test_restore_hammered_and_stop_while_the_program_thinks(
    display: str, shipped: Soul, shipped_built: Built, tmp_path: Path
) -> None:
    disk = tmp_path / "soulplayer.d64"
    disk.write_bytes(shipped_built.d64)
    with WindowMachine(display, tmp_path) as machine:
        conversation = Conversation(machine, shipped_built.manifest)
        conversation.boot(disk)

        expected = Reference(shipped).reply("hi")
        hammered = 0
        while hammered < 5:
            strike(machine, shipped_built, "H", "I")
            sequence = conversation.telemetry.header().sequence
            machine.press("RETURN")
            machine.wait(lambda: conversation.telemetry.header().state == "thinking", SECONDS, "the program to think")
            machine.release("RETURN")
            while conversation.telemetry.header().state == "thinking":
                machine.hammer("RESTORE", random.Random(hammered).randrange(1, 10))
                hammered += 1
            conversation.wait_for_reply(sequence, "hi")
            assert compare(conversation.telemetry.reading(), expected, END).difference is None

        sequence = conversation.telemetry.header().sequence
        machine.press("STOP")
        await_matrix(machine, shipped_built, {"STOP"})
        machine.type(to_petscii("tell me a story") + b"\r")
        conversation.wait_for_reply(sequence, "the prompt that is stopped")
        machine.release("STOP")
        await_matrix(machine, shipped_built, set())
        assert conversation.telemetry.header().stop == "key"


# The window itself


@pytest.mark.parametrize("name", [None, ":64999", "no display"])
def test_a_window_refused(name: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(variable, raising=False)
    if name is not None:
        monkeypatch.setenv("DISPLAY", name)
    roms = our_roms(tmp_path)
    options = ViceOptions(roms=RomFiles(roms.kernal, roms.basic, roms.chargen), console=False)
    with pytest.raises(ViceDied, match="cannot open display"):
        ViceProcess(options).start()


def test_a_display_that_goes(tmp_path: Path) -> None:
    roms = our_roms(tmp_path)
    files = RomFiles(roms.kernal, roms.basic, roms.chargen)
    with x_server() as name:
        vice = ViceProcess(ViceOptions(roms=files, console=False, environment={"DISPLAY": name}))
        vice.start()
    try:
        with pytest.raises(ViceDied):
            vice.monitor.wait_for_stop(20)
    finally:
        vice.close(gracefully=False)
