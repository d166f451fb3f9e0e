"""The serial bus with a disk drive on it, byte by byte: what a KERNAL's five serial entries send and receive.

The drive is device 8 with a disk that can be read but not written. Source: Commodore 1541 User's Guide: names,
wildcards, channels, the directory as a program, status messages.
"""

from __future__ import annotations

from dataclasses import dataclass

from soulrig.buildtools.disk_image import Disk, DiskFile

DEVICE = 8
LISTEN, UNLISTEN, TALK, UNTALK = 0x20, 0x3F, 0x40, 0x5F
OPEN, CLOSE, DATA = 0xF0, 0xE0, 0x60
TIMEOUT, READ_ERROR, END, NO_DEVICE = 0x01, 0x02, 0x40, 0x80
"""Bits of the KERNAL's status."""
COMMAND_CHANNEL = 15
SAVE_CHANNEL = 1

DIRECTORY_ADDRESS = 0x0401
REVERSE_ON, QUOTE, SHIFT_SPACE, SPACE, COMMA, RETURN = 0x12, 0x22, 0xA0, 0x20, 0x2C, 0x0D
NAME_SIZE, ENTRY_SIZE, FREE_SIZE = 16, 27, 25  # characters of a name, of a file's line, of the last line
_LINK = b"\x01\x01"  # of a line of the listing; BASIC makes its own

STARTED = (73, "CBM DOS V2.6 1541")
OK, WRITE_PROTECT, NOT_FOUND, SYNTAX_ERROR, NOT_READY = (
    (0, " OK"),
    (26, "WRITE PROTECT ON"),
    (62, "FILE NOT FOUND"),
    (30, "SYNTAX ERROR"),
    (74, "DRIVE NOT READY"),
)


@dataclass
class _Channel:
    data: bytes
    place: int = 0


class Drive:
    """What `send_command` and the others return are bits for the KERNAL's status."""

    def __init__(self) -> None:
        self.disk: Disk | None = None
        self.reset()

    def reset(self) -> None:
        """As after switching on; the disk stays in."""
        self._role: int | None = None  # LISTEN or TALK, while called
        self._secondary = 0
        self._name: bytearray | None = None  # what is sent to an OPEN, or as a command
        self._channels: dict[int, _Channel] = {}
        self._say(STARTED)

    def send_command(self, byte: int) -> int:
        """A byte with attention: LISTEN, TALK, UNLISTEN, UNTALK."""
        if byte in (UNLISTEN, UNTALK):
            if byte == UNLISTEN:
                self._sent()
            self._role = None
            return 0
        self._role = byte & ~0x1F if byte & 0x1F == DEVICE else None
        self._secondary = DATA
        return 0 if self._role is not None else NO_DEVICE

    def send_secondary(self, byte: int) -> int:
        """The secondary address after LISTEN or TALK."""
        if self._role is None:
            return NO_DEVICE
        self._secondary = byte
        channel = byte & 0x0F
        if byte & 0xF0 == OPEN or channel == COMMAND_CHANNEL:
            self._name = bytearray()
        if byte & 0xF0 == CLOSE:
            self._channels.pop(channel, None)
        return 0

    def send(self, byte: int) -> int:
        """A byte to the listener."""
        if self._role != LISTEN:
            return NO_DEVICE
        if self._name is not None:
            self._name.append(byte)
            return 0
        return TIMEOUT  # to a file: the disk is not written to

    def receive(self) -> tuple[int, int]:
        """A byte from the talker, and status bits."""
        if self._role != TALK:
            return 0, READ_ERROR | NO_DEVICE
        number = self._secondary & 0x0F
        if number == COMMAND_CHANNEL and self._channels.get(COMMAND_CHANNEL) is None:
            self._say(OK)
        channel = self._channels.get(number)
        if channel is None or channel.place >= len(channel.data):
            return RETURN, READ_ERROR | END
        byte = channel.data[channel.place]
        channel.place += 1
        if channel.place < len(channel.data):
            return byte, 0
        if number == COMMAND_CHANNEL:
            del self._channels[number]
        return byte, END

    def _sent(self) -> None:
        """UNLISTEN: a name or command is complete."""
        name, self._name = self._name, None
        if name is None:
            return
        channel = self._secondary & 0x0F
        if channel == COMMAND_CHANNEL:
            if name:
                self._say(OK if name.startswith((b"I", b"U")) else SYNTAX_ERROR)
        elif self._secondary & 0xF0 == OPEN:
            self._open(channel, bytes(name))

    def _open(self, channel: int, name: bytes) -> None:
        self._channels.pop(channel, None)
        if self.disk is None:
            self._say(NOT_READY)
            return
        pattern, *options = name.split(bytes([COMMA]))
        if channel == SAVE_CHANNEL or b"W" in options or b"A" in options:
            self._say(WRITE_PROTECT)
            return
        if pattern[:1] == b"$":
            self._channels[channel] = _Channel(directory(self.disk, _pattern(pattern[1:]) or b"*"))
            self._say(OK)
            return
        found = find(self.disk, _pattern(pattern))
        if found is None:
            self._say(NOT_FOUND)
            return
        self._channels[channel] = _Channel(found.content)
        self._say(OK)

    def _say(self, message: tuple[int, str]) -> None:
        number, text = message
        self._channels[COMMAND_CHANNEL] = _Channel(f"{number:02d},{text},00,00\r".encode())


def _pattern(name: bytes) -> bytes:
    """A name without the drive before a colon."""
    return name[name.index(b":") + 1 :] if b":" in name else name


def matches(name: bytes, pattern: bytes) -> bool:
    """Whether a file's name fits: `?` is any character, `*` the rest."""
    for index, character in enumerate(pattern):
        if character == ord("*"):
            return True
        if index >= len(name) or character not in (name[index], ord("?")):
            return False
    return len(name) == len(pattern)


def find(disk: Disk, pattern: bytes) -> DiskFile | None:
    """The first file that fits."""
    return next((file for file in disk.files if matches(file.name, pattern)), None)


def directory(disk: Disk, pattern: bytes) -> bytes:
    """The directory as the drive sends it: a BASIC program with the sizes as line numbers."""
    title = bytes([REVERSE_ON, QUOTE]) + disk.label.ljust(NAME_SIZE) + b'" ' + disk.identifier
    lines = [(0, title.replace(bytes([SHIFT_SPACE]), bytes([SPACE])))]
    for file in disk.files:
        if matches(file.name, pattern):
            name = (b'"' + file.name + b'"').ljust(NAME_SIZE + 2)
            entry = b" " * (4 - len(str(file.blocks))) + name + b" " + file.kind.encode()
            lines.append((file.blocks, entry.ljust(ENTRY_SIZE)))
    lines.append((disk.blocks_free, b"BLOCKS FREE.".ljust(FREE_SIZE)))
    listing = b"".join(_LINK + number.to_bytes(2, "little") + text + b"\0" for number, text in lines)
    return DIRECTORY_ADDRESS.to_bytes(2, "little") + listing + b"\0\0"
