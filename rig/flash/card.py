"""The target `sdcard`: a folder of a mounted card, into which the image is copied for an SD2IEC or a Pi1541."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from soulrig.errors import BadInput, Fault
from soulrig.flash.directory import Directory, directory_of_file
from soulrig.flash.image import Difference, Image, Sector, differences
from soulrig.flash.target import Progress

# Where systems mount what is plugged in: a folder below them that lies on the system's own disk has no card in it.
MOUNT_FOLDERS = (Path("/media"), Path("/run/media"), Path("/mnt"), Path("/Volumes"))
CHUNK = 16_384  # bytes written at a time, so that progress can be told


class Card:
    """The file `name` in `folder`. It is written beside its place, and takes it when it is whole and on the card."""

    sparse = False
    resumes = False
    unfinished = False  # never: the new file takes the old one's place when it is whole

    def __init__(self, folder: Path, name: str, *, plugged_in: bool = True) -> None:
        """`plugged_in` is whether it must be mounted where the system mounts cards, if it lies there."""
        self._folder = folder
        self._plugged_in = plugged_in
        self._path = folder / name
        self._beside = folder / f".{name}.new"  # always this name: what a power cut leaves is written over

    @property
    def where(self) -> str:
        """The file's path."""
        return str(self._path)

    def __enter__(self) -> Self:
        """Look whether the card is there and can be written to. Raises BadInput where it is not."""
        if not self._folder.is_dir():
            raise BadInput(f"{self._folder}: is no folder; is the card mounted?")
        for mounts in MOUNT_FOLDERS if self._plugged_in else ():
            below = mounts in self._folder.resolve().parents and not mounts.is_mount()
            if below and _device(self._folder) == _device(mounts):
                raise BadInput(f"{self._folder}: no card is mounted there; mount it first")
        if self._path.is_dir():
            raise BadInput(f"{self._path}: is a folder; give the image another name")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is open."""

    def check(self, image: Image) -> None:
        """A card takes them all."""

    def directory(self) -> Directory | None:
        """That of the image which has the name now; None where no file has it."""
        if not self._path.exists():
            return None
        return directory_of_file(self._path.name, self._file())

    def read(self, progress: Progress) -> Image:
        """The image which has the name now."""
        try:
            image = Image.parse(self._path.name, self._file(), self.where)
        except BadInput as error:
            raise Fault(str(error)) from error
        progress(len(image.sectors), len(image.sectors))
        return image

    def write(self, image: Image, sectors: Sequence[Sector], progress: Progress) -> None:
        """Copy the whole image. Raises BadInput where there is no room or no writing, Fault where it fails."""
        self._check_room(len(image.file))
        with self._faults("written"), self._taken() as handle:
            try:
                written = 0
                while written < len(image.file):
                    written += os.write(handle, image.file[written : written + CHUNK])
                    progress(len(image.sectors) * written // len(image.file), len(image.sectors))
                os.fsync(handle)
                self._beside.replace(self._path)
            except BaseException:
                with suppress(OSError):
                    self._beside.unlink(missing_ok=True)
                raise
            _sync_folder(self._folder)

    def compare(self, image: Image, sectors: Sequence[Sector], progress: Progress) -> list[Difference]:
        """The sectors that differ, by what the card itself holds."""
        if not self._path.exists():
            return [Difference(None, "there is no such file")]
        found = self._file()
        if len(found) != len(image.file):
            return [Difference(None, f"the file has {len(found)} bytes, the image {len(image.file)}")]
        there = Image.parse(image.name, found, self.where)
        progress(len(image.sectors), len(image.sectors))
        codes = zip(image.sectors, image.codes, there.codes, strict=False)
        return [
            *differences(image, Image(there.name, there.content), image.sectors),
            *(
                Difference(sector, f"its error code is {code}, not {wanted}")
                for sector, wanted, code in codes
                if code != wanted
            ),
        ]

    def recover(self) -> None:
        """There is nothing to reset."""

    def _file(self) -> bytes:
        """What the card holds, and not what the system remembers of it."""
        with self._faults("read"), self._path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            return file.read()

    def _check_room(self, size: int) -> None:
        with self._faults("looked at"):
            found = os.statvfs(self._folder)
        if found.f_flag & os.ST_RDONLY:
            raise BadInput(f"{self._folder}: is mounted read-only; move the card's lock, or mount it anew")
        if found.f_bavail * found.f_frsize < size:
            free = found.f_bavail * found.f_frsize
            raise BadInput(f"{self._folder}: has {free} bytes free, the image needs {size} beside what it replaces")

    @contextmanager
    def _taken(self) -> Iterator[int]:
        """The file beside the place, empty, open for writing, and nobody else's."""
        handle = os.open(self._beside, os.O_CREAT | os.O_WRONLY, 0o666)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                ours = os.fstat(handle).st_ino == self._beside.stat().st_ino  # not since renamed by the other
            except (BlockingIOError, FileNotFoundError):
                ours = False
            if not ours:
                raise Fault(f"{self.where}: is being written by another soulrig; wait for it")
            os.ftruncate(handle, 0)
            yield handle
        finally:
            os.close(handle)

    @contextmanager
    def _faults(self, what: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise Fault(f"{self.where}: can't be {what}: {error.strerror}") from error


def _device(folder: Path) -> int:
    return folder.stat().st_dev


def _sync_folder(folder: Path) -> None:
    """Have the new name on the card too; some file systems offer no such thing for folders."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)
