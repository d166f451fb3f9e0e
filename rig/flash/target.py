"""What takes a floppy image: a drive on a ZoomFloppy, a drive on a C64 at the cable, a card. Which there are: registry.

A target is a context manager. Entering it looks whether it is there; leaving it leaves no process or port behind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from soulrig.errors import Fault
from soulrig.flash.directory import Directory
from soulrig.flash.image import Difference, Image, Sector

Progress = Callable[[int, int], None]
"""Told how many sectors are done, of how many."""


class Transient(Fault):
    """What may go well when it is tried once more, after `recover`."""


class Target(Protocol):
    """Any target. What fails on it is a Fault: a Transient one is tried again, `flashing.ATTEMPTS` times in all."""

    sparse: bool
    """Whether it is so slow that sectors which the disk doesn't use are left out, unless all are asked for."""

    unfinished: bool
    """Whether formatting or a write was begun and nothing is whole since: what was there is lost."""

    resumes: bool
    """Whether a write that was cut goes on where it stopped when the image is flashed again."""

    @property
    def where(self) -> str:
        """What a message calls it: `drive 8 on the ZoomFloppy`, `/media/card/soul.d64`."""

    def check(self, image: Image) -> None:
        """Raise BadInput for an image that it can't take; nothing is asked of the target for that."""

    def directory(self) -> Directory | None:
        """What would be overwritten; None where there is nothing: no file on the card, a disk never formatted."""

    def read(self, progress: Progress) -> Image:
        """All that is there; sectors that can't be read are in its `errors`."""

    def write(self, image: Image, sectors: Sequence[Sector], progress: Progress) -> None:
        """Write these sectors of an image. Raises Fault where the target says that one was not written.

        One that was cut is begun anew with the same arguments; a target may skip what it finds written. That it raises
        nothing is no proof: `compare` follows.
        """

    def compare(self, image: Image, sectors: Sequence[Sector], progress: Progress) -> list[Difference]:
        """These sectors of the image that are not there as they should be, by what is really there now."""

    def recover(self) -> None:
        """Bring it back into order before something is tried again: reset the bus."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


@runtime_checkable
class Formats(Protocol):
    """Formats disks."""

    def format(self, label: str, identifier: str) -> None:
        """Format the disk, and find it formatted; all that was on it is lost. Takes a drive a minute and a half."""
