"""The lines that the serial agent speaks over: what a C64 has at its end of the cable."""

from __future__ import annotations

from typing import Literal, get_args

from soulrig.buildtools.link_protocol import Driver

Line = Literal["swiftlink", "userport", "up9600"]
LINES: tuple[Line, ...] = get_args(Line)
DRIVERS: dict[Line, Driver] = {"swiftlink": Driver.SWIFTLINK, "userport": Driver.USERPORT, "up9600": Driver.UP9600}
BAUD: dict[Line, int] = {"swiftlink": 38_400, "userport": 2_400, "up9600": 9_600}
