"""Files and channels: OPEN, CLOSE, CHKIN, CHKOUT, CLRCHN, CHRIN, GETIN, CHROUT, CLALL, and what they leave in memory.

Source: Programmer's Reference Guide (PRG), chapter 5 with its table of error codes; memory map; Mapping the
Commodore 64 (MAP), $90, $98-$9A, $B7-$BC, $0259-$0276.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from floppy import NUMBERS
from subject import NAME, Registers, Subject

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

SETLFS, SETNAM, READST = 0xFFBA, 0xFFBD, 0xFFB7
OPEN, CLOSE, CHKIN, CHKOUT, CLRCHN = 0xFFC0, 0xFFC3, 0xFFC6, 0xFFC9, 0xFFCC
CHRIN, CHROUT, GETIN, CLALL = 0xFFCF, 0xFFD2, 0xFFE4, 0xFFE7
TOO_MANY, IS_OPEN, NOT_OPEN, NOT_FOUND, NO_DEVICE, NO_INPUT, NO_OUTPUT = 1, 2, 3, 4, 5, 6, 7
STATUS, OPEN_FILES, INPUT, OUTPUT = 0x90, 0x98, 0x99, 0x9A
FILES, DEVICES, SECONDARY = 0x0259, 0x0263, 0x026D
END = 0x40


def open_file(c64: Subject, number: int, device: int, secondary: int, name: bytes = b"") -> Registers:
    c64.call(SETLFS, a=number, x=device, y=secondary)
    if name:
        c64.poke(NAME, name)
    c64.call(SETNAM, a=len(name), x=NAME & 0xFF, y=NAME >> 8)
    return c64.call(OPEN)


def read(c64: Subject, count: int) -> bytes:
    return bytes(c64.call(CHRIN).a for _ in range(count))


@pytest.fixture
def drive(c64: Subject) -> Iterator[Subject]:
    """A C64 whose drive is left without open channels; a snapshot doesn't hold them."""
    yield c64
    for secondary in (2, 3, 4, 5, 15):
        c64.call(0xFFB1, a=8)
        c64.call(0xFF93, a=0xE0 | secondary)
        c64.call(0xFFAE)


# The table of files


def test_open_enters_the_file_into_the_tables(c64: Subject) -> None:
    """MAP: $0259 number, $0263 device, $026D secondary address with $60."""
    assert not open_file(c64, 5, 3, 2).carry
    assert c64.byte(OPEN_FILES) == 1
    assert (c64.byte(FILES), c64.byte(DEVICES), c64.byte(SECONDARY)) == (5, 3, 0x62)


def test_open_twice_is_an_error(c64: Subject) -> None:
    """PRG: error 2, file open."""
    open_file(c64, 5, 3, 0)
    found = open_file(c64, 5, 3, 0)
    assert (found.carry, found.a) == (True, IS_OPEN)
    assert c64.byte(OPEN_FILES) == 1


def test_file_0_cannot_be_opened(c64: Subject) -> None:
    """PRG, OPEN: error 6, not input file."""
    found = open_file(c64, 0, 3, 0)
    assert (found.carry, found.a) == (True, NO_INPUT)


def test_ten_files_may_be_open(c64: Subject) -> None:
    """PRG: error 1, too many files, with the eleventh."""
    for number in range(1, 11):
        assert not open_file(c64, number, 3, 0).carry
    found = open_file(c64, 11, 3, 0)
    assert (found.carry, found.a) == (True, TOO_MANY)
    assert c64.byte(OPEN_FILES) == 10


def test_open_uses_the_file_number_of_setlfs(c64: Subject) -> None:
    """MAP: $B8, $B9 and $BA hold those of the file being worked on."""
    open_file(c64, 7, 3, 1)
    assert c64.byte(0xB8) == 7
    assert c64.byte(0xBA) == 3


def test_close_takes_the_file_out(c64: Subject) -> None:
    """PRG, CLOSE: A is the number; MAP: the last of the tables takes its place."""
    for number in (4, 5, 6):
        open_file(c64, number, 3, 0)
    assert not c64.call(CLOSE, a=4).carry
    assert c64.byte(OPEN_FILES) == 2
    assert set(c64.peek(FILES, 2)) == {5, 6}


