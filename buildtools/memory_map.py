"""The memory map of a built program: the areas that the linker config has, what lies in them, and what is left."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from soulrig.buildtools.assembler import Segment

_AREA = re.compile(r"^\s*(\w+):\s*start *= *\$([0-9A-F]+), *size *= *\$([0-9A-F]+)", re.MULTILINE)
_LOAD = re.compile(r"^\s*(\w+):\s*load *= *(\w+)", re.MULTILINE)

# What the processor sees where RAM is not banked in, by first and last address.
OVER_RAM = {"BASIC": (0xA000, 0xBFFF), "I/O": (0xD000, 0xDFFF), "KERNAL": (0xE000, 0xFFFF)}


@dataclass(frozen=True)
class Area:
    """Memory from `start` to `end` inclusive, of which `used` bytes are taken."""

    name: str
    start: int
    end: int
    used: int

    @property
    def free(self) -> int:
        """Bytes that nothing lies in."""
        return self.end - self.start + 1 - self.used


def areas(config: str, segments: Sequence[Segment]) -> list[Area]:
    """The areas of a linker config's text that any segment lies in, by address; one within another counts as its."""
    ranges = {name: (int(start, 16), int(start, 16) + int(size, 16) - 1) for name, start, size in _AREA.findall(config)}
    placed = dict(_LOAD.findall(config))
    taken: dict[str, set[int]] = {}
    for segment in segments:
        start, end = ranges[placed[segment.name]]
        around = [name for name, (first, last) in ranges.items() if first <= start and last >= end]
        largest = max(around, key=lambda name: ranges[name][1] - ranges[name][0])
        taken.setdefault(largest, set()).update(range(segment.start, segment.end + 1))
    found = [Area(name, *ranges[name], len(used)) for name, used in taken.items()]
    return sorted(found, key=lambda area: area.start)


def lies_under(start: int, end: int) -> list[str]:
    """What is seen instead of these addresses where ROMs and I/O are banked in."""
    return [name for name, (first, last) in OVER_RAM.items() if start <= last and end >= first]
