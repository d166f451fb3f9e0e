"""A drive at the C64's serial bus, worked over the cable: commands, directory, sectors, and CRCs made on the C64.

The agent on the C64 is lent routines of firmware/riglink/disk/ for it, and they are called one at a time: while the C64
speaks with the drive it does not listen to the line.
"""

from __future__ import annotations

from soulrig.buildtools.disk_part import make_disk_part
from soulrig.buildtools.petscii import to_petscii
from soulrig.errors import BadInput, Fault
from soulrig.link.dos import NO_CHANNEL, BusFault, DriveFault, Listing, Status, parse_listing, parse_status
from soulrig.link.lent import Agent

SECTOR_SIZE = 256
FIRST_DEVICE, LAST_DEVICE = 8, 30
SECTOR_CHANNEL, LISTING_CHANNEL, COMMAND_CHANNEL = 2, 0, 15
OPEN, CLOSE, DATA = 0xF0, 0xE0, 0x60  # secondary addresses: one of these plus the channel
DONE, DRIVE_TELLS, BUS_FAILED = 0, 1, 2
END = 0x40  # in the KERNAL's status
LONGEST_COMMAND = 40  # characters that a 1541 takes
LONGEST_LISTING = 16384  # bytes: 144 files take 5 KB on a 1541
NAME_SIZE, ID_SIZE = 16, 2

# Seconds that the drive may take. A transfer that fails is tried anew by the drive itself, for some seconds.
TALK_SECONDS, SECTOR_SECONDS, COMMAND_SECONDS, FORMAT_SECONDS = 15.0, 30.0, 60.0, 240.0
CRC_SECONDS_A_BYTE = 0.0002  # twice what it takes


