"""The folder in which soulrig remembers what it has deployed, and the lock of each machine in it.

deployments.sqlite      the journal
souls/DIGEST/           every soul that was deployed, with its program and disk: what a rollback brings back
machines/NAME/          the floppy of a machine that has its drive on this computer, and its lock
records/NUMBER.json     the record of a deployment's verification
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from soulrig.errors import BadInput, Fault
from soulrig.model.files import expanded

VARIABLE = "SOULRIG_STATE"
GLANCES, GLANCE_SECONDS = 10, 0.1  # at a lock: someone who only looks whether it is free has it for a moment


@dataclass(frozen=True)
class StateFolder:
    """The folder, and where what lies in it."""

    path: Path

    @classmethod
    def find(cls, path: Path | None = None) -> StateFolder:
        """`path`, or else that of $SOULRIG_STATE, or soulrig's in the user's folder for state ($XDG_STATE_HOME).

        Raises BadInput where that is something else than a folder, or nobody's.
        """
        if path is None and os.environ.get(VARIABLE):
            path = Path(os.environ[VARIABLE])
        home = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
        folder = expanded(path or Path(home) / "soulrig").absolute()
        if folder.exists() and not folder.is_dir():
            raise BadInput(f"{folder}: is no folder; say with --state or ${VARIABLE} where deployments are remembered")
        return cls(folder)

    @property
    def journal(self) -> Path:
        """The journal's file."""
        return self.path / "deployments.sqlite"

    @property
    def souls(self) -> Path:
        """The folder of what was deployed."""
        return self.path / "souls"

    def machine(self, name: str) -> Path:
        """A machine's folder, whatever characters its name has."""
        return self.path / "machines" / quote(name, safe=" ").replace(".", "%2E")

    def record(self, number: int) -> Path:
        """The record of a deployment's verification."""
        return self.path / "records" / f"{number}.json"

    def make(self, *folders: Path) -> None:
        """Have these folders. Raises BadInput where that can't be."""
        try:
            for folder in (self.path, *folders):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(f"{error.filename}: no folder can be made there: {error.strerror}") from error

    @contextmanager
    def locked(self, machine: str) -> Iterator[None]:
        """Have a machine for this process alone; its end, however it comes, gives it back. Raises Fault where taken."""
        self.make(self.machine(machine))
        try:
            opened = self._lock_file(machine).open("a+")
        except OSError as error:
            raise BadInput(f"{error.filename}: the machine's lock can't be had: {error.strerror}") from error
        with opened as file:
            for glance in range(GLANCES):
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if glance == GLANCES - 1:
                        file.seek(0)
                        holder = file.read() or "another soulrig"
                        raise Fault(f"{machine}: {holder} is deploying to it; wait for its end") from None
                    time.sleep(GLANCE_SECONDS)
            file.truncate(0)
            file.write(f"soulrig's process {os.getpid()}")
            file.flush()
            yield

    def is_locked(self, machine: str) -> bool:
        """Whether someone deploys to a machine now."""
        try:
            with self._lock_file(machine).open() as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except FileNotFoundError:
            pass
        return False

    def _lock_file(self, machine: str) -> Path:
        return self.machine(machine) / "lock"
