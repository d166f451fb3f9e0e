"""What a C64 can do, in small protocols. How a kind of machine does it is in `soulrig.machines`.

A machine offers some of these; whoever needs one asks for it with `offered`. A machine is a context manager, and
leaving it leaves no process, port or lock behind. Whatever goes wrong with a machine is raised as Fault.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar, runtime_checkable

from soulrig.capture.picture import Picture
from soulrig.capture.recording import Recording
from soulrig.capture.screen_log import ScreenWrite
from soulrig.capture.sid_log import SidWrite
from soulrig.errors import Fault

PAL_HZ = 985_248
NTSC_HZ = 1_022_727

Capability = TypeVar("Capability")


@runtime_checkable
class Loader(Protocol):
    """Takes disks, and some machines cartridges."""

    def insert(self, disk: Path) -> None:
        """Put a D64 image into drive 8; the file is never written to.

        A machine that takes cartridges is switched on with one where `is_cartridge` says that it is one. Raises
        BadInput for what the machine can't take.
        """


@runtime_checkable
class Upload(Protocol):
    """Takes programs over a cable."""

    def upload(self, prg: bytes) -> None:
        """Put a program (load address first) into memory and start it, as RUN would."""


@runtime_checkable
class Keys(Protocol):
    """Has a keyboard."""

    def type(self, petscii: bytes) -> None:
        """Type keys, given as the PETSCII codes they send; returns when the C64 has taken them."""


@runtime_checkable
class Memory(Protocol):
    """Shows and changes memory, as the processor would see it with RAM everywhere."""

    def read(self, address: int, length: int) -> bytes:
        """`length` bytes from `address`."""

    def write(self, address: int, data: bytes) -> None:
        """Write `data` from `address`."""


@runtime_checkable
class Screen(Protocol):
    """Has a screen of 25 rows of 40 characters."""

    def codes(self) -> bytes:
        """The 1000 screen codes, row after row."""


@runtime_checkable
class ScreenLog(Protocol):
    """Notes what is written to its screen, once it has been asked to."""

    def watch_screen(self, row: int) -> None:
        """Note what is written to that row and those below, and to the first, where scrolling begins; others may be."""

    def screen_writes(self) -> Sequence[ScreenWrite]:
        """Every write to the screen that was noted, in order."""


@runtime_checkable
class Pixels(Protocol):
    """Shows what its screen looks like."""

    def picture(self) -> Picture:
        """What is seen, border included."""


@runtime_checkable
class Glyphs(Protocol):
    """Knows what its letters look like."""

    def chargen(self) -> bytes:
        """Its character ROM: two sets of 256 glyphs, 4096 bytes."""


@runtime_checkable
class Text(Protocol):
    """Tells what is written on its screen."""

    def text(self) -> list[str]:
        """The 25 rows as they look, in the character set that is shown, without the spaces at their ends."""


@runtime_checkable
class Sound(Protocol):
    """Can be listened to."""

    def sid_writes(self) -> Sequence[SidWrite]:
        """Every write to the SID since power-up, in order."""


@runtime_checkable
class Hearing(Protocol):
    """Is heard by a microphone, or at its line-out."""

    def recorded(self) -> float:
        """Seconds that have been recorded so far."""

    def heard(self, since: float) -> Recording:
        """What has been recorded from so many seconds on."""


@runtime_checkable
class Clock(Protocol):
    """Counts φ2 cycles."""

    @property
    def hertz(self) -> int:
        """φ2 cycles in a second."""

    def cycles(self) -> int:
        """Cycles since power-up, those that the video chip steals included."""


@dataclass(frozen=True)
class Told:
    """What a program has sent by its cable of itself, and when: seconds of this computer's clock, at the last byte."""

    content: bytes
    seconds: float


@runtime_checkable
class Wire(Protocol):
    """Hears what its program sends over a cable."""

    def told(self) -> Sequence[Told]:
        """Everything since the program was started, in order."""


@runtime_checkable
class Reset(Protocol):
    """Has a reset button."""

    def reset(self) -> None:
        """Press it."""


@dataclass(frozen=True)
class Registers:
    """The processor's, of those that tell where a program is."""

    pc: int
    x: int
    sp: int


@runtime_checkable
class Jump(Protocol):
    """Can be told where to go on."""

    def jump(self, address: int) -> None:
        """Go on at `address`, as after a JMP, once it is waited for."""


@runtime_checkable
class Breakpoints(Protocol):
    """Can be stopped at an instruction, or a cycle."""

    def run_to(self, addresses: Collection[int], seconds: float, what: str) -> Registers:
        """Run until the next instruction is that at one of the addresses; one at least is executed.

        The C64 stands there until it is waited for again. Fault, naming `what`, after so many of its own seconds.
        """

    def run_to_cycle(self, cycle: int) -> None:
        """Run until the clock has come to a cycle, and to the end of the instruction; not at all if that is past.

        The C64 stands there until it is waited for again.
        """


@runtime_checkable
class Processor(Protocol):
    """Shows its processor."""

    def registers(self) -> dict[str, int]:
        """PC, A, X, Y, SP and P, the flags, by these names."""


@runtime_checkable
class Log(Protocol):
    """Writes a log of itself."""

    def log_tail(self) -> str:
        """Its last lines."""


@runtime_checkable
class Snapshots(Protocol):
    """Can be put back to what it was."""

    def keep(self) -> object:
        """What the C64 is now, its disk included, for `restore`; keys that wait to be typed are not."""

    def restore(self, kept: object) -> None:
        """Make it what it was when that was kept, on this machine. It stands there until it is waited for."""


class Machine(Protocol):
    """Any machine."""

    @property
    def description(self) -> dict[str, Any]:
        """What it is, for the record: at least `kind` and `cycle_basis`."""

    def wait(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        """Let the C64 run until `condition()`; InVain, naming `what`, after so many of its own seconds."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


CAPABILITIES: tuple[type, ...] = (
    Loader,
    Upload,
    Keys,
    Memory,
    Screen,
    ScreenLog,
    Pixels,
    Glyphs,
    Text,
    Sound,
    Hearing,
    Clock,
    Wire,
    Reset,
    Jump,
    Breakpoints,
    Processor,
    Log,
    Snapshots,
)


class InVain(Fault):
    """What was waited for did not come in time; the machine itself is all right."""


class Left(Exception):
    """The person at a machine has left it."""


@runtime_checkable
class Attended(Protocol):
    """Is there for a person at this computer, who sees it and types at it. Any method raises Left when they leave."""

    writes_disks: bool
    """Whether programs can write to its disk."""

    def attend(self) -> None:
        """Let the C64 run at its own speed until the person leaves."""

    def disk_image(self) -> bytes:
        """The disk in drive 8 as it is now."""


def is_cartridge(image: Path) -> bool:
    """Whether an image is a cartridge's (.crt), which starts by itself, and not a disk's."""
    return image.suffix.lower() == ".crt"


def capabilities(machine: Machine) -> list[str]:
    """What the machine offers, by the protocols' names in lower case."""
    return [each.__name__.lower() for each in CAPABILITIES if isinstance(machine, each)]


def offered(machine: Machine, capability: type[Capability]) -> Capability:
    """The machine as one that has `capability`. Raises Fault, naming both, where it doesn't."""
    if not isinstance(machine, capability):
        raise Fault(
            f"the machine {machine.description['kind']} has no {capability.__name__.lower()}; "
            f"it has {', '.join(capabilities(machine))}"
        )
    return machine
