"""What is asked of `soulrig flash`, and told of it in the end: backups, what excludes each other, what was lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from click.testing import Result
from typer.testing import CliRunner

from soulrig.buildtools.disk_image import make_d64
from soulrig.cli import app
from soulrig.errors import BadInput, Fault
from soulrig.flash import cable
from soulrig.flash.cable import CableDrive
from soulrig.flash.card import Card
from soulrig.flash.flashing import Listener, Wishes, flash
from soulrig.flash.image import Image
from soulrig.link.dos import DriveFault, Status
from soulrig.link.lent import Agent

IMAGE = Image("soul.d64", make_d64("new", "nw", {"soul": bytes(2000)}))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "card"
    made.mkdir()
    return made


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    path = tmp_path / IMAGE.name
    path.write_bytes(IMAGE.file)
    return path


def run(disk: Path, to: str, *options: object) -> Result:
    return CliRunner().invoke(app, ["flash", str(disk), "--to", to, *map(str, options)])


def test_a_backup_is_told_of_only_where_there_is_one(disk: Path, folder: Path, tmp_path: Path) -> None:
    backup = tmp_path / "before.d64"
    first = run(disk, f"sdcard:{folder}", "--backup", backup, "--json")
    assert (first.exit_code, json.loads(first.stdout)["backup"], backup.exists()) == (0, None, False)
    assert "holds nothing that could be saved; no backup is made" in first.stderr
    second = run(disk, f"sdcard:{folder}", "--backup", backup, "--force", "--json")
    assert (second.exit_code, json.loads(second.stdout)["backup"]) == (0, str(backup))
    assert backup.read_bytes() == IMAGE.file
    assert backup.stat().st_mode == disk.stat().st_mode, "a file of the user's as any other"


@pytest.mark.parametrize("wish", [["--backup", "before.d64"], ["--format"]])
def test_comparing_does_nothing_else(disk: Path, wish: list[str]) -> None:
    done = run(disk, "zoomfloppy", "--verify-only", *wish)
    assert (done.exit_code, "--verify-only compares and does nothing else" in done.stderr) == (2, True)


def test_a_home_of_nobody(disk: Path, folder: Path) -> None:
    done = run(disk, "sdcard:~nobody-has-this-name/card")
    assert (done.exit_code, "nobody's home is known by ~nobody-has-this-name" in done.stderr) == (2, True)


def test_a_machine_that_takes_no_disk_is_named_as_the_user_does(disk: Path, tmp_path: Path) -> None:
    config = tmp_path / "soulrig.toml"
    config.write_text('[machines.desk]\nkind = "vice"\n')
    done = run(disk, "desk", "--config", config)
    assert "desk: is a machine of the kind vice, which is no target; there are zoomfloppy, serial" in done.stderr
    assert done.exit_code == 2


def test_a_card_may_be_mounted_where_cards_are_mounted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`mount /dev/sdb1 /mnt`, and a folder below: on the same file system as /mnt, and on the card."""
    monkeypatch.setattr("soulrig.flash.card.MOUNT_FOLDERS", (folder.parent,))
    with pytest.raises(BadInput, match="no card is mounted there"):
        flash(Card(folder, IMAGE.name), IMAGE)
    monkeypatch.setattr(Path, "is_mount", lambda path: path == folder.parent)
    assert flash(Card(folder, IMAGE.name), IMAGE).differences == []


class FailingDisk:
    """A drive's disk, formatted and empty, of which one action fails."""

    def __init__(self, action: str, fault: Fault) -> None:
        self._action, self._fault = action, fault

    def __getattr__(self, name: str) -> Any:
        def act(*_: object) -> Any:
            if name == self._action:
                raise self._fault
            return bytes(256) if name == "read_sector" else 0

        return act


PROTECTED = DriveFault(8, Status(26, "WRITE PROTECT ON", 18, 0), "tried")
DAMAGED = DriveFault(8, Status(21, "READ ERROR", 18, 0), "tried")
GONE = Fault("the line is gone")


@pytest.mark.parametrize(
    ("action", "fault", "is_told"),
    [
        ("format", GONE, True),
        ("format", PROTECTED, False),
        ("format", DAMAGED, False),  # by its own message
        ("write_sector", GONE, True),
        ("write_sector", PROTECTED, False),
        ("write_sector", DAMAGED, True),
    ],
)
def test_what_is_lost_is_told(monkeypatch: pytest.MonkeyPatch, action: str, fault: Fault, is_told: bool) -> None:
    """The line cut while the disk is formatted, or while its first sector is written: it is not what it was."""

    @contextmanager
    def connect() -> Iterator[Agent]:
        yield cast(Agent, None)

    monkeypatch.setattr(cable, "Disk", lambda *_: FailingDisk(action, fault))
    notes: list[str] = []
    wishes = Wishes(force=True, format=action == "format")
    with pytest.raises(Fault):
        flash(CableDrive(connect, "the line", 8), IMAGE, wishes, Listener(note=notes.append))
    assert any("is half written" in note for note in notes) == is_told
