"""KERNAL routines that set and tell: registers in, registers out, the cells of low memory that they use.

Source: Programmer's Reference Guide (PRG), chapter 5, "KERNAL subroutines", and the memory map in Mapping the
Commodore 64 (MAP) for the cells.
"""

from __future__ import annotations

import pytest
from subject import CARRY, NEGATIVE, NO_IRQ, Subject

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

SETMSG, MEMTOP, MEMBOT, SETTMO, READST, SETLFS, SETNAM = 0xFF90, 0xFF99, 0xFF9C, 0xFFA2, 0xFFB7, 0xFFBA, 0xFFBD
SETTIM, RDTIM, STOP, UDTIM, SCREEN, PLOT, IOBASE = 0xFFDB, 0xFFDE, 0xFFE1, 0xFFEA, 0xFFED, 0xFFF0, 0xFFF3
STATUS, RS232_STATUS, DEVICE, STOP_COLUMN = 0x90, 0x0297, 0xBA, 0x91
DAY = 24 * 60 * 60 * 60


@pytest.mark.parametrize("value", [0x00, 0x40, 0x80, 0xC0], ids=lambda value: f"PRG: SETMSG puts ${value:02X} into $9D")
def test_setmsg(c64: Subject, value: int) -> None:
    c64.call(SETMSG, a=value)
    assert c64.byte(0x9D) == value


@pytest.mark.parametrize(
    ("routine", "cell"),
    [
        pytest.param(MEMTOP, 0x0283, id="PRG: MEMTOP, $0283"),
        pytest.param(MEMBOT, 0x0281, id="PRG: MEMBOT, $0281"),
    ],
)
class TestMemoryLimits:
    def test_carry_set_reads_it(self, c64: Subject, routine: int, cell: int) -> None:
        c64.poke_word(cell, 0x1234)
        found = c64.call(routine, flags=CARRY)
        assert (found.x, found.y) == (0x34, 0x12)
        assert c64.word(cell) == 0x1234

    def test_carry_clear_sets_it(self, c64: Subject, routine: int, cell: int) -> None:
        found = c64.call(routine, x=0x78, y=0x56)
        assert c64.word(cell) == 0x5678
        assert (found.x, found.y) == (0x78, 0x56)

    def test_the_accumulator_is_not_used(self, c64: Subject, routine: int, cell: int) -> None:
        assert c64.call(routine, a=0x5A, flags=CARRY).a == 0x5A


@pytest.mark.parametrize("value", [0x00, 0x80], ids=lambda value: f"PRG: SETTMO puts ${value:02X} into $0285")
def test_settmo(c64: Subject, value: int) -> None:
    c64.poke(0x0285, 0x11)
    c64.call(SETTMO, a=value)
    assert c64.byte(0x0285) == value


@pytest.mark.parametrize("value", [0x00, 0x01, 0x40, 0x80], ids=lambda value: f"PRG: READST reads ${value:02X}")
def test_readst(c64: Subject, value: int) -> None:
    c64.poke(DEVICE, 8)
    c64.poke(STATUS, value)
    assert c64.call(READST).a == value
    assert c64.byte(STATUS) == value


def test_readst_of_rs232_reads_and_clears_its_own_status(c64: Subject) -> None:
    """PRG, READST: with device 2 the status of RS-232, cleared when read; MAP: it lies at $0297."""
    c64.poke(DEVICE, 2)
    c64.poke(STATUS, 0x40)
    c64.poke(RS232_STATUS, 0x14)
    assert c64.call(READST).a == 0x14
    assert c64.byte(RS232_STATUS) == 0


def test_setlfs_sets_file_device_and_secondary_address(c64: Subject) -> None:
    """PRG, SETLFS; MAP: $B8, $BA, $B9."""
    c64.call(SETLFS, a=0x12, x=0x34, y=0x56)
    assert c64.peek(0xB8, 3) == bytes([0x12, 0x56, 0x34])


def test_setlfs_keeps_the_registers(c64: Subject) -> None:
    """PRG, SETLFS: registers affected: none."""
    found = c64.call(SETLFS, a=0x12, x=0x34, y=0xFF)
    assert (found.a, found.x, found.y) == (0x12, 0x34, 0xFF)


def test_setnam_sets_length_and_address(c64: Subject) -> None:
    """PRG, SETNAM; MAP: $B7, $BB, $BC."""
    c64.call(SETNAM, a=0x0A, x=0xCD, y=0xAB)
    assert c64.byte(0xB7) == 0x0A
    assert c64.word(0xBB) == 0xABCD


def test_setnam_keeps_x_and_y(c64: Subject) -> None:
    """PRG, SETNAM."""
    found = c64.call(SETNAM, a=0x0A, x=0xCD, y=0xAB)
    assert (found.x, found.y) == (0xCD, 0xAB)


def test_screen_tells_columns_and_rows(c64: Subject) -> None:
    """PRG, SCREEN: X columns, Y rows."""
    found = c64.call(SCREEN)
    assert (found.x, found.y) == (40, 25)


def test_iobase_is_the_first_cia(c64: Subject) -> None:
    """PRG, IOBASE: X low, Y high of the page with the memory-mapped chips; MAP: $DC00."""
    found = c64.call(IOBASE)
    assert (found.x, found.y) == (0x00, 0xDC)


# The cursor


@pytest.mark.parametrize(
    ("row", "column"), [(0, 0), (0, 39), (24, 0), (24, 38), (11, 22)], ids=lambda place: f"PRG: PLOT C=0, {place}"
)
def test_plot_with_carry_clear_puts_the_cursor(c64: Subject, row: int, column: int) -> None:
    c64.call(PLOT, x=row, y=column)
    assert c64.cursor == (row, column)
    c64.print("*")
    assert c64.codes(row, column, 1) == b"*"


