"""The words of VICE's binary monitor: command numbers, events, and the records that replies hold.

Source: the VICE manual's chapter "Binary monitor", checked against 3.7.1. Everything is little endian.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Self

import numpy as np
import numpy.typing as npt

STX, API = 2, 2
EVENT_ID = 0xFFFFFFFF

# Size of the canvas and the picture's upper left corner in it, measured with the text screen's edges. What VICE says
# of it in the reply is 0, 0 from x64 and one line too much from x64sc on PAL.
PICTURE_ORIGINS = {
    (384, 272): (32, 35),  # x64, PAL
    (384, 247): (32, 23),  # x64, NTSC
    (504, 312): (136, 50),  # x64sc, PAL
    (520, 263): (136, 31),  # x64sc, NTSC
}


class Command(IntEnum):
    """Command numbers. 86 (user port, joystick) is left out: 3.7.1 answers it with an error."""

    MEMORY_GET = 0x01
    MEMORY_SET = 0x02
    CHECKPOINT_GET = 0x11
    CHECKPOINT_SET = 0x12
    CHECKPOINT_DELETE = 0x13
    CHECKPOINT_LIST = 0x14
    CHECKPOINT_TOGGLE = 0x15
    CONDITION_SET = 0x22
    REGISTERS_GET = 0x31
    REGISTERS_SET = 0x32
    DUMP = 0x41
    UNDUMP = 0x42
    RESOURCE_GET = 0x51
    RESOURCE_SET = 0x52
    ADVANCE = 0x71
    KEYBOARD_FEED = 0x72
    FINISH = 0x73
    PING = 0x81
    BANKS = 0x82
    REGISTERS = 0x83
    DISPLAY = 0x84
    INFO = 0x85
    PALETTE = 0x91
    RESUME = 0xAA
    QUIT = 0xBB
    RESET = 0xCC
    AUTOSTART = 0xDD


class EventType(IntEnum):
    """What VICE sends by itself."""

    CHECKPOINT = 0x11
    REGISTERS = 0x31
    JAM = 0x61
    STOPPED = 0x62
    RESUMED = 0x63


class Memspace(IntEnum):
    """Whose memory or registers: the computer's or a drive's."""

    MAIN = 0
    DRIVE8 = 1
    DRIVE9 = 2
    DRIVE10 = 3
    DRIVE11 = 4


class Operation(IntFlag):
    """What a checkpoint watches."""

    LOAD = 1
    STORE = 2
    EXECUTE = 4


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint as VICE describes it."""

    number: int
    hit: bool
    start: int
    end: int
    stops: bool
    enabled: bool
    operation: Operation
    hits: int

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """From the reply to CHECKPOINT_GET or the event of the same form."""
        number, hit, start, end, stops, enabled, operation, _, hits = struct.unpack_from("<IBHHBBBBI", body)
        return cls(number, bool(hit), start, end, bool(stops), bool(enabled), Operation(operation), hits)


@dataclass(frozen=True)
class Event:
    """One thing VICE sent by itself; ``pc`` for stopped, resumed and jam, ``checkpoint`` for a checkpoint."""

    type: EventType
    pc: int | None = None
    checkpoint: Checkpoint | None = None


@dataclass(frozen=True)
class Display:
    """VICE's whole canvas, borders included: (height, width) colour numbers, and (16, 3) red, green, blue."""

    pixels: npt.NDArray[np.uint8]
    palette: npt.NDArray[np.uint8]

    @property
    def origin(self) -> tuple[int, int] | None:
        """Left and top of the 320 x 200 pixels within the border; None for a canvas whose layout is not known."""
        height, width = self.pixels.shape
        return PICTURE_ORIGINS.get((width, height))

    def picture(self) -> npt.NDArray[np.uint8]:
        """The (200, 320) pixels within the border; ValueError for a canvas whose layout is not known."""
        if self.origin is None:
            height, width = self.pixels.shape
            raise ValueError(f"no known place of the picture in a canvas of {width} x {height}")
        left, top = self.origin
        return self.pixels[top : top + 200, left : left + 320]


def items(body: bytes) -> Iterator[bytes]:
    """The entries of a list: a count of 16 bits, then for each entry its size and so many bytes."""
    (count,) = struct.unpack_from("<H", body)
    position = 2
    for _ in range(count):
        size = body[position]
        yield body[position + 1 : position + 1 + size]
        position += 1 + size


def counted(text: str) -> bytes:
    """Text with its length before it in one byte; ValueError where that is too little."""
    data = text.encode("utf-8")
    if len(data) > 255:
        raise ValueError(f"VICE takes names of 255 bytes at most: {text}")
    return bytes([len(data)]) + data


def display_of(picture: bytes, palette: bytes) -> Display:
    """Decode the replies to DISPLAY and PALETTE; ValueError where they don't fit together."""
    fields, width, height = struct.unpack_from("<IHH", picture)
    (size,) = struct.unpack_from("<I", picture, 4 + fields)
    pixels = np.frombuffer(picture, np.uint8, offset=8 + fields)[: width * height]
    missing = width * height - pixels.size
    # 3.7.1 sends the last four bytes of the lower border short.
    if missing not in (0, 4):
        raise ValueError(f"a display of {width} x {height} came with {pixels.size} of {size} bytes")
    pixels = np.pad(pixels, (0, missing), mode="edge")
    colours = [list(item[:3]) for item in items(palette)]
    return Display(pixels.reshape(height, width), np.array(colours, np.uint8))
