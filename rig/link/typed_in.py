"""How the first program gets onto a C64 that has nothing but a cable: nine lines of BASIC, typed in once.

They take a program by the KERNAL's own RS-232, slow but sure at 300 baud, put it at $C000 and start it. What is sent:
bytes that are skipped, a mark, the length, the program, the sum of its bytes; words with the low byte first.

Not for the traffic after that: the program that is sent brings its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from soulrig.errors import BadInput

BAUD = 300  # 8 bits, no parity, 1 stop bit. The KERNAL loses bytes from 1200 on.
START = 0xC000  # the program begins here, and is started here
END = 0xD000  # I/O registers
# A C64 whose port has just been opened may take the first byte shifted. $FF has one falling edge, its start bit:
# whoever is between two bytes after one of them is between two bytes after all.
LEAD_IN = bytes([0xFF] * 8)
MARK = b"*"

# Without the blank in ST AND, BASIC reads S, TAN, D. A byte of 0 arrives as an empty string; ST tells it from no byte.
# CLOSE comes last: it clears the variables, and gives the receiver's memory and interrupt back.
LISTING = (
    "10 OPEN2,2,0,CHR$(6)",
    "20 GOSUB80:IFB<>42THEN20",
    "30 GOSUB80:N=B:GOSUB80:N=N+256*B",
    f"40 FORI={START}TO{START - 1}+N:GOSUB80:POKEI,B:POKE53280,B:S=S+B:NEXT",
    "50 GOSUB80:C=B:GOSUB80:C=C+256*B",
    '60 IFS-INT(S/65536)*65536<>CTHENPRINT"BAD":END',
    f"70 CLOSE2:SYS{START}:END",
    "80 GET#2,B$:IFST AND8THEN80",
    "90 B=ASC(B$+CHR$(0)):RETURN",
)


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


def chunks(sent: bytes, write: Callable[[bytes], object], size: int = 16) -> Iterator[int]:
    """Write bytes piece by piece, and tell after each how many are out."""
    for start in range(0, len(sent), size):
        piece = sent[start : start + size]
        write(piece)
        yield start + len(piece)
