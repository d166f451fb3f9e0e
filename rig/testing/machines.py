"""The machines of a test run: each is switched on once, and put back to where it was for every test."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from soulrig.buildtools.build import Built
from soulrig.buildtools.disk_image import make_d64
from soulrig.conversation import BOOT_SECONDS, Conversation
from soulrig.errors import Fault
from soulrig.machine import Loader, Machine, Snapshots, Text, offered
from soulrig.machines.registry import Kind

READY = "READY."
BOOTED = "booted"


@dataclass
class _Standing:
    """A machine that is switched on, and what was kept of it, by a name for the moment."""

    machine: Machine
    stack: ExitStack
    kept: dict[str, object] = field(default_factory=dict)


class Machines:
    """Hands out machines, the same one for the same kind and options; `close` switches them off.

    One that can't be put back, or fails at it, is switched off and on instead.
    """

    def __init__(self) -> None:
        self._standing: dict[object, _Standing] = {}

    def close(self) -> None:
        """Switch all off."""
        with ExitStack() as stack:
            for standing in self._standing.values():
                stack.push(standing.stack)
            self._standing.clear()

    def booted(self, kind: Kind, options: Mapping[str, Any]) -> Machine:
        """A machine at its first READY., with an empty disk. Raises Fault, and BadInput for ROMs that aren't there."""
        key = _key(kind, options)
        if self._put_back(key, BOOTED):
            return self._standing[key].machine
        self._switch_off(key)
        with ExitStack() as stack, tempfile.TemporaryDirectory(prefix="soulrig-testing-") as folder:
            machine = stack.enter_context(kind.make(**options))
            disk = Path(folder) / "empty.d64"
            disk.write_bytes(make_d64("empty", "00", {}))
            offered(machine, Loader).insert(disk)
            screen = offered(machine, Text)
            machine.wait(lambda: READY in screen.text(), BOOT_SECONDS, f"{READY} after power-up")
            self._standing[key] = _Standing(machine, stack.pop_all())
        self._keep(key, BOOTED)
        return machine

    def talking(self, kind: Kind, options: Mapping[str, Any], built: Built) -> Machine:
        """A machine with a soul's program started from its disk, at its first prompt. Raises Fault, BadInput."""
        key, moment = _key(kind, options), f"talking {built.manifest['soul']['sha256']}"
        if self._put_back(key, moment):
            return self._standing[key].machine
        machine = self.booted(kind, options)
        with tempfile.TemporaryDirectory(prefix="soulrig-testing-") as folder:
            disk = Path(folder) / "soulplayer.d64"
            disk.write_bytes(built.d64)
            Conversation(machine, built.manifest).boot(disk)
        self._keep(key, moment)
        return machine

    def _keep(self, key: object, moment: str) -> None:
        standing = self._standing[key]
        if isinstance(standing.machine, Snapshots):
            standing.kept[moment] = standing.machine.keep()
            standing.machine.restore(standing.kept[moment])  # so that the first test finds what every other does

    def _put_back(self, key: object, moment: str) -> bool:
        """Whether there is a machine that could be put back to the moment."""
        standing = self._standing.get(key)
        if standing is None or moment not in standing.kept:
            return False
        try:
            offered(standing.machine, Snapshots).restore(standing.kept[moment])
        except Fault:
            return False
        return True

    def _switch_off(self, key: object) -> None:
        standing = self._standing.pop(key, None)
        if standing is not None:
            standing.stack.close()


def _key(kind: Kind, options: Mapping[str, Any]) -> object:
    return kind.name, tuple(sorted((name, str(value)) for name, value in options.items()))
