"""What a run may leave behind, and looking for it: processes, sockets, temporary files."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

PATIENCE = 20.0  # seconds in which a supervisor clears up after a program that was killed


def processes(folder: Path) -> dict[int, str]:
    """Command lines of the processes that were started with `folder` for their temporary files, ours apart."""
    found = {}
    mark = f"TMPDIR={folder}\0".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if entry.name != str(os.getpid()) and mark in (entry / "environ").read_bytes():
                found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it has ended, or is somebody else's
    return {pid: line for pid, line in found.items() if line}  # one that has ended and is not yet reaped has none


def emulators(folder: Path) -> list[int]:
    """Those of them that are VICE."""
    return [pid for pid, line in processes(folder).items() if Path(line.split()[0]).name in ("x64", "x64sc")]


def open_files() -> Counter[str]:
    """This process's open sockets and pipes, counted by kind."""
    kinds: Counter[str] = Counter()
    for entry in Path("/proc/self/fd").iterdir():
        try:
            kinds[str(entry.readlink()).partition(":")[0]] += 1
        except OSError:
            continue  # the one by which the folder is read
    return Counter({kind: count for kind, count in kinds.items() if kind in ("socket", "pipe")})


def assert_nothing_left(folder: Path) -> None:
    """No temporary file in `folder`, and no process that was started with it."""
    assert wait_until(lambda: not list(folder.iterdir())), [str(path) for path in folder.rglob("*")]
    assert wait_until(lambda: not processes(folder)), processes(folder)


def wait_until(condition: Callable[[], bool]) -> bool:
    """Whether `condition()` came to be, which is waited for with patience."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
