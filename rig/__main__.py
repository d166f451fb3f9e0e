"""Where the `soulrig` command begins. Whatever ends it, from here on, ends it cleanly.

Ctrl-C ends it with 130, SIGTERM and SIGHUP with 128 and their number. All that it makes of temporary files lies in one
folder, and goes with it.
"""

from __future__ import annotations

import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

EXIT_INTERRUPTED = 128 + signal.SIGINT  # as shells report it
ENDINGS = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]


def main() -> None:
    """Run the command line and exit with its documented code."""
    try:
        for number in ENDINGS:
            if signal.getsignal(number) is signal.SIG_DFL:  # nohup has it ignored
                signal.signal(number, _leave)
        with _temporary_folder():
            from soulrig.cli import app  # takes a while, in which Ctrl-C may come

            app()
    except KeyboardInterrupt:
        print("soulrig: interrupted", file=sys.stderr)
        sys.exit(EXIT_INTERRUPTED)


@contextmanager
def _temporary_folder() -> Iterator[None]:
    """Have all temporary files made in one folder, and remove that, with what an interrupted clean-up left in it.

    Where it can't be made, whoever needs a temporary file will tell.
    """
    folder = None
    try:
        with suppress(OSError):
            # Named first and made then: there is no moment in which it could be there and not be known.
            folder = Path(tempfile.gettempdir()) / f"soulrig-{secrets.token_hex(8)}"
            folder.mkdir(mode=0o700)
            tempfile.tempdir = str(folder)
        yield
    finally:
        for number in (signal.SIGINT, *ENDINGS):
            signal.signal(number, signal.SIG_IGN)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
