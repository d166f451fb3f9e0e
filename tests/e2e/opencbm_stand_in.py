"""A stand-in for OpenCBM's programs `cbmctrl` and `d64copy`: it shows what they are documented to show.

Not a word of how a real drive behaves is proven by it. Copied onto the PATH under both names; the folder OPENCBM holds
the floppy (`floppy.d64`; none: no disk in the drive; `blank` beside it: never formatted), what goes wrong (`faults`, a
line each, taken from the top: the action and the fault, with a star for every time) and what was called (`calls`).
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

HERE = Path(os.environ["OPENCBM"])
FLOPPY, BLANK, FAULTS, CALLS = (HERE / name for name in ("floppy.d64", "blank", "faults", "calls"))
COUNTS = [21] * 17 + [19] * 7 + [18] * 6 + [17] * 5
TOTAL, SIZE = sum(COUNTS), 256
DRIVE = "8"


def fault(action: str) -> str:
    """What goes wrong with an action this time; nothing, mostly."""
    lines = FAULTS.read_text().splitlines() if FAULTS.exists() else []
    for number, line in enumerate(lines):
        planned, kind, *always = line.split()
        if planned == action:
            if not always:
                FAULTS.write_text("\n".join(lines[:number] + lines[number + 1 :]))
            return kind
    return ""


def usb() -> int:
    print("[Fatal] error: USB request failed: LIBUSB_ERROR_PIPE", file=sys.stderr)
    return 1


def status() -> str:
    kept = HERE / "status"
    told = kept.read_text() if kept.exists() else "00, ok,00,00"
    kept.unlink(missing_ok=True)
    return told


def cbmctrl(action: str, *words: str) -> int:
    kind = fault(action)
    if kind == "usb":
        return usb()
    if action == "detect":
        if kind == "nothing":
            return 1
        print(f" {DRIVE}: 1541-II ")
    elif action == "status":
        print(status())
    elif action == "dir":
        if not FLOPPY.exists():
            print("74,drive not ready,00,00")
        elif BLANK.exists():
            print("21,read error,18,00")
        else:
            print((HERE / "directory").read_text())
            print("00, ok,00,00")
    elif action == "command" and words[1].startswith("N0:"):
        if kind == "protected":
            (HERE / "status").write_text("26,write protect on,18,00")
        else:
            BLANK.unlink()
    return 0


def d64copy(*words: str) -> int:
    source, target = words[-2:]
    writing = target == DRIVE
    kind = fault("write" if writing else "read")
    if kind == "usb":
        return usb()
    content = bytearray(Path(source).read_bytes() if writing else FLOPPY.read_bytes())
    there = bytearray(FLOPPY.read_bytes())
    done = place = 0
    failed = ""
    for track, count in enumerate(COUNTS, 1):
        drawn = ""
        for number in range(count):
            here = slice(place * SIZE, (place + 1) * SIZE)
            place += 1
            if kind == "protected" or (kind == "error" and (track, number) == (3, 5)):
                drawn += "?"
                failed += f"[Warning] {'write' if writing else 'read'} error: {track:02}/{number:02}: 3\n"
            else:
                drawn += "*"
                done += 1
                there[here] = content[here]
            if kind in ("lie", "misread") and (track, number) == (20, 2):
                there[here] = bytes([there[here.start] ^ 0x40]) + there[here][1:]
            if number % 7 == 6 or number == count - 1:
                progress = f"{drawn:-<{count}}{100 * place // TOTAL:3d}%  {place}/{TOTAL}"
                sys.stdout.write(f"\r{track:2d}: {progress}")
                sys.stdout.flush()
        if writing:
            FLOPPY.write_bytes(there)
        if track == 5 and kind == "stuck":
            time.sleep(600)
        if track == 5 and kind == "dead":
            return 0
    sys.stderr.write(failed)
    if kind == "protected":
        (HERE / "status").write_text("26,write protect on,01,00")
    print(f"\n{done} blocks copied.")
    if not writing:
        Path(target).write_bytes(there)
    return 0  # whatever happened: so does d64copy


if __name__ == "__main__":
    with CALLS.open("a") as calls:
        print(Path(sys.argv[0]).name, *sys.argv[1:], file=calls)
    program = {"cbmctrl": cbmctrl, "d64copy": d64copy}[Path(sys.argv[0]).name]
    sys.exit(program(*sys.argv[1:]))
