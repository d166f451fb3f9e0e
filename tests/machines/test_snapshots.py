"""A machine put back to what it was: memory, clock, disk, what was typed and what was sounded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from soulrig.buildtools.disk_image import make_d64
from soulrig.errors import Fault
from soulrig.machine import InVain
from soulrig.machines.sim import SimMachine
from soulrig.machines.vice import ViceMachine

BASIC_LINE = bytes.fromhex("0108 0C08 0A00 99 22 4F4B 22 00 0000")  # 10 PRINT"OK"
KINDS = {"sim": SimMachine, "x64": lambda: ViceMachine("x64"), "x64sc ntsc": lambda: ViceMachine("x64sc", "ntsc")}


@pytest.fixture(params=[name if name == "sim" else pytest.param(name, marks=pytest.mark.vice) for name in KINDS])
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SimMachine | ViceMachine]:
    """At READY., with an empty disk."""
    (tmp_path / "empty.d64").write_bytes(make_d64("empty", "00", {}))
    (tmp_path / "full.d64").write_bytes(make_d64("full", "00", {"it": BASIC_LINE}))
    with KINDS[request.param]() as machine:
        machine.insert(tmp_path / "empty.d64")
        appears(machine, "READY.", 1)
        yield machine


def appears(machine: SimMachine | ViceMachine, row: str, times: int) -> None:
    machine.wait(lambda: machine.text().count(row) >= times, 10, row)


def test_it_is_what_it_was(machine: SimMachine | ViceMachine) -> None:
    kept = machine.keep()
    machine.restore(kept)
    before = machine.cycles(), machine.registers(), machine.read(0x0000, 0x10000), len(machine.sid_writes())
    machine.type(b"POKE54296,5\r")
    appears(machine, "READY.", 2)
    assert [write.value for write in machine.sid_writes()[before[3] :]] == [5]
    machine.restore(kept)
    assert (machine.cycles(), machine.registers(), machine.read(0x0000, 0x10000), len(machine.sid_writes())) == before


def test_what_was_still_to_be_typed_is_forgotten(machine: SimMachine | ViceMachine) -> None:
    kept = machine.keep()
    for _ in range(2):
        machine.type(b"A" * 300)
        machine.wait(lambda: machine.text()[6].startswith("AAAAA"), 5, "the first keys")
        machine.restore(kept)
    machine.type(b"B")
    with pytest.raises(InVain):
        machine.wait(lambda: "A" in machine.text()[6], 3, "a key of before")
    assert machine.text()[6] == "B"


def test_the_disk_is_the_one_of_then(machine: SimMachine | ViceMachine, tmp_path: Path) -> None:
    kept = machine.keep()
    machine.insert(tmp_path / "full.d64")
    machine.type(b'LOAD"*",8\r')
    appears(machine, "READY.", 2)
    machine.restore(kept)
    machine.type(b'LOAD"*",8\r')
    appears(machine, "?FILE NOT FOUND  ERROR", 1)


@pytest.mark.vice
def test_what_is_written_to_the_disk_is_lost(tmp_path: Path) -> None:
    (tmp_path / "full.d64").write_bytes(make_d64("full", "00", {"it": BASIC_LINE}))
    with ViceMachine() as machine:
        machine.insert(tmp_path / "full.d64")
        appears(machine, "READY.", 1)
        kept = machine.keep()
        machine.type(b'LOAD"IT",8\rSAVE"MORE",8\r')
        appears(machine, "READY.", 3)
        for wanted in ("READY.", "?FILE NOT FOUND  ERROR"):
            machine.type(b'\x93LOAD"MORE",8\r')
            appears(machine, wanted, 1)
            machine.restore(kept)


def test_it_goes_on_where_it_was_after_its_processor_jammed(machine: SimMachine | ViceMachine) -> None:
    kept = machine.keep()
    machine.write(0xC000, b"\x02")
    machine.jump(0xC000)
    with pytest.raises(Fault):
        machine.wait(lambda: False, 1, "nothing")
    machine.restore(kept)
    machine.type(b"PRINT1\r")
    appears(machine, "READY.", 2)


def test_only_its_own(machine: SimMachine | ViceMachine) -> None:
    with pytest.raises(TypeError, match="nothing that this machine has kept"):
        machine.restore("what")


def test_no_copy_while_a_key_is_being_pressed(tmp_path: Path) -> None:
    (tmp_path / "empty.d64").write_bytes(make_d64("empty", "00", {}))
    with SimMachine() as machine:
        machine.insert(tmp_path / "empty.d64")
        machine.press("A", 1000)
        with pytest.raises(Fault, match="let it run until they are up"):
            machine.keep()
        machine.run(2000)
        machine.keep()
