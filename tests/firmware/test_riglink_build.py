"""What riglink's sources make: a core of the promised size, an agent that leaves $D000 alone."""

from __future__ import annotations

import pytest

from soulrig.buildtools.link_protocol import Driver
from soulrig.buildtools.riglink import LINES, assemble_riglink

pytestmark = pytest.mark.cc65

CORE = ("LINKTABLE", "LINKCODE", "LINKBSS")


@pytest.mark.parametrize("driver", LINES)
def test_the_agent_stays_where_nothing_else_is(driver: Driver) -> None:
    program = assemble_riglink(driver)
    resident = [segment for segment in program.segments if segment.start >= 0xC000]
    assert {*CORE} <= {segment.name for segment in resident}
    assert max(segment.end for segment in resident) < 0xD000
    assert program.outputs["riglink"][:2] == bytes([0x01, 0x08])
