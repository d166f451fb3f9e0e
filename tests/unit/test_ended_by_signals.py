"""Signals that come where Python hides what a handler raises: the command ends as it says all the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

# The command, whose work is to get the signal at one place.
COMMAND = """
import os, signal, sys, time, types
from soulrig.__main__ import main

def get_signal(*_):
    os.kill(os.getpid(), int(sys.argv[1]))
    sum(range(10))  # a call, before which Python runs handlers

def work():
    {work}
    time.sleep(10)
    print("went on")

sys.modules["soulrig.cli"] = types.SimpleNamespace(app=work)
main()
"""
WHERE = {
    "in plain code": "get_signal()",
    "in a text that is run": "exec('get_signal()', globals())",
    "in a callback": "import weakref; thing = set(); reference = weakref.ref(thing, get_signal); del thing",
    "while a class is made": "type('Made', (), {'name': type('Named', (), {'__set_name__': get_signal})()})",
    "in a clean-up": "thing = type('Thing', (), {'__del__': get_signal})(); del thing",
}


@pytest.mark.parametrize(
    ("number", "status", "said"),
    [
        (signal.SIGINT, 130, "soulrig: interrupted\n"),
        (signal.SIGTERM, 143, ""),
        (signal.SIGHUP, 129, ""),
    ],
)
@pytest.mark.parametrize("where", WHERE)
def test_signals_end_the_command(where: str, number: int, status: int, said: str, tmp_path: Path) -> None:
    module = tmp_path / "command.py"
    module.write_text(COMMAND.format(work=WHERE[where]))
    temp = tmp_path / "temp"
    temp.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", module.stem, str(int(number))],  # for modules Python has an end of its own
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "TMPDIR": str(temp)},
    )
    assert (done.returncode, done.stderr, done.stdout) == (status, said, "")
    assert list(temp.iterdir()) == []
