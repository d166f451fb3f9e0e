"""`soulrig flash --to zoomfloppy` with a stand-in for OpenCBM's programs: no real drive was ever here."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from left_behind import processes, wait_until

SIZE, SECTORS = 174_848, 683
FLASH = [sys.executable, "-m", "soulrig", "flash"]
HOLDS_FILES = '0 ."games           " 64 2a\n14   "how to use"       prg\n650 blocks free.'
EMPTY = '0 ."empty           " 64 2a\n664 blocks free.'

pytestmark = pytest.mark.usefixtures("private_temp")


class Bench:
    """A drive that is none, a floppy in it, and an image to write."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.floppy = folder / "floppy.d64"
        self.image = folder / "soul.d64"
        self.image.write_bytes(random.Random(6).randbytes(SIZE))
        self.insert(EMPTY)
        programs = folder / "bin"
        programs.mkdir()
        source = Path(__file__).with_name("opencbm_stand_in.py").read_text()
        for name in ("cbmctrl", "d64copy"):
            (programs / name).write_text(f"#!{sys.executable}\n{source}")
            (programs / name).chmod(0o755)
        monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
        monkeypatch.setenv("OPENCBM", str(folder))

    def insert(self, directory: str) -> None:
        self.floppy.write_bytes(random.Random(8).randbytes(SIZE))
        (self.folder / "directory").write_text(directory)

    def goes_wrong(self, *faults: str) -> None:
        (self.folder / "faults").write_text("\n".join(faults))

    @property
    def calls(self) -> list[str]:
        """What was called, by the words that tell the calls apart."""
        lines = (self.folder / "calls").read_text().splitlines()
        return [" ".join(line.split()[:2]) if "cbmctrl" in line else self._copied(line) for line in lines]

    def _copied(self, line: str) -> str:
        return "write" if line.endswith(" 8") else "read"

    @property
    def command(self) -> list[str]:
        return [*FLASH, str(self.image), "--to", "zoomfloppy"]

    def flash(self, *options: object) -> subprocess.CompletedProcess[str]:
        words = [*self.command, *map(str, options)]
        ended = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
        assert "Traceback" not in ended.stderr
        return ended

    @property
    def written(self) -> bool:
        return self.floppy.read_bytes() == self.image.read_bytes()


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    folder = tmp_path / "bench"
    folder.mkdir()
    return Bench(folder, monkeypatch)


def test_an_empty_disk_is_written_and_read_back_with_a_stand_in(bench: Bench) -> None:
    ended = bench.flash()
    assert (ended.returncode, ended.stdout) == (
        0,
        "drive 8 on the ZoomFloppy: 683 sectors written and compared, all equal\n",
    )
    assert bench.written
    assert bench.calls == ["cbmctrl detect", "cbmctrl dir", "write", "read"]


def test_the_read_back_catches_a_write_that_failed_with_status_0_with_a_stand_in(bench: Bench) -> None:
    """The program shows success, every time it writes, and one sector is not there."""
    bench.goes_wrong("write lie *")
    ended = bench.flash("--json")
    assert ended.returncode == 1
    told = json.loads(ended.stdout)
    assert [each["sector"] for each in told["differences"]] == ["20/2"]
    assert "1 bytes differ, the first at $00" in told["differences"][0]["what"]
    assert (told["attempts"], bench.calls.count("write"), bench.calls.count("cbmctrl reset")) == (3, 3, 2)


def test_a_write_that_failed_once_with_status_0_is_mended_with_a_stand_in(bench: Bench) -> None:
    bench.goes_wrong("write lie")
    ended = bench.flash("--json")
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["attempts"] == 2
    assert bench.written


def test_a_sector_that_the_map_shows_as_failed_with_a_stand_in(bench: Bench) -> None:
    """The bad spot is told with status 0, tried again after a reset, and in the end a fault that says what is lost."""
    bench.goes_wrong("write error *")
    ended = bench.flash()
    assert ended.returncode == 3
    assert "1 sectors were not written: 3/5 (error 3) (in the last of 3 attempts)" in ended.stderr
    assert "the disk is half written" in ended.stderr
    assert bench.calls.count("write") == 3
    bench.goes_wrong("write error")
    assert bench.flash().returncode == 0
    assert bench.written


def test_a_write_protected_disk_is_not_tried_again_with_a_stand_in(bench: Bench) -> None:
    bench.goes_wrong("write protected *")
    ended = bench.flash()
    assert ended.returncode == 3
    assert "26,write protect on,01,00: the disk is write-protected" in ended.stderr
    assert bench.calls.count("write") == 1


@pytest.mark.parametrize("action", ["detect", "dir", "write", "read"])
def test_usb_fails_once_and_a_reset_helps_with_a_stand_in(bench: Bench, action: str) -> None:
    bench.goes_wrong(f"{action} usb")
    ended = bench.flash()
    assert ended.returncode == 0
    assert "attempt 1 of 3 failed, the bus is reset" in ended.stderr
    assert "LIBUSB_ERROR_PIPE" in ended.stderr
    assert bench.calls.count("cbmctrl reset") == 1
    assert bench.written


def test_usb_fails_for_good_with_a_stand_in(bench: Bench) -> None:
    bench.goes_wrong("write usb *", "reset usb *")
    ended = bench.flash()
    assert ended.returncode == 3
    assert "LIBUSB_ERROR_PIPE (in the last of 3 attempts)" in ended.stderr


def test_a_program_that_stops_in_the_middle_with_status_0_with_a_stand_in(bench: Bench) -> None:
    bench.goes_wrong("write dead *")
    ended = bench.flash()
    assert ended.returncode == 3
    assert "broke off" in ended.stderr


