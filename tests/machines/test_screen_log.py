"""What machines note of the writes to their screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from soulrig.buildtools.disk_image import make_d64
from soulrig.buildtools.petscii import to_petscii
from soulrig.machines.sim import SimMachine
from soulrig.machines.vice import ViceMachine

READY = bytes([0x12, 0x05, 0x01, 0x04, 0x19, 0x2E])  # screen codes
CELL, CODE = 476, 83  # below what BASIC shows
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
        machine.wait(lambda: READY in machine.codes(), 5, "READY.")
        assert machine.screen_writes() == []
        machine.watch_screen(CELL // 40 + 5)
        machine.watch_screen(CELL // 40)
        begun = machine.cycles()
        machine.type(POKE)
        machine.wait(lambda: machine.codes()[CELL] == CODE, 5, "the cell that is poked")
        ended = machine.cycles()
        writes = machine.screen_writes()
        (poked,) = (write for write in writes if (write.cell, write.code) == (CELL, CODE))
        assert begun < poked.cycle <= ended
        assert [write.cycle for write in writes] == sorted(write.cycle for write in writes)


@pytest.mark.vice
@pytest.mark.timeout(90)
def test_vice_ends_at_once_though_it_has_stores_to_tell(tmp_path: Path) -> None:
    disk = tmp_path / "empty.d64"
    disk.write_bytes(make_d64("empty", "00", {}))
    with ViceMachine(timeout=100) as machine:  # so long it would be waited for
        machine.insert(disk)
        machine.wait(lambda: READY in machine.codes(), 5, "READY.")
        machine.watch_screen(0)
        machine.wait(lambda: len(machine.screen_writes()) > 2, 5, "the cursor to flash")
