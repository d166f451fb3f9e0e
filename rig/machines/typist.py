"""Types text as a person does, a key after the other: at the simulator's key matrix, or into a machine's key buffer."""

from __future__ import annotations

import time

from soulrig.buildtools import petscii
from soulrig.errors import BadInput
from soulrig.machine import Breakpoints, Clock, Keys, Machine, Memory, offered
from soulrig.machines.sim import SimMachine

HELD = 0.09  # seconds a key is down: longer than the pause to the next one when the pace is fast
SHIFT_AHEAD = 0.03  # seconds that SHIFT goes down before its key, and stays down behind it
SHIFTED = dict(zip("!\"#$%&'()<>?[]", "123456789,./:;", strict=True))
KEY_BUFFER, KEY_COUNT = 0x0277, 0xC6  # the KERNAL's
TAKEN_CYCLES = 2000  # between two looks whether a key has been taken
NAMED = {" ": "SPACE", "\r": "RETURN"}


def stroke(character: str) -> tuple[str, bool]:
    """The key that types a character, and whether with SHIFT. Raises BadInput for one that has none here.

    Source: the C64's keyboard as it is printed.
    """
    if character in NAMED:
        return NAMED[character], False
    if character in SHIFTED:
        return SHIFTED[character], True
    petscii.to_petscii(character)
    if character.isalpha() and character.isascii():
        return character.upper(), character.isupper()
    if character.isdigit() or character in "+-*/@:;=.,£↑←":
        return character, False
    raise BadInput(f"{character!r} is no key alone or with SHIFT")


def type_text(machine: SimMachine, text: str, rate: float, start: int | None = None) -> int:
    """Press and release keys from cycle `start` on, now if None, `rate` a second; the cycle of the last press.

    Only plans: the keys move when the machine runs. Raises BadInput for a character without a key.
    """
    begin = machine.cycles() if start is None else start
    cycle = begin
    ahead = round(SHIFT_AHEAD * machine.hertz)
    for number, character in enumerate(text):
        key, shift = stroke(character)
        cycle = begin + round(number * machine.hertz / rate)
        again = text[number + 1 : number + 2].upper() == character.upper()
        held = round(min(HELD, 0.5 / rate if again else HELD) * machine.hertz)
        if shift:
            machine.press("LSHIFT", cycle - ahead)
            machine.release("LSHIFT", cycle + ahead)
        machine.press(key, cycle)
        machine.release(key, cycle + held)
    return cycle


def type_at(machine: Machine, text: str, rate: float) -> None:
    """Type at any machine, `rate` keys a second from now on, so that each key comes at its cycle.

    Where there is a key matrix, its keys are pressed, as `type_text` plans it; elsewhere they are put into the KERNAL's
    buffer, each once the one before has been taken; on a machine that can't be stopped in between, by this computer's
    clock. Raises BadInput for a character without a key, Fault.
    """
    if isinstance(machine, SimMachine):
        type_text(machine, text, rate)
        return
    if not isinstance(machine, Breakpoints):
        _type_by_the_clock_here(offered(machine, Keys), text, rate)
        return
    clock, memory, breakpoints = offered(machine, Clock), offered(machine, Memory), machine
    breakpoints.run_to_cycle(0)  # from here on it stands between the keys
    begin = clock.cycles()
    for number, key in enumerate(_keys(text)):
        breakpoints.run_to_cycle(begin + round(number * clock.hertz / rate))
        while memory.read(KEY_COUNT, 1) != b"\0":
            breakpoints.run_to_cycle(clock.cycles() + TAKEN_CYCLES)
        memory.write(KEY_BUFFER, bytes([key]))
        memory.write(KEY_COUNT, b"\1")


def _type_by_the_clock_here(keys: Keys, text: str, rate: float) -> None:
    begin = time.monotonic()
    for number, key in enumerate(_keys(text)):
        time.sleep(max(0.0, begin + number / rate - time.monotonic()))
        keys.type(bytes([key]))


def _keys(text: str) -> bytes:
    return petscii.to_petscii(text.removesuffix("\r")) + b"\r" * text.endswith("\r")
