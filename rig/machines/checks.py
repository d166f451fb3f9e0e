"""What the kinds of machine need on this computer, whether it is there, and what brings it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from soulrig.errors import Fault

State = Literal["ok", "note", "missing"]
Version = tuple[int, ...]

MEASURED_VICE: Version = (3, 7, 1)
OLDEST_VICE: Version = (3, 5)  # the first whose binary monitor speaks version 2 of its protocol
MEASURED_PY65 = "1.2.0"
TRIAL_SECONDS = 1  # of the C64's
ANSWER_SECONDS = 10.0  # of wall time, until a program has told its version


@dataclass(frozen=True)
class Check:
    """One thing that was looked for. `note` is worth knowing and stops nothing, `missing` stops what needs it."""

    name: str
    state: State
    found: str
    remedy: str = ""


def check_vice() -> list[Check]:
    """VICE's two C64s, and whether one starts and answers."""
    programs = [_vice_program(name) for name in ("x64", "x64sc")]
    checks = [*programs, _display()]
    if any(check.state == "missing" for check in programs):
        return checks
    return [*checks, _trial("vice", "the monitor answers")]


def check_sim() -> list[Check]:
    """The processor that the simulator stands on, and whether it runs."""
    try:
        version = importlib.metadata.version("py65")
    except importlib.metadata.PackageNotFoundError:
        return [Check("py65", "missing", "not installed", "pip install py65==" + MEASURED_PY65)]
    if version == MEASURED_PY65:
        py65 = Check("py65", "ok", f"{version}, its known faults are corrected")
    else:
        remedy = f"the corrections were made for {MEASURED_PY65}: pip install py65=={MEASURED_PY65}"
        py65 = Check("py65", "note", version, remedy)
    return [py65, _trial("sim", "the C64 runs")]


def check_serial() -> list[Check]:
    """The serial ports that there are; what hangs at them is only told by asking it."""
    try:
        version = importlib.metadata.version("pyserial")
    except importlib.metadata.PackageNotFoundError:
        return [Check("pyserial", "missing", "not installed", "pip install pyserial")]
    from serial.tools.list_ports import comports

    ports = sorted(comports(), key=lambda port: str(port.device))
    pyserial = Check("pyserial", "ok", version)
    if not ports:
        remedy = "plug the cable's adaptor in; --port takes socket:// and rfc2217:// too, which are not looked for"
        return [pyserial, Check("ports", "missing", "none", remedy)]
    return [pyserial, *(_port(port.device, port.description) for port in ports)]


def _port(device: str, what: str) -> Check:
    if os.access(device, os.R_OK | os.W_OK):
        return Check(device, "ok", what)
    return Check(device, "missing", f"{what}: may not be opened", "sudo usermod --append --groups dialout $USER")


def program_version(name: str) -> tuple[Version, str] | None:
    """The version that a program on the PATH tells of itself, as numbers and in its own words; None where it is absent.

    Numbers are empty where it tells none.
    """
    path = shutil.which(name)
    if path is None:
        return None
    try:
        run = subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=ANSWER_SECONDS, check=False, errors="replace"
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return (), str(error)
    words = next(iter((run.stdout + run.stderr).strip().splitlines()), "tells no version")
    match = re.search(r"(\d+(?:\.\d+)+)", words)
    return tuple(map(int, match[1].split("."))) if match else (), words


def install_line(package: str) -> str:
    """The command that brings a package of Debian's here, or what to look for on another system."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        release = {}
    family = {release.get("ID", ""), *release.get("ID_LIKE", "").split()}
    if not family & {"debian", "ubuntu"}:
        return f"install your system's package of {package}; soulrig is untested here"
    line = f"sudo apt-get install {package}"
    if package != "vice":
        return line
    if "ubuntu" in family:
        return f"{line}; where apt knows none: sudo add-apt-repository universe multiverse"
    return f"{line}; Debian has it in contrib, which ci/setup adds"


def _vice_program(name: str) -> Check:
    told = program_version(name)
    if told is None:
        return Check(name, "missing", "not on the PATH", install_line("vice"))
    version, words = told
    oldest, measured = (".".join(map(str, each)) for each in (OLDEST_VICE, MEASURED_VICE))
    if version and version < OLDEST_VICE:
        return Check(name, "missing", words, f"its monitor is too old: VICE {oldest} or newer, best {measured}")
    if version != MEASURED_VICE:
        return Check(name, "note", words, f"should do; all that is known was measured with {measured}")
    return Check(name, "ok", words)


def _display() -> Check:
    """Only a window needs one."""
    for variable in ("WAYLAND_DISPLAY", "DISPLAY"):
        if os.environ.get(variable):
            return Check("display", "ok", f"{variable}={os.environ[variable]}")
    return Check("display", "note", "none", "soulrig play opens no window here; --machine sim plays in the terminal")


def _trial(kind: str, success: str) -> Check:
    """Switch a machine of the kind on, with our ROMs and an empty disk, and let it run for a moment."""
    from soulrig.buildtools.disk_image import make_d64
    from soulrig.machine import Clock, Loader, offered
    from soulrig.machines.registry import KINDS

    machine = KINDS[kind].make()
    clock = offered(machine, Clock)
    try:
        with tempfile.TemporaryDirectory(prefix="soulrig-doctor-") as folder, machine:
            disk = Path(folder) / "empty.d64"
            disk.write_bytes(make_d64("doctor", "dr", {}))
            offered(machine, Loader).insert(disk)
            limit = TRIAL_SECONDS * clock.hertz
            machine.wait(lambda: clock.cycles() >= limit, 2 * TRIAL_SECONDS, "a second to pass")
    except Fault as fault:
        first, _, log = str(fault).partition("\n")
        return Check("trial start", "missing", first, " | ".join(log.splitlines()[1:][-3:]))
    return Check("trial start", "ok", f"{success}, {TRIAL_SECONDS} s of the C64's passed")
