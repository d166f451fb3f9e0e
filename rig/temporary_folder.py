"""One folder for all temporary files of a command, which goes with it."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def temporary_folder(before_removal: Callable[[], None]) -> Iterator[None]:
    """Have all temporary files made in one folder, and remove that, with what an interrupted clean-up left in it.

    `before_removal` sees to it that nothing interrupts that. Where the folder can't be made, whoever needs a temporary
    file will tell.
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
        before_removal()
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
