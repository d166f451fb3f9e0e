"""Writing an image to a target and holding every sector against it: what no target does on its own."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from soulrig.errors import BadInput, Fault
from soulrig.flash.directory import IDENTIFIER, Directory
from soulrig.flash.image import DIRECTORY_TRACK, Difference, Image, Sector
from soulrig.flash.target import Formats, Target, Transient
from soulrig.model.files import default_mode

ATTEMPTS = 3  # at anything that failed in passing, and at writing what was then not there; a bus reset before each more
Result = TypeVar("Result")


@dataclass(frozen=True)
class Wishes:
    """How a disk is to be written."""

    verify_only: bool = False  # write nothing, only compare
    force: bool = False  # overwrite a disk that holds files
    format: bool = False  # format it first
    everything: bool = False  # also the sectors that the image does not use
    backup: Path | None = None  # a new file for what is there now


@dataclass(frozen=True)
class Flashed:
    """How it ended."""

    sectors: int  # that were compared
    attempts: int  # at writing; 0 where nothing was to be written
    differences: Sequence[Difference]
    directory: Directory | None  # of what was there before; None where there was nothing, or it was not looked at
    saved: Path | None = None  # the backup, where there was something to save


@dataclass(frozen=True)
class Listener:
    """Who is told how it goes: `progress` what is done, how many sectors of it, and of how many; `note` in words."""

    progress: Callable[[str, int, int], None] = lambda what, done, total: None
    note: Callable[[str], None] = lambda text: None


NOBODY = Listener()


def flash(target: Target, image: Image, wishes: Wishes = Wishes(), listener: Listener = NOBODY) -> Flashed:
    """Write an image to a target that has not been entered yet, and compare what is there then.

    Raises BadInput, with nothing written, for an image that the target does not take, a disk that holds files or is not
    formatted without the wish, a backup's file that exists, and wishes that exclude each other; Fault where the target
    fails. A difference is none.
    """
    target.check(image)
    if wishes.verify_only and (wishes.format or wishes.backup is not None):
        raise BadInput("--verify-only compares and does nothing else: leave out --format and --backup")
    if wishes.format and not isinstance(target, Formats):
        raise BadInput(f"--format: nobody formats {target.where} but the system that it is mounted in")
    if wishes.backup is not None:
        _check_new(wishes.backup)
    with ExitStack() as stack:
        flashing = _Flashing(target, image, wishes, listener)
        flashing.tried(lambda: stack.enter_context(target))
        return flashing.run()


class _Flashing:
    def __init__(self, target: Target, image: Image, wishes: Wishes, listener: Listener) -> None:
        self._target, self._image, self._wishes, self._listener = target, image, wishes, listener
        self._sectors = image.used_sectors() if target.sparse and not wishes.everything else image.sectors

    def run(self) -> Flashed:
        if self._wishes.verify_only:
            return Flashed(len(self._sectors), 0, self._compare(), None)
        directory = self.tried(self._target.directory)
        self._check_wished(directory)
        backup = None if directory is None else self._wishes.backup
        if backup is not None:
            self._save(backup)
        elif self._wishes.backup is not None:
            self._listener.note(f"{self._target.where}: holds nothing that could be saved; no backup is made")
        with self._told_if_unfinished():
            if self._wishes.format:
                self._format()
            for attempt in range(1, ATTEMPTS + 1):
                self.tried(lambda: self._target.write(self._image, self._sectors, self._progress("writing")))
                wrong = self._compare()
                if not wrong:
                    break
                self._listener.note(f"{self._target.where}: {len(wrong)} sectors differ after attempt {attempt}")
                if attempt < ATTEMPTS:
                    self._target.recover()
        return Flashed(len(self._sectors), attempt, wrong, directory, backup)

    def _check_wished(self, directory: Directory | None) -> None:
        """Raise BadInput where what is there is not to be overwritten, or can't be written as it is."""
        where = self._target.where
        if directory is None:
            if isinstance(self._target, Formats) and not self._wishes.format:
                raise BadInput(f"{where}: the disk is not formatted; --format does it first, in a minute and a half")
            return
        shown = "\n".join(f"  {row}" for row in directory.rows())
        if directory.holds_files and not self._wishes.force:
            raise BadInput(f"{where} holds files:\n{shown}\n--force overwrites them, --backup FILE saves them first")
        self._listener.note(f"{where} holds:\n{shown}")

    def _save(self, path: Path) -> None:
        there = self.tried(lambda: self._target.read(self._progress("saving")))
        write_new(path, there.file)
        lost = f"; {len(there.errors)} of its sectors can't be read, and are marked" if there.errors else ""
        self._listener.note(f"{path}: holds what was in {self._target.where}{lost}")

    def _format(self) -> None:
        assert isinstance(self._target, Formats)
        formats, identifier = self._target, self._image.sector(Sector(DIRECTORY_TRACK, 0))[IDENTIFIER][:2]
        self._listener.note(f"{self._target.where}: is being formatted, for a minute and a half")
        self.tried(lambda: formats.format("soulrig", _plain(identifier)))

    def _compare(self) -> list[Difference]:
        return self.tried(
            lambda: self._target.compare(self._image, self._sectors, self._progress("comparing")),
        )

    def tried(self, action: Callable[[], Result]) -> Result:
        """Do it, again after a reset of the bus where it failed in passing. Raises Fault after the last attempt."""
        for attempt in range(1, ATTEMPTS):
            try:
                return action()
            except Transient as fault:
                self._listener.note(f"attempt {attempt} of {ATTEMPTS} failed, the bus is reset: {fault}")
                self._target.recover()
        try:
            return action()
        except Transient as fault:
            raise Fault(f"{fault} (in the last of {ATTEMPTS} attempts)") from fault

    def _progress(self, what: str) -> Callable[[int, int], None]:
        return lambda done, total: self._listener.progress(what, done, total)

    @contextmanager
    def _told_if_unfinished(self) -> Iterator[None]:
        """Whatever ends the writing: nothing half done goes unsaid."""
        try:
            yield
        except BaseException:
            if self._target.unfinished:
                again = "it goes on where it stopped" if self._target.resumes else "with --force"
                self._listener.note(
                    f"{self._target.where}: the disk is half written and of no use; flash it again, {again}"
                )
            raise


def write_new(path: Path, content: bytes) -> None:
    """Write a file that is not there yet, whole or not at all. Raises BadInput where it is there, or can't be."""
    _check_new(path)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(default_mode())
            _name_new(Path(name), path)
        finally:
            Path(name).unlink(missing_ok=True)
    except FileExistsError as error:
        raise BadInput(f"{path}: exists, and is not overwritten; name another file") from error
    except OSError as error:
        raise BadInput(f"{path}: can't be written: {error.strerror}") from error


def _name_new(written: Path, path: Path) -> None:
    """Give a file a name that none has; a rename would replace one. FAT knows no links."""
    try:
        path.hardlink_to(written)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP):
            raise
        with path.open("xb") as file:
            file.write(written.read_bytes())


def _check_new(path: Path) -> None:
    if path.exists():
        raise BadInput(f"{path}: exists, and is not overwritten; name another file")
    if not path.parent.is_dir():
        raise BadInput(f"{path.parent}: is no folder; make it first")


def _plain(identifier: bytes) -> str:
    """A disk's identifier as a command takes it: two letters or digits."""
    text = identifier.decode("ascii", "replace").lower()
    return text if text.isalnum() and text.isascii() else "sr"
