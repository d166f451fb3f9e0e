"""The line editor against a list and a cursor, over random keys; what it shows against the text cell by cell."""

import itertools
import random

import pytest
from front_end_build import small_build
from program_cpu import ProgramCpu

from soulrig.buildtools.petscii import screen_code

pytestmark = pytest.mark.cc65

COLUMNS, ROWS, LINE_MAX = 40, 25, 255
BLANK, REVERSE = 0x20, 0x80
RETURN, SHIFT_RETURN, HOME, CLEAR, DELETE, INSERT, RIGHT, LEFT = 0x0D, 0x8D, 0x13, 0x93, 0x14, 0x94, 0x1D, 0x9D
PROMPT_COLUMN = 5
MARK = 0x51  # fills the rows above the line


class Line:
    """A line and the cursor in it."""

    def __init__(self) -> None:
        self.keys: list[int] = []
        self.cursor = 0
        self.longest = 0

    def press(self, key: int) -> None:
        full = len(self.keys) == LINE_MAX
        if key == DELETE:
            if self.cursor:
                self.cursor -= 1
                del self.keys[self.cursor]
        elif key == INSERT:
            if not full:
                self.keys.insert(self.cursor, 0x20)
        elif key in (LEFT, RIGHT, HOME):
            self.cursor = {LEFT: max(0, self.cursor - 1), RIGHT: min(len(self.keys), self.cursor + 1), HOME: 0}[key]
        elif key == CLEAR:
            self.keys, self.cursor = [], 0
        elif screen_code(key) is not None and not full:
            self.keys.insert(self.cursor, key)
            self.cursor += 1
        self.longest = max(self.longest, len(self.keys))

    def scrolled(self, row: int) -> int:
        """By how many rows the screen has moved up, for a line that began in `row`."""
        return max(0, row + (PROMPT_COLUMN + self.longest) // COLUMNS - (ROWS - 1))

    def screen(self, row: int) -> list[int]:
        """The cells of a screen that had marks above the line."""
        cells = [MARK] * (row * COLUMNS) + [BLANK] * PROMPT_COLUMN
        cells += [code for key in self.keys if (code := screen_code(key)) is not None]
        cells = cells[self.scrolled(row) * COLUMNS :]
        return cells + [BLANK] * (ROWS * COLUMNS - len(cells))

    def cell(self, row: int) -> int:
        """The cursor's place on the screen."""
        return (row - self.scrolled(row)) * COLUMNS + PROMPT_COLUMN + self.cursor


@pytest.fixture(scope="module")
def cpu() -> ProgramCpu:
    cpu = ProgramCpu(small_build())
    cpu.call("clock_start")
    cpu.call("keyboard_start")
    return cpu


def edit_line(cpu: ProgramCpu) -> None:
    """Until RETURN, as the program's loop does."""
    cpu.call("edit_begin")
    while True:
        cpu.call("edit_take")
        if cpu.carry:
            return


def edit(cpu: ProgramCpu, keys: list[int], row: int = 3, end: int = RETURN) -> Line:
    """Type keys and RETURN; before each key the screen is as it must be, with the cursor on it."""
    cpu.call("screen_clear")
    cpu.memory[0x0400 : 0x0400 + row * COLUMNS] = [MARK] * (row * COLUMNS)
    cpu.call("screen_goto", a=row, y=PROMPT_COLUMN)
    line = Line()
    typed = iter([*keys, end])

    def press() -> None:
        expected = line.screen(row)
        expected[line.cell(row)] ^= REVERSE
        assert cpu.screen() == expected
        key = next(typed)
        line.press(key)
        cpu.keys.append(key)

    cpu.on_key = press
    edit_line(cpu)
    assert cpu.bytes_at("line", cpu["line_length"]) == line.keys
    assert cpu.screen() == line.screen(row)
    line.cursor = len(line.keys)
    assert cpu["cursor_row"] * COLUMNS + cpu["cursor_column"] == line.cell(row)
    return line


@pytest.mark.parametrize("seed", range(12))
def test_random_keys(cpu: ProgramCpu, seed: int) -> None:
    rng = random.Random(seed)
    text = [key for key in range(256) if screen_code(key) is not None]
    moves = [LEFT, LEFT, LEFT, RIGHT, RIGHT, DELETE, DELETE, INSERT, HOME]
    keys = [rng.choice(text if rng.random() < 0.7 else moves) for _ in range(60)]
    keys += [
        rng.choice((*range(1, 0x0D), *range(0x0E, 0x20), *range(0x80, 0x8D), *range(0x8E, 0xA0))) for _ in range(20)
    ]
    edit(cpu, keys, row=rng.randrange(ROWS))


@pytest.mark.parametrize("row", [0, 18, 19, 24])
def test_a_full_line_takes_no_more(cpu: ProgramCpu, row: int) -> None:
    keys = [0x41 + index % 26 for index in range(LINE_MAX)] + [0x5A, INSERT, LEFT, DELETE, LEFT, 0x31, 0x32]
    assert len(edit(cpu, keys, row=row).keys) == LINE_MAX


@pytest.mark.parametrize("length", [34, 35, 36, 74, 75, 76])
def test_a_line_that_ends_at_the_edge_of_the_bottom_row(cpu: ProgramCpu, length: int) -> None:
    edit(cpu, [0x41] * length + [DELETE, DELETE, 0x42, HOME, 0x43, 0x44], row=24)
    edit(cpu, [0x41] * length, row=23)


def test_clear_empties_a_long_line(cpu: ProgramCpu) -> None:
    edit(cpu, [0x41] * 120 + [LEFT] * 30 + [CLEAR, 0x42], row=22)


def test_return_ends_in_the_midst(cpu: ProgramCpu) -> None:
    assert edit(cpu, [0x41, 0x42, 0x43, LEFT, LEFT], end=RETURN).keys == [0x41, 0x42, 0x43]
    assert edit(cpu, [0x41, 0x42, 0x43, HOME], end=SHIFT_RETURN).keys == [0x41, 0x42, 0x43]


def test_the_cursor_blinks(cpu: ProgramCpu) -> None:
    cpu.call("screen_clear")
    waits = 0
    shown: list[tuple[int, bool]] = []

    def wait() -> None:
        nonlocal waits
        waits += 1
        reversed_now = cpu.screen()[0] == BLANK | REVERSE
        if not shown or shown[-1][1] != reversed_now:
            shown.append((cpu.cycles, reversed_now))
        cpu.cycles += 5_000
        if waits == 400:
            cpu.keys.append(RETURN)

    cpu.on_key = wait
    edit_line(cpu)
    assert len(shown) >= 4
    for (before, _), (after, _) in itertools.pairwise(shown):
        assert 200_000 < after - before < 500_000
    assert cpu.screen()[0] == BLANK
