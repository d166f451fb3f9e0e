"""The other ROM sets of this computer: where SOULRIG_ROMS points, those of `soulrig.toml`, and VICE's own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from soulrig.config import load_config
from soulrig.errors import BadInput
from soulrig.machines.roms import PARTS, find_roms

VICE_DATA = ("/usr/share/vice", "/usr/lib/vice", "/usr/local/share/vice", "/usr/local/lib/vice")
VARIABLE = "SOULRIG_ROMS"


def other_rom_sets(environment: Mapping[str, str] = os.environ) -> dict[str, Path]:
    """Folders of ROM sets by their name, each set once, however many folders hold it.

    A folder that SOULRIG_ROMS names is among them also where it holds none: the step that uses it will say so.
    """
    found: dict[str, Path] = {}
    seen: set[tuple[str, ...]] = set()
    named = environment.get(VARIABLE)
    for folder in [*([Path(named)] if named else []), *_configured(), *map(Path, VICE_DATA)]:
        try:
            parts = find_roms(folder).description()
        except BadInput:
            if str(folder) == named:
                found[folder.name] = folder
            continue
        digests = tuple(parts.get(part, "") for part in PARTS)
        if digests not in seen:
            seen.add(digests)
            found[_unused(folder.name, found)] = folder
    return found


def _configured() -> Iterator[Path]:
    """The `roms` of the machines in the configuration; one that the environment lacks is no set of this night."""
    config = load_config()
    for name in config.machines:
        try:
            _, options = config.machine(name, {})
        except BadInput:
            continue
        if "roms" in options:
            yield options["roms"]


def _unused(name: str, taken: Mapping[str, Path]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} {number}"
    return free
