"""Routines of a built program by the thousand: values from cc65's `sim65`, which runs 400 million cycles a second.

It counts no cycles a call and knows no chips; that is `plain_machine`'s business. Commands are collected and run in one
go, each time from the memory that the program was loaded into, with the engine's tables made and its context empty.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from soulrig.buildtools.assembler import Program, assemble
from soulrig.buildtools.build import Built
from soulrig.buildtools.unpack import memory_of
from soulrig.errors import Fault

CLC, RTS = 0x18, 0x60
EXIT, WRITE, READ, CALL = range(4)  # the driver's commands
LIMIT = 600  # seconds

Bytes = npt.NDArray[np.uint8]


@cache
def _driver() -> Program:
    folder = Path(__file__).parent
    return assemble([folder / "sim65_driver.s"], folder / "sim65_driver.cfg", "driver")


class Sim65:
    """A program in sim65. Not a process: `run` starts one for all that was asked since the last one."""

    def __init__(self, built: Built) -> None:
        self.built = built
        self.symbols = dict(built.symbols)
        driver = _driver()
        start, program = memory_of(built.prg, built.manifest)
        load = int.from_bytes(driver.outputs["driver-header"][8:10], "little")
        below = driver.outputs["driver"].ljust(start - load, b"\0")
        self._file = driver.outputs["driver-header"] + below + program
        self._returned = driver.symbols["returned"]
        self._clear()

    def _clear(self) -> None:
        self._commands = bytearray()
        self._lengths: list[int] = []
        self.put(self.symbols["poll"], bytes([CLC, RTS]))  # no key is down
        self.call("engine_init")
        self.call("engine_reset")

    def put(self, address: int, content: bytes) -> None:
        """Write bytes to an address."""
        self._commands += struct.pack("<BHHBBB", WRITE, address, len(content), 0, 0, 0) + content

    def write(self, name: str, value: int, size: int) -> None:
        """Write a number of `size` bytes, little-endian, at a label."""
        self.put(self.symbols[name], (value % (1 << 8 * size)).to_bytes(size, "little"))

    def write_vector(self, name: str, values: npt.ArrayLike) -> None:
        """Write int16s into the arrays of bytes `<name>_lo` and `<name>_hi`."""
        words = np.asarray(values, np.int64)
        self.put(self.symbols[f"{name}_lo"], (words & 0xFF).astype(np.uint8).tobytes())
        self.put(self.symbols[f"{name}_hi"], (words >> 8 & 0xFF).astype(np.uint8).tobytes())

    def call(self, routine: str, *, a: int = 0, x: int = 0, carry: bool = False) -> None:
        """Run a routine until it returns."""
        self._commands += struct.pack("<BHHBBB", CALL, self.symbols[routine], 0, a & 0xFF, x, carry)

    def get(self, address: int, length: int) -> None:
        """Ask for bytes: an entry in what `run` returns."""
        self._commands += struct.pack("<BHHBBB", READ, address, length, 0, 0, 0)
        self._lengths.append(length)

    def read(self, name: str, size: int) -> None:
        """Ask for `size` bytes at a label."""
        self.get(self.symbols[name], size)

    def read_vector(self, name: str, length: int) -> None:
        """Ask for two arrays of bytes, `<name>_lo` and `<name>_hi`: two entries."""
        self.read(f"{name}_lo", length)
        self.read(f"{name}_hi", length)

    def read_returned(self) -> None:
        """Ask for A and carry (0 or 1) as the latest call left them: an entry of two bytes."""
        self.get(self._returned, 2)

    def run(self) -> list[Bytes]:
        """Run what was asked for since the last run, from a fresh memory; what was read, in order.

        Raises Fault where sim65 is missing, stops early, at an undefined opcode, or warns: of an indirect jump over a
        page's end. It gets LIMIT seconds.
        """
        tool = shutil.which("sim65")
        if tool is None:
            raise Fault("sim65 is not installed; it comes with cc65 (Debian and Ubuntu: apt install cc65)")
        commands, lengths = bytes(self._commands) + bytes(8), self._lengths
        self._clear()
        with tempfile.TemporaryDirectory(prefix="soulrig-sim65-") as name:
            program, script = Path(name) / "program", Path(name) / "commands"
            program.write_bytes(self._file)
            script.write_bytes(commands)
            with script.open("rb") as source:
                done = subprocess.run(
                    [tool, str(program)], stdin=source, capture_output=True, timeout=LIMIT, check=False
                )
        if done.returncode or done.stderr or len(done.stdout) != sum(lengths):
            raise Fault(f"sim65 stopped with {done.returncode}: {done.stderr.decode(errors='replace')[-500:]}")
        ends = np.cumsum(lengths)[:-1]
        return np.split(np.frombuffer(done.stdout, np.uint8), ends)


def words(parts: Sequence[Bytes]) -> npt.NDArray[np.int64]:
    """Vectors (count, length) of int16 from what `read_vector` of one length got: low bytes, high bytes, and so on."""
    low, high = np.array(parts[::2], np.int64), np.array(parts[1::2], np.int64)
    return low | (high ^ 0x80) - 0x80 << 8
