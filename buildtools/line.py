"""The lines that the serial agent speaks over: what a C64 has at its end of the cable."""

from __future__ import annotations

from typing import Literal, get_args

from soulrig.buildtools.link_protocol import Driver

Line = Literal["swiftlink", "userport"]
LINES: tuple[Line, ...] = get_args(Line)
DRIVERS: dict[Line, Driver] = {"swiftlink": Driver.SWIFTLINK, "userport": Driver.USERPORT}
BAUD: dict[Line, int] = {"swiftlink": 38_400, "userport": 2_400}
