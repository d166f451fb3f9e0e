"""Small disks to play: programs of a few bytes, started by 10 SYS2061."""

from __future__ import annotations

from pathlib import Path

from soulrig.buildtools.disk_image import make_d64

STUB = "0108 0B08 0A00 9E32303631 00 0000"
SAY_OK = "A94F 20D2FF A94B 20D2FF"
ECHO = f"{STUB} {SAY_OK} 20E4FF F0FB 20D2FF 4C1708"  # then what is typed
# SETLFS 1,8,1; SETNAM "X"; SAVE $0801-$0900; OK
SAVE = f"{STUB} A901 A208 A001 20BAFF A901 A23B A008 20BDFF A90185FB A90885FC A9FB A200 A009 20D8FF {SAY_OK} 60 58"


def disk(path: Path, code: str) -> Path:
    """An image that holds one program."""
    path.write_bytes(make_d64("play", "pl", {"program": bytes.fromhex(code)}))
    return path
