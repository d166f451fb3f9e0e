"""The listings that are typed in once, on a C64 with genuine ROMs: ours have neither RS-232 nor much of a BASIC.

Over VICE's user port and SwiftLink, a pty at the other end. The ROMs are looked for in the folder that SOULRIG_ROMS
names.
"""

from __future__ import annotations

import os
import pty
import select
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from soulrig.buildtools.link_protocol import Driver
from soulrig.buildtools.riglink import make_resident
from soulrig.link.line import Line
from soulrig.link.peer import Peer
from soulrig.link.typed_in import BAUD, LISTINGS, START, packet
from soulrig.machines.roms import find_roms
from soulrig.vice_driver.options import Emulator, RomFiles, Standard, ViceOptions
from soulrig.vice_driver.vice import Vice

pytestmark = [
    pytest.mark.vice,
    pytest.mark.roms,
]

USER_PORT = ("-userportdevice", "2", "-rsuserdev", "0", "-rsuserbaud", str(BAUD))
CABLES: dict[str, tuple[str, ...]] = {
    "userport": USER_PORT,
    "up9600": USER_PORT,  # such a cable is a plain one too
    "swiftlink": ("-acia1", "-acia1base", "0xDE00", "-acia1mode", "1", "-acia1irq", "0", "-myaciadev", "0"),
}
AGENTS = {
    "userport": (Driver.USERPORT, 2_400),
    "up9600": (Driver.UP9600, 9_600),
    "swiftlink": (Driver.SWIFTLINK, 38_400),
}
SECOND = 1_000_000  # cycles, about
SCREEN, BORDER, CIA2_PORT_A = 0x0400, 0xD020, 0xDD00
RAN = 0x02A7  # a byte that nobody uses
# inc RAN; rts; then every byte there is, three times, and a few more
PROGRAM = bytes([0xEE, RAN & 0xFF, RAN >> 8, 0x60, *range(256), *range(256), *range(256), 1, 2, 3])
PRG = START.to_bytes(2, "little") + PROGRAM


class OurEnd(Line):
    """The pty's other end as a line to speak over."""

    def __init__(self, descriptor: int) -> None:
        self.url, self.baud, self._descriptor = "the pty", BAUD, descriptor

    def read(self, seconds: float) -> bytes:
        ready, _, _ = select.select([self._descriptor], [], [], seconds)
        return os.read(self._descriptor, 4096) if ready else b""

    def write(self, data: bytes) -> None:
        os.write(self._descriptor, data)

    def close(self) -> None:
        """The pty is not its own."""


class TypedIn:
    """A C64 with a cable; what is typed, what stands on the screen, what the other end sends."""

    def __init__(self, vice: Vice, line: OurEnd) -> None:
        self.vice = vice
        self.line = line

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
        self.line.write(line)
        self.vice.run_until(lambda: "READY." in self.rows(), (len(line) + 90) * SECOND // 28, f"{self.rows()}", 0.05)
        rows = self.rows()
        assert rows[0] == "RUN"
        return [row for row in rows[1 : rows.index("READY.")] if row]

    def ran(self) -> int:
        return int(self.vice.read(RAN, 1)[0])


@contextmanager
def typed_in(line: str, emulator: Emulator, standard: Standard) -> Iterator[TypedIn]:
    roms = find_roms(Path(os.environ["SOULRIG_ROMS"]))
    files = RomFiles(roms.kernal, roms.basic, roms.chargen)
    ours, theirs = pty.openpty()
    for end in (ours, theirs):
        tty.setraw(end)
    cable = (*CABLES[line], "-rsdev1", os.ttyname(theirs), "-rsdev1baud", str(BAUD))
    try:
        with Vice(ViceOptions(emulator=emulator, standard=standard, roms=files, extra=cable)) as vice:
            c64 = TypedIn(vice, OurEnd(ours))
            vice.run_until(lambda: "READY." in c64.rows(), 10 * SECOND, "READY.", 0.05)
            vice.write(RAN, b"\0")
            for row in LISTINGS[line]:
                c64.type(row + "\r")
            yield c64
    finally:
        os.close(ours)
        os.close(theirs)


@pytest.mark.parametrize("line", LISTINGS)
@pytest.mark.parametrize(("emulator", "standard"), [("x64sc", "pal"), ("x64", "ntsc")])
def test_a_program_is_received_and_started(line: str, emulator: Emulator, standard: Standard) -> None:
    with typed_in(line, emulator, standard) as c64:
        c64.run()
        assert c64.send(packet(PRG)) == []
        assert c64.vice.read(START, len(PROGRAM)) == PROGRAM
        assert c64.ran() == 1
        assert c64.vice.read(CIA2_PORT_A, 1, "io")[0] & 4  # the user port's line rests high


@pytest.mark.parametrize("line", LISTINGS)
def test_a_flipped_bit_is_told_and_nothing_is_started_and_the_next_attempt_succeeds(line: str) -> None:
    with typed_in(line, "x64", "pal") as c64:
        sent = bytearray(packet(PRG))
        sent[200] ^= 4
        c64.run()
        assert c64.send(bytes(sent)) == ["BAD"]
        assert c64.ran() == 0
        c64.run()
        assert c64.send(packet(PRG)) == []
        assert c64.ran() == 1


def test_a_lost_byte_is_told_when_all_is_sent_again() -> None:
    with typed_in("userport", "x64", "pal") as c64:
        sent = packet(PRG)
        c64.run()
        assert c64.send(sent[:200] + sent[201:] + sent) == ["BAD"]
        c64.wait(len(sent) * SECOND // 29)  # until all is sent: what comes midway could look like a beginning
        c64.run()
        assert c64.send(sent) == []
        assert c64.ran() == 1


@pytest.mark.cc65
@pytest.mark.parametrize("line", LISTINGS)
def test_riglink_gets_onto_the_c64_and_answers_at_its_own_speed(line: str) -> None:
    driver, baud = AGENTS[line]
    with typed_in(line, "x64", "pal") as c64:
        c64.run()
        (told,) = c64.send(packet(make_resident(driver)))
        assert told.startswith("RIGLINK ")
        if line != "swiftlink":
            with c64.vice.stopped() as monitor:
                monitor.set_resource("RsUserBaud", baud)
                monitor.set_resource("RsUserUP9600", int(line == "up9600"))
        with Peer(c64.line, patience=30) as peer:
            identity = peer.identify()
            assert (identity.program, identity.driver, identity.standard) == ("riglink", line, "pal")
            assert peer.peek(START, 3) == make_resident(driver)[2:5]
