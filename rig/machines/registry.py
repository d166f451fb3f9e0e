"""The kinds of machine there are: what each is, what can be set of it, and how it is made.

To add one, write its module and name it in KINDS; command line, `soulrig.toml` and `soulrig machines` follow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from soulrig.buildtools.line import LINES
from soulrig.errors import BadInput
from soulrig.machine import Machine
from soulrig.machines.checks import Check, check_serial, check_sim, check_vice

if TYPE_CHECKING:
    from soulrig.machines.roms import RomSet


@dataclass(frozen=True)
class Option:
    """Something that can be set of a machine. `type` is str, int or Path; `choices`, where given, are all there are."""

    type: type
    what: str
    choices: tuple[str, ...] | range = ()

    def check(self, value: object, origin: str) -> None:
        """Raise BadInput, beginning with `origin`, for a value that it can't have."""
        if type(value) is not (str if self.type is Path else self.type):
            raise BadInput(f"{origin}: is {value!r}, expected {_TYPES[self.type]}")
        if self.choices and value not in self.choices:
            raise BadInput(f"{origin}: is {value!r}, expected {self.expected}")

    def from_text(self, value: object, origin: str) -> object:
        """A value of the command line's, a number where this takes one. Raises BadInput for one that it can't have."""
        if self.type is int and isinstance(value, str) and value.isdecimal():
            value = int(value)
        if not isinstance(value, Path):
            value = str(value) if isinstance(value, str) else value
            self.check(value, origin)
        return value

    @property
    def expected(self) -> str:
        """What it can be, in words."""
        if isinstance(self.choices, range):
            return f"{self.choices[0]} to {self.choices[-1]}"
        return " or ".join(self.choices) or _TYPES[self.type]


@dataclass(frozen=True)
class Kind:
    """A kind of machine.

    `make` and `make_attended`, which makes one for a person at this computer, take its options as keywords; none of
    them must be given.
    """

    name: str
    what: str
    options: Mapping[str, Option]
    make: Callable[..., Machine]
    make_attended: Callable[..., Machine]
    checks: Callable[[], list[Check]]
    """Whether this computer has what it needs."""
    required: tuple[str, ...] = ()
    """Options without which it can be made, and asked what it offers, but not used."""


_TYPES = {str: "a text", int: "a whole number", Path: "the path of a file or folder"}
_STANDARD = Option(str, "the television standard", ("pal", "ntsc"))
_ROMS = Option(Path, "a folder of other ROMs")


def _vice(roms: Path | None = None, **options: Any) -> Machine:
    from soulrig.machines.vice import ViceMachine

    return ViceMachine(roms=_rom_set(roms), **options)


def _sim(roms: Path | None = None, **options: Any) -> Machine:
    from soulrig.machines.sim import SimMachine

    return SimMachine(roms=_rom_set(roms), **options)


def _serial(**options: Any) -> Machine:
    from soulrig.machines.serial import serial_machine

    return serial_machine(**options)


def _window(roms: Path | None = None, **options: Any) -> Machine:
    from soulrig.machines.window import ViceWindow

    return ViceWindow(roms=_rom_set(roms), **options)


def _terminal(roms: Path | None = None, **options: Any) -> Machine:
    from soulrig.machines.terminal import SimTerminal

    return SimTerminal(roms=_rom_set(roms), **options)


def _rom_set(folder: Path | None) -> RomSet | None:
    from soulrig.machines.roms import find_roms

    return None if folder is None else find_roms(folder)


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "vice",
            "the emulator VICE, headless",
            {
                "emulator": Option(str, "VICE's quick C64, or the one exact in every corner", ("x64", "x64sc")),
                "standard": _STANDARD,
                "roms": _ROMS,
                "port": Option(int, "its monitor's port on 127.0.0.1; else a free one", range(1, 65536)),
            },
            _vice,
            _window,
            check_vice,
        ),
        Kind(
            "sim",
            "a C64 in Python; nothing to install, and no cycle stolen by the video chip",
            {"standard": _STANDARD, "roms": _ROMS, "seed": Option(int, "of the random RAM at power-up")},
            _sim,
            _terminal,
            check_sim,
        ),
        Kind(
            "serial",
            "a real C64 that runs riglink, at a cable",
            {
                "port": Option(str, "a device, socket://HOST:PORT or rfc2217://HOST:PORT"),
                "line": Option(str, "what the C64's end of the cable is", LINES),
                "baud": Option(int, "another speed than the line's own", range(300, 4_000_001)),
                "camera": Option(str, "what sees the screen: a video device, or a picture file that is renewed"),
                "microphone": Option(str, "what hears the sound: a sound device, or a .wav that is being written"),
            },
            _serial,
            _serial,
            check_serial,
            ("port",),
        ),
    )
}
"""Every kind by its name."""