def test_close_moves_the_last_file_into_the_gap(c64: Subject) -> None:
    """MAP, CLOSE: the last entry is moved to the one that is freed."""
    for number in (4, 5, 6):
        open_file(c64, number, 3, 0)
    c64.call(CLOSE, a=4)
    assert c64.peek(FILES, 2) == bytes([6, 5])


def test_close_of_a_file_that_is_not_open_is_no_error(c64: Subject) -> None:
    """PRG, CLOSE: C=0."""
    assert not c64.call(CLOSE, a=99).carry


def test_a_closed_number_may_be_used_again(c64: Subject) -> None:
    """PRG."""
    open_file(c64, 5, 3, 0)
    c64.call(CLOSE, a=5)
    assert not open_file(c64, 5, 3, 0).carry


def test_clall_forgets_all_files(c64: Subject) -> None:
    """PRG, CLALL; MAP: $98 is 0."""
    open_file(c64, 4, 3, 0)
    open_file(c64, 5, 3, 0)
    c64.call(CLALL)
    assert c64.byte(OPEN_FILES) == 0


def test_clall_resets_the_channels(c64: Subject) -> None:
    """PRG, CLALL: CLRCHN is called."""
    c64.poke(INPUT, bytes([3, 0]))
    c64.call(CLALL)
    assert c64.peek(INPUT, 2) == bytes([0, 3])


def test_clrchn_sets_keyboard_and_screen(c64: Subject) -> None:
    """PRG, CLRCHN; MAP: $99, $9A."""
    c64.poke(INPUT, bytes([3, 0]))
    c64.call(CLRCHN)
    assert c64.peek(INPUT, 2) == bytes([0, 3])


# Channels to the screen and keyboard


@pytest.mark.parametrize("routine", [CHKIN, CHKOUT], ids=["PRG: CHKIN", "PRG: CHKOUT"])
def test_a_channel_needs_an_open_file(c64: Subject, routine: int) -> None:
    """Error 3, file not open."""
    found = c64.call(routine, x=9)
    assert (found.carry, found.a) == (True, NOT_OPEN)


@pytest.mark.parametrize("device", [0, 3], ids=["PRG: CHKIN of the keyboard", "PRG: CHKIN of the screen"])
def test_chkin_sets_the_input_device(c64: Subject, device: int) -> None:
    """MAP: $99."""
    open_file(c64, 5, device, 0)
    c64.poke(INPUT, 0x55)
    assert not c64.call(CHKIN, x=5).carry
    assert c64.byte(INPUT) == device


def test_chkout_sets_the_output_device(c64: Subject) -> None:
    """PRG, CHKOUT; MAP: $9A."""
    open_file(c64, 5, 3, 0)
    c64.poke(OUTPUT, 0x55)
    assert not c64.call(CHKOUT, x=5).carry
    assert c64.byte(OUTPUT) == 3


def test_the_keyboard_is_no_output_file(c64: Subject) -> None:
    """PRG, CHKOUT: error 7."""
    open_file(c64, 5, 0, 0)
    found = c64.call(CHKOUT, x=5)
    assert (found.carry, found.a) == (True, NO_OUTPUT)


def test_output_to_a_file_on_the_screen(c64: Subject) -> None:
    """PRG, OPEN: device 3."""
    open_file(c64, 5, 3, 0)
    c64.call(CHKOUT, x=5)
    c64.print("ABC")
    assert c64.row(0) == "ABC"


@pytest.mark.parametrize(
    ("routine", "x"),
    [
        pytest.param(OPEN, 0, id="MAP: OPEN clears the status"),
        pytest.param(CHKIN, 5, id="MAP: CHKIN clears the status"),
        pytest.param(CHKOUT, 5, id="MAP: CHKOUT clears the status"),
    ],
)
def test_the_status_is_that_of_the_last_file(c64: Subject, routine: int, x: int) -> None:
    """$90, which a LOAD leaves at $40; programs look at it after each character."""
    open_file(c64, 5, 3, 0)
    c64.call(SETLFS, a=6, x=3)
    c64.call(SETNAM)
    c64.poke(STATUS, END)
    c64.call(routine, x=x)
    assert c64.byte(STATUS) == 0


# Files on a disk


