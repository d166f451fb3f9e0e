"""How the first program gets onto a C64 that has nothing but a cable: nine lines of BASIC, typed in once.

They take a program at 300 baud, put it at $C000 and start it: at the user port by the KERNAL's RS-232, which is sure
at that speed, from a SwiftLink by looking at its 6551. What is sent: bytes that are skipped, a mark, the length, the
program, the sum of its bytes; words with the low byte first.

Not for the traffic after that: the program that is sent brings its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from soulrig.errors import BadInput
from soulrig.link.line import Line

BAUD = 300  # 8 bits, no parity, 1 stop bit. The KERNAL loses bytes from 1200 on, and BASIC has no time for more.
START = 0xC000  # the program begins here, and is started here
END = 0xD000  # I/O registers
PIECE = 16  # bytes, half a second
# A C64 whose port has just been opened may take the first byte shifted. $FF has one falling edge, its start bit:
# whoever is between two bytes after one of them is between two bytes after all.
LEAD_IN = bytes([0xFF] * 8)
MARK = b"*"

_RECEIVE = (
    "20 GOSUB80:IFB<>42THEN20",
    "30 GOSUB80:N=B:GOSUB80:N=N+256*B",
    f"40 FORI={START}TO{START - 1}+N:GOSUB80:POKEI,B:POKE53280,B:S=S+B:NEXT",
    "50 GOSUB80:C=B:GOSUB80:C=C+256*B",
    '60 IFS-INT(S/65536)*65536<>CTHENPRINT"BAD":END',
)
# Without the blank in ST AND, BASIC reads S, TAN, D. A byte of 0 arrives as an empty string; ST tells it from no byte.
# CLOSE comes last: it clears the variables, and gives the receiver's memory and interrupt back.
_USER_PORT = (
    "10 OPEN2,2,0,CHR$(6)",
    *_RECEIVE,
    f"70 CLOSE2:SYS{START}:END",
    "80 GET#2,B$:IFST AND8THEN80",
    "90 B=ASC(B$+CHR$(0)):RETURN",
)
LISTINGS = {
    "userport": _USER_PORT,
    "up9600": _USER_PORT,  # the wiring is that of the plain cable, and some more
    # Control 21: 8 bits, 1 stop bit, the 6551's 150 baud, which the SwiftLink's crystal doubles. Command 11: no
    # interrupts, RTS and DTR on.
    "swiftlink": (
        "10 A=56832:POKEA+1,0:POKEA+3,21:POKEA+2,11",
        *_RECEIVE,
        f"70 SYS{START}:END",
        "80 IF(PEEK(A+1)AND8)=0THEN80",
        "90 B=PEEK(A):RETURN",
    ),
}


def packet(prg: bytes) -> bytes:
    """What the listing waits for: a PRG file's program, framed. Raises BadInput where it isn't one for $C000."""
    address, program = int.from_bytes(prg[:2], "little"), prg[2:]
    if address != START or not 0 < len(program) <= END - START:
        raise BadInput(
            f"a program of {len(program)} bytes for ${address:04X}: the listing takes one for ${START:04X}, "
            f"of {END - START} bytes at most"
        )
    words = (len(program), sum(program) % 65536)
    length, checksum = (word.to_bytes(2, "little") for word in words)
    return LEAD_IN + MARK + length + program + checksum


def seconds(sent: bytes) -> float:
    """How long bytes are on the line: ten bits each."""
    return len(sent) * 10 / BAUD


def send(line: Line, sent: bytes, progress: Callable[[int], None] = lambda done: None) -> None:
    """Write bytes to a line of BAUD and return when they are over it; tells after each piece how many are.

    Raises Fault where the line is gone.
    """
    begin = time.monotonic()
    for start in range(0, len(sent), PIECE):
        piece = sent[start : start + PIECE]
        line.write(piece)
        done = start + len(piece)
        time.sleep(max(0.0, begin + seconds(sent[:done]) - time.monotonic()))
        progress(done)
