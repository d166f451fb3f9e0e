"""How fast riglink's uploads are, by the C64's own cycles: what its line could carry at most is ten bits a byte."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from cabled_c64 import riglink_in_vice
from vice_line import BAUD

from soulrig.buildtools.link_protocol import Driver
from soulrig.machine import PAL_HZ
from soulrig.vice_driver.options import Emulator

ADDRESS = 0x1000


@pytest.mark.vice
@pytest.mark.cc65
@pytest.mark.soak  # a busy computer keeps a C64 waiting
@pytest.mark.parametrize("emulator", ["x64", "x64sc"])
@pytest.mark.parametrize(
    ("driver", "size", "least"),
    [(Driver.SWIFTLINK, 36_000, 0.9), (Driver.USERPORT, 4_096, 0.8), (Driver.UP9600, 16_384, 0.8)],
)
def test_uploads_use_the_line(
    driver: Driver, size: int, least: float, emulator: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = random.Random(1).randbytes(size)
    with riglink_in_vice(tmp_path, driver, emulator) as (peer, _):
        peer.identify()
        start = peer.cycles()
        peer.poke(ADDRESS, data)
        seconds = (peer.cycles() - start) % 2**32 / PAL_HZ
    share = size / seconds / (BAUD[driver] / 10)
    with capsys.disabled():
        print(f"\n{driver.name.lower()}, {emulator}: {size / seconds:.0f} bytes/s, {share:.1%} of the line's")
    assert share >= least
