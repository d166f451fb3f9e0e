"""The rig ROM in VICE: boots, is typed at, loads through the serial traps, runs programs, names errors."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from soulrig.buildtools.disk_image import make_d64
from soulrig.buildtools.rom import build_roms
from soulrig.vice_driver.monitor import Monitor
from soulrig.vice_driver.options import Emulator, RomFiles, Standard, ViceOptions
from soulrig.vice_driver.process import ViceProcess

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

PATIENCE = 30.0  # seconds of wall time until a missing text is a failure
STUB = bytes.fromhex("0108 0B08 0A00 9E 32303631 00 0000")  # 10 SYS2061
PRINT_OK = bytes.fromhex("A94F 20D2FF A94B 4CD2FF")  # prints OK
LARGE = STUB + PRINT_OK + bytes((7 * n ^ n >> 8) & 0xFF for n in range(0xCF00 - 0x080D - len(PRINT_OK)))
PROGRAMS = {
    "first": STUB + PRINT_OK,
    "large": LARGE,
    "remark": bytes.fromhex("0108 0808 0500 8F 41 00 1608 0A00 20 9E 20 32303732 3A 80 00 0000") + PRINT_OK,
    "spin": STUB + bytes.fromhex("4C0D08"),
}


@dataclass
class Screen:
    """What is typed goes in, what stands on the screen comes out."""

    monitor: Monitor

    def rows(self) -> list[str]:
        codes = self.monitor.read(0x0400, 1000, bank="ram")
        text = "".join(chr(code + 64 if code < 32 else code) if code < 64 else "~" for code in codes)
        return [text[start : start + 40].rstrip() for start in range(0, 1000, 40)]

    def type(self, text: str) -> None:
        self.monitor.feed_keys(text.encode())
        self.monitor.resume()

    def wait(self, there: Callable[[list[str]], bool]) -> list[str]:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            rows = self.rows()
            if there(rows):
                self.monitor.stop()
                return rows
            self.monitor.resume()
            time.sleep(0.02)
        raise AssertionError("never seen; the screen:\n" + "\n".join(self.rows()))

    def run(self, text: str) -> list[str]:
        """Type a line on a cleared screen; the rows below it, once READY. is there again."""
        self.type("\x93" + text + "\r")
        rows = self.wait(lambda rows: rows[0] == text.upper() and "READY." in rows)
        return rows[1 : rows.index("READY.")]


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> tuple[RomFiles, Path]:
    folder = tmp_path_factory.mktemp("rigrom")
    disk = folder / "disk.d64"
    disk.write_bytes(make_d64("rigrom", "01", PROGRAMS))
    return RomFiles(*build_roms(folder).paths), disk


@pytest.fixture(scope="module")
def screen(parts: tuple[RomFiles, Path]) -> Iterator[Screen]:
    with ViceProcess(ViceOptions(roms=parts[0], disk=parts[1])) as vice:
        screen = Screen(vice.monitor)
        screen.wait(lambda rows: "READY." in rows)
        vice.monitor.resume()
        yield screen


@pytest.mark.parametrize("emulator", ["x64", "x64sc"])
@pytest.mark.parametrize(("standard", "flag"), [("pal", 1), ("ntsc", 0)])
def test_boots_and_loads_the_first_program(
    parts: tuple[RomFiles, Path], emulator: Emulator, standard: Standard, flag: int
) -> None:
    options = ViceOptions(emulator=emulator, standard=standard, roms=parts[0], disk=parts[1])
    with ViceProcess(options) as vice:
        screen = Screen(vice.monitor)
        screen.wait(lambda rows: "READY." in rows)
        assert vice.monitor.read(0x02A6, 1) == bytes([flag])
        colours = vice.monitor.read(0xD020, 2, bank="io")
        assert [colour & 15 for colour in colours] == [14, 6]
        screen.type('LOAD"*",8,1\r')
        screen.wait(lambda rows: rows.count("READY.") == 2)
        screen.type("RUN\r")
        screen.wait(lambda rows: rows[-25:].count("READY.") == 3 and "OK" in rows)


def test_the_jiffy_interrupt_comes_60_times_a_second(screen: Screen) -> None:
    """Timed by the raster beam: 19,656 cycles a picture on PAL."""
    monitor = screen.monitor
    monitor.stop()
    checkpoint = monitor.set_checkpoint(0xEA31)
    times = []
    for _ in range(4):
        monitor.resume()
        assert monitor.wait_for_stop(PATIENCE) == 0xEA31
        beam = monitor.registers()
        times.append(beam["LIN"] * 63 + beam["CYC"])
    monitor.delete_checkpoint(checkpoint.number)
    gaps = [(after - before) % 19656 for before, after in pairwise(times)]
    assert gaps == pytest.approx([985_248 / 60] * 3, abs=60)


def test_load_says_what_it_does(screen: Screen) -> None:
    assert screen.run('LOAD"FIRST",8,1') == ["", "SEARCHING FOR FIRST", "LOADING"]
    assert screen.monitor.read(0x0801, 20, bank="ram") == PROGRAMS["first"][2:22]
    end = 0x0801 + len(PROGRAMS["first"]) - 2
    assert int.from_bytes(screen.monitor.read(0xAE, 2), "little") == end
    assert int.from_bytes(screen.monitor.read(0x2D, 2), "little") == end
    assert screen.run("LIST") == ["", "10 SYS2061"]
    assert screen.run("RUN") == ["OK"]


def test_secondary_address_0_loads_to_the_start_of_basic(screen: Screen) -> None:
    screen.monitor.write(0x0801, bytes(16), bank="ram")
    screen.run('LOAD"FIR*",8')
    assert screen.run("RUN") == ["OK"]


def test_a_program_reaches_under_the_basic_rom(screen: Screen) -> None:
    screen.run('LOAD"LARGE",8,1')
    assert screen.monitor.read(0x080D, 0xCF00 - 0x080D, bank="ram") == LARGE[14:]
    assert screen.run("RUN") == ["OK"]


def test_run_takes_several_lines_and_statements(screen: Screen) -> None:
    screen.run('LOAD"REMARK",8,1')
    assert screen.run("LIST") == ["", "5 REMA", "10  SYS 2072:END"]
    assert screen.run("RUN") == ["OK"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('LOAD"NOPE",8', ["", "SEARCHING FOR NOPE", "?FILE NOT FOUND  ERROR"]),
        ('LOAD"FIRST",9', ["", "SEARCHING FOR FIRST", "?DEVICE NOT PRESENT  ERROR"]),
        ('LOAD"FIRST"', ["", "?DEVICE NOT PRESENT  ERROR"]),
        ('LOAD"FIRST",3', ["", "?ILLEGAL DEVICE NUMBER  ERROR"]),
        ('LOAD"",8', ["", "?MISSING FILE NAME  ERROR"]),
        ('LOAD"FIRST",300', ["", "?ILLEGAL QUANTITY  ERROR"]),
        ("HELLO", ["", "?SYNTAX  ERROR"]),
        ("SYS", ["", "?SYNTAX  ERROR"]),
        ("SYS 70000", ["", "?ILLEGAL QUANTITY  ERROR"]),
        ("RUN 7", ["", "?UNDEF'D STATEMENT  ERROR"]),
    ],
)
def test_errors(screen: Screen, line: str, says: list[str]) -> None:
    assert screen.run(line) == says


def test_an_error_in_a_program_names_its_line(screen: Screen) -> None:
    screen.run("NEW")
    screen.type("120 HELLO\r")
    assert screen.run("RUN") == ["", "?SYNTAX  ERROR IN 120"]


def test_lines_are_entered_replaced_and_taken_out(screen: Screen) -> None:
    screen.run("NEW")
    for line in ("20 END", "10 SYS 2061", "30 REM ABOVE 20", "20", '10 REM "LIST" LIST'):
        screen.type(line + "\r")
    assert screen.run("LIST") == ["", '10 REM "LIST" LIST', "30 REM ABOVE 20"]
    screen.type("5 PRINT GOTO ?\r")
    assert screen.run("LIST 5") == ["", "5 PRINT GOTO PRINT", ""]


def test_remarks_and_quoted_text_stay_as_typed(screen: Screen) -> None:
    screen.run("NEW")
    screen.monitor.feed_keys(b'10 REM ? "\r20 PRINT "\xc1?"\r')
    screen.monitor.resume()
    assert screen.run("LIST") == ["", '10 REM ? "', '20 PRINT "~?"']


def test_words_may_be_abbreviated(screen: Screen) -> None:
    screen.run('LOAD"FIRST",8,1')
    screen.monitor.feed_keys(b"\x93L\xc9\r")
    screen.monitor.resume()
    screen.wait(lambda rows: "10 SYS2061" in rows)


def test_sys_takes_and_leaves_the_registers(screen: Screen) -> None:
    program = bytes.fromhex("8D0010 8E0110 8C0210 A911 A222 A033 38 60")
    screen.monitor.write(0xC000, program, bank="ram")
    screen.monitor.write(0x030C, bytes([1, 2, 3, 0]))
    screen.run("SYS 12*4096")
    assert screen.monitor.read(0x1000, 3) == bytes([1, 2, 3])
    assert screen.monitor.read(0x030C, 3) == bytes([0x11, 0x22, 0x33])
    assert screen.monitor.read(0x030F, 1)[0] & 1
    screen.run("SYS(PEEK(780)*0+49152)")


def test_a_long_line_can_be_typed(screen: Screen) -> None:
    """78 columns, two rows of the screen, are one line."""
    line = "10 REM " + "ABCDEFGHI " * 7 + "J"
    screen.run("NEW")
    screen.type(line + "\r")
    listed = screen.run("LIST")
    assert listed[1].ljust(40) + listed[2] == line


def test_the_screen_scrolls(screen: Screen) -> None:
    screen.run("NEW")
    screen.type("FIRST\r" * 12)
    rows = screen.wait(lambda rows: rows.count("?SYNTAX  ERROR") >= 6 and rows[-1] == "")
    assert rows[0] != "NEW"


def test_lower_case_letters_are_the_same_letters(screen: Screen) -> None:
    screen.run('LOAD"FIRST",8,1')
    screen.type("\x0e")
    assert screen.run("RUN") == ["OK"]
    assert screen.monitor.read(0xD018, 1, bank="io")[0] & 2
    screen.monitor.feed_keys(b"\x8e")


def test_a_program_without_an_end_is_stopped_by_stop_and_restore(screen: Screen) -> None:
    """As the NMI of RESTORE finds it: RUN/STOP down, then BRK's warm start."""
    screen.run('LOAD"SPIN",8,1')
    monitor = screen.monitor
    screen.type("\x93RUN\r")
    screen.wait(lambda rows: rows[0] == "RUN" and monitor.registers()["PC"] == 0x080D)
    monitor.set_registers({"PC": int.from_bytes(monitor.read(0x0316, 2), "little")})
    screen.wait(lambda rows: rows[1] == "READY." and rows[0] == "")
    assert screen.run("LIST") == ["", "10 SYS2061"]
