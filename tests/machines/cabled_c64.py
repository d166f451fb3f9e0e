"""A C64 in VICE with a cable and no monitor: all that is known of it comes through a pseudo-terminal.

riglink is loaded from a floppy by keys that VICE types by itself, as its user would.
"""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import threading
import tty
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from soulrig.buildtools.line import BAUD, Line
from soulrig.buildtools.riglink import make_disk
from soulrig.buildtools.rom import build_roms

PIECE = 4096


def line_options(line: Line, terminal: str) -> list[str]:
    """VICE's options for its end of a cable, whose bytes go to a terminal."""
    baud = str(BAUD[line])
    device = ["-rsdev1", terminal, "-rsdev1baud", baud]
    if line == "swiftlink":
        return ["-acia1", "-acia1base", "0xDE00", "-acia1mode", "1", "-acia1irq", "0", "-myaciadev", "0", *device]
    return ["-userportdevice", "2", "-rsuserdev", "0", "-rsuserbaud", baud, *device]


class Cable:
    """Two pseudo-terminals and what carries bytes between them; `end` is the host's, `cut` is set to lose all."""

    def __init__(self) -> None:
        self._hosts, host = os.openpty()
        self._c64s, c64 = os.openpty()
        self._open = [self._hosts, host, self._c64s, c64]
        for descriptor in self._open:
            tty.setraw(descriptor)
        self.end, self.c64_end = os.ttyname(host), os.ttyname(c64)
        self.cut = threading.Event()
        self.carried = {"c64": 0, "host": 0}
        self._stop_read, self._stop_write = os.pipe()
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    def close(self) -> None:
        os.write(self._stop_write, b"x")
        self._thread.join()
        for descriptor in (*self._open, self._stop_read, self._stop_write):
            os.close(descriptor)

    def _carry(self) -> None:
        ways = {self._hosts: (self._c64s, "host"), self._c64s: (self._hosts, "c64")}
        while True:
            ready, _, _ = select.select([*ways, self._stop_read], [], [])
            if self._stop_read in ready:
                return
            for source in ready:
                data = os.read(source, PIECE)
                target, name = ways[source]
                if not self.cut.is_set():
                    self.carried[name] += len(data)
                    os.write(target, data)


@contextmanager
def cabled_c64(
    line: Line, folder: Path, emulator: str = "x64", standard: str = "pal", *, speed: int = 5, extra: Sequence[str] = ()
) -> Iterator[Cable]:
    """A C64 on which riglink has been loaded and run; nothing but the cable is left when it has."""
    roms = build_roms(folder / "rigrom")
    disk = folder / "riglink.d64"
    disk.write_bytes(make_disk())
    program = shutil.which(emulator)
    assert program is not None
    with ExitStack() as stack:
        cable = Cable()
        stack.callback(cable.close)
        kernal, basic, chargen = map(str, roms.paths)
        command = [
            program, "-default", "-console", "-seed", "1", "-logfile", str(folder / "vice.log"), f"-{standard}",
            "+warp", "-speed", str(100 * speed), "+sound", "-sounddev", "dummy",
            "-kernal", kernal, "-basic", basic, "-chargen", chargen,
            "+drive8truedrive", "-virtualdev8", "-8", str(disk),
            *line_options(line, cable.c64_end), *extra,
            "-keybuf", f'load"riglink {line}",8,1\\nrun\\n',
        ]  # fmt: skip
        environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"} | {"HOME": str(folder)}
        nothing = subprocess.DEVNULL
        vice = subprocess.Popen(command, env=environment, stdin=nothing, stdout=nothing, stderr=nothing)
        stack.callback(vice.wait)
        stack.callback(vice.kill)
        yield cable
