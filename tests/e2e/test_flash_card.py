"""`soulrig flash --to sdcard:DIR`, onto file systems that are mounted for the test where the system lets it."""

from __future__ import annotations

import fcntl
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from soulrig.errors import BadInput, Fault
from soulrig.flash import card
from soulrig.flash.card import Card
from soulrig.flash.flashing import Wishes, flash
from soulrig.flash.image import Image

FLASH = [sys.executable, "-m", "soulrig", "flash"]
SEPARATE = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
SIZE = 174_848


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "card"
    made.mkdir()
    return made


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    path = tmp_path / "soul.d64"
    path.write_bytes(random.Random(4).randbytes(SIZE))
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def run(disk: Path, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return ended([*FLASH, str(disk), "--to", f"sdcard:{folder}", *options])


def ended(words: list[str]) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert "Traceback" not in done.stderr
    return done


def mounted(folder: Path, options: str, disk: Path) -> subprocess.CompletedProcess[str]:
    """The command on a file system of its own at `folder`, which only it sees; `ls` of it, then what it said."""
    if ended([*SEPARATE, "mount", "-t", "tmpfs", "soulrig", "/mnt"]).returncode:
        pytest.skip("neither root nor a user namespace: no file system can be mounted")
    script = f'mount -t tmpfs -o {options} soulrig {folder} && "$@"; status=$?; ls -A {folder}; exit $status'
    return ended([*SEPARATE, "bash", "-c", script, "bash", *FLASH, str(disk), "--to", f"sdcard:{folder}"])


def test_a_copy_on_a_card_of_its_own_file_system(folder: Path, disk: Path) -> None:
    done = mounted(folder, "size=1m", disk)
    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        [f"{folder}/soul.d64: 683 sectors written and compared, all equal", "soul.d64"],
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [("size=100k", "bytes free, the image needs 174848"), ("ro", "is mounted read-only; move the card's lock")],
    ids=["full", "read-only"],
)
def test_a_card_that_takes_nothing(folder: Path, disk: Path, options: str, words: str) -> None:
    done = mounted(folder, options, disk)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


@pytest.mark.parametrize("size", [SIZE, 175_531, 196_608, 197_376])
def test_every_kind_of_image_byte_by_byte(folder: Path, disk: Path, size: int) -> None:
    disk.write_bytes(random.Random(size).randbytes(size))
    assert run(disk, folder).returncode == 0
    assert (folder / "soul.d64").read_bytes() == disk.read_bytes()
    assert names(folder) == ["soul.d64"]
    assert run(disk, folder, "--verify-only").returncode == 0


def test_no_folder_and_no_card_in_it(folder: Path, disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run(disk, folder / "none")
    assert done.returncode == 2
    assert "is no folder; is the card mounted?" in done.stderr
    done = ended([*FLASH, str(disk), "--to", "sdcard"])
    assert (done.returncode, "sdcard: name the folder" in done.stderr) == (2, True)
    monkeypatch.setattr(card, "MOUNT_FOLDERS", (folder.parent,))
    with pytest.raises(BadInput, match="no card is mounted there"):
        flash(Card(folder, "soul.d64"), Image.load(disk))


def test_a_name_that_is_taken(folder: Path, disk: Path, tmp_path: Path, root: Path) -> None:
    there = folder / "soul.d64"
    there.write_bytes((root / "disk" / "soulplayer.d64").read_bytes())
    before, backup = there.read_bytes(), tmp_path / "before.d64"
    done = run(disk, folder)
    assert done.returncode == 2
    assert '"soulplayer"' in done.stderr
    assert there.read_bytes() == before
    done = run(disk, folder, "--force", "--backup", str(backup), "--json")
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert told["target"] == str(there)
    assert '"soulplayer"' in told["before"][1]
    assert backup.read_bytes() == before
    assert there.read_bytes() == disk.read_bytes()
    there.unlink()
    there.mkdir()
    done = run(disk, folder, "--force")
    assert (done.returncode, "is a folder" in done.stderr) == (2, True)


def test_something_else_has_the_name(folder: Path, disk: Path) -> None:
    (folder / "soul.d64").write_text("a letter")
    done = run(disk, folder)
    assert done.returncode == 2
    assert "is no D64 image: it has 8 bytes" in done.stderr
    assert run(disk, folder, "--force").returncode == 0


def test_only_comparing(folder: Path, disk: Path) -> None:
    done = run(disk, folder, "--verify-only")
    assert (done.returncode, done.stdout.splitlines()[0]) == (1, "there is no such file")
    content = bytearray(disk.read_bytes())
    content[-1] ^= 1
    (folder / "soul.d64").write_bytes(content)
    done = run(disk, folder, "--verify-only")
    assert (done.returncode, done.stdout.startswith("35/16: 1 bytes differ, the first at $FF")) == (1, True)
    (folder / "soul.d64").write_bytes(content[:-1])
    done = run(disk, folder, "--verify-only")
    assert (done.returncode, "has 174847 bytes" in done.stdout) == (1, True)


def test_two_at_once(folder: Path, disk: Path) -> None:
    with (folder / ".soul.d64.new").open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(Fault, match="is being written by another soulrig"):
            flash(Card(folder, "soul.d64"), Image.load(disk))
    flash(Card(folder, "soul.d64"), Image.load(disk), Wishes())
    assert names(folder) == ["soul.d64"]


def test_a_write_that_fails_leaves_the_old_file(folder: Path, disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The card is pulled while it is written to."""
    old = folder / "soul.d64"
    old.write_bytes(bytes(SIZE))

    def pulled(handle: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", pulled)
    with pytest.raises(Fault, match="can't be written: Input/output error"):
        flash(Card(folder, "soul.d64"), Image.load(disk), Wishes(force=True))
    assert old.read_bytes() == bytes(SIZE)
    assert names(folder) == ["soul.d64"]
