"""A C64 in VICE that has loaded riglink by itself, with a cable and no monitor: all else comes through a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from vice_line import BAUD, HARDWARE, Cable, Noise

from soulrig.buildtools.line import DRIVERS, Line
from soulrig.buildtools.link_protocol import Driver
from soulrig.buildtools.riglink import LINES, make_disk
from soulrig.link.answering import Event
from soulrig.link.peer import Peer
from soulrig.machines.roms import our_roms
from soulrig.vice_driver.options import Emulator, RomFiles, Sound, Standard, ViceOptions
from soulrig.vice_driver.process import ViceProcess
from soulrig.vice_driver.serial_line import SerialLine


@contextmanager
def cabled_c64(
    folder: Path,
    line: Line = "swiftlink",
    emulator: Emulator = "x64",
    standard: Standard = "pal",
    speed: int = 4,
    noise: Noise | None = None,
    display: str | None = None,
    sound: Path | None = None,
) -> Iterator[Cable]:
    """The cable's host end is free. The C64 runs `speed` times as fast as one, and VICE's serial hardware with it.

    `display` is one of X's, to show its window there; `sound` is a WAV file to record to.
    """
    disk = folder / "riglink.d64"
    disk.write_bytes(make_disk())
    roms = our_roms(folder)
    driver = DRIVERS[line]
    with Cable(noise) as cable:
        options = ViceOptions(
            emulator=emulator,
            standard=standard,
            roms=RomFiles(roms.kernal, roms.basic, roms.chargen),
            disk=disk,
            warp=False,
            monitor=False,
            serial=SerialLine(HARDWARE[driver], cable.c64, BAUD[driver]),
            keys=f'load"riglink {line}",8\rrun\r',
            extra=("-speed", str(100 * speed)),
            console=display is None,
            environment={} if display is None else {"DISPLAY": display, "GDK_BACKEND": "x11"},
            sound=None if sound is None else Sound("wav", str(sound)),
        )
        with ViceProcess(options):
            yield cable


@contextmanager
def riglink_in_vice(
    folder: Path,
    driver: Driver,
    emulator: Emulator = "x64",
    standard: Standard = "pal",
    speed: int = 1,
    noise: Noise | None = None,
    patience: float = 30.0,
    on_event: Callable[[Event], None] = lambda event: None,
) -> Iterator[tuple[Peer, Cable]]:
    """The same with the peer at the other end."""
    with (
        cabled_c64(folder, LINES[driver], emulator, standard, speed, noise) as cable,
        Peer.open(cable.host, speed * BAUD[driver], patience=patience, on_event=on_event) as peer,
    ):
        yield peer, cable
