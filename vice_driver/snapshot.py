"""What can be read out of a VICE snapshot: the exact cycle count.

Source: the snapshot format as described in the VICE manual (a header, then modules with a name of 16 bytes, two version
bytes and a size of 32 bits), and VICE 3.7.1's MAINCPU module, which begins with the clock.
"""

import struct
from pathlib import Path

MODULE_HEADER = 22  # name 16, version 2, size 4
CLOCK_BYTES = 8


def snapshot_clock(path: Path) -> int:
    """The φ2 cycles since power-on or reset that the snapshot holds; ValueError if it is none of VICE's."""
    data = path.read_bytes()
    start = data.find(b"MAINCPU\0")
    if start < 0 or start + MODULE_HEADER + CLOCK_BYTES > len(data):
        raise ValueError(f"{path} is no snapshot of a VICE: it has no module MAINCPU")
    clock: int = struct.unpack_from("<Q", data, start + MODULE_HEADER)[0]
    return clock