class Disk:
    """Drive `device` of the C64 on which `agent` runs. Takes its memory from $CB00 to $CFFF.

    Every method raises DriveFault where the drive tells of an error, BusFault where it doesn't answer, and Fault where
    the line fails.
    """

    def __init__(self, agent: Agent, device: int = 8) -> None:
        check_device(device)
        self.device = device
        self._agent = agent
        self._part = make_disk_part()
        self._channel_open = False
        agent.poke(self._part.start, self._part.code)
        agent.poke(self._at("device"), bytes([device]))

    def close(self) -> None:
        """Give the drive's buffer back."""
        if self._channel_open:
            self._channel_open = False
            self._call("disk_close", "asked to free a buffer", TALK_SECONDS, x=CLOSE | SECTOR_CHANNEL)

    def status(self) -> Status:
        """The drive's status line, whatever it tells; reading it clears it."""
        return self._exchange("", "asked for its status", TALK_SECONDS)

    def command(self, text: str | bytes, seconds: float = COMMAND_SECONDS) -> Status:
        """Send a DOS command (`I0`, `S0:NAME`) and wait for its end. Text is typed without SHIFT; bytes are PETSCII."""
        name = text if isinstance(text, str) else text.decode("latin-1")
        status = self._exchange(text, f"command {name}", seconds)
        self._channel_open = False  # some commands free all buffers
        return self._checked(status, f"command {name}")

    def format(self, name: str | bytes, identifier: str | bytes) -> None:
        """Format the disk, which loses all that is on it; 77 s on a 1541."""
        label, mark = _petscii(name), _petscii(identifier)
        if not 1 <= len(label) <= NAME_SIZE or len(mark) != ID_SIZE or set(label + mark) & set(b",:\r"):
            raise BadInput(
                f"disk name {name!r}, id {identifier!r}: expected 1 to 16 characters, and 2, none of , and :"
            )
        self.command(b"N0:" + label + b"," + mark, FORMAT_SECONDS)

    def directory(self) -> Listing:
        """What is on the disk."""
        doing = "asked for its directory"
        self._agent.poke(self._at("line"), b"$")
        self._call("disk_open", doing, TALK_SECONDS, x=OPEN | LISTING_CHANNEL, y=1)
        program = bytearray()
        try:
            self._checked(self.status(), doing)
            told = 0
            while not told & END and len(program) < LONGEST_LISTING:
                self._call("disk_fetch", doing, SECTOR_SECONDS, x=DATA | LISTING_CHANNEL)
                told, heard = self._agent.peek(self._at("told"), 2)
                program += self._agent.peek(self._at("buffer"), heard or SECTOR_SIZE)
        finally:
            self._agent.call(self._at("disk_close"), x=CLOSE | LISTING_CHANNEL, seconds=TALK_SECONDS)
        return parse_listing(bytes(program))

    def read_sector(self, track: int, sector: int) -> bytes:
        """The 256 bytes of a sector."""
        self._sector("disk_read", track, sector, "read")
        return self._agent.peek(self._at("buffer"), SECTOR_SIZE)

    def write_sector(self, track: int, sector: int, data: bytes) -> None:
        """Write a sector; what then is on the disk, `crc_sector` tells."""
        if len(data) != SECTOR_SIZE:
            raise BadInput(f"{len(data)} bytes for a sector, expected {SECTOR_SIZE}")
        self._open()
        self._agent.poke(self._at("buffer"), data)
        self._sector("disk_write", track, sector, "written")

    def crc_sector(self, track: int, sector: int) -> int:
        """The CRC-32 of a sector, read and computed by the C64: `zlib.crc32` of its bytes."""
        self._sector("disk_check", track, sector, "read")
        return self._crc()

    def crc_memory(self, address: int, length: int) -> int:
        """The CRC-32 of so many bytes of the C64's memory, as its processor sees them."""
        if not 0 < length <= 0x10000 - address:
            raise BadInput(f"{length} bytes from ${address:04X}: expected a range within 64 KB")
        self._agent.poke(self._at("range"), address.to_bytes(2, "little") + (length & 0xFFFF).to_bytes(2, "little"))
        self._agent.call(self._at("disk_crc"), seconds=TALK_SECONDS + length * CRC_SECONDS_A_BYTE)
        return self._crc()

    def _crc(self) -> int:
        return int.from_bytes(self._agent.peek(self._at("crc"), 4), "little")

    def _sector(self, routine: str, track: int, sector: int, done: str) -> None:
        doing = f"track {track} sector {sector} to be {done}"
        self._open()
        if self._call(routine, doing, SECTOR_SECONDS, a=track, x=sector) == DRIVE_TELLS:
            status = self._line()
            self._channel_open = status.number != NO_CHANNEL
            self._checked(status, doing)
            raise Fault(f"drive {self.device}, {doing}: it failed, but tells {status}; try again")

    def _open(self) -> None:
        """Get a buffer of the drive's."""
        if self._channel_open:
            return
        doing = "asked for a buffer"
        self._agent.poke(self._at("line"), b"#")
        self._call("disk_open", doing, TALK_SECONDS, x=OPEN | SECTOR_CHANNEL, y=1)
        self._checked(self.status(), doing)
        self._channel_open = True

    def _exchange(self, text: str | bytes, doing: str, seconds: float) -> Status:
        command = _petscii(text)
        if len(command) > LONGEST_COMMAND:
            raise BadInput(f"command of {len(command)} characters, expected {LONGEST_COMMAND} at most")
        if command:
            self._agent.poke(self._at("line"), command)
        self._call("disk_exchange", doing, seconds, a=len(command))
        return self._line()

    def _line(self) -> Status:
        """What the drive has said, which the C64 holds."""
        (length,) = self._agent.peek(self._at("heard"), 1)
        return parse_status(self._agent.peek(self._at("line"), length))

    def _call(self, routine: str, doing: str, seconds: float, a: int = 0, x: int = 0, y: int = 0) -> int:
        result = self._agent.call(self._at(routine), a, x, y, seconds=seconds)
        if result == BUS_FAILED:
            self._channel_open = False
            (told,) = self._agent.peek(self._at("told"), 1)
            raise BusFault(self.device, told, doing)
        return result

    def _checked(self, status: Status, doing: str) -> Status:
        if status.failed:
            raise DriveFault(self.device, status, doing)
        return status

    def _at(self, symbol: str) -> int:
        return self._part.symbols[symbol]


def check_device(device: int) -> None:
    """Raise BadInput for a number that no drive has."""
    if not FIRST_DEVICE <= device <= LAST_DEVICE:
        raise BadInput(f"drive {device}: expected a number from {FIRST_DEVICE} to {LAST_DEVICE}")


def _petscii(text: str | bytes) -> bytes:
    """Letters as they are without SHIFT, whichever these are."""
    return to_petscii(text.lower()) if isinstance(text, str) else text
