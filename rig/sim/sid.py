"""The SID without its sound: what is written to it, and when."""

from __future__ import annotations

from soulrig.capture.sid_log import SidWrite

REGISTERS = 0x1D
OSCILLATOR, ENVELOPE, PADDLE_X, PADDLE_Y = 0x1B, 0x1C, 0x19, 0x1A
UNUSED_PADDLE = 0xFF


class Sid:
    """`log` holds every write since power-up, in order."""

    def __init__(self) -> None:
        self.log: list[SidWrite] = []

    def read(self, register: int, cycle: int) -> int:
        """Read register 0-31. The third oscillator reads as noise, which is what programs take from it."""
        match register:
            case 0x1B:
                return _noise(cycle)
            case 0x19 | 0x1A:
                return UNUSED_PADDLE
        return 0

    def write(self, register: int, value: int, cycle: int) -> None:
        """Write register 0-31."""
        if register < PADDLE_X:
            self.log.append(SidWrite(cycle, register, value))


def _noise(cycle: int) -> int:
    """A byte that looks random and follows from the cycle alone."""
    return (cycle * 0x9E3779B1 >> 13 ^ cycle * 0x85EBCA6B >> 7) & 0xFF
