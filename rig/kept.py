"""A record that is kept while its run goes on, and tells how the run ended, whatever ended it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from soulrig.errors import BadInput, Fault
from soulrig.record import Measurement, Record

# What a record's fault says while the run goes on, and after Ctrl-C or a SIGTERM.
UNFINISHED = "the run was broken off"
INTERRUPTED = "interrupted"
SAVE_INTERVAL = 20  # times as long as saving takes


@contextmanager
def kept(record: Record, path: Path | None, measured: Callable[[], list[Measurement]]) -> Iterator[Callable[[], None]]:
    """Keep `record` in `path`, where there is to be a file, while a run fills it.

    Yields what is to be called at the start and whenever the record has grown. A Fault, BadInput or OSError ends the
    run, and the record tells it; KeyboardInterrupt and SystemExit are noted too, and go on. In the end the record gets
    the wall time, and what was `measured`.
    """
    file = _File(record, path)
    record.fault = UNFINISHED
    started = time.monotonic()
    try:
        yield file.update
        record.fault = None
    except (Fault, BadInput) as error:
        # What the user gave has been looked at: a file that can't be read or written now is the rig's failure.
        record.fault = str(error)
    except OSError as error:
        record.fault = f"{error} (temporary files lie in {tempfile.tempdir})"
    except (KeyboardInterrupt, SystemExit):
        record.fault = INTERRUPTED
        raise
    finally:
        record.measurements += [Measurement("wall time", round(time.monotonic() - started, 3), "s"), *measured()]
        try:
            file.save()
        except Fault as fault:
            record.fault = record.fault or str(fault)


class _File:
    """The record's file, if there is to be one."""

    def __init__(self, record: Record, path: Path | None) -> None:
        self._record = record
        self._path = path
        self._saved = time.monotonic()
        self._took = 0.0

    def save(self) -> None:
        """Bring the file up to date. Raises Fault where it can't; what was there stays then."""
        if self._path is None:
            return
        begun = time.monotonic()
        try:
            self._record.save(self._path)
        except BadInput as error:
            raise Fault(str(error)) from error
        self._saved = time.monotonic()
        self._took = self._saved - begun

    def update(self) -> None:
        """The same, but not if that would take up a good part of the run's time: a record grows long."""
        if time.monotonic() - self._saved >= SAVE_INTERVAL * self._took:
            self.save()
