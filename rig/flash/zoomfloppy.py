"""The target `zoomfloppy`: a real drive on a ZoomFloppy or another adapter of OpenCBM's.

What its programs show is taken from their manual and published sessions, and was never seen here from a real drive.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from soulrig.errors import BadInput, Fault
from soulrig.flash.directory import Directory
from soulrig.flash.image import Difference, Image, Sector, check_floppy, differences
from soulrig.flash.programs import Program, check_end, check_usb, last_words, said_by
from soulrig.flash.target import Progress, Transient

DRIVES = range(4, 31)
DETECTED = re.compile(r"^\s*(\d+):\s*(.*\S)")  # " 8: 1541-II"
STATUS = re.compile(r"^\s*(\d\d),\s*([^,]*),(\d+),(\d+)")  # "26,write protect on,00,00"
TITLE, FILE, FREE = re.compile(r'^0\s+\.?"'), re.compile(r'^\d+\s+"'), re.compile(r"^(\d+) blocks free")
COPYING = re.compile(r"(\d+): ([.\-*?]+)\s*\d+%\s+(\d+)/(\d+)")  # "17: **?--  64%  340/683"
COPIED = re.compile(r"^(\d+) blocks copied")
FAILED = re.compile(r"(read|write) error: (\d+)/(\d+): (\d+)")
OK, NO_SYNC, PROTECTED, NOT_READY, POWERED_UP = 0, 21, 26, 74, 73
UNREADABLE = range(20, 30)  # the DOS's errors of reading and writing sectors


class ZoomFloppy:
    """The disk in a drive on the adapter's bus; `drive` is the device number."""

    sparse = False
    resumes = False

    def __init__(self, drive: int) -> None:
        """Raises BadInput for a number that no drive has."""
        if drive not in DRIVES:
            raise BadInput(f"--drive: is {drive}, expected {DRIVES[0]} to {DRIVES[-1]}")
        self._drive = drive
        self.unfinished = False

    @property
    def where(self) -> str:
        """The drive's number."""
        return f"drive {self._drive} on the ZoomFloppy"

    def __enter__(self) -> Self:
        """Look for the drive. Raises Fault where it does not answer."""
        program = Program("cbmctrl", "detect")
        with closing(program.rows()) as rows:
            shown = list(rows)
        drives = {int(found[1]): found[2] for row in shown if (found := DETECTED.match(row))}
        check_usb(program, shown)
        if not drives:
            raise Fault(
                f"no drive answers on the bus: {program} ended with status {program.status}, {last_words(shown)}; "
                "are adapter and drive plugged in, and is the drive on?"
            )
        if self._drive not in drives:
            others = ", ".join(f"{number} ({what})" for number, what in sorted(drives.items()))
            raise Fault(f"no drive {self._drive} answers on the bus, only {others}; choose one with --drive")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is running."""

    def check(self, image: Image) -> None:
        """Raise BadInput for an image of 40 tracks, or with errors."""
        check_floppy(image)

    def directory(self) -> Directory | None:
        """What the drive lists; None for a disk that was never formatted. Raises Fault without a disk."""
        shown = said_by("cbmctrl", "dir", str(self._drive))
        code, status = self._status_in(shown)
        if code == NO_SYNC:
            return None
        if code == NOT_READY:
            raise Fault(f"{self.where}: {status}: put a disk in, and close the drive")
        free = next((int(found[1]) for row in shown if (found := FREE.match(row))), None)
        title = next((row for row in shown if TITLE.match(row)), "(no title)")
        files = tuple(row for row in shown if FILE.match(row) and not TITLE.match(row))
        damage = f"({status})" if code in UNREADABLE else "(no directory was shown)" if free is None else None
        return Directory(title, files, free, damage)

    def format(self, label: str, identifier: str) -> None:
        """Format the disk, by the drive's own DOS. Raises Fault where it says that it could not."""
        self.unfinished = True
        said_by("cbmctrl", "command", str(self._drive), f"N0:{label},{identifier}")
        self._check_status("formatting")

    def read(self, progress: Progress) -> Image:
        """The disk, read by d64copy."""
        with tempfile.TemporaryDirectory(prefix="soulrig-flash-") as folder:
            path = Path(folder) / "back.d64"
            failed = self._copy("-E", "on_errors", str(self._drive), str(path), progress=progress)
            if not path.exists():
                raise Transient(f"{self.where}: d64copy has left no image of what it read")
            try:
                image = Image.parse(path.name, path.read_bytes(), "what d64copy read")
            except BadInput as error:
                raise Transient(f"{self.where}: {error}") from error
        return image.with_errors(failed | image.errors)

    def write(self, image: Image, sectors: Sequence[Sector], progress: Progress) -> None:
        """Have d64copy write the whole image: it knows sectors only by the disk's own map."""
        with tempfile.TemporaryDirectory(prefix="soulrig-flash-") as folder:
            path = Path(folder) / "image.d64"
            path.write_bytes(image.content)
            self.unfinished = True
            failed = self._copy(str(path), str(self._drive), progress=progress)
        if failed:
            self._check_status("writing")
            named = ", ".join(f"{sector} (error {code})" for sector, code in sorted(failed.items())[:3])
            raise Transient(f"{self.where}: {len(failed)} sectors were not written: {named}")
        self.unfinished = False

    def compare(self, image: Image, sectors: Sequence[Sector], progress: Progress) -> list[Difference]:
        """The sectors that differ, by reading the disk back."""
        return differences(image, self.read(progress), sectors)

    def recover(self) -> None:
        """Reset the bus. That fails where USB is still stuck; what is tried next will tell."""
        with suppress(Fault):
            said_by("cbmctrl", "reset")

    def _copy(self, *words: str, progress: Progress) -> dict[Sector, int]:
        """Run d64copy; the sectors that failed. Its exit status is 0 even then, so what it shows is read."""
        program = Program("d64copy", *words)
        maps: dict[int, str] = {}
        failed: dict[Sector, int] = {}
        copied: int | None = None
        total = 0
        shown: list[str] = []
        with closing(program.rows()) as rows:
            for row in rows:
                if found := COPYING.search(row):
                    maps[int(found[1])] = found[2]
                    total = int(found[4])
                    progress(int(found[3]), total)
                else:
                    shown.append(row)
                if found := FAILED.search(row):
                    failed[Sector(int(found[2]), int(found[3]))] = int(found[4])
                if found := COPIED.match(row):
                    copied = int(found[1])
        check_end(program, shown)
        for track, drawn in maps.items():
            for number, sign in enumerate(drawn):
                if sign == "?":
                    failed.setdefault(Sector(track, number), NO_SYNC)
        if copied is None or copied + len(failed) < total:
            raise Transient(f"{program}: broke off after {copied or 0} of {total} sectors: {last_words(shown)}")
        return failed

    def _check_status(self, what: str) -> None:
        """Raise Fault where the drive's status is one that another attempt does not change."""
        code, status = self._status_in(said_by("cbmctrl", "status", str(self._drive)))
        if code == PROTECTED:
            self.unfinished = False  # nothing was changed
            raise Fault(f"{self.where}: {status}: the disk is write-protected; uncover its notch, or take another")
        if code not in (OK, POWERED_UP):
            raise Fault(f"{self.where}: the drive said {status!r} after {what}")

    def _status_in(self, shown: Sequence[str]) -> tuple[int, str]:
        """The drive's last status line among what was shown: its number, and the line."""
        for row in reversed(shown):
            if found := STATUS.match(row):
                return int(found[1]), row.strip()
        raise Transient(f"{self.where}: no status of the drive's was shown, but: {last_words(shown)}")
