"""The 32-bit cycle counter, read at every phase of its timers."""

import pytest
from front_end_build import small_build
from program_cpu import ProgramCpu

pytestmark = pytest.mark.cc65


@pytest.fixture
def cpu() -> ProgramCpu:
    cpu = ProgramCpu(small_build())
    cpu.call("clock_start")
    return cpu


@pytest.mark.parametrize("wrap", [0x100, 0x10000, 0xFF0000, 0x1000000, 0x12340000])
def test_a_reading_lies_between_the_calls_begin_and_end(cpu: ProgramCpu, wrap: int) -> None:
    start = cpu.cycles - 4 - 6  # the counter ran from clock_start's last store on
    for phase in range(-150, 30):
        cpu.cycles = start + wrap + phase
        cpu.call("clock_read")
        # an instruction reads at its end, while py65 has its cycles added after it
        assert wrap + phase - 8 <= cpu.word("clock_now", 4) <= cpu.cycles - start


def test_laps_follow_each_other_without_a_gap(cpu: ProgramCpu) -> None:
    cpu.call("clock_mark")
    begin, total = cpu.cycles, 0
    tails = []  # what goes by after a reading, the same at each, since the next lap counts it
    for busy in (0, 1, 255, 65_535, 65_536, 1_000_000, 20_000_000):
        cpu.cycles += busy
        cpu.call("clock_lap")
        total += cpu.word("clock_elapsed", 4)
        tails.append(cpu.cycles - begin - total)
    assert max(tails) - min(tails) < 5
