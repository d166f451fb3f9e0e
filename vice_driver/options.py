"""How VICE is to be started: which emulator, with which ROMs, disks and sound. `process.py` starts it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from soulrig.vice_driver.errors import LaunchFailed
from soulrig.vice_driver.serial_line import SerialLine

Emulator = Literal["x64", "x64sc"]
Standard = Literal["pal", "ntsc"]


@dataclass(frozen=True)
class RomFiles:
    """ROM images by path: 8 KB KERNAL, 8 KB BASIC, 4 KB character set, and a 1541's 16 KB for true drives.

    VICE switches the virtual drive off for a KERNAL that it knows and that is given by path: for genuine
    ROMs use `RomTree`.
    """

    kernal: Path
    basic: Path
    chargen: Path
    drive: Path | None = None

    def arguments(self) -> list[str]:
        """The command-line options; raises LaunchFailed where a file is missing."""
        paths = {"-kernal": self.kernal, "-basic": self.basic, "-chargen": self.chargen}
        if self.drive is not None:
            paths["-dos1541"] = self.drive
        arguments = []
        for option, path in paths.items():
            if not path.is_file():
                raise LaunchFailed(f"no ROM image {path} (for VICE's {option})")
            arguments += [option, str(path.absolute())]
        return arguments


@dataclass(frozen=True)
class RomTree:
    """A folder laid out as VICE's data folder: ``C64/kernal...``, ``DRIVES/...``."""

    root: Path

    def arguments(self) -> list[str]:
        """The command-line options; raises LaunchFailed where there is no such tree."""
        if not (self.root / "C64").is_dir():
            raise LaunchFailed(f"no ROM tree in {self.root}: expected a folder C64 in it")
        # $$ is VICE's own search path, which it still needs for its key maps and palettes.
        return ["-directory", f"{self.root.absolute()}:$$"]


@dataclass(frozen=True)
class Sound:
    """A sound device of VICE's: ``wav`` with a file name records (not in warp), ``dump`` logs SID writes."""

    device: str
    argument: str = ""


@dataclass(frozen=True)
class ViceOptions:
    """How to start VICE. All paths may be relative to the caller's working directory."""

    emulator: Emulator = "x64"
    standard: Standard = "pal"
    roms: RomFiles | RomTree | None = None
    """None: the ROMs that VICE finds by itself; Debian's package has none."""
    disk: Path | None = None
    """An image for drive 8. VICE gets a copy, which is `ViceProcess.disk`."""
    cartridge: Path | None = None
    """A CRT image of a cartridge to switch on with. VICE gets a copy."""
    true_drive: bool = False
    """Emulate the 1541 itself, which needs its ROM, rather than answer the KERNAL through traps."""
    warp: bool = True
    sound: Sound | None = None
    seed: int | None = 1
    """Seeds VICE's random numbers; None for a different machine every time."""
    random_ram: bool = False
    """Power on with VICE's sprinkling of random bits in RAM. Without it the RAM pattern is always the same."""
    port: int | None = None
    """The binary monitor's port on 127.0.0.1; None to have a free one chosen."""
    monitor: bool = True
    """False opens none: nobody stops the CPU, which runs from the start, and VICE is only watched."""
    text_monitor: bool = False
    """Open the text monitor too, on a free port: `ViceProcess.text_port`."""
    console: bool = True
    """False opens VICE's window, for which the environment must name a display."""
    serial: SerialLine | None = None
    keys: str = ""
    """Typed after switching on, in lower case; a line ends with \\r."""
    extra: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.warp and self.sound is not None and self.sound.device == "wav":
            raise ValueError("VICE writes no WAV in warp: pass warp=False")
