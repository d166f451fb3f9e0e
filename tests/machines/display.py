"""A display that nobody sees, VICE's window on it, and the keys of a PC's keyboard that are pressed there."""

from __future__ import annotations

import dataclasses
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from soulrig.machines.roms import RomSet
from soulrig.machines.vice import ViceMachine
from soulrig.sim.keyboard import KEYS, RESTORE
from soulrig.vice_driver.options import ViceOptions

# Keys of a PC's keyboard that X knows without a modifier, one for each key of the C64: which is of no importance.
_PC_KEYS = [
    *"abcdefghijklmnopqrstuvwxyz0123456789",
    *("minus", "equal", "bracketleft", "bracketright", "semicolon", "apostrophe", "grave", "backslash"),
    *("comma", "period", "slash", "space", "Return", "BackSpace", "Tab", "Escape"),
    *("Insert", "Delete", "Home", "End", "Up", "Down", "Left", "Right"),
    *("F1", "F2", "F3", "F4"),
]
PC_KEYS = dict(zip(KEYS, _PC_KEYS, strict=True)) | {RESTORE: "Page_Up"}
"""The PC's key for each of the C64's."""
SHIFTED_OR_NOT, USER_POSITIONAL = 8, 3  # VICE's


@contextmanager
def x_server() -> Iterator[str]:
    """A bare X server without a window manager; the name of its display."""
    reader, writer = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", "800x600x24", "-nolisten", "tcp"],
        pass_fds=[writer],
        stderr=subprocess.DEVNULL,
    )
    try:
        os.close(writer)
        with os.fdopen(reader) as told:
            number = told.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


class WindowMachine(ViceMachine):
    """VICE with its window on a display, in warp. Its key map has a PC's key for each key of the C64, and no more."""

    def __init__(self, display: str, folder: Path) -> None:
        super().__init__("x64")
        self._environment = {"DISPLAY": display, "GDK_BACKEND": "x11"}
        self._map = folder / "keys.vkm"
        rows = [f"{PC_KEYS[key]} {column} {row} {SHIFTED_OR_NOT}" for key, (column, row) in KEYS.items()]
        self._map.write_text("\n".join(["!CLEAR", *rows, f"{PC_KEYS[RESTORE]} -3 0", ""]))

    def _options(self, roms: RomSet, folder: Path, disk: Path) -> ViceOptions:
        return dataclasses.replace(
            super()._options(roms, folder, disk),
            console=False,
            environment=self._environment,
            extra=("-keymap", str(USER_POSITIONAL), "-poskeymap", str(self._map), "+confirmonexit"),
        )

    def press(self, *keys: str) -> None:
        """Press keys; the C64 has still to see them."""
        self._send("keydown", *(PC_KEYS[key] for key in keys))

    def release(self, *keys: str) -> None:
        """Let them go."""
        self._send("keyup", *(PC_KEYS[key] for key in keys))

    def hammer(self, key: str, times: int) -> None:
        """Strike a key, without a pause that the C64 would notice."""
        self._send("key", "--delay", "5", "--repeat", str(times), PC_KEYS[key])

    def _send(self, *words: str) -> None:
        subprocess.run(["xdotool", *words], env=os.environ | self._environment, check=True, timeout=20)

    def chip(self, address: int) -> int:
        """A byte of $D000-$DFFF."""
        with self.stopped() as monitor:
            return monitor.read(address, 1, "io")[0]
