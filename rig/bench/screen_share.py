"""What the video chip takes of the processor's cycles, and the seconds that it makes of them."""

from __future__ import annotations

from typing import Literal

from soulrig.machine import NTSC_HZ, PAL_HZ

Standard = Literal["pal", "ntsc"]
HERTZ: dict[Standard, int] = {"pal": PAL_HZ, "ntsc": NTSC_HZ}
# In each picture the VIC-II stops the processor in the first line of each of 25 rows, for 40 to 43 cycles; measured in
# x64sc it comes to 43. That is 5.8 % on PAL, 6.7 % on NTSC.
STOLEN = 25 * 43
FRAME: dict[Standard, int] = {"pal": 312 * 63, "ntsc": 263 * 65}


def with_screen(cycles: float, standard: Standard) -> float:
    """What `cycles` of the processor's own become with the screen shown."""
    return cycles * FRAME[standard] / (FRAME[standard] - STOLEN)
