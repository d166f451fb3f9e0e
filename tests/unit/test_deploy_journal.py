"""The journal of deployments alone, and the folder that it lies in: no machine, and no program that could run."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from soulrig.buildtools.build import Built
from soulrig.deploy.journal import Journal
from soulrig.deploy.releases import Release
from soulrig.deploy.state import StateFolder
from soulrig.errors import BadInput, Fault
from soulrig.model.soul import Soul


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    return StateFolder.find(tmp_path / "state")


def a_program(name: str) -> Built:
    """Nothing but its digests, which are what the journal knows it by."""
    digests = {part: {"sha256": f"{name}'s {part}"} for part in ("soul", "program", "disk")}
    return Built(b"", b"", digests, {}, ())


def test_the_way_back(state: StateFolder, shipped: Soul) -> None:
    """From a failed one to the last good one, from a good one to the one before."""
    first, second = (Release(name, shipped, a_program(name)) for name in ("first", "second"))
    with Journal(state) as journal:

        def enter(release: Release, end: str | None, restores: int | None = None) -> int:
            begun = journal.begin("desk", release, None if restores is None else journal.entry(restores))
            if end is not None:
                journal.written(begun)
                journal.ended(begun, end, "pass" if end == "verified" else "mismatch")
            return begun.number

        def back() -> int | None:
            last = journal.last("desk")
            assert last is not None
            return last.way_back

        enter(first, "failed")
        assert back() is None
        good = enter(first, "verified")
        assert back() is None
        enter(second, "failed")
        assert back() == good
        enter(second, None)  # broken off
        assert back() == good
        better = enter(second, "verified")
        assert back() == good
        assert enter(first, None, restores=good) == 6
        assert back() == good  # once more: the rollback was broken off
        enter(first, "verified", restores=good)
        assert back() is None
        assert [entry.state for entry in journal.all()] == [
            "failed",
            "verified",
            *["rolled back", "failed", "rolled back"],
            *["failed", "verified"],
        ]
        assert journal.entry(better).verdict == "pass"
        enter(second, "verified")
        assert back() == 7
        assert journal.last("shelf") is None


def test_a_journal_that_is_none_or_newer(state: StateFolder) -> None:
    with Journal(state):
        pass
    connection = sqlite3.connect(state.journal)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(BadInput, match="is of version 99, newer than this soulrig"), Journal(state):
        pass
    state.journal.write_bytes(b"a diary, and no journal\n" * 100)
    with pytest.raises(BadInput, match="is no journal of soulrig's"), Journal(state):
        pass


@pytest.mark.parametrize(
    "schema",
    [
        "CREATE TABLE notes (a)",
        "CREATE TABLE deployments (a)",
        "CREATE TABLE deployments (a); PRAGMA user_version = 1",
        "PRAGMA user_version = 1",
    ],
)
def test_a_database_of_others(state: StateFolder, schema: str) -> None:
    """It is told what it is, and not a table is added."""
    state.make()
    with closing(sqlite3.connect(state.journal)) as database:
        database.executescript(schema)
        before = list(database.iterdump())
    for look in (Journal.all, lambda journal: journal.last("desk"), lambda journal: journal.entry(1)):
        with pytest.raises(BadInput, match="is no journal of soulrig's"), Journal(state) as journal:
            look(journal)
    with closing(sqlite3.connect(state.journal)) as database:
        assert list(database.iterdump()) == before


def test_a_journal_with_damaged_pages(state: StateFolder, shipped: Soul) -> None:
    with Journal(state) as journal:
        number = journal.begin("desk", Release("first", shipped, a_program("first"))).number
    content = bytearray(state.journal.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    state.journal.write_bytes(content)
    for look in (Journal.all, lambda journal: journal.last("desk"), lambda journal: journal.entry(number)):
        with pytest.raises(BadInput, match="malformed"), Journal(state) as journal:
            look(journal)


def test_a_name_of_any_characters(state: StateFolder) -> None:
    for name in ("../desk", "a/b", ".", "küche"):
        assert state.machine(name).parent == state.path / "machines"
        with state.locked(name), pytest.raises(Fault, match="is deploying to it"), state.locked(name):
            pass
