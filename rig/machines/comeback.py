"""From the soul program back to riglink and BASIC, over the cable: riglink is put in its place and resets the C64."""

from __future__ import annotations

import time

from soulrig.buildtools.line import DRIVERS, Line
from soulrig.buildtools.link_protocol import INPUT_OUTPUT
from soulrig.buildtools.riglink import assemble_riglink
from soulrig.errors import Fault
from soulrig.link.peer import AGENT, BASIC_START, Peer

PARK = 0xE000  # RAM under the KERNAL: of the soul program nothing lies there that its line's loop needs
PAGE = 0x100
RESTART_SECONDS = 15.0
SEI = 0x78


def bring_riglink_back(peer: Peer, line: Line) -> None:
    """Put riglink into a C64 whose program holds the agent's core, and have it reset the C64.

    Parked first, since it stays where the program has its data, the link's own perhaps among them. Raises Fault.
    """
    program = assemble_riglink(DRIVERS[line])
    image = program.outputs["riglink"][2:]
    first, last = (program.symbols[f"__{name}_LOAD__"] - BASIC_START for name in ("RESIDENT", "STAYEND"))
    resident = image[first:last]
    pages = -(-len(resident) // PAGE)
    mover = _mover(PARK + PAGE, AGENT, pages, program.symbols["link_restart"])
    peer.poke(PARK + PAGE, resident)
    peer.poke(PARK, mover)
    before = peer.starts
    peer.jump(PARK, INPUT_OUTPUT)
    deadline = time.monotonic() + RESTART_SECONDS
    while peer.starts == before:
        if time.monotonic() > deadline:
            raise Fault(
                f"{peer.line.url}: riglink does not answer {RESTART_SECONDS:g} s after it was put back; reset the C64"
            )
        time.sleep(0.01)


def _mover(source: int, target: int, pages: int, then: int) -> bytes:
    """SEI, move so many pages, JMP: 6502 code for PARK."""
    loop = PARK + 5
    code = bytearray([SEI, 0xA0, pages, 0xA2, 0x00])  # LDY #pages, LDX #0
    code += bytes(
        [0xBD, *source.to_bytes(2, "little"), 0x9D, *target.to_bytes(2, "little")]
    )  # LDA source,X STA target,X
    code += bytes([0xE8, 0xD0, 0xF7])  # INX, BNE loop
    code += bytes([0xEE, *(loop + 2).to_bytes(2, "little"), 0xEE, *(loop + 5).to_bytes(2, "little")])  # INC the pages
    code += bytes([0x88, 0xD0, 0xEE, 0x4C, *then.to_bytes(2, "little")])  # DEY, BNE loop, JMP then
    return bytes(code)
