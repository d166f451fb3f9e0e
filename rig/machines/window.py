"""The machine `vice` for a person: VICE's window, at the speed of a C64, with sound where this computer has some."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from soulrig.errors import Fault
from soulrig.machine import Left
from soulrig.machines.roms import RomSet
from soulrig.machines.vice import ViceMachine
from soulrig.vice_driver.errors import ViceDied
from soulrig.vice_driver.options import Sound, ViceOptions
from soulrig.vice_driver.vice import Vice

LOOK_SECONDS = 0.1  # between two looks, at the screen while starting and at the window later


class ViceWindow(ViceMachine):
    """A C64 in a window of VICE's. Raises Left where the person closes it, Fault where there is no display."""

    writes_disks = True
    poll_seconds = LOOK_SECONDS

    def __init__(
        self,
        emulator: Literal["x64", "x64sc"] = "x64sc",
        standard: Literal["pal", "ntsc"] = "pal",
        roms: RomSet | None = None,
        port: int | None = None,
    ) -> None:
        super().__init__(emulator, standard, roms, port)

    def insert(self, disk: Path) -> None:
        """Open the window, with a disk in drive 8; VICE works on a copy."""
        if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            raise Fault(
                "VICE's window needs a display, and neither DISPLAY nor WAYLAND_DISPLAY names one; "
                "--machine sim plays in the terminal"
            )
        super().insert(disk)

    def attend(self) -> None:
        """Let VICE run until its window is closed."""
        while True:
            with self._on() as vice:
                if vice.process.exit_status() is not None:
                    raise vice.process.diagnose(ViceDied(f"{self._emulator} ended"))
            time.sleep(LOOK_SECONDS)

    def disk_image(self) -> bytes:
        """The copy that VICE works on, also after its window was closed."""
        self._running()
        image = self._image()
        assert image is not None  # it is switched on by inserting one
        return image

    def _options(self, roms: RomSet, folder: Path, disk: Path) -> ViceOptions:
        return dataclasses.replace(
            super()._options(roms, folder, disk),
            console=False,
            warp=False,
            sound=_sound(),
            seed=None,
            extra=("+confirmonexit",),
            environment=_session(),
        )

    @contextmanager
    def _on(self) -> Iterator[Vice]:
        """Closing the window ends VICE with status 0; anything else is a fault."""
        try:
            with super()._on() as vice:
                yield vice
        except Fault as fault:
            if isinstance(fault.__cause__, ViceDied) and fault.__cause__.status == 0:
                raise Left from fault
            raise


def _session() -> dict[str, str]:
    """What a window needs to know of the person's session, which the private HOME hides from it."""
    names = ("XDG_RUNTIME_DIR", "XDG_SESSION_TYPE")
    found = {name: os.environ[name] for name in names if name in os.environ}
    authority = os.environ.get("XAUTHORITY") or str(Path.home() / ".Xauthority")
    return found | {"XAUTHORITY": authority}


def _sound() -> Sound | None:
    """The sound device of VICE's that this computer has; None where it has none."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if os.environ.get("PULSE_SERVER") or (runtime and (Path(runtime) / "pulse" / "native").exists()):
        return Sound("pulse")
    return Sound("alsa") if Path("/dev/snd/seq").exists() else None
