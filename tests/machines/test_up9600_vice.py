"""What the line by UP9600 borrows and gives back: the cycle counter's upper half, the KERNAL's timer."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from cabled_c64 import riglink_in_vice

from soulrig.buildtools.link_protocol import INPUT_OUTPUT, Driver
from soulrig.link.peer import Peer
from soulrig.vice_driver.options import Emulator, Standard

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

FRAME = {"pal": 312 * 63, "ntsc": 263 * 65}  # cycles of a picture
JIFFY = 16_421  # cycles between the KERNAL's interrupts, PAL
JIFFIES, JIFFIES_SIZE = 0xA0, 3  # the KERNAL's clock, high byte first
JITTER = 60  # of a look for a raster line: seven cycles, and what the video chip takes
SAMPLER, FOUND = 0x1000, 0x1100
# SEI, wait for line 256, then timer B low, timer B high, timer A high, low, high, timer B low to FOUND, CLI, RTS
WAIT = "78 2C11D0 30FB 2C11D0 10FB"
READ = "".join(f"AD{at:02X}DD 8D{place:02X}11" for place, at in enumerate((6, 7, 5, 4, 5, 6)))
SAMPLE = bytes.fromhex(WAIT + READ + "58 60")
DATA, SIZE = 0x4000, 2_500


def at_line_256(peer: Peer) -> int:
    """The counter as the picture's line 256 begins."""
    while True:
        peer.call(SAMPLER)
        below, top, high, low, high_again, below_again = peer.peek(FOUND, 6)
        if (high, below) == (high_again, below_again):
            return 2**32 - 1 - (top << 24 | below << 16 | high << 8 | low)


@pytest.mark.soak
@pytest.mark.parametrize("standard", ["pal", "ntsc"])
@pytest.mark.parametrize("emulator", ["x64", "x64sc"])
def test_the_counter_loses_no_cycle(emulator: Emulator, standard: Standard, tmp_path: Path) -> None:
    """Between two looks at the same raster line it has counted whole pictures: 65,536 cycles are none."""
    data = random.Random(1).randbytes(SIZE)
    with riglink_in_vice(tmp_path, Driver.UP9600, emulator, standard) as (peer, _):
        peer.identify()
        peer.poke(SAMPLER, SAMPLE)
        first = at_line_256(peer)
        for _ in range(4):
            peer.poke(DATA, data)
            peer.poke(DATA, data[:50])
            over = (at_line_256(peer) - first + JITTER) % FRAME[standard]
            assert over <= 2 * JITTER
        assert at_line_256(peer) - first > 4 * SIZE * 1000
        assert peer.peek(DATA, SIZE) == data


@pytest.mark.soak
def test_the_clock_of_the_kernal_goes_on_while_it_sends(tmp_path: Path) -> None:
    with riglink_in_vice(tmp_path, Driver.UP9600) as (peer, _):
        peer.identify()

        def now() -> tuple[int, int]:
            cycles = peer.cycles()
            return cycles, int.from_bytes(peer.peek(JIFFIES, JIFFIES_SIZE, INPUT_OUTPUT), "big")

        cycles, jiffies = now()
        peer.peek(DATA, 3_000)
        later, passed = now()
        assert passed - jiffies == pytest.approx((later - cycles) / JIFFY, rel=0.05)
