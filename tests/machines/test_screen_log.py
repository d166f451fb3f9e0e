"""What machines note of the writes to their screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from soulrig.buildtools.disk_image import make_d64
from soulrig.buildtools.petscii import to_petscii
from soulrig.machines.sim import SimMachine
from soulrig.machines.vice import ViceMachine

CELL, CODE = 476, 83
POKE = to_petscii(f"poke {1024 + CELL},{CODE}") + b"\r"


@pytest.mark.parametrize(
    "make",
    [
        SimMachine,
        pytest.param(lambda: ViceMachine("x64"), marks=pytest.mark.vice),
        pytest.param(lambda: ViceMachine("x64sc"), marks=pytest.mark.vice),
    ],
    ids=["sim", "x64", "x64sc"],
)
def test_writes_are_noted_from_the_first_watch_on(make: Callable[[], SimMachine | ViceMachine], tmp_path: Path) -> None:
    disk = tmp_path / "empty.d64"
    disk.write_bytes(make_d64("empty", "00", {}))
    with make() as machine:
        machine.insert(disk)
        machine.wait(lambda: b"\x12\x05\x01\x04\x19\x2e" in machine.codes(), 5, "READY.")
        assert machine.screen_writes() == []
        machine.watch_screen()
        machine.watch_screen()
        begun = machine.cycles()
        machine.type(POKE)
        machine.wait(lambda: machine.codes()[CELL] == CODE, 5, "the cell that is poked")
        ended = machine.cycles()
        writes = machine.screen_writes()
        (poked,) = (write for write in writes if (write.cell, write.code) == (CELL, CODE))
        assert begun < poked.cycle <= ended
        assert [write.cycle for write in writes] == sorted(write.cycle for write in writes)
