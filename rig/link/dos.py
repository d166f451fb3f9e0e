"""What a Commodore drive says of itself: its status line, its directory, and what each error means for the user.

Source: Commodore 1541 User's Guide, appendix on error messages and on the directory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from soulrig.errors import Fault

FIRST_ERROR = 20  # below it a message tells of something done
STARTED = 73  # what a drive says first, its name; as an error, that the disk's format is another drive's
UNREADABLE = frozenset({20, 21, 22, 23, 24, 27})  # on a disk that was never formatted, or is damaged
NOT_READY, WRITE_PROTECTED, NO_CHANNEL = 74, 26, 70

_LINE = re.compile(r"\s*(\d\d)\s*,(.*?),\s*(\d+)\s*,\s*(\d+)\s*$")
_DAMAGED = "the disk is damaged there, or not formatted: format it, or take another; clean the drive's head"
_ADVICE = {
    20: _DAMAGED,
    21: "there is no formatted disk in the drive: put one in and close the drive, or format the one that is in",
    22: _DAMAGED,
    23: _DAMAGED,
    24: _DAMAGED,
    25: "what was written reads back otherwise: take another disk; if that fails too, the drive needs service",
    26: "the disk is write-protected: uncover its notch, or unlock the image",
    27: _DAMAGED,
    28: "the disk is damaged: take another",
    29: "the disk was changed meanwhile: begin again",
    66: "the disk has no such sector: is it one of 35 tracks, and the drive a 1541 or like one?",
    67: "the disk has no such sector: is it one of 35 tracks, and the drive a 1541 or like one?",
    70: "the drive has no buffer free: switch it off and on",
    71: "the directory is damaged: format the disk, or take another",
    72: "the disk is full: take another, or delete files",
    73: "the disk was formatted by another kind of drive: format it anew",
    74: "no disk is in the drive, or its lever is open",
}
_REFUSED = "the drive does not know the command: is it a disk drive?"  # 30 to 39


@dataclass(frozen=True)
class Status:
    """A status line: number, message in capitals, and the two figures behind it, mostly track and sector."""

    number: int
    message: str
    track: int
    sector: int

    def __str__(self) -> str:
        return f"{self.number:02},{self.message},{self.track:02},{self.sector:02}"

    @property
    def failed(self) -> bool:
        """Whether the last command did not succeed."""
        return self.number >= FIRST_ERROR and self.number != STARTED


class DriveFault(Fault):
    """The drive told of an error; `status` is its line."""

    def __init__(self, device: int, status: Status, doing: str) -> None:
        advice = _ADVICE.get(status.number, _REFUSED if 30 <= status.number < 40 else "see the drive's manual")
        super().__init__(f"drive {device}, {doing}: {status}; {advice}")
        self.status = status


class BusFault(Fault):
    """The drive did not answer at all. `told` is the KERNAL's status."""

    def __init__(self, device: int, told: int, doing: str) -> None:
        if told & 0x80:
            what = (
                "is not there (device not present); expected a drive: is it switched on, plugged in, its number right?"
            )
        else:
            what = f"stopped answering (KERNAL status ${told:02X}); switch it off and on, and look at its cable"
        super().__init__(f"drive {device}, {doing}: it {what}")
        self.told = told


def parse_status(line: bytes) -> Status:
    """A status line as the drive sent it. Raises Fault where it is none."""
    text = line.decode("latin-1").strip("\r\n\0 ")
    match = _LINE.match(text)
    if match is None:
        raise Fault(f"the drive's status line is {text!r}, expected one like '00, OK,00,00'; is it a disk drive?")
    return Status(int(match[1]), match[2].strip(), int(match[3]), int(match[4]))


@dataclass(frozen=True)
class Entry:
    """A file in a directory, its name in PETSCII. `kind` is as listed: `PRG`, `*PRG` not closed, `PRG<` locked."""

    blocks: int
    name: bytes
    kind: str


@dataclass(frozen=True)
class Listing:
    """A directory, its texts in PETSCII."""

    label: bytes
    identifier: bytes  # with the DOS type, as the first line shows it
    entries: tuple[Entry, ...]
    blocks_free: int


def parse_listing(program: bytes) -> Listing:
    """The directory of a drive, which sends it as a BASIC program. Raises Fault where it is none.

    Each line is a link, a number of two bytes, text, and a zero; a name stands in quotes.
    """
    lines: list[tuple[int, bytes]] = []
    place = 2  # behind the load address
    while program[place : place + 2] not in (b"\0\0", b""):
        end = program.find(b"\0", place + 4)
        if end < 0:
            break
        lines.append((int.from_bytes(program[place + 2 : place + 4], "little"), program[place + 4 : end]))
        place = end + 1
    if len(lines) < 2 or lines[0][1].count(b'"') < 2:
        raise Fault(f"the drive's directory can't be read: {len(program)} bytes, beginning {program[:16].hex(' ')}")
    _, label, identifier = lines[0][1].split(b'"', 2)
    entries = []
    for blocks, text in lines[1:-1]:
        _, name, rest = (text + b'""').split(b'"', 2)
        entries.append(Entry(blocks, name, rest.rstrip(b'"').lstrip(b" ").rstrip(b" ").decode("latin-1")))
    return Listing(label.rstrip(b" \xa0"), identifier.strip(b" "), tuple(entries), lines[-1][0])
