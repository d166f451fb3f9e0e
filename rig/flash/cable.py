"""The target `serial`: a drive of a C64 at the cable, which writes the sectors and computes their CRCs itself.

Sectors that are right already are not written again: what was cut goes on where it stopped. From the first sector
written to the last the disk's title is UNFINISHED.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from types import TracebackType
from typing import Self
from zlib import crc32

from soulrig.errors import Fault
from soulrig.flash.directory import TITLE, Directory, directory_of
from soulrig.flash.image import DIRECTORY_TRACK, SECTOR, SECTORS, Difference, Image, Sector, check_floppy, sectors_of
from soulrig.flash.target import Progress
from soulrig.link.disk import Disk, check_device
from soulrig.link.dos import NOT_READY, UNREADABLE, WRITE_PROTECTED, DriveFault
from soulrig.link.lent import Agent

TRACKS = min(SECTORS)
HEAD, FIRST_FILES = Sector(DIRECTORY_TRACK, 0), Sector(DIRECTORY_TRACK, 1)
UNFINISHED = b"UNFINISHED"
FILLER = b"\xa0"  # behind a title
ATTEMPTS = 3  # at a sector
CODE = 18  # a drive's number of an error less that of an image's error information
INITIALIZE = "I0"
REFUSED = (WRITE_PROTECTED, NOT_READY)  # what a drive tells which has changed nothing


class CableDrive:
    """Drive `drive` of the C64 to whose agent `connect` opens the line, each time anew; `place` names the line."""

    sparse = True
    resumes = True

    def __init__(self, connect: Callable[[], AbstractContextManager[Agent]], place: str, drive: int) -> None:
        """Raises BadInput for a number that no drive has."""
        check_device(drive)
        self._connect, self._place, self._drive = connect, place, drive
        self._opened: Disk | None = None
        self._stack = ExitStack()
        self._blank = False  # it was formatted just now: no sector can be right
        self.unfinished = False

    @property
    def where(self) -> str:
        """The drive's number and the line."""
        return f"drive {self._drive} of the C64 at {self._place}"

    def __enter__(self) -> Self:
        """Open the line and look for the drive. Raises Fault where the C64 or the drive does not answer."""
        with ExitStack() as stack:
            self._opened = Disk(stack.enter_context(self._connect()), self._drive)
            self._opened.status()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the drive's buffer back, and close the line."""
        disk, self._opened = self._opened, None
        if disk is not None and kind is None:
            with suppress(Fault):
                disk.close()
        self._stack.__exit__(kind, error, trace)

    def check(self, image: Image) -> None:
        """Raise BadInput for an image of 40 tracks, or with errors."""
        check_floppy(image)

    def directory(self) -> Directory | None:
        """That of the disk; None for one that was never formatted. A drive takes an empty slot for such a disk."""
        try:
            self._disk.command(INITIALIZE)
        except DriveFault as fault:
            if _is_unreadable(fault):
                return None
            raise
        there = _Sectors(self._disk)
        if there.read(HEAD)[TITLE].rstrip(FILLER) == UNFINISHED:
            return Directory("a disk that was not written to its end")
        following = FIRST_FILES
        while following not in there.read_so_far and following in there.known:
            following = Sector(*there.read(following)[:2])
        return directory_of(there.image())

    def format(self, label: str, identifier: str) -> None:
        """Format the disk, whose title is UNFINISHED and not `label` until it is written.

        Raises Fault where that fails, as it does without a disk or with one that is protected.
        """
        try:
            with self._losing():
                self._disk.format(UNFINISHED.decode(), identifier)
            self._disk.command(INITIALIZE)
        except DriveFault as fault:
            if not _is_unreadable(fault):
                raise
            self.unfinished = False  # the message tells of it, and of a slot that was empty
            raise Fault(
                f"{self.where}: the disk could not be formatted ({fault.status}): is one in the drive, its lever "
                "closed, its notch uncovered? If so it is damaged: take another"
            ) from fault
        self._blank = True

    def read(self, progress: Progress) -> Image:
        """All 35 tracks."""
        there = _Sectors(self._disk)
        for done, sector in enumerate(sectors_of(TRACKS), start=1):
            there.read(sector)
            progress(done, SECTORS[TRACKS])
        return there.image()

    def write(self, image: Image, sectors: Sequence[Sector], progress: Progress) -> None:
        """Write those that are not right yet, the one with the title at the very end.

        Raises Fault where the drive refuses one; it says how many are right by then.
        """
        blank, self._blank = self._blank, False
        ordered = sorted(sectors, key=lambda sector: (sector.track == DIRECTORY_TRACK, sector == HEAD, sector))
        done = 0
        try:
            for done, sector in enumerate(ordered):
                if blank or not self._is_right(sector, image):
                    if not self.unfinished:
                        with self._losing():
                            self._mark(image)
                    self._write(sector, image.sector(sector))
                progress(done + 1, len(ordered))
            self._disk.command(INITIALIZE)  # it has the former disk's map of blocks in mind
        except Fault as fault:
            raise Fault(f"{fault} ({done} of {len(ordered)} sectors were right by then)") from fault
        self.unfinished = False

    def compare(self, image: Image, sectors: Sequence[Sector], progress: Progress) -> list[Difference]:
        """Those whose CRC, computed by the C64 of what it reads, is another than the image's."""
        found = []
        for done, sector in enumerate(sectors):
            try:
                wanted, there = crc32(image.sector(sector)), self._disk.crc_sector(*sector)
            except Fault as fault:
                if not _is_unreadable(fault):
                    raise Fault(f"{fault} ({done} of {len(sectors)} sectors were compared by then)") from fault
                found.append(Difference(sector, f"can't be read: {fault}"))
            else:
                if wanted != there:
                    found.append(Difference(sector, f"its CRC-32 is {there:08X} where {wanted:08X} was expected"))
            progress(done + 1, len(sectors))
        return found

    def recover(self) -> None:
        """Nothing here is tried again by others."""

    @property
    def _disk(self) -> Disk:
        if self._opened is None:
            raise Fault(f"{self.where}: the line is not open")
        return self._opened

    def _is_right(self, sector: Sector, image: Image) -> bool:
        try:
            return self._disk.crc_sector(*sector) == crc32(image.sector(sector))
        except DriveFault as fault:
            if not _is_unreadable(fault):
                raise
            return False

    @contextmanager
    def _losing(self) -> Iterator[None]:
        """What was there is lost from here on, however this ends; unless the drive says that it has changed nothing."""
        self.unfinished = True
        try:
            yield
        except DriveFault as fault:
            self.unfinished = fault.status.number not in REFUSED
            raise

    def _mark(self, image: Image) -> None:
        """Let nobody take the disk for what it was or for what it is going to be."""
        head = bytearray(image.sector(HEAD))
        head[TITLE] = UNFINISHED.ljust(TITLE.stop - TITLE.start, FILLER)
        self._write(HEAD, bytes(head))

    def _write(self, sector: Sector, content: bytes) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._disk.write_sector(*sector, content)
            except DriveFault as fault:
                if attempt == ATTEMPTS or not _is_unreadable(fault):
                    raise
            else:
                return


def _is_unreadable(fault: Fault) -> bool:
    """Whether it is about a sector alone, and not about the drive or the line."""
    return isinstance(fault, DriveFault) and fault.status.number in UNREADABLE


class _Sectors:
    """What was read of a disk so far."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self.known = sectors_of(TRACKS)
        self.read_so_far: dict[Sector, bytes] = {}
        self._errors: dict[Sector, int] = {}

    def read(self, sector: Sector) -> bytes:
        """Its bytes; zeros where the drive can't read it."""
        try:
            self.read_so_far[sector] = self._disk.read_sector(*sector)
        except DriveFault as fault:
            if not _is_unreadable(fault):
                raise
            self.read_so_far[sector] = bytes(SECTOR)
            self._errors[sector] = fault.status.number - CODE
        return self.read_so_far[sector]

    def image(self) -> Image:
        """An image with these sectors, and zeros elsewhere."""
        content = b"".join(self.read_so_far.get(sector, bytes(SECTOR)) for sector in self.known)
        return Image("disk", content).with_errors(self._errors)
