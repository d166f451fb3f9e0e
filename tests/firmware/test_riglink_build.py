"""What riglink's sources make: a core of the promised size, an agent that leaves $D000 alone."""

from __future__ import annotations

import pytest

from soulrig.buildtools.link_protocol import Driver
from soulrig.buildtools.riglink import LINES, assemble_riglink

pytestmark = pytest.mark.cc65

CORE = ("LINKTABLE", "LINKCODE", "LINKBSS")
CORE_MOST = 1536  # bytes with its variables, without the line's driver


@pytest.mark.parametrize("driver", LINES)
def test_the_agent_stays_where_nothing_else_is(driver: Driver) -> None:
    program = assemble_riglink(driver)
    resident = [segment for segment in program.segments if segment.start >= 0xC000]
    assert {*CORE} <= {segment.name for segment in resident}
    assert max(segment.end for segment in resident) < 0xD000
    assert program.outputs["riglink"][:2] == bytes([0x01, 0x08])


@pytest.mark.parametrize("driver", LINES)
def test_the_core_is_as_small_as_promised(driver: Driver) -> None:
    program = assemble_riglink(driver)
    sizes = {segment.name: segment for segment in program.segments}
    code = sizes["LINKCODE"]
    lines_own = min(at for name, at in program.symbols.items() if name.startswith("line_") and at >= code.start)
    assert lines_own > program.symbols["cycles"]  # the driver lies behind the core
    assert lines_own - code.start + sizes["LINKTABLE"].size + sizes["LINKBSS"].size <= CORE_MOST
