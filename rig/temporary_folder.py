"""One folder for all temporary files of a command, which goes with it."""

from __future__ import annotations

import atexit
import secrets
import shutil
import tempfile
from contextlib import suppress
from functools import partial
from pathlib import Path


def make_temporary_folder() -> None:
    """Have all temporary files made in one folder, and remove that, with what an interrupted clean-up left in it.

    It goes at the interpreter's end, after what modules that are imported from now on remove there themselves. Where
    the folder can't be made, whoever needs a temporary file will tell.
    """
    with suppress(OSError):
        # Named first and made then: there is no moment in which it could be there and not be known.
        folder = Path(tempfile.gettempdir()) / f"soulrig-{secrets.token_hex(8)}"
        atexit.register(partial(shutil.rmtree, folder, ignore_errors=True))
        folder.mkdir(mode=0o700)
        tempfile.tempdir = str(folder)
