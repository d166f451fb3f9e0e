"""Screen output against rows of text that wrap and scroll."""

import random

import pytest
from front_end_build import small_build, small_soul
from program_cpu import ProgramCpu

from soulrig.buildtools.petscii import from_screen_codes

pytestmark = pytest.mark.cc65

COLUMNS, ROWS, BLANK = 40, 25, 0x20
Cell = tuple[int, int]  # screen code, colour


class Paper:
    """A screen as rows that are appended to; the last 25 show."""

    def __init__(self, colour: int) -> None:
        self.rows: list[list[Cell]] = [[]]
        self.colour = colour

    def put(self, code: int) -> None:
        self.rows[-1].append((code, self.colour))
        if len(self.rows[-1]) == COLUMNS:
            self.rows.append([])

    def text(self) -> list[int]:
        rows = [[code for code, _ in row] + [BLANK] * (COLUMNS - len(row)) for row in self.rows[-ROWS:]]
        return [code for row in rows for code in row] + [BLANK] * COLUMNS * (ROWS - len(rows))


@pytest.fixture(scope="module")
def cpu() -> ProgramCpu:
    return ProgramCpu(small_build())


@pytest.mark.parametrize("seed", range(6))
def test_cells_wrap_and_scroll(cpu: ProgramCpu, seed: int) -> None:
    rng = random.Random(seed)
    cpu.call("screen_clear")
    paper = Paper(cpu["text_colour"])
    for number in range(1500):
        match rng.choices(("put", "newline", "fresh line"), (40, 1, 1))[0]:
            case "put":
                code = rng.randrange(256)
                cpu.call("screen_put", a=code)
                paper.put(code)
            case "newline":
                cpu.call("screen_newline")
                paper.rows.append([])
            case _:
                cpu.call("screen_fresh_line")
                if paper.rows[-1]:
                    paper.rows.append([])
        if number % 50 == 0:
            paper.colour = cpu["text_colour"] = rng.randrange(16)
            assert cpu.screen() == paper.text()
    assert cpu.screen() == paper.text()
    colours = cpu.colours()
    for row, cells in enumerate(paper.rows[-ROWS:]):
        assert colours[row * COLUMNS :][: len(cells)] == [colour for _, colour in cells]
    assert cpu["cursor_row"] == min(len(paper.rows), ROWS) - 1
    assert cpu["cursor_column"] == len(paper.rows[-1])


def test_nothing_but_screen_and_colours_is_drawn_on(cpu: ProgramCpu) -> None:
    around = [*range(0x03F0, 0x0400), *range(0x07E8, 0x0801)]
    before = [cpu.memory[address] for address in around]
    cpu.call("screen_clear")
    for _ in range(3 * COLUMNS * ROWS):
        cpu.call("screen_put", a=0x41)
    assert [cpu.memory[address] for address in around] == before


def test_a_text_that_crosses_a_page(cpu: ProgramCpu) -> None:
    cpu.call("screen_clear")
    text = list(range(1, 100))
    cpu.memory[0xC0D0 : 0xC0D0 + 100] = [len(text), *text]
    cpu.call("screen_text", a=0xD0, x=0xC0)
    assert cpu.screen()[:99] == text
    assert cpu.screen()[99] == BLANK


def test_the_banner_tells_the_souls_sizes(cpu: ProgramCpu) -> None:
    soul = small_soul()
    cpu.call("screen_clear")
    cpu.call("banner")
    text = from_screen_codes(bytes(cpu.screen()))
    assert f" {soul.parameters:,} parameters in 1 layer " in text
    assert f" {soul.sizes.vocabulary} tokens, {soul.sizes.context} of them" in text
    assert cpu["cursor_column"] == 0
