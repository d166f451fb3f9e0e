"""Where the 6502 sources lie."""

from __future__ import annotations

from pathlib import Path

FIRMWARE = Path(__file__).resolve().parent.parent / "firmware"
C64 = FIRMWARE / "c64"  # what several programs include: the machine, and how a program begins on it