def test_open_of_a_file_is_no_error(drive: Subject) -> None:
    """PRG, OPEN: C=0."""
    assert not open_file(drive, 2, 8, 2, b"TEXT,P,R").carry
    assert drive.call(READST).a == 0


def test_open_on_a_disk_enters_the_tables(drive: Subject) -> None:
    """MAP: $0259, $0263, $026D."""
    open_file(drive, 9, 8, 2, b"TEXT,P,R")
    assert (drive.byte(FILES), drive.byte(DEVICES), drive.byte(SECONDARY)) == (9, 8, 0x62)


def test_chkin_and_chrin_read_a_file(drive: Subject) -> None:
    """PRG, CHKIN and CHRIN."""
    open_file(drive, 2, 8, 2, b"TEXT,P,R")
    assert not drive.call(CHKIN, x=2).carry
    assert drive.byte(INPUT) == 8
    assert read(drive, 6) == b"FIRST\r"


def test_chrin_tells_the_end_of_a_file(drive: Subject) -> None:
    """PRG, READST: bit 6, with the last byte, not before."""
    open_file(drive, 2, 8, 2, b"TEXT,P,R")
    drive.call(CHKIN, x=2)
    assert read(drive, 12) == b"FIRST\rSECOND"
    assert drive.byte(STATUS) == 0
    assert read(drive, 1) == b"\r"
    assert drive.byte(STATUS) == END


def test_chrin_keeps_the_carry_clear(drive: Subject) -> None:
    """PRG: no error."""
    open_file(drive, 2, 8, 2, b"TEXT,P,R")
    drive.call(CHKIN, x=2)
    assert not drive.call(CHRIN, flags=1).carry


def test_chrin_of_a_disk_keeps_x_and_y(drive: Subject) -> None:
    """MAP: loops count in them."""
    open_file(drive, 2, 8, 2, b"TEXT,P,R")
    drive.call(CHKIN, x=2)
    found = drive.call(CHRIN, x=0x12, y=0x34)
    assert (found.x, found.y) == (0x12, 0x34)


def test_chrin_after_the_end_gives_return(drive: Subject) -> None:
    """MAP, CHRIN: with a status other than 0 a RETURN is handed out."""
    open_file(drive, 2, 8, 2, b"TEXT,P,R")
    drive.call(CHKIN, x=2)
    read(drive, 13)
    assert drive.byte(STATUS) == END
    found = drive.call(CHRIN)
    assert (found.a, found.carry) == (0x0D, False)


def test_getin_reads_a_file(drive: Subject) -> None:
    """PRG, GETIN: other devices as CHRIN."""
    open_file(drive, 2, 8, 2, b"TEXT,P,R")
    drive.call(CHKIN, x=2)
    assert bytes(drive.call(GETIN).a for _ in range(5)) == b"FIRST"


def test_every_byte_comes_through(drive: Subject) -> None:
    """PRG, CHRIN: 8 bits; a PRG file read as data begins with its address."""
    open_file(drive, 2, 8, 2, b"DATA,P,R")
    drive.call(CHKIN, x=2)
    drive.run(f"ldy #0\nnext: jsr ${CHRIN:04X}\nsta $2000,y\niny\nbne next\nrts")
    assert drive.peek(0x2000, 256) == (b"\x00\x20" + NUMBERS)[:256]


def test_clrchn_ends_reading_and_chkin_goes_on(drive: Subject) -> None:
    """PRG, CLRCHN: the channel is restored, the file stays open."""
    open_file(drive, 2, 8, 2, b"TEXT,P,R")
    drive.call(CHKIN, x=2)
    assert read(drive, 3) == b"FIR"
    drive.call(CLRCHN)
    assert drive.byte(INPUT) == 0
    assert drive.call(GETIN).a == 0
    drive.call(CHKIN, x=2)
    assert read(drive, 2) == b"ST"


def test_two_files_are_read_in_turn(drive: Subject) -> None:
    """PRG: each logical file has its own place."""
    open_file(drive, 2, 8, 2, b"TEXT,P,R")
    open_file(drive, 3, 8, 3, b"SHORT,P,R")
    drive.call(CHKIN, x=2)
    assert read(drive, 2) == b"FI"
    drive.call(CLRCHN)
    drive.call(CHKIN, x=3)
    assert read(drive, 3) == b"\x00\x20\x01"
    drive.call(CLRCHN)
    drive.call(CHKIN, x=2)
    assert read(drive, 2) == b"RS"
    assert drive.byte(OPEN_FILES) == 2


