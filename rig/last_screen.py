"""The picture of the last screen of a run, where one is asked for."""

from __future__ import annotations

from pathlib import Path

from soulrig.machine import Machine, Pixels, offered
from soulrig.record import Attachment, Record


class LastScreen:
    """To be made before the machine is started, so that one which shows no pixels is told then; raises as `offered`."""

    def __init__(self, machine: Machine, path: Path | None) -> None:
        self._path = path
        self._seen = None if path is None else offered(machine, Pixels)

    def attach(self, record: Record, keep: Path | None) -> None:
        """Save what is seen now as a PNG, and name it in the record, which is kept in `keep`."""
        if self._path is not None and self._seen is not None:
            self._seen.picture().save(self._path)
            record.attachments.append(Attachment.beside("screen", self._path, "image/png", keep))
