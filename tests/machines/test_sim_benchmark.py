"""How fast the simulator thinks. Measured, never asserted: run it alone, without xdist, for the figure."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from soulrig.buildtools.build import build
from soulrig.conversation import Conversation
from soulrig.machines.sim import SimMachine
from soulrig.model.soul import Soul

CYCLES = 4_000_000


@pytest.mark.cc65
def test_thinking(benchmark: BenchmarkFixture, root: Path, tmp_path: Path) -> None:
    """Cycles of the soul's program in the midst of a reply; divide by the seconds for hertz."""
    program = build(Soul.load(root / "disk" / "soulplayer"))
    disk = tmp_path / "soulplayer.d64"
    disk.write_bytes(program.d64)
    with SimMachine() as machine:
        conversation = Conversation(machine, program.manifest)
        conversation.boot(disk)
        machine.type(b"HELLO\r")
        machine.wait(lambda: conversation.telemetry.header().state == "thinking", 2, "the reply's beginning")
        before = machine.cycles()
        benchmark.pedantic(machine.run, args=(CYCLES,), rounds=1)
        assert machine.cycles() - before >= CYCLES
        if benchmark.stats is not None:
            benchmark.extra_info["MHz"] = round(CYCLES / benchmark.stats["mean"] / 1e6, 2)
