"""A C64 as a test uses it: put a program in, type, wait for what the screen should say, look into it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NoReturn, overload

from soulrig.buildtools import petscii
from soulrig.buildtools.disk_image import make_d64
from soulrig.capture.picture import Picture
from soulrig.capture.sid_log import SidWrite
from soulrig.channels.screen import COLUMNS
from soulrig.conversation import LOAD_SECONDS
from soulrig.machine import Clock, InVain, Keys, Loader, Machine, Memory, Pixels, Processor, Sound, Text, offered
from soulrig.testing.pictures import Mask, Pictures, frame

SECONDS = 10.0  # of the C64's own, that something may take if the test doesn't say otherwise
FRAMES_SECONDS = 0.04  # two pictures at least: what the program has drawn is seen then
CLEAR = b"\x93"
READY = "READY."
CURSOR_COLUMN, CURSOR_ROW = 0xD3, 0xD6  # the KERNAL's; the column counts on in a line's second row


class Cells:
    """The machine's RAM as if it were a bytearray of 64 KB: `memory[0xD020]`, `memory[0x0400:0x0428]`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    @overload
    def __getitem__(self, place: int) -> int: ...
    @overload
    def __getitem__(self, place: slice) -> bytes: ...
    def __getitem__(self, place: int | slice) -> int | bytes:
        if isinstance(place, slice):
            start, stop = _bounds(place)
            return self._memory.read(start, stop - start) if stop > start else b""
        return self._memory.read(place, 1)[0]

    def __setitem__(self, place: int | slice, value: int | bytes) -> None:
        start, stop = _bounds(place) if isinstance(place, slice) else (place, place + 1)
        data = bytes([value]) if isinstance(value, int) else bytes(value)
        if len(data) != stop - start:
            raise ValueError(f"{len(data)} bytes for the {stop - start} from ${start:04X}")
        self._memory.write(start, data)


