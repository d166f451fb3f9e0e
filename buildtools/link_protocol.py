"""What riglink and the host share: the frame and its codes. One definition, two views.

`docs/riglink.md` tells the rules; `protocol_include` writes the view of the assembler.
"""

from __future__ import annotations

from enum import IntEnum

PROTOCOL_VERSION = 1

PREAMBLE = 0xFF  # a start bit and nothing else, so a line of bits can't be joined at the wrong one
START = 0x5A
END = 0xC3
HEADER_SIZE = 9  # START, sequence, code, address, length, CRC
CRC_POLYNOMIAL = 0x1021  # x^16 + x^12 + x^5 + 1, high bit first
CRC_BEGIN = 0xFFFF

BUFFER_SIZE = 40  # payload of a command other than WRITE
EVENTS_SIZE = 112  # events that wait on the C64, each with its length before it
KEYS_MOST = 10
SKIP = 16  # numbers that REFUSED and GAP leave out: those of answers that may still be under way
PORT_BITS = 0x07  # of a command: what the processor port has banked in for it
RAM, INPUT_OUTPUT, ROMS = 0x04, 0x05, 0x07


class Ask(IntEnum):
    """What the C64 sends."""

    HELLO = 1  # it began anew; the address is a number of this start, the payload the identity
    ASK = 2
    RESULT = 3  # of the command before
    REFUSED = 4  # the command before was not done; the address is a Refusal
    EVENT = 5  # the address is how many events were lost so far
    GAP = 6  # of answers that follow each other one is missing; the address is the number of the last that was obeyed


class Command(IntEnum):
    """What the host sends, times 8, plus the port's bits. From FIRST_OTHER on they are no part of the core."""

    NOTHING = 0
    REPEAT = 1  # the ask's payload came damaged
    IDENTIFY = 2
    READ = 3  # payload: count (2)
    WRITE = 4
    WRITE_ON = 5  # WRITE, and the next answer follows without an ask
    CALL = 6  # payload: A, X, Y; result: A, X, Y, flags
    JUMP = 7
    KEYS = 8  # result: how many were taken
    RESET = 9
    CYCLES = 10  # result: the counter of CIA 2 (4)
    CRC = 16  # payload: count (2); result: CRC (2), low byte first


FIRST_OTHER = 16


class Refusal(IntEnum):
    """Why a command was not done."""

    DAMAGED = 1  # its payload came damaged
    UNKNOWN = 2
    TOO_LONG = 3


class Driver(IntEnum):
    """The lines that riglink drives."""

    SWIFTLINK = 1
    USERPORT = 2
    UP9600 = 3


class Linked(IntEnum):
    """What the core is a part of."""

    RIGLINK = 0
    SOULPLAYER = 1


# IDENTIFY's result and HELLO's payload.
IDENTITY = ("version", "program", "driver", "raster_last", "block_low", "block_high", "preamble", "buffer")


def protocol_include() -> str:
    """`protocol.inc`: the constants, for the assembler."""
    constants = {
        "PROTOCOL_VERSION": PROTOCOL_VERSION,
        "PREAMBLE": PREAMBLE,
        "FRAME_START": START,
        "FRAME_END": END,
        "CRC_BEGIN": CRC_BEGIN & 0xFF,
        "BUFFER_SIZE": BUFFER_SIZE,
        "EVENTS_SIZE": EVENTS_SIZE,
        "KEYS_MOST": KEYS_MOST,
        "SKIP": SKIP,
        "PORT_BITS": PORT_BITS,
        "IDENTITY_SIZE": len(IDENTITY),
    }
    for kind in (Ask, Command, Refusal, Driver, Linked):
        constants |= {f"{kind.__name__.upper()}_{member.name}": member.value for member in kind}
    return "".join(f"{name:<23} = ${value:02X}\n" for name, value in constants.items())
