"""What is seen of our ROM and of the program, held against golden pictures: colour numbers, pixel by pixel.

The pictures are of our ROM alone, in `pictures/` beside this file. `pytest tests/machines/test_pictures.py
--c64-accept` takes what is seen now for right; look at what git says has changed.
"""

from __future__ import annotations

import pytest

from soulrig.machines.sim import SimMachine
from soulrig.model.reference import Reference
from soulrig.testing.c64 import C64
from soulrig.testing.soul import TalkingC64

X64 = pytest.param("x64", marks=[pytest.mark.vice, pytest.mark.c64(machine="vice", emulator="x64")])
X64SC = pytest.param("x64sc", marks=[pytest.mark.vice, pytest.mark.c64(machine="vice", emulator="x64sc")])
SIM = pytest.param("sim", marks=pytest.mark.c64(machine="sim"))
emulators = pytest.mark.parametrize("seen_by", [X64, X64SC])
everywhere = pytest.mark.parametrize("seen_by", [X64, X64SC, SIM])

# What is typed at BASIC, and how often READY. stands there then.
TYPED = {
    "file-not-found": ('load"nothing",8\r', 2),
    "device-not-present": ('load"x",9\r', 2),
    "syntax-error": ("wrong\r", 2),
    "directory": ('load"$",8\rlist\r', 3),
    "listed-and-run": ('10 for i=1 to 3\r20 print "line";i\r30 next\rlist\rrun\r', 3),
    "long-line": ('print "' + "0123456789" * 6 + '"\r', 2),
}


@everywhere
def test_boot(c64: C64, seen_by: str) -> None:
    c64.assert_picture("boot", [c64.cursor])


@everywhere
@pytest.mark.parametrize("name", TYPED)
def test_basic(c64: C64, name: str, seen_by: str) -> None:
    keys, times = TYPED[name]
    c64.type(keys)
    c64.expect("READY.", times=times)
    c64.assert_picture(name, [c64.cursor])


@everywhere
def test_basic_scrolls(c64: C64, seen_by: str) -> None:
    for number in range(12):
        c64.type(f"print {number}\r")
    c64.expect(" 11\n\nREADY.")
    c64.assert_picture("scrolled", [c64.cursor])


def prompt(c64: C64) -> tuple[int, int]:
    """Where the program's own cursor flashes."""
    rows = c64.screen
    row = max(number for number, text in enumerate(rows) if text)
    return row, len(rows[row]) + 1 if rows[row] == "you>" else len(rows[row])


@everywhere
def test_banner_and_prompt(soul: TalkingC64, seen_by: str) -> None:
    soul.assert_picture("banner", [lambda: prompt(soul)])


@emulators
def test_a_conversation_that_scrolls(soul: TalkingC64, reference: Reference, seen_by: str) -> None:
    say(soul, reference, "Hello")
    soul.assert_picture("first-reply", [lambda: prompt(soul)])
    # Nothing, a line that ends with the screen's edge, and one of three rows, whose reply the full context cuts off.
    for line in ("", "x" * 35, "why do you like the rain? " * 4, "help", "", "who are you?"):
        say(soul, reference, line)
    assert not any("parameters" in row for row in soul.screen)  # the banner has gone
    soul.assert_picture("conversation", [lambda: prompt(soul)])


def say(soul: TalkingC64, reference: Reference, line: str) -> None:
    soul.type(line + "\r")
    soul.expect_reply(reference.reply(line))


@emulators
def test_a_line_while_it_is_typed(soul: TalkingC64, seen_by: str) -> None:
    soul.type("the quick brown fox jumps over the lazy dog")
    soul.expect("lazy dog")
    soul.assert_picture("typed", [lambda: prompt(soul)])


@pytest.mark.c64(machine="sim")
def test_a_reply_that_is_stopped(soul: TalkingC64) -> None:
    soul.type("hello\r")
    soul.expect("c64> hello")
    assert isinstance(soul.machine, SimMachine)  # VICE's monitor can't press keys of the matrix
    soul.machine.press("STOP")
    soul.expect("(stopped)")
    soul.machine.release("STOP")
    soul.expect("you>", times=2)
    soul.assert_picture("stopped", [lambda: prompt(soul)])


@everywhere
def test_back_in_basic(soul: TalkingC64, seen_by: str) -> None:
    soul.type("q\r")
    soul.expect("READY.", times=1)
    soul.assert_picture("left", [soul.cursor])
