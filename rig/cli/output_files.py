"""What every command that writes files asks of them before it begins its work."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from soulrig.errors import BadInput
from soulrig.model.files import check_writable


def check_outputs(outputs: Sequence[Path | None], inputs: Sequence[Path | None] = ()) -> None:
    """Raise BadInput where a file can't be written, is also read, or is that of two results.

    None stands for a file that was not asked for.
    """
    read = {path.resolve() for path in inputs if path is not None}
    written: set[Path] = set()
    for path in outputs:
        if path is None:
            continue
        if path.resolve() in read:
            raise BadInput(f"{path}: is a file that is read; give what is written another name")
        if path.resolve() in written:
            raise BadInput(f"{path}: two results would be written to this file; give each a name of its own")
        written.add(path.resolve())
    for path in outputs:
        if path is not None:
            check_writable(path)