def test_nothing_on_the_bus_with_a_stand_in(bench: Bench) -> None:
    bench.goes_wrong("detect nothing")
    ended = bench.flash()
    assert ended.returncode == 3
    assert "no drive answers on the bus" in ended.stderr
    ended = bench.flash("--drive", 9)
    assert ended.returncode == 3
    assert "no drive 9 answers on the bus, only 8 (1541-II)" in ended.stderr


def test_a_program_is_missing(bench: Bench) -> None:
    (bench.folder / "bin" / "d64copy").unlink()
    ended = bench.flash()
    assert ended.returncode == 3
    assert "d64copy is not on the PATH; install OpenCBM" in ended.stderr
    (bench.folder / "bin" / "cbmctrl").unlink()
    ended = bench.flash()
    assert ended.returncode == 3
    assert "cbmctrl is not on the PATH; install OpenCBM" in ended.stderr


def test_no_disk_and_an_unformatted_one_with_a_stand_in(bench: Bench) -> None:
    blank = bench.folder / "blank"
    blank.touch()
    ended = bench.flash()
    assert ended.returncode == 2
    assert "not formatted; --format" in ended.stderr
    ended = bench.flash("--format")
    assert ended.returncode == 0
    assert not blank.exists()
    assert bench.written
    bench.floppy.unlink()
    ended = bench.flash()
    assert ended.returncode == 3
    assert "74,drive not ready,00,00: put a disk in" in ended.stderr


@pytest.mark.parametrize(("trouble", "lost"), [("command usb *", True), ("command protected *", False)])
def test_formatting_that_fails_tells_what_is_lost_with_a_stand_in(bench: Bench, trouble: str, lost: bool) -> None:
    bench.goes_wrong(trouble)
    ended = bench.flash("--format")
    assert ended.returncode == 3
    assert ("the disk is half written" in ended.stderr) == lost
    assert "write" not in bench.calls


def test_a_disk_with_files_is_shown_saved_and_only_then_overwritten_with_a_stand_in(
    bench: Bench, tmp_path: Path
) -> None:
    bench.insert(HOLDS_FILES)
    before, backup = bench.floppy.read_bytes(), tmp_path / "before.d64"
    ended = bench.flash("--backup", backup)
    assert ended.returncode == 2
    assert 'holds files:\n  0 ."games           " 64 2a\n  14   "how to use"       prg\n' in ended.stderr
    assert "--force" in ended.stderr
    assert bench.floppy.read_bytes() == before
    assert not backup.exists()
    ended = bench.flash("--force", "--backup", backup)
    assert ended.returncode == 0
    assert '14   "how to use"       prg' in ended.stderr
    assert bench.written
    assert backup.read_bytes() == before
    bench.insert(HOLDS_FILES)
    ended = bench.flash("--force", "--backup", backup)
    assert ended.returncode == 2
    assert "exists, and is not overwritten" in ended.stderr
    assert bench.floppy.read_bytes() == before
    assert backup.read_bytes() == before


def test_a_backup_marks_what_could_not_be_read_with_a_stand_in(bench: Bench, tmp_path: Path) -> None:
    bench.goes_wrong("read error")
    backup = tmp_path / "before.d64"
    ended = bench.flash("--backup", backup)
    assert ended.returncode == 0
    assert "1 of its sectors can't be read, and are marked" in ended.stderr
    saved = backup.read_bytes()
    assert len(saved) == SIZE + SECTORS
    assert [place for place, code in enumerate(saved[SIZE:]) if code != 1] == [2 * 21 + 5]


def test_only_comparing_with_a_stand_in(bench: Bench) -> None:
    bench.floppy.write_bytes(bench.image.read_bytes())
    assert bench.flash("--verify-only").returncode == 0
    bench.goes_wrong("read misread")
    ended = bench.flash("--verify-only")
    assert ended.returncode == 1
    assert ended.stdout.startswith("20/2: 1 bytes differ, the first at $00")
    bench.goes_wrong("read error")
    ended = bench.flash("--verify-only")
    assert (ended.returncode, ended.stdout.splitlines()[0]) == (1, "3/5: can't be read (error 3)")
    assert "write" not in bench.calls


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_broken_off_in_the_middle_with_a_stand_in(bench: Bench, private_temp: Path, number: signal.Signals) -> None:
    """It says what is lost; no child and no file is left."""
    bench.goes_wrong("write stuck")
    run = subprocess.Popen(bench.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert wait_until(lambda: any("d64copy" in line for line in processes(private_temp).values()))
    run.send_signal(number)
    out, errors = run.communicate(timeout=30)
    assert (run.returncode, out) == (128 + number, "")
    assert "drive 8 on the ZoomFloppy: the disk is half written and of no use; flash it again, with --force" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (SIZE - 1, "is no D64 image: it has 174847 bytes"),
        (196_608, "has 40 tracks, a 1541 writes 35"),
        (SIZE + SECTORS, "683 of its sectors are marked as errors (1/0, 1/1, 1/2)"),
    ],
)
def test_images_that_a_drive_does_not_take(bench: Bench, size: int, words: str) -> None:
    bench.image.write_bytes(bytes(SIZE) + b"\x05" * (size - SIZE) if size > SIZE else bytes(size))
    ended = bench.flash()
    assert ended.returncode == 2
    assert words in ended.stderr
    assert not (bench.folder / "calls").exists()


def test_an_image_whose_error_information_tells_of_none_with_a_stand_in(bench: Bench) -> None:
    content = bench.image.read_bytes()
    bench.image.write_bytes(content + b"\x01" * SECTORS)
    assert bench.flash().returncode == 0
    assert bench.floppy.read_bytes() == content