def test_a_file_is_written_and_read(drive: Subject) -> None:
    """PRG, CHKOUT and CHROUT."""
    assert not open_file(drive, 2, 8, 2, b"@0:NEW,S,W").carry
    assert not drive.call(CHKOUT, x=2).carry
    assert drive.byte(OUTPUT) == 8
    drive.print(b"ONE\rTWO")
    drive.call(CLRCHN)
    assert drive.byte(OUTPUT) == 3
    drive.call(CLOSE, a=2)
    open_file(drive, 2, 8, 2, b"NEW,S,R")
    drive.call(CHKIN, x=2)
    assert read(drive, 7) == b"ONE\rTWO"
    assert drive.byte(STATUS) == END


def test_what_goes_to_a_file_is_not_shown(drive: Subject) -> None:
    """PRG, CHROUT: to the output channel."""
    open_file(drive, 2, 8, 2, b"@0:NEW,S,W")
    drive.call(CHKOUT, x=2)
    drive.print(b"SECRET")
    drive.call(CLRCHN)
    drive.call(CLOSE, a=2)
    assert drive.row(0) == ""


def test_the_drive_tells_its_status(drive: Subject) -> None:
    """1541 User's Guide: secondary address 15; 00, OK,00,00."""
    open_file(drive, 15, 8, 15, b"I0")
    drive.call(CHKIN, x=15)
    assert read(drive, 12) == b"00, OK,00,00"


def test_the_drive_tells_what_was_not_found(drive: Subject) -> None:
    """1541 User's Guide: 62, FILE NOT FOUND."""
    open_file(drive, 2, 8, 2, b"NONE,S,R")
    open_file(drive, 15, 8, 15)
    drive.call(CHKIN, x=15)
    assert read(drive, 3) == b"62,"


def test_commands_are_printed_to_the_drive(drive: Subject) -> None:
    """1541 User's Guide: PRINT#15 sends a command."""
    open_file(drive, 2, 8, 2, b"@0:GONE,S,W")
    drive.call(CLOSE, a=2)
    open_file(drive, 15, 8, 15)
    drive.call(CHKOUT, x=15)
    drive.print(b"S0:GONE\r")
    drive.call(CLRCHN)
    drive.call(CHKIN, x=15)
    assert read(drive, 3) == b"01,"


@pytest.mark.parametrize("device", [9, 30], ids=lambda device: f"PRG: no device {device}")
def test_open_of_a_device_that_is_not_there(c64: Subject, device: int) -> None:
    """PRG: error 5, device not present."""
    found = open_file(c64, 2, device, 2, b"TEXT")
    assert (found.carry, found.a) == (True, NO_DEVICE)


def test_a_missing_device_is_seen_in_the_status(c64: Subject) -> None:
    """PRG, READST: bit 7."""
    open_file(c64, 2, 9, 2, b"TEXT")
    assert c64.byte(STATUS) & 0x80


def test_chkout_of_a_device_that_is_not_there(c64: Subject) -> None:
    """PRG: error 5; OPEN without a name sends nothing yet."""
    assert not open_file(c64, 2, 9, 2).carry
    found = c64.call(CHKOUT, x=2)
    assert (found.carry, found.a) == (True, NO_DEVICE)


def test_errors_are_shown_when_asked_for(c64: Subject) -> None:
    """PRG, SETMSG: bit 6 shows I/O ERROR # and the number."""
    c64.call(0xFF90, a=0x40)
    c64.call(CHKIN, x=9)
    assert "I/O ERROR #3" in c64.rows()[:3]


def test_errors_are_not_shown_otherwise(c64: Subject) -> None:
    """PRG, SETMSG."""
    c64.call(0xFF90, a=0x80)
    c64.call(CHKIN, x=9)
    assert not any(c64.rows())


def test_an_error_resets_the_channels(c64: Subject) -> None:
    """MAP: errors call CLRCHN first."""
    c64.poke(OUTPUT, 0)
    c64.call(CHKIN, x=9)
    assert c64.peek(INPUT, 2) == bytes([0, 3])
