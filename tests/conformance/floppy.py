"""What is on the floppy in drive 8: files made here, by their names."""

from __future__ import annotations

NUMBERS = bytes(range(256)) * 2
FILES = {
    # 10 SYS2061, and there a program that prints OK
    "hello": bytes.fromhex("0108 0B08 0A00 9E 32303631 00 0000 A94F 20D2FF A94B 4CD2FF"),
    "data": bytes.fromhex("0020") + NUMBERS,
    "short": bytes.fromhex("0020 010203"),
    "text": b"FIRST\rSECOND\r",
    # 10 PRINT"HI" and 20 END
    "listing": bytes.fromhex("0108 0C08 0A00 99 22484922 00 1208 1400 80 00 0000"),
}
