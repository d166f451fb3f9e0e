"""UP9600's line where VICE doesn't look: when each bit is sampled and sent, on chips that shift bit by bit."""

from __future__ import annotations

import random

import pytest
from up9600_chips import BAUD, HZ, RASTER_LAST, STOLEN_EVERY, WRAP, Host, Up9600

pytestmark = pytest.mark.cc65

STANDARDS = ["pal", "ntsc"]
OFF = [0.99, 1.0, 1.01]  # a host's bits, of the right length
MARGIN = 0.08  # of a bit that is received, from its ends
SENT_MARGIN = 0.15
AROUND = (-SENT_MARGIN, 0, SENT_MARGIN)
RUNS, SIZE = 8, 40
JIFFY = 0x4026


@pytest.mark.parametrize("standard", STANDARDS)
@pytest.mark.parametrize("off", OFF)
def test_bytes_without_a_pause_are_received_and_the_counter_is_right(standard: str, off: float) -> None:
    rng = random.Random(f"{standard} {off}")
    for _ in range(RUNS):
        host = Host(HZ[standard] / BAUD * off)
        c64 = Up9600(standard, host, rng.randrange(STOLEN_EVERY[standard]), rng.randrange(WRAP))
        c64.call("line_begin", RASTER_LAST[standard])
        data = rng.randbytes(SIZE)
        over = host.send(b"\xff" * 6 + data, c64.now + rng.uniform(500, 600))
        before = (c64.upper() + c64.wraps()) % WRAP
        assert c64.call("line_await")[1] is False
        came = bytearray()
        while len(came) < SIZE:
            byte, none = c64.call("line_receive")
            assert not none
            if came or byte != 0xFF:
                came.append(byte)
            c64.work(rng.randrange(180, 420))
        assert came == data
        assert c64.now < over + 6_000
        c64.call("line_over")
        assert (c64.upper() + c64.wraps()) % WRAP == before
        assert min(c64.samples[8:]) > MARGIN
        assert max(c64.samples[8:]) < 1 - MARGIN


@pytest.mark.parametrize("standard", STANDARDS)
@pytest.mark.parametrize("off", OFF)
def test_bytes_are_sent_and_the_kernals_timer_goes_on(standard: str, off: float) -> None:
    rng = random.Random(f"{standard} {off}")
    bit = HZ[standard] / BAUD * off
    c64 = Up9600(standard, Host(bit), rng.randrange(STOLEN_EVERY[standard]))
    c64.call("line_begin", RASTER_LAST[standard])
    for byte in (0x00, 0xFF, 0x01, 0x80, *rng.randbytes(60)):
        c64.work(rng.randrange(3_000))
        c64.interrupt_1, begun, left, changed = False, c64.now, c64.kernal_timer(), len(c64.changes)
        c64.call("line_send", byte)
        edge = next(cycle for cycle, level in c64.changes[changed:] if not level)

        for around in AROUND:
            middles = [edge + (place + 0.5 + around) * bit for place in range(10)]
            heard = [[level for when, level in c64.changes if when <= middle][-1] for middle in middles]
            assert heard == [0, *(byte >> place & 1 for place in range(8)), 1]
        late = c64.kernal_timer() - (left - (c64.now - begun)) % JIFFY
        assert c64.interrupt_1 is (left < c64.now - begun) or abs(left - (c64.now - begun)) < 150
        assert min(abs(late), abs(late - JIFFY), abs(late + JIFFY)) < 150
