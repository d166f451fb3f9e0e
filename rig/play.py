"""A disk for a person to use: on a machine at this computer, started as they would start it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from soulrig.buildtools import petscii
from soulrig.buildtools.disk_image import check_image
from soulrig.channels.screen import text_rows
from soulrig.errors import BadInput
from soulrig.machine import Attended, Clock, Keys, Left, Loader, Machine, Screen, is_cartridge, offered
from soulrig.model.files import check_writable, read_bytes, write_beside

READY_SECONDS = 10  # of the C64's, after power-up
LOAD_SECONDS = 240  # a true 1541 needs two minutes for a full-size program; a program that starts by itself never ends


@dataclass(frozen=True)
class Played:
    """How it ended: whether the program has written to the disk, and whether that was written back."""

    changed: bool
    written: bool


def play(machine: Machine, disk: Path, *, write: bool = False) -> Played:
    """Start the disk's first program on a machine that has not been entered yet, and stay until the person leaves.

    A cartridge (.crt) starts by itself, and is not written to. The machine works on a copy. With `write`, what the
    program has written goes back into `disk` once the person has left; nothing does where the machine failed. Raises
    BadInput where the disk can't be read, or where it is to be written and can't; Fault where the machine fails.
    """
    attended = offered(machine, Attended)
    before = read_bytes(disk)
    if write and not attended.writes_disks:
        raise BadInput(f"--write: the machine {machine.description['kind']} writes to no disk; --machine vice does")
    if write and is_cartridge(disk):
        raise BadInput(f"--write: {disk} is a cartridge, which nothing can write to")
    if write:
        check_writable(disk.resolve())
    if not is_cartridge(disk):
        check_image(disk)
    after = before
    with machine:
        inserted = False
        with suppress(Left, KeyboardInterrupt):
            offered(machine, Loader).insert(disk)
            if not is_cartridge(disk):
                inserted = True
                _start(machine)
            attended.attend()
        if inserted:
            after = attended.disk_image()
    if write and after != before:
        write_beside(disk.resolve(), after)
    return Played(after != before, write and after != before)


def _start(machine: Machine) -> None:
    """Type LOAD"*",8,1 and RUN. A program that starts by itself, or can't be loaded, is left to the person."""
    keys, screen, clock = offered(machine, Keys), offered(machine, Screen), offered(machine, Clock)
    limit = int(LOAD_SECONDS * clock.hertz)

    def rows() -> list[str]:
        return [row.lower() for row in text_rows(screen.codes())]

    def ready(count: int) -> bool:
        return rows().count("ready.") >= count

    machine.wait(lambda: ready(1), READY_SECONDS, "READY. after power-up")
    keys.type(petscii.to_petscii('load"*",8,1') + bytes([petscii.RETURN]))
    began = clock.cycles()
    failed = False

    def over() -> bool:
        nonlocal failed
        failed = any(row.startswith("?") for row in rows()) or clock.cycles() - began > limit
        return failed or ready(2)

    machine.wait(over, 2 * LOAD_SECONDS, "READY. after LOAD")
    if not failed:
        keys.type(petscii.to_petscii("run") + bytes([petscii.RETURN]))