def test_plot_with_carry_set_reads_the_cursor(c64: Subject) -> None:
    """PRG, PLOT: X row, Y column."""
    c64.print("\r\rABC")
    found = c64.call(PLOT, flags=CARRY)
    assert (found.x, found.y) == (2, 3)
    assert c64.cursor == (2, 3)


def test_plot_gives_the_place_back(c64: Subject) -> None:
    """MAP, PLOT: after setting, X and Y are read as well."""
    found = c64.call(PLOT, x=3, y=4)
    assert (found.x, found.y) == (3, 4)


def test_plot_points_to_the_row_in_screen_and_colour_memory(c64: Subject) -> None:
    """MAP: $D1 points to the line of the screen where the cursor is, $F3 to its colours."""
    c64.call(PLOT, x=10, y=5)
    assert c64.word(0xD1) == 0x0400 + 400
    c64.print("A")
    assert c64.word(0xF3) == 0xD800 + 400


# The clock


def test_settim_sets_the_jiffy_clock(c64: Subject) -> None:
    """PRG, SETTIM; MAP: $A0 is the highest byte, $A2 the lowest, which is in A."""
    c64.call(SETTIM, a=0x33, x=0x22, y=0x11, flags=NO_IRQ)
    assert c64.peek(0xA0, 3) == bytes([0x11, 0x22, 0x33])


def test_rdtim_reads_the_jiffy_clock(c64: Subject) -> None:
    """PRG, RDTIM; MAP: the same order as SETTIM."""
    c64.poke(0xA0, bytes([0x11, 0x22, 0x33]))
    found = c64.call(RDTIM, flags=NO_IRQ)
    assert (found.a, found.x, found.y) == (0x33, 0x22, 0x11)


@pytest.mark.parametrize(
    "routine",
    [
        pytest.param(SETTIM, id="MAP: SETTIM enables interrupts"),
        pytest.param(RDTIM, id="MAP: RDTIM enables interrupts"),
    ],
)
def test_clock_routines_leave_interrupts_on(c64: Subject, routine: int) -> None:
    assert not c64.call(routine, flags=NO_IRQ).no_irq


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(0x000000, 0x000001, id="PRG: UDTIM adds one"),
        pytest.param(0x0000FF, 0x000100, id="PRG: UDTIM carries into $A1"),
        pytest.param(0x00FFFF, 0x010000, id="PRG: UDTIM carries into $A0"),
        pytest.param(DAY, 0, id="PRG: UDTIM begins anew after 24 hours"),
    ],
)
def test_udtim(c64: Subject, before: int, after: int) -> None:
    c64.poke(0xA0, before.to_bytes(3, "big"))
    c64.call(UDTIM, flags=NO_IRQ)
    assert int.from_bytes(c64.peek(0xA0, 3), "big") == after


# The STOP key


def test_udtim_looks_at_the_stop_key(c64: Subject) -> None:
    """MAP: $91 is the row of the keyboard with STOP, $FF without a key."""
    c64.poke(STOP_COLUMN, 0x7F)
    c64.call(UDTIM, flags=NO_IRQ)
    assert c64.byte(STOP_COLUMN) == 0xFF


def test_stop_tells_that_the_key_is_down_by_zero(c64: Subject) -> None:
    """PRG, STOP: Z=1 if the key is pressed."""
    c64.poke(STOP_COLUMN, 0x7F)
    assert c64.call(STOP, flags=NO_IRQ).zero


def test_stop_without_the_key_leaves_the_row_in_a(c64: Subject) -> None:
    """PRG, STOP: Z=0, and A holds the last row of the keyboard scan."""
    c64.poke(STOP_COLUMN, 0xFE)
    found = c64.call(STOP, flags=NO_IRQ)
    assert not found.zero
    assert found.a == 0xFE


def test_stop_with_the_key_down_resets_the_channels(c64: Subject) -> None:
    """PRG, STOP: CLRCHN is called; MAP: $99, $9A back to keyboard and screen."""
    c64.poke(0x99, bytes([3, 0]))
    c64.poke(STOP_COLUMN, 0x7F)
    c64.call(STOP, flags=NO_IRQ)
    assert c64.peek(0x99, 2) == bytes([0, 3])


def test_stop_with_the_key_down_empties_the_keyboard_buffer(c64: Subject) -> None:
    """MAP, $F6ED STOP: the number of characters in the keyboard buffer is set to 0."""
    c64.keys("ABC")
    c64.poke(STOP_COLUMN, 0x7F)
    c64.call(STOP, flags=NO_IRQ)
    assert c64.byte(0xC6) == 0


def test_stop_without_the_key_changes_nothing(c64: Subject) -> None:
    """PRG, STOP."""
    c64.keys("ABC")
    c64.poke(0x99, bytes([3, 3]))
    c64.poke(STOP_COLUMN, 0xFF)
    c64.call(STOP, flags=NO_IRQ)
    assert c64.byte(0xC6) == 3
    assert c64.peek(0x99, 2) == bytes([3, 3])


def test_flags_of_the_accumulator_after_readst(c64: Subject) -> None:
    """PRG, READST: programs test the status by BMI, BNE right after it."""
    c64.poke(DEVICE, 8)
    c64.poke(STATUS, 0x80)
    found = c64.call(READST)
    assert found.flags & NEGATIVE
    assert not found.zero
    c64.poke(STATUS, 0)
    assert c64.call(READST).zero
