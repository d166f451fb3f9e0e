"""The folder of a command's temporary files: what a killed one left goes with the next, and nothing else does."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path


def made(folder: Path, age: float = 3600) -> Path:
    """A folder with a file in it, last changed so many seconds ago."""
    folder.mkdir()
    (folder / "soulplayer.d64").write_bytes(b"left")
    changed = time.time() - age
    os.utime(folder, (changed, changed))
    return folder


def test_what_a_killed_command_left_goes_with_the_next(tmp_path: Path) -> None:
    left = made(tmp_path / "soulrig-0123456789abcdef")
    used = made(tmp_path / "soulrig-1123456789abcdef")
    young = made(tmp_path / "soulrig-2123456789abcdef", age=1)
    other = made(tmp_path / "soulrig-backup")
    link = tmp_path / "soulrig-3123456789abcdef"
    link.symlink_to(other)
    descriptor = os.open(used, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    try:
        subprocess.run([sys.executable, "-m", "soulrig", "machines"], check=True, capture_output=True, env=environment)
    finally:
        os.close(descriptor)
    assert not left.exists()
    assert sorted(tmp_path.iterdir()) == [used, young, link, other]
    assert (other / "soulplayer.d64").read_bytes() == b"left"


def test_a_running_command_has_its_folder_locked(tmp_path: Path) -> None:
    code = (
        "import tempfile; from soulrig.temporary_folder import make_temporary_folder; make_temporary_folder(); "
        "print(tempfile.gettempdir(), flush=True); input()"
    )
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as running:
        assert running.stdout is not None
        folder = Path(running.stdout.readline().strip())
        os.utime(folder, (0, 0))
        subprocess.run([sys.executable, "-m", "soulrig", "machines"], check=True, capture_output=True, env=environment)
        assert folder.is_dir()
        running.communicate("\n")
    assert list(tmp_path.iterdir()) == []
