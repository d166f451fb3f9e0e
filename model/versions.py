"""Versions of the formats that outlive a run: which of them this soulrig reads."""

from __future__ import annotations

import re
from dataclasses import dataclass

from soulrig.errors import BadInput

_SCHEMA = re.compile(r"([a-z.]+)/(0|[1-9]\d*)(?:\.(0|[1-9]\d*))?")


@dataclass(frozen=True)
class Schema:
    """A format by name and version, as a file says it: `soulrig.record/1`, or `soulrig.record/1.2`.

    A greater minor version only adds what an older reader may pass over; a greater major version changes the meaning.
    """

    name: str
    major: int
    minor: int = 0

    def __str__(self) -> str:
        return f"{self.name}/{self.major}" + (f".{self.minor}" if self.minor else "")

    def check(self, found: object, origin: object) -> None:
        """Raise BadInput where a file from `origin` that calls itself `found` can't be read as this format."""
        match = _SCHEMA.fullmatch(found) if isinstance(found, str) else None
        if match is None or match[1] != self.name:
            raise BadInput(f"{origin}: schema {found!r}, expected '{self}'")
        if int(match[2]) > self.major:
            raise BadInput(
                f"{origin}: is of the newer format {found}, this soulrig reads up to {self.name}/{self.major}; "
                "install a newer soulrig"
            )
