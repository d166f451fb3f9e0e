"""All channels over the whole program: each finds the fault that is planted in it, and no other's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pytest
from test_faults import assert_says, soulrig

from soulrig.buildtools.build import Built
from soulrig.capture.picture import Picture
from soulrig.channels.screen import SOUL, text_rows
from soulrig.machines.vice import ViceMachine
from soulrig.model.reference import Reference
from soulrig.model.soul import Soul
from soulrig.record import Record
from soulrig.verify import verify

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

ALL = ("telemetry", "screen", "pixels", "sound")
PROMPT = "hello"
FILLING = "very " * 13 + "long"  # its reply is cut off by the context
PAL = 985_248  # Hz
SCALE = (0, 2, 4, 7, 9)  # semitones of the major pentatonic scale, from C3
RAM_END = 0xD000


def frequency(step: int) -> int:
    """The SID's register for a step of the scale."""
    return round(440 * 2 ** (-21 / 12 + step // 5 + SCALE[step % 5] / 12) * 2**24 / PAL)


def a_glyph(machine: ViceMachine, built: Built, token: int) -> None:
    """Another letter in the text that the program shows for the token."""
    tables = built.manifest["tokenizer"]
    low, high = (machine.read(tables[name] + token, 1)[0] for name in ("token_text_lo", "token_text_hi"))
    text = low | high << 8
    machine.write(text, bytes([machine.read(text, 1)[0] ^ 1]))


def a_blip(machine: ViceMachine, built: Built, token: int) -> None:
    """Another note for the token's digit in the first voice."""
    notes = [frequency(step) for step in range(3, 24)]
    right = token % 7
    wrong = (right + 1) % 7
    memory = machine.read(0, RAM_END)
    for shift in (0, 8):
        table = bytes(note >> shift & 255 for note in notes)
        place = memory.find(table)
        assert place > 0
        while place > 0:  # the program's table, and the copy that it made for this machine's clock
            machine.write(place + right, bytes([table[wrong]]))
            place = memory.find(table, place + 1)


class Forged(ViceMachine):
    """A C64 whose telemetry tells a wrong token in its second step, or whose picture shows a wrong reply."""

    forged: tuple[int, int] | None = None  # address and token
    first_letter: npt.NDArray[np.uint8] | None = None  # (8, 8) palette indices of the reply's

    def picture(self) -> Picture:
        picture = super().picture()
        if self.first_letter is None:
            return picture
        pixels = picture.pixels.copy()
        cell(picture, pixels, reply_row(self), len(SOUL))[:] = self.first_letter
        return Picture(pixels, picture.palette, picture.origin)

    def read(self, address: int, length: int) -> bytes:
        if self.forged is not None:
            place, token = self.forged
            if address <= place < address + length:
                self.write(place, bytes([token]))
        return super().read(address, length)


def reply_row(machine: ViceMachine) -> int:
    """The last row that begins a reply."""
    rows = text_rows(machine.codes())
    return max(number for number, row in enumerate(rows) if row.startswith(SOUL.rstrip()))


def cell(picture: Picture, pixels: npt.NDArray[np.uint8], row: int, column: int) -> npt.NDArray[np.uint8]:
    """(8, 8), the pixels of a cell of a picture's screen."""
    assert picture.origin is not None
    left, top = picture.origin
    return pixels[top + 8 * row : top + 8 * row + 8, left + 8 * column : left + 8 * column + 8]


def a_picture(machine: ViceMachine, built: Built, token: int) -> None:
    """The reply's first letter is seen as the mark's first, in the picture alone."""
    assert isinstance(machine, Forged)
    seen = machine.picture()
    machine.first_letter = cell(seen, seen.pixels, reply_row(machine), 0).copy()


def a_token(machine: ViceMachine, built: Built, token: int) -> None:
    """Another token in the telemetry's record of the second step, and there alone."""
    records = built.manifest["telemetry"]["records"]
    assert isinstance(machine, Forged)
    machine.forged = (records["address"] + records["size"] + records["fields"]["token"]["offset"], token ^ 1)


@pytest.mark.parametrize(
    ("plant", "finders"),
    [
        (a_glyph, ("screen", "pixels")),
        (a_picture, ("pixels",)),
        (a_blip, ("sound",)),
        (a_token, ("telemetry",)),
    ],
    ids=["glyph", "picture", "blip", "token"],
)
def test_a_planted_fault_is_found_by_its_channel_alone(
    plant: Callable[[ViceMachine, Built, int], None], finders: tuple[str, ...], shipped: Soul, shipped_built: Built
) -> None:
    machine = Forged()
    tokens = Reference(shipped).reply(PROMPT).tokens
    # The second token; no token before it may have its note, or its text.
    token = tokens[1]
    assert token % 7 not in {341 % 7, tokens[0] % 7}
    assert token != tokens[0]

    def once(_: object) -> None:
        if not found:
            plant(machine, shipped_built, token)
        found.append(plant)

    found: list[object] = []
    record = verify(machine, shipped, shipped_built, [PROMPT, PROMPT], channels=ALL, progress=once)
    assert record.fault is None
    before, after = record.prompts
    assert {name: seen["verdict"] for name, seen in before.channels.items()} == dict.fromkeys(ALL, "pass")
    assert {name: seen["verdict"] for name, seen in after.channels.items()} == dict.fromkeys(
        ALL, "pass"
    ) | dict.fromkeys(finders, "mismatch")
    wrong = token - token % 7 + (token + 1) % 7
    named = {
        "screen": "the screen shows 'c64> ",
        "pixels": "the picture shows 'c64> ",
        "sound": f"chord 3 is {wrong}, expected {token}",
        "telemetry": f"step 1: token {token ^ 1}, expected {token}",
    }
    for finder in finders:
        assert named[finder] in after.channels[finder]["difference"]
    assert (after.verdict, record.verdict) == ("mismatch", "mismatch")


def test_a_cell_that_cant_be_read_is_a_fault_of_reading_that_says_where(shipped: Soul, shipped_built: Built) -> None:
    machine = Forged()

    def smudge(_: object) -> None:
        machine.first_letter = (np.arange(64).reshape(8, 8) % 5 % 2).astype(np.uint8)  # dots like no glyph's

    record = verify(machine, shipped, shipped_built, [PROMPT, PROMPT], channels=["pixels"], progress=smudge)
    assert record.prompts[0].channels["pixels"]["verdict"] == "pass"
    assert record.prompts[0].channels["pixels"]["confidence"] == 1
    assert record.verdict == "fault"
    assert re.match(r"row \d+, column 5 of the screen can't be read from its picture", str(record.fault))
    assert "'h' was expected there" in str(record.fault)


def test_a_verdict_each_in_table_and_record(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "record.json"
    prompts = [PROMPT, "", FILLING, "so", "me", "more", "until", "it", "scrolls"]
    asked = [word for prompt in prompts for word in ("--prompt", prompt)]
    run = soulrig(root, "verify", *asked, "--channels", ",".join(ALL), "--record", out)
    assert_says(run, 0)
    assert all(name in run.stdout for name in ALL)
    record = Record.load(out)
    assert {prompt.channels["telemetry"]["stop"] for prompt in record.prompts} == {"end", "context"}
    apart = {each.name: each.value for each in record.measurements if " against " in each.name}
    pairs = ("telemetry against sound", "telemetry against screen", "sound against screen")
    assert set(apart) == {f"seconds a token, {pair}" for pair in pairs}
    assert max(apart.values()) < 0.002
    for prompt in record.prompts:
        assert prompt.evidence["disagreements"] == []
        steps = len(prompt.channels["telemetry"]["cycles"])
        cut = prompt.channels["telemetry"]["stop"] != "end"  # a chord more tells so
        assert [len(prompt.evidence["seconds"][witness]) for witness in ("screen", "sound")] == [steps, steps + cut]
        assert {name: seen["verdict"] for name, seen in prompt.channels.items()} == dict.fromkeys(ALL, "pass")


def test_only_what_is_asked_for(root: Path) -> None:
    run = soulrig(root, "verify", "--machine", "sim", "--prompt", "hi", "--channels", "sound", "--json")
    assert_says(run, 0)
    assert list(json.loads(run.stdout)["prompts"][0]["channels"]) == ["sound"]


def test_an_unknown_channel_is_wrong_usage(root: Path) -> None:
    run = soulrig(root, "verify", "--channels", "telemetry,sond")
    assert_says(
        run, 2, "no channel is called 'sond'", "did you mean sound?", "known are telemetry, screen, pixels, sound"
    )


class Mute:
    """A machine without anything."""

    description: ClassVar[dict[str, Any]] = {"kind": "mute", "cycle_basis": "none"}

    def wait(self, condition: object, seconds: float, what: str) -> None:
        raise AssertionError(what)

    def __enter__(self) -> Mute:
        raise AssertionError("nothing should be started")

    def __exit__(self, *_: object) -> None: ...


@pytest.mark.parametrize(
    ("channel", "capability"), [("sound", "sound"), ("screen", "screen"), ("pixels", "pixels"), ("telemetry", "memory")]
)
def test_a_machine_that_lacks_what_a_channel_needs(
    channel: str, capability: str, shipped: Soul, shipped_built: Built
) -> None:
    record = verify(Mute(), shipped, shipped_built, [PROMPT], channels=[channel])
    assert record.verdict == "fault"
    assert f"the channel {channel} can't be had: the machine mute has no {capability}" in str(record.fault)
