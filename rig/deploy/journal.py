"""The journal of deployments: which soul, when, how it went, on which machine.

A SQLite database: each step is one transaction that is on the disk when it returns, so after a cut at any moment the
journal tells the last step that was taken, and several soulrigs may write to it at once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from soulrig.deploy.releases import Release
from soulrig.deploy.state import StateFolder
from soulrig.errors import BadInput, Fault

BEGUN, WRITTEN, VERIFIED, FAILED, ROLLED_BACK = "begun", "written", "verified", "failed", "rolled back"
UNFINISHED = (BEGUN, WRITTEN)
BROKEN_OFF = "it was broken off, by a power cut or a kill"
VERSION = 1
NOT_OURS = sqlite3.SQLITE_ERROR  # of what is asked, as of a column that there isn't; not of the disk or a lock
BUSY_SECONDS = 20.0  # of wall time, to wait for another soulrig's step
SCHEMA = f"""
CREATE TABLE deployments (
    number INTEGER PRIMARY KEY,
    machine TEXT NOT NULL,
    name TEXT NOT NULL,              -- of the soul's file or folder
    soul TEXT NOT NULL,              -- SHA-256 of each
    program TEXT NOT NULL,
    disk TEXT NOT NULL,
    begun TEXT NOT NULL,             -- UTC, ISO 8601
    changed TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('{BEGUN}', '{WRITTEN}', '{VERIFIED}', '{FAILED}', '{ROLLED_BACK}')),
    placed INTEGER NOT NULL,         -- whether the image came to the machine
    verdict TEXT,                    -- pass, mismatch or fault
    fault TEXT,
    former INTEGER REFERENCES deployments,   -- what a rollback from here goes back to
    restores INTEGER REFERENCES deployments  -- of a rollback: what it brings back
);
CREATE INDEX by_machine ON deployments (machine, number);
PRAGMA user_version = {VERSION};
"""


@dataclass(frozen=True)
class Deployment:
    """An entry. `broken_off`: it is unfinished, and nobody is at work on it any more."""

    number: int
    machine: str
    name: str
    soul: str
    program: str
    disk: str
    begun: str
    changed: str
    state: str
    placed: bool
    verdict: str | None
    fault: str | None
    former: int | None
    restores: int | None
    broken_off: bool = False

    @property
    def way_back(self) -> int | None:
        """The deployment that a rollback from this one goes back to."""
        return self.former if self.state == VERIFIED or self.restores is None else self.restores

    @property
    def lasting(self) -> int | None:
        """The last deployment that was good, seen from here: this one, or the one to go back to."""
        return self.number if self.state == VERIFIED else self.way_back

    def __str__(self) -> str:
        return f"{self.name} ({self.soul[:12]}) of {self.begun}"


class Journal:
    """The journal, open, as a context manager. Raises BadInput where there is none to be had, Fault where it fails."""

    def __init__(self, state: StateFolder) -> None:
        self._state = state
        state.make()
        with self._faults():
            self._database = sqlite3.connect(state.journal, timeout=BUSY_SECONDS)
        try:
            with self._faults(), self._database:
                # Not left to chance: what is told must be on the disk, and not only with the operating system.
                self._database.execute("PRAGMA synchronous = FULL")
                self._database.execute("BEGIN IMMEDIATE")
                (version,) = self._database.execute("PRAGMA user_version").fetchone()
                if version > VERSION:
                    raise BadInput(f"{state.journal}: is of version {version}, newer than this soulrig; update it")
                (tables,) = self._database.execute("SELECT count(*) FROM sqlite_master").fetchone()
                if version == 0 and tables:
                    raise BadInput(f"{state.journal}: is no journal of soulrig's: a database of others; move it away")
                if version == 0:
                    for statement in SCHEMA.split(";"):
                        self._database.execute(statement)
        except BaseException:
            self._database.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def begin(self, machine: str, release: Release, restores: Deployment | None = None) -> Deployment:
        """Enter a deployment that begins now; whoever calls has the machine's lock.

        One that is unfinished was broken off, and is told as failed from now on.
        """
        now = _now()
        with self._faults(), self._database:
            self._database.execute(
                f"UPDATE deployments SET state = '{FAILED}', verdict = 'fault', fault = ?, changed = ? "
                f"WHERE machine = ? AND state IN {UNFINISHED}",
                (BROKEN_OFF, now, machine),
            )
            last = self.last(machine)
            former = last.lasting if last is not None and restores is None else restores and restores.former
            entered = self._database.execute(
                "INSERT INTO deployments (machine, name, soul, program, disk, begun, changed, state, placed, former, "
                f"restores) VALUES (?, ?, ?, ?, ?, ?, ?, '{BEGUN}', 0, ?, ?)",
                (
                    machine,
                    release.name,
                    release.soul_digest,
                    release.program_digest,
                    release.disk_digest,
                    now,
                    now,
                    former,
                    restores and restores.number,
                ),
            )
            assert entered.lastrowid is not None
        return self.entry(entered.lastrowid)

    def written(self, deployment: Deployment) -> None:
        """The image is on the machine; one that this brings back from is rolled back."""
        with self._faults(), self._database:
            self._change(deployment, state=WRITTEN, placed=True)
            if deployment.restores is not None:
                self._database.execute(
                    f"UPDATE deployments SET state = '{ROLLED_BACK}', changed = ? WHERE machine = ? AND number > ? "
                    "AND number < ? AND placed",
                    (_now(), deployment.machine, deployment.restores, deployment.number),
                )

    def ended(self, deployment: Deployment, state: str, verdict: str, fault: str | None = None) -> None:
        """It is verified, or failed."""
        with self._faults(), self._database:
            self._change(deployment, state=state, verdict=verdict, fault=fault)

    def withdraw(self, deployment: Deployment) -> None:
        """It was refused before anything was changed: it never was."""
        with self._faults(), self._database:
            self._database.execute("DELETE FROM deployments WHERE number = ?", (deployment.number,))

    def entry(self, number: int) -> Deployment:
        """The entry with a number."""
        with self._faults():
            return next(self._entries("WHERE number = ?", number))

    def last(self, machine: str) -> Deployment | None:
        """A machine's newest entry."""
        with self._faults():
            return next(self._entries("WHERE machine = ? ORDER BY number DESC LIMIT 1", machine), None)

    def all(self) -> list[Deployment]:
        """Every entry, the oldest first."""
        with self._faults():
            return list(self._entries("ORDER BY number"))

    def _change(self, deployment: Deployment, **values: object) -> None:
        names = ", ".join(f"{name} = ?" for name in values)
        self._database.execute(
            f"UPDATE deployments SET {names}, changed = ? WHERE number = ?",
            (*values.values(), _now(), deployment.number),
        )

    def _entries(self, condition: str, *values: object) -> Iterator[Deployment]:
        with closing(self._database.cursor()) as cursor:
            cursor.row_factory = sqlite3.Row
            for row in cursor.execute(f"SELECT * FROM deployments {condition}", values):
                entry = dict(row)
                yield Deployment(**entry | {"placed": bool(entry["placed"])})

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """The database's errors as ours."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode != NOT_OURS:
                raise Fault(f"{self._state.journal}: {error}; is there room, and may it be written to?") from error
            raise BadInput(f"{self._state.journal}: is no journal of soulrig's: {error}; move it away") from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
