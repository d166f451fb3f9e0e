"""BASIC and the disk drive, in VICE: LOAD, SAVE, VERIFY, the directory, files, the drive's status, chained programs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from soulrig.buildtools.disk_image import make_d64
from soulrig.buildtools.rom import build_roms
from soulrig.vice_driver.options import RomFiles, ViceOptions
from soulrig.vice_driver.vice import Vice

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

CYCLES = 60_000_000  # until a line is done
NDX, BLNSW = 0xC6, 0xCC
FILES = {
    "hello": bytes.fromhex("0108 0C08 0A00 99 22 4849 22 00 1208 1400 80 00 0000"),  # 10 PRINT"HI" / 20 END
    "next": bytes.fromhex("0108 0E08 0A00 99 22 4E4F57 22 3B 41 00 0000"),  # 10 PRINT"NOW";A
    "reads": bytes.fromhex("0108 0D08 0A00 87 41 3A 99 41 3A 80 00 1508 1400 83 3539 00 0000"),  # READA:PRINTA:END
    "code": bytes.fromhex("0020 A94F 20D2FF 60"),  # at $2000, prints O
    "text": b"FIRST,SECOND\r7\rLAST\r",
}


class Console:
    """A person at a C64 in VICE."""

    def __init__(self, vice: Vice) -> None:
        self.vice = vice

    def rows(self) -> list[str]:
        codes = self.vice.read(0x0400, 1000)
        text = "".join(_character(code & 0x7F) for code in codes)
        return [text[start : start + 40].rstrip() for start in range(0, 1000, 40)]

    def waits(self) -> bool:
        return self.vice.read(NDX, 1) == b"\0" and self.vice.read(BLNSW, 1) == b"\0"

    def type(self, text: str) -> None:
        for start in range(0, len(text), 10):
            keys = text[start : start + 10].encode("latin1")
            self.vice.write(0x0277, keys)
            self.vice.write(NDX, bytes([len(keys)]))
            self.vice.run_until(self.waits, CYCLES, "the prompt")

    def enter(self, program: str) -> None:
        for line in program.strip().splitlines():
            self.type(line.strip() + "\r")

    def direct(self, line: str) -> list[str]:
        """Type a line on a cleared screen; the rows up to READY., without empty ones at the end."""
        self.type(f"\x93{line}\r")
        rows = self.rows()
        shown = rows[1 + (len(line) - 1) // 40 : rows.index("READY.")]
        while shown and not shown[-1]:
            shown.pop()
        return shown


def _character(code: int) -> str:
    if code < 32:
        return chr(code + 64)
    return chr(code) if code < 64 else "~"


@pytest.fixture(scope="module")
def booted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    folder = tmp_path_factory.mktemp("basic")
    disk = folder / "disk.d64"
    disk.write_bytes(make_d64("basic disk", "42", FILES))
    with Vice(ViceOptions(roms=RomFiles(*build_roms(folder).paths), disk=disk), running=False) as vice:
        console = Console(vice)
        vice.run_until(lambda: "READY." in console.rows() and console.waits(), CYCLES, "READY.")
        vice.save(vice.process.folder / "ready.vsf", disks=True)
        yield console


@pytest.fixture
def console(booted: Console) -> Console:
    booted.vice.restore(booted.vice.process.folder / "ready.vsf")
    return booted


def test_the_directory_is_listed_as_a_program(console: Console) -> None:
    assert console.direct('LOAD"$",8') == ["", "SEARCHING FOR $", "LOADING"]
    rows = console.direct("LIST")
    assert rows[:2] == ["", '0 "BASIC DISK      " 42 2A']
    assert rows[2:7] == [f'1    "{name.upper()}"{" " * (17 - len(name))}PRG' for name in FILES]
    assert rows[7:] == ["659 BLOCKS FREE."]


def test_load_to_its_own_address_and_to_the_start_of_basic(console: Console) -> None:
    console.direct('LOAD"CODE",8,1')
    assert console.vice.read(0x2000, 6) == FILES["code"][2:]
    assert console.direct("SYS8192") == ["O"]
    console.direct('LOAD"HEL*",8')
    assert console.direct("RUN") == ["HI"]


def test_the_first_program_by_a_star_and_a_name_in_a_variable(console: Console) -> None:
    console.direct('LOAD"*",8,1')
    assert console.direct("LIST") == ["", '10 PRINT"HI"', "20 END"]
    console.direct('A$="NE":LOADA$+"XT",8')
    assert console.direct("RUN") == ["NOW 0"]


def test_save_and_verify(console: Console) -> None:
    console.enter('10 PRINT"MINE"')
    assert console.direct('SAVE"MINE",8') == ["", "SAVING MINE"]
    assert console.direct('VERIFY"MINE",8') == ["", "SEARCHING FOR MINE", "VERIFYING", "OK"]
    assert console.direct('VERIFY"HELLO",8') == ["", "SEARCHING FOR HELLO", "VERIFYING", "?VERIFY  ERROR"]
    console.direct("NEW")
    console.direct('LOAD"MINE",8')
    assert console.direct("RUN") == ["MINE"]


def test_a_program_loads_the_next_one_and_keeps_its_variables(console: Console) -> None:
    console.enter(
        """
        10 PRINT"FIRST":A=7
        20 REM LONGER THAN THE PROGRAM THAT COMES
        30 LOAD"NEXT",8
        """
    )
    assert console.direct("RUN") == ["FIRST", "NOW 7"]


def test_the_next_program_reads_its_own_data(console: Console) -> None:
    console.enter('10 READA:PRINTA:DATA 1,2\n20 LOAD"READS",8')
    assert console.direct("RUN") == [" 1", " 59"]


def test_a_program_loads_machine_code_once(console: Console) -> None:
    console.enter('10 IFA=0THENA=1:LOAD"CODE",8,1\n20 SYS8192')
    assert console.direct("RUN") == ["O"]


def test_reading_a_file(console: Console) -> None:
    console.enter(
        """
        10 OPEN2,8,2,"TEXT,P,R"
        20 INPUT#2,A$,B$,C:PRINTB$;A$;C;ST
        30 GET#2,A$,B$:PRINTA$B$
        40 INPUT#2,A$:PRINTA$;ST:CLOSE2
        """
    )
    assert console.direct("RUN") == ["SECONDFIRST 7  0", "LA", "ST 64"]


def test_writing_a_file(console: Console) -> None:
    console.direct('OPEN2,8,2,"OUT,S,W":PRINT#2,"HELLO";5:CLOSE2')
    console.enter('10 OPEN2,8,2,"OUT,S,R":INPUT#2,A$:PRINTA$:CLOSE2')
    assert console.direct("RUN") == ["HELLO 5"]


def test_cmd_sends_a_listing_to_a_file(console: Console) -> None:
    console.enter("10 END")
    console.type('OPEN2,8,2,"LISTED,S,W":CMD2:LIST\r')
    console.type("PRINT#2:CLOSE2\r")
    console.enter('10 OPEN2,8,2,"LISTED,S,R":INPUT#2,A$,B$:PRINTA$B$:CLOSE2')
    assert console.direct("RUN") == ["10 ENDREADY."]


def test_the_drives_status_and_commands(console: Console) -> None:
    assert console.direct('OPEN15,8,15,"I0":CLOSE15') == []
    console.enter('10 OPEN2,8,2,"NOPE,P,R":OPEN15,8,15:INPUT#15,A,B$,C,D:PRINTA;B$;C;D:CLOSE15')
    assert console.direct("RUN") == [" 62 FILE NOT FOUND 0  0"]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ('LOAD"NOPE",8', "FILE NOT FOUND"),
        ('LOAD"HELLO",9', "DEVICE NOT PRESENT"),
        ('LOAD"",8', "MISSING FILE NAME"),
        ("OPEN1,8:PRINT#2", "FILE NOT OPEN"),
        ('10 LOAD"NOPE",8\rRUN', "FILE NOT FOUND"),
    ],
)
def test_errors(console: Console, line: str, error: str) -> None:
    console.type(f"\x93{line}\r")
    assert any(row.startswith(f"?{error}  ERROR") for row in console.rows())
