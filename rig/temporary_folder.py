"""One folder for all temporary files of a command, which goes with it."""

from __future__ import annotations

import atexit
import fcntl
import os
import re
import secrets
import shutil
import tempfile
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

STALE_SECONDS = 60.0  # older than this, a folder that nobody has locked is of a command that was killed


def make_temporary_folder() -> None:
    """Have all temporary files made in one folder, and remove that, with what an interrupted clean-up left in it.

    It goes at the interpreter's end, after what modules that are imported from now on remove there themselves; that of
    a command that was killed goes with the next command. Where the folder can't be made, whoever needs a temporary file
    will tell.
    """
    with suppress(OSError):
        parent = Path(tempfile.gettempdir())
        _remove_stale(parent)
        # Named first and made then: there is no moment in which it could be there and not be known.
        folder = parent / f"soulrig-{secrets.token_hex(8)}"
        atexit.register(partial(shutil.rmtree, folder, ignore_errors=True))
        folder.mkdir(mode=0o700)
        tempfile.tempdir = str(folder)
        fcntl.flock(os.open(folder, os.O_RDONLY), fcntl.LOCK_SH)  # open, and so locked, until the process ends


def _remove_stale(parent: Path) -> None:
    """Remove the folders there that this user's commands did not live to remove."""
    for folder in parent.glob("soulrig-*"):
        if not re.fullmatch(r"soulrig-[0-9a-f]{16}", folder.name):
            continue
        with suppress(OSError):
            about = folder.lstat()
            if about.st_uid != os.getuid() or time.time() - about.st_mtime < STALE_SECONDS:
                continue
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails where its command lives
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(descriptor)