class C64:
    """A C64 at READY., with an empty disk in its drive.

    It stands still but for `run`, `load`, `expect`, `wait` and `wait_until`. Times are in its own seconds. What the
    program does wrong is an AssertionError, what the machine does a Fault. `home` is the folder that relative paths
    are from, `folder` one for files that are needed while it is used.
    """

    def __init__(self, machine: Machine, home: Path, folder: Path, pictures: Pictures) -> None:
        self.machine = machine
        self.pictures = pictures
        self._home = home
        self._folder = folder
        self._sid_before = len(machine.sid_writes()) if isinstance(machine, Sound) else 0

    # Programs

    def insert(self, disk: str | Path) -> None:
        """Put a D64 image into drive 8; the file is never written to."""
        offered(self.machine, Loader).insert(self._home / disk)

    def load(self, program: str | Path | bytes, name: str = "*", seconds: float = LOAD_SECONDS) -> None:
        """LOAD a program from a disk that is put in: a PRG file or its bytes alone on it, or `name` on a D64 image."""
        __tracebackhide__ = True
        if isinstance(program, bytes) or Path(program).suffix.lower() != ".d64":
            content = program if isinstance(program, bytes) else (self._home / program).read_bytes()
            program = self._folder / "program.d64"
            program.write_bytes(make_d64("test", "00", {"program": content}))
        self.insert(program)
        self.type(CLEAR)
        self.type(f'load"{name}",8,1\r')

        def done() -> bool:
            rows = [row.upper() for row in self.screen]  # whichever character set the last program left
            return READY in rows or any(row.startswith("?") for row in rows)

        self._wait(done, seconds, f"{READY} after LOAD")
        if any(row.startswith("?") for row in self.screen):
            self._fail(f"the C64 could not load {name!r}")

    def run(self, program: str | Path | bytes | None = None, name: str = "*") -> None:
        """Type RUN, after `load` if a program is given."""
        __tracebackhide__ = True
        if program is not None:
            self.load(program, name)
        self.type("run\r")

    # The keyboard and the screen

    def type(self, keys: str | bytes) -> None:
        r"""Type text, `\r` being RETURN, or keys by their PETSCII codes; they are typed while the C64 runs.

        A small letter is its key alone, a capital letter the key with SHIFT, whatever the C64 shows for them: BASIC's
        words are typed in small letters. Raises BadInput for a character without a key.
        """
        if isinstance(keys, str):
            lines = keys.replace("\n", "\r").split("\r")
            keys = bytes([petscii.RETURN]).join(petscii.to_petscii(line) for line in lines)
        offered(self.machine, Keys).type(keys)

    @property
    def screen(self) -> list[str]:
        """The 25 rows of the screen at $0400, as they look, without the spaces at their ends."""
        return offered(self.machine, Text).text()

    def expect(self, text: str, seconds: float = SECONDS, times: int = 1) -> None:
        r"""Let the C64 run until its screen shows the text, so many times at least.

        A text may go on in the next row, where it meets the right border or after `\n`. AssertionError, telling what
        the screen shows instead, after so many C64 seconds.
        """
        __tracebackhide__ = True
        often = f" {times} times" if times > 1 else ""
        try:
            self.machine.wait(lambda: _count(text, self.screen) >= times, seconds, text)
        except InVain:
            rows = self.screen
            alike = _count(text.lower(), [row.lower() for row in rows]) >= times > _count(text, rows)
            hint = " (it is there in letters of the other case)" if alike else ""
            self._fail(f"waited {seconds:g} C64 seconds in vain for {text!r}{often}{hint}")

    def cursor(self) -> tuple[int, int]:
        """Row and column of the KERNAL's cursor, which flashes: `mask=[c64.cursor]` leaves it out of a picture."""
        row, column = self.memory[CURSOR_ROW], self.memory[CURSOR_COLUMN]
        return row, column % COLUMNS

    @property
    def picture(self) -> Picture:
        """What is seen, border included, as the video chip has last drawn it."""
        return offered(self.machine, Pixels).picture()

    def assert_picture(self, name: str, mask: Iterable[Mask] = (), border: int = 16, seconds: float = 1.0) -> None:
        """Hold the screen with so many pixels of the border against the picture `name` beside the test file.

        Compared are the pixels' colour numbers, exactly; `mask` are parts that don't count, in characters: (row,
        column), or (row, column, rows, columns), or what is called for one of these at every look. AssertionError where
        it isn't that picture within so many C64 seconds, with expected, actual and differing pixels as one picture.
        `pytest --c64-accept` takes the picture for the right one.
        """
        __tracebackhide__ = True
        self.wait(FRAMES_SECONDS)
        masks = list(mask)

        def equal() -> bool:
            return self.pictures.equal(name, frame(self.picture, masks, border))

        try:
            self.machine.wait(equal, seconds, f"the picture {name!r}")
        except InVain:
            complaint = self.pictures.complaint(name, frame(self.picture, masks, border), border)
            if complaint is not None:
                raise AssertionError(complaint) from None

    # Time

    def wait(self, seconds: float) -> None:
        """Let the C64 run for so long at least; VICE in warp is a good way further by the time it is stopped."""
        clock = offered(self.machine, Clock)
        end = clock.cycles() + round(seconds * clock.hertz)
        self.machine.wait(lambda: clock.cycles() >= end, seconds + 1, "time to pass")

    def wait_until(self, condition: Callable[[], bool], seconds: float = SECONDS, what: str = "the condition") -> None:
        """Let the C64 run until the condition holds. AssertionError, naming `what`, after so many C64 seconds."""
        __tracebackhide__ = True
        self._wait(condition, seconds, what)

    # Looking inside

    @property
    def memory(self) -> Cells:
        """The RAM, to read and to write."""
        return Cells(offered(self.machine, Memory))

    @property
    def registers(self) -> dict[str, int]:
        """PC, A, X, Y, SP and P."""
        return offered(self.machine, Processor).registers()

    @property
    def cycles(self) -> int:
        """φ2 cycles since it was switched on."""
        return offered(self.machine, Clock).cycles()

    @property
    def sid_writes(self) -> list[SidWrite]:
        """Every write to the SID since the test began."""
        return list(offered(self.machine, Sound).sid_writes())[self._sid_before :]

    def _wait(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        __tracebackhide__ = True
        try:
            self.machine.wait(condition, seconds, what)
        except InVain:
            self._fail(f"waited {seconds:g} C64 seconds in vain for {what}")

    def _fail(self, message: str) -> NoReturn:
        __tracebackhide__ = True
        raise AssertionError(f"{message}; the screen shows\n{framed(self.screen)}") from None


def framed(rows: list[str]) -> str:
    """Rows of a screen without the empty ones at its end, with a bar before each."""
    last = max((number for number, row in enumerate(rows, 1) if row), default=0)
    return "\n".join(f"  | {row}" for row in rows[:last]) if last else "  (nothing)"


def _count(text: str, rows: list[str]) -> int:
    """How often a text is on the screen: in a row, over rows that go on, and over rows as its line ends tell."""
    return max("\n".join(rows).count(text), "".join(row.ljust(COLUMNS) for row in rows).count(text))


def _bounds(place: slice) -> tuple[int, int]:
    if place.start is None or place.stop is None or place.step is not None:
        raise ValueError("a part of the memory goes from its first byte to before another: [0x0400:0x07E8]")
    return int(place.start), int(place.stop)
