"""How long 200 replies take in one process. Measured, never asserted: run it alone, without xdist, for the figure."""

from __future__ import annotations

from pathlib import Path

from pytest_benchmark.fixture import BenchmarkFixture

from soulrig.model.reference import Reference
from soulrig.model.soul import Soul

PROMPTS = 200


def test_200_replies(benchmark: BenchmarkFixture, data: Path) -> None:
    reference = Reference(Soul.load(data / "random-norm.bin", decode="v3"))

    def talk() -> int:
        return sum(len(reference.reply_to_ids([1, 4 + i % 120, 29, 1]).tokens) for i in range(PROMPTS))

    # The published sizes, short prompts, no END: every reply fills the context.
    assert benchmark.pedantic(talk, rounds=1) == PROMPTS * 16
