"""The listing that is typed in once, on a C64 with genuine ROMs: our own KERNAL has no RS-232.

Over VICE's user port, a pty at its other end. The ROMs are looked for in the folder that SOULRIG_ROMS names.
"""

from __future__ import annotations

import os
import pty
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from soulrig.link.typed_in import BAUD, LISTING, START, packet
from soulrig.machines.roms import find_roms
from soulrig.vice_driver.process import Emulator, RomFiles, Standard, ViceOptions
from soulrig.vice_driver.vice import Vice

pytestmark = [
    pytest.mark.vice,
    pytest.mark.skipif("SOULRIG_ROMS" not in os.environ, reason="SOULRIG_ROMS names no folder with a KERNAL's RS-232"),
]

SECOND = 1_000_000  # cycles, about
SCREEN, BORDER, CIA2_PORT_A = 0x0400, 0xD020, 0xDD00
RAN = 0x02A7  # a byte that nobody uses
# inc RAN; rts; then every byte there is, three times, and a few more
PROGRAM = bytes([0xEE, RAN & 0xFF, RAN >> 8, 0x60, *range(256), *range(256), *range(256), 1, 2, 3])
PRG = START.to_bytes(2, "little") + PROGRAM


class TypedIn:
    """A C64 with a cable; what is typed, what stands on the screen, what the other end sends."""

    def __init__(self, vice: Vice, line: int) -> None:
        self.vice = vice
        self._line = line

    def rows(self) -> list[str]:
        codes = self.vice.read(SCREEN, 1000)
        text = "".join(chr(code + 64 if code < 32 else code) if code < 64 else "~" for code in codes)
        return [text[start : start + 40].rstrip() for start in range(0, 1000, 40)]

    def type(self, text: str) -> None:
        self.vice.type(text.encode("latin-1"))
        self.vice.run_until(lambda: self.vice.read(0xC6, 1) == b"\0", 20 * SECOND, "all to be typed", 0.02)

    def run(self) -> None:
        """RUN on a cleared screen, and the second or so that it takes to have the port open."""
        self.type("\x93RUN\r")
        self.wait(SECOND)

    def wait(self, cycles: int) -> None:
        start = self.vice.clock()
        self.vice.run_until(lambda: self.vice.clock() >= start + cycles, 2 * cycles + SECOND, "time to pass", 0.02)

    def send(self, line: bytes) -> list[str]:
        """Send; the rows below RUN when BASIC is ready again, without the blank ones."""
        os.write(self._line, line)
        self.vice.run_until(lambda: "READY." in self.rows(), (len(line) + 60) * SECOND // 28, f"{self.rows()}", 0.05)
        rows = self.rows()
        assert rows[0] == "RUN"
        return [row for row in rows[1 : rows.index("READY.")] if row]

    def ran(self) -> int:
        return int(self.vice.read(RAN, 1)[0])


@contextmanager
def typed_in(emulator: Emulator, standard: Standard) -> Iterator[TypedIn]:
    roms = find_roms(Path(os.environ["SOULRIG_ROMS"]))
    ours, theirs = pty.openpty()
    for end in (ours, theirs):
        tty.setraw(end)
    baud = str(BAUD)
    cable = ("-userportdevice", "2", "-rsuserdev", "0", "-rsuserbaud", baud)
    cable += ("-rsdev1", os.ttyname(theirs), "-rsdev1baud", baud)
    files = RomFiles(roms.kernal, roms.basic, roms.chargen)
    try:
        with Vice(ViceOptions(emulator=emulator, standard=standard, roms=files, extra=cable)) as vice:
            c64 = TypedIn(vice, ours)
            vice.run_until(lambda: "READY." in c64.rows(), 10 * SECOND, "READY.", 0.05)
            vice.write(RAN, b"\0")
            for line in LISTING:
                c64.type(line + "\r")
            yield c64
    finally:
        os.close(ours)
        os.close(theirs)


@pytest.mark.parametrize(("emulator", "standard"), [("x64sc", "pal"), ("x64", "ntsc")])
def test_a_program_is_received_and_started(emulator: Emulator, standard: Standard) -> None:
    with typed_in(emulator, standard) as c64:
        c64.run()
        assert c64.send(packet(PRG)) == []
        assert c64.vice.read(START, len(PROGRAM)) == PROGRAM
        assert c64.ran() == 1
        assert c64.vice.read(CIA2_PORT_A, 1, "io")[0] & 4  # the line rests high: the port is closed


def test_a_flipped_bit_is_told_and_nothing_is_started_and_the_next_attempt_succeeds() -> None:
    with typed_in("x64", "pal") as c64:
        sent = bytearray(packet(PRG))
        sent[200] ^= 4
        c64.run()
        assert c64.send(bytes(sent)) == ["BAD"]
        assert c64.ran() == 0
        c64.run()
        assert c64.send(packet(PRG)) == []
        assert c64.ran() == 1


def test_a_lost_byte_is_told_when_all_is_sent_again() -> None:
    with typed_in("x64", "pal") as c64:
        sent = packet(PRG)
        c64.run()
        assert c64.send(sent[:200] + sent[201:] + sent) == ["BAD"]
        c64.wait(len(sent) * SECOND // 29)  # until all is sent: what comes midway could look like a beginning
        c64.run()
        assert c64.send(sent) == []
        assert c64.ran() == 1
