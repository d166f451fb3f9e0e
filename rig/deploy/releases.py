"""What was deployed, kept whole: the soul, its program and its disk, so that it can be brought back and verified."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from soulrig.buildtools.build import Built
from soulrig.deploy.state import StateFolder
from soulrig.errors import BadInput, Fault
from soulrig.model.soul import Soul

NAME_LETTERS = 32  # of a digest, in a folder's name
SOUL = "soul"


@dataclass(frozen=True)
class Release:
    """A soul with its program; `name` is what its owner calls it."""

    name: str
    soul: Soul
    built: Built

    @property
    def soul_digest(self) -> str:
        """SHA-256 of the soul."""
        return str(self.built.manifest["soul"]["sha256"])

    @property
    def program_digest(self) -> str:
        """SHA-256 of the PRG."""
        return str(self.built.manifest["program"]["sha256"])

    @property
    def disk_digest(self) -> str:
        """SHA-256 of the D64."""
        return str(self.built.manifest["disk"]["sha256"])

    def keep(self, state: StateFolder) -> None:
        """Have it in the state folder: whole, and on the disk, before it gets its name there. Raises BadInput, Fault.

        A name is that of one content, so what is there already is left as it is, unless it was damaged since.
        """
        folder = _folder(state, self.disk_digest)
        state.make(state.souls)
        if self._is_kept(state):
            return
        try:
            beside, damaged = (Path(tempfile.mkdtemp(prefix=which, dir=state.souls)) for which in (".new-", ".old-"))
            try:
                self.built.save(beside)
                self.soul.save(beside / SOUL)
                for path in (*beside.rglob("*"), beside):
                    _sync(path)
                if folder.is_dir():
                    folder.rename(damaged / folder.name)
                beside.rename(folder)
            finally:
                shutil.rmtree(beside, ignore_errors=True)
                shutil.rmtree(damaged, ignore_errors=True)
            _sync(state.souls)
        except OSError as error:
            if not self._is_kept(state):  # else another soulrig was quicker
                raise Fault(f"{state.souls}: the soul can't be kept there: {error.strerror}") from error

    @classmethod
    def kept(cls, state: StateFolder, name: str, disk_digest: str) -> Self:
        """One that was kept. Raises BadInput where it is not there, or not as it was."""
        folder = _folder(state, disk_digest)
        try:
            return cls(name, Soul.load(folder / SOUL), Built.load(folder))
        except BadInput as error:
            raise BadInput(
                f"{name} can't be brought back from what was kept: {error}; deploy it from its files"
            ) from error

    def _is_kept(self, state: StateFolder) -> bool:
        """Whether it is there already, as it is."""
        try:
            there = Release.kept(state, self.name, self.disk_digest)
        except BadInput:
            return False
        return there.soul.to_bytes() == self.soul.to_bytes() and there.built.d64 == self.built.d64


def _folder(state: StateFolder, disk_digest: str) -> Path:
    return state.souls / disk_digest[:NAME_LETTERS]


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
