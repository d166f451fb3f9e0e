"""The small process between a program and its VICE, so that nothing outlives the program.

It makes the private folder that its parent has named, starts VICE in it and waits. When its standard input closes,
which also happens when the parent is killed, it kills VICE, removes the folder and ends. Run as a script by
`process.py`; it imports the standard library alone, so that it starts in some 20 ms.

It speaks lines of JSON: writes ``{"folder": path}`` when that is there, reads ``{"argv": [...], "env": {...}}``, writes
``{"pid": n}``, and ``{"exit": status}`` when VICE ends by itself; in place of the first two ``{"error": text}``.
VICE's output goes to ``vice.log`` in the folder.
"""

import contextlib
import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NoReturn

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main(parent: int, folder: Path) -> None:
    """Serve one VICE in ``folder``, which is not there yet, for the process ``parent``."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _leave)
    try:
        folder.mkdir(mode=0o700)
    except OSError as error:
        _tell(error=str(error))
        return
    vice: subprocess.Popen[bytes] | None = None
    try:
        _tell(folder=str(folder))
        line = sys.stdin.readline()
        if not line:
            return
        vice = _start(json.loads(line), folder)
        if vice is not None:
            _watch(vice, parent)
    finally:
        if vice is not None:
            _kill(vice)
        shutil.rmtree(folder, ignore_errors=True)


def _start(order: dict[str, object], folder: Path) -> "subprocess.Popen[bytes] | None":
    argv, env = order["argv"], order["env"]
    assert isinstance(argv, list)
    assert isinstance(env, dict)
    try:
        with (folder / "vice.log").open("wb") as log:
            vice = subprocess.Popen(
                argv,
                env=env,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=partial(_die_with_parent, os.getpid()),
            )
    except OSError as error:
        _tell(error=str(error))
        return None
    _tell(pid=vice.pid)
    return vice


def _watch(vice: "subprocess.Popen[bytes]", parent: int) -> None:
    """Return when the parent let go of us: it closed the pipe or is dead."""
    poll = select.poll()
    poll.register(sys.stdin.fileno(), select.POLLIN)
    # A child that the parent forked may hold the pipe open after the parent's death: watch the parent too.
    lives = _open_process(parent)
    if lives is not None:
        poll.register(lives, select.POLLIN)
    elif os.getppid() != parent:
        return
    ended = _open_process(vice.pid)
    if ended is not None:
        poll.register(ended, select.POLLIN)
    told = False
    while True:
        # Without pidfds (not Linux) the ends of processes are looked up twice a second.
        ready = [descriptor for descriptor, _ in poll.poll(500)]
        if sys.stdin.fileno() in ready or os.getppid() != parent:
            return
        if not told and vice.poll() is not None:
            _tell(exit=vice.returncode)
            told = True
            if ended is not None:
                poll.unregister(ended)


def _open_process(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None


def _kill(vice: "subprocess.Popen[bytes]") -> None:
    if vice.poll() is None:
        vice.kill()
    vice.wait()


def _die_with_parent(parent: int) -> None:
    """In VICE's process before it starts: be killed when the supervisor is, or was just before.

    The signal is tied to the thread that forked; the supervisor has one thread only.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def _tell(**fields: object) -> None:
    with contextlib.suppress(BrokenPipeError):
        print(json.dumps(fields), flush=True)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
