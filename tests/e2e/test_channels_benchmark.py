"""What the channels cost: 20 prompts in x64 by the telemetry alone, and by all three. Run it alone for the figures."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from soulrig.buildtools.build import Built
from soulrig.machines.vice import ViceMachine
from soulrig.model.soul import Soul
from soulrig.verify import verify

pytestmark = [pytest.mark.vice, pytest.mark.cc65, pytest.mark.soak]

PROMPTS = 20
DEAREST = 3  # times the telemetry's wall time that all three may take


def test_all_channels(benchmark: BenchmarkFixture, shipped: Soul, shipped_built: Built, root: Path) -> None:
    if benchmark.disabled:
        pytest.skip("benchmarks are switched off: beside other tests times mean nothing")
    lines = (root / "data" / "example_corpus.txt").read_text(encoding="utf-8").splitlines()
    prompts = [line.split("<SEP>")[1] for line in lines if line.startswith("<SEP>")][:PROMPTS]
    assert len(prompts) == PROMPTS

    def run(*channels: str) -> None:
        record = verify(ViceMachine(), shipped, shipped_built, prompts, channels=channels)
        assert record.verdict == "pass"

    begun = time.monotonic()
    run("telemetry")
    alone = time.monotonic() - begun
    benchmark.pedantic(run, args=("telemetry", "screen", "sound"), rounds=1)
    benchmark.extra_info["telemetry alone, s"] = round(alone, 2)
    assert benchmark.stats.stats.max <= DEAREST * alone
