"""Looks at this computer: what soulrig can use here, what is missing, and what brings it."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import sys
from dataclasses import dataclass

from soulrig.machines.checks import Check, install_line, program_version
from soulrig.machines.registry import KINDS

OLDEST_PYTHON = (3, 11)
MEASURED_CC65 = ((2, 18), (2, 19))  # the ca65 of cc65 2.19 calls itself 2.18
PACKAGES = ("typer", "numpy", "pillow", "d64", "cbmcodecs2")


@dataclass(frozen=True)
class Section:
    """What was looked at for one purpose; `usable` unless something that it needs is missing."""

    name: str
    checks: tuple[Check, ...]
    is_machine: bool = False

    @property
    def usable(self) -> bool:
        """Whether nothing is missing."""
        return all(check.state != "missing" for check in self.checks)


def examine() -> list[Section]:
    """Look at everything; starts each kind of machine for a moment. What is missing is told, never raised."""
    machines = [Section(kind.name, tuple(kind.checks()), is_machine=True) for kind in KINDS.values()]
    others = {"build": (_assembler(),), "flash": _opencbm(), "train": (_torch(),), "python": _python()}
    return [*machines, *(Section(name, checks) for name, checks in others.items())]


def _assembler() -> Check:
    told = program_version("ca65")
    if told is None:
        return Check(
            "cc65", "missing", "ca65 is not on the PATH", f"{install_line('cc65')}; what is shipped needs none"
        )
    version, words = told
    if version not in MEASURED_CC65:
        return Check(
            "cc65", "note", words, "should do; what is shipped was made with 2.19, another may differ in bytes"
        )
    return Check("cc65", "ok", words)


def _opencbm() -> tuple[Check, ...]:
    """What drives a ZoomFloppy."""
    return tuple(
        Check(name, "note", "not on the PATH", "only a ZoomFloppy needs it: install OpenCBM, opencbm.trikaliotis.net")
        if path is None
        else Check(name, "ok", path)
        for name, path in ((name, shutil.which(name)) for name in ("d64copy", "cbmctrl"))
    )


def _torch() -> Check:
    return _package("torch", "only training needs it: ci/setup --train, or pip install 'soulrig[train]'")


def _python() -> tuple[Check, ...]:
    words = f"{platform.python_version()} on {platform.platform(terse=True)}"
    if sys.version_info < OLDEST_PYTHON:
        python = Check("python", "missing", words, "Python 3.11 or newer")
    elif sys.platform != "linux":
        python = Check("python", "note", words, "soulrig was only run on Linux")
    else:
        python = Check("python", "ok", words)
    return (python, *map(_package, PACKAGES))


def _package(name: str, remedy: str = "") -> Check:
    try:
        return Check(name, "ok", importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Check(name, "missing", "not installed", remedy or f"pip install {name}")
