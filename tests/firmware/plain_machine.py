"""A 6502 with 64 K of RAM and nothing else, that calls one routine of a built program after the other.

For firmware tests below the level of a machine: no ROM, no chips, no key held down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from py65.devices.mpu6502 import MPU

from soulrig.buildtools.build import Built
from soulrig.buildtools.unpack import memory_of

CLC, SEC, RTS = 0x18, 0x38, 0x60
RETURNED = 0xFFFF  # where the called routine's last RTS leads
STACK_TOP = 0xFD
INC_ABSOLUTE, DEC_ABSOLUTE = 0xEE, 0xCE


class UndefinedOpcodeError(Exception):
    """The program ran into an opcode that the 6502 does not define."""


def _undefined(mpu: MPU) -> None:
    address = mpu.pc - 1
    raise UndefinedOpcodeError(f"opcode ${mpu.memory[address]:02X} at ${address:04X}")


class StrictMPU(MPU):
    """py65's 6502 without its two faults: undefined opcodes run silently, and DEC absolute takes 3 cycles."""

    instruct: ClassVar[list[Callable[[MPU], None]]] = [
        _undefined if run.__name__ == "inst_not_implemented" else run for run in MPU.instruct
    ]
    cycletime: ClassVar[list[int]] = list(MPU.cycletime)
    cycletime[DEC_ABSOLUTE] = cycletime[INC_ABSOLUTE]


@dataclass(frozen=True)
class Returned:
    """What a routine came back with."""

    a: int
    carry: bool
    cycles: int


class PlainMachine:
    """Memory with `built` in it, and calls."""

    def __init__(self, built: Built) -> None:
        self.symbols = dict(built.symbols)
        self._mpu = StrictMPU()
        self.memory: list[int] = self._mpu.memory
        start, program = memory_of(built.prg, built.manifest)
        self.memory[start : start + len(program)] = program
        self.press_stop(down=False)

    def press_stop(self, *, down: bool) -> None:
        """Answer for `poll`, since RAM lies where it would ask a chip."""
        address = self.symbols["poll"]
        self.memory[address : address + 2] = [SEC if down else CLC, RTS]

    def call(
        self,
        routine: str,
        *,
        a: int = 0,
        x: int = 0,
        carry: bool = False,
        on_return: Mapping[str, Callable[[], None]] | None = None,
    ) -> Returned:
        """Run `routine` until it returns. `on_return[name]` is called whenever the routine `name` inside it returns."""
        mpu = self._mpu
        watched = {self.symbols[name]: notify for name, notify in (on_return or {}).items()}
        inside: list[tuple[int, Callable[[], None]]] = []  # stack pointer at entry
        mpu.a, mpu.x, mpu.y, mpu.sp = a, x, 0, STACK_TOP
        self.memory[0x0100 + STACK_TOP + 1 : 0x0200] = (RETURNED - 1).to_bytes(2, "little")
        mpu.p = MPU.UNUSED | MPU.INTERRUPT | (MPU.CARRY if carry else 0)
        mpu.pc = self.symbols[routine]
        before = mpu.processorCycles
        while mpu.pc != RETURNED:
            if mpu.pc in watched:
                inside.append((mpu.sp, watched[mpu.pc]))
            mpu.step()
            while inside and mpu.sp > inside[-1][0]:
                inside.pop()[1]()
        return Returned(mpu.a, bool(mpu.p & MPU.CARRY), mpu.processorCycles - before)

    def read(self, name: str, size: int, *, signed: bool = False) -> int:
        """The little-endian number of `size` bytes at a label."""
        address = self.symbols[name]
        return int.from_bytes(bytes(self.memory[address : address + size]), "little", signed=signed)

    def write(self, name: str, value: int, size: int) -> None:
        """Put a number of `size` bytes, little-endian, at a label; negative ones in two's complement."""
        address = self.symbols[name]
        self.memory[address : address + size] = (value % (1 << 8 * size)).to_bytes(size, "little")

    def vector(self, name: str, length: int, start: int = 0) -> list[int]:
        """`length` int16 from the arrays of bytes `<name>_lo` and `<name>_hi`."""
        low, high = self.symbols[f"{name}_lo"] + start, self.symbols[f"{name}_hi"] + start
        pairs = zip(self.memory[low : low + length], self.memory[high : high + length], strict=True)
        return [int.from_bytes(bytes(pair), "little", signed=True) for pair in pairs]

    def write_vector(self, name: str, values: Sequence[int]) -> None:
        """Put int16s into the arrays of bytes `<name>_lo` and `<name>_hi`."""
        low, high = self.symbols[f"{name}_lo"], self.symbols[f"{name}_hi"]
        for index, value in enumerate(values):
            self.memory[low + index] = value & 0xFF
            self.memory[high + index] = value >> 8 & 0xFF
