"""Runs ca65 and ld65, and reads what the linker tells of symbols and segments."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from soulrig.errors import Fault

_OVERFLOW = re.compile(r"Segment '(\w+)' overflows memory area '(\w+)' by (\d+) byte")
_LOAD = re.compile(r"^\s*(\w+):.*\bload *= *(\w+)", re.MULTILINE)
_LABEL = re.compile(r"^al ([0-9A-F]{6}) \.(\S+)$")
_SEGMENT = re.compile(r"^(\w+) +([0-9A-F]{6}) +([0-9A-F]{6}) +([0-9A-F]{6}) +[0-9A-F]{5}$")


@dataclass(frozen=True)
class Segment:
    """Where a segment lies: `start` to `end` inclusive."""

    name: str
    start: int
    end: int

    @property
    def size(self) -> int:
        """Bytes."""
        return self.end - self.start + 1


@dataclass(frozen=True)
class Program:
    """What the linker made: the outputs by file name, every label's address, the segments in address order."""

    outputs: dict[str, bytes]
    symbols: dict[str, int]
    segments: tuple[Segment, ...]


class DoesNotFitError(Exception):
    """A memory area of the linker config is too small, by `bytes_over`."""

    def __init__(self, area: str, bytes_over: int) -> None:
        super().__init__(f"memory area {area} is {bytes_over} bytes too small")
        self.area = area
        self.bytes_over = bytes_over


def assemble(sources: Sequence[Path], config: Path, output: str, include: Sequence[Path] = ()) -> Program:
    """Assemble `sources`, in this order, and link them by `config`.

    `output` is the main output's name; a config may name further files as `"%O-<suffix>"`. Include files and `.incbin`s
    are looked for in `include`. Raises DoesNotFitError, or Fault where a tool is missing or a source is wrong.
    """
    with tempfile.TemporaryDirectory(prefix="soulrig-assemble-") as name:
        folder = Path(name)
        objects: list[str] = []
        for source in sources:
            target = folder / f"{len(objects):02}-{source.stem}.o"
            search = [option for path in include for option in ("-I", str(path), "--bin-include-dir", str(path))]
            _check(_run("ca65", "-t", "none", "-g", *search, "-o", str(target), str(source)))
            objects.append(str(target))
        outputs = folder / "outputs"
        outputs.mkdir()
        labels, chart = folder / "labels", folder / "map"
        where = ["-C", str(config), "-Ln", str(labels), "-m", str(chart), "-o", str(outputs / output)]
        link = _run("ld65", *where, *objects)
        overflow = _OVERFLOW.search(link.stderr)
        if overflow:
            raise _does_not_fit(overflow, config.read_text(), _read_segments(chart.read_text()))
        _check(link)
        return Program(
            {path.name: path.read_bytes() for path in sorted(outputs.iterdir())},
            _read_labels(labels.read_text()),
            _read_segments(chart.read_text()),
        )


def digest(sources: Sequence[Path], config: Path, include: Sequence[Path] = ()) -> str:
    """SHA-256 over all that `assemble` would read, by name and content: where it is equal, so is what is made."""
    total = hashlib.sha256()
    included = [path for folder in include for path in sorted(folder.iterdir()) if path.is_file()]
    for path in (*sources, config, *included):
        content = path.read_bytes()
        total.update(f"{path.name} {len(content)}\n".encode() + content)
    return total.hexdigest()


def _run(tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = shutil.which(tool)
    if path is None:
        raise Fault(f"{tool} is not installed; it comes with cc65 (Debian and Ubuntu: apt install cc65)")
    return subprocess.run([path, *arguments], capture_output=True, text=True, check=False)


def _check(run: subprocess.CompletedProcess[str]) -> None:
    if run.returncode:
        raise Fault(f"{Path(run.args[0]).name} failed:\n{run.stderr.strip()}")


def _does_not_fit(overflow: re.Match[str], config: str, segments: tuple[Segment, ...]) -> DoesNotFitError:
    """ld65 reports the first segment that leaves its area; those that follow it there are over as well."""
    first, area, over = overflow[1], overflow[2], int(overflow[3])
    inside = {segment for segment, load in _LOAD.findall(config) if load == area}
    ends = {segment.name: segment.end for segment in segments if segment.name in inside}
    return DoesNotFitError(area, over + max(ends.values()) - ends[first])


def _read_labels(text: str) -> dict[str, int]:
    found = (_LABEL.match(line) for line in text.splitlines())
    return {match[2]: int(match[1], 16) for match in found if match}


def _read_segments(text: str) -> tuple[Segment, ...]:
    found = (_SEGMENT.match(line) for line in text.splitlines())
    segments = [
        Segment(match[1], int(match[2], 16), int(match[3], 16)) for match in found if match and int(match[4], 16)
    ]
    return tuple(sorted(segments, key=lambda segment: (segment.start, segment.name)))
