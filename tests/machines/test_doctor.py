"""`soulrig doctor`: what it finds here, and what it says where something is missing, old or broken."""

from __future__ import annotations

import importlib.metadata
import json
import platform
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from soulrig.buildtools.rom import RomSet
from soulrig.cli import app
from soulrig.machines import checks

FAKE = "#!/bin/sh\nif [ \"$1\" = --version ]; then echo '{words}'; exit 0; fi\necho broken >&2; exit 1\n"


@pytest.fixture(autouse=True)
def ports(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The serial ports of this computer: none, whatever there are."""
    found: list[Any] = []
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: found)
    return found


@pytest.fixture
def programs(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing on it, and our ROMs as they are shipped, be they what the sources make or not."""
    shipped = RomSet(*(root / "disk" / "rigrom" / f"{name}.bin" for name in ("kernal", "basic", "chargen")))
    monkeypatch.setattr("soulrig.machines.roms.build_or_shipped_roms", lambda _: shipped)
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}")
    return folder


def provide(folder: Path, name: str, words: str) -> None:
    (folder / name).write_text(FAKE.format(words=words))
    (folder / name).chmod(0o755)


def examined(status: int = 0) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["doctor", "--json"])
    assert result.exit_code == status, result.output
    told = json.loads(result.stdout)
    assert isinstance(told, dict)
    return told


def state(told: dict[str, Any], section: str, name: str) -> tuple[str, str]:
    check = next(check for check in told["sections"][section]["checks"] if check["name"] == name)
    return check["state"], check["found"] + " " + check["remedy"]


@pytest.mark.vice
def test_here_everything_runs() -> None:
    told = examined()
    assert told["machines"] == ["vice", "sim"]
    for section in ("vice", "sim"):
        assert state(told, section, "trial start")[0] == "ok"
    assert state(told, "python", "python")[0] != "missing"


@pytest.mark.parametrize(
    ("system", "words"),
    [
        ({"ID": "debian"}, "sudo apt-get install vice; Debian has it in contrib"),
        ({"ID": "ubuntu", "ID_LIKE": "debian"}, "sudo apt-get install vice; where apt knows none: sudo add-apt-repos"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "sudo apt-get install vice; where apt knows none"),
        ({"ID": "fedora"}, "install your system's package of vice; soulrig is untested here"),
        (None, "install your system's package of vice"),
    ],
)
def test_a_missing_emulator_is_told_with_the_command_that_brings_it(
    system: dict[str, str] | None, words: str, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def release() -> dict[str, str]:
        if system is None:
            raise OSError("no os-release")
        return system

    monkeypatch.setattr(platform, "freedesktop_os_release", release)
    told = examined()
    assert told["machines"] == ["sim"]
    for name in ("x64", "x64sc"):
        found = state(told, "vice", name)
        assert found[0] == "missing"
        assert words in found[1]
    assert state(told, "build", "cc65")[0] == "missing"
    assert "what is shipped needs none" in state(told, "build", "cc65")[1]


def test_an_emulator_that_is_too_old_is_not_tried(programs: Path) -> None:
    for name in ("x64", "x64sc"):
        provide(programs, name, f"{name} (VICE 3.4)")
    told = examined()
    assert told["machines"] == ["sim"]
    assert state(told, "vice", "x64") == (
        "missing",
        "x64 (VICE 3.4) its monitor is too old: VICE 3.5 or newer, best 3.7.1",
    )
    assert len(told["sections"]["vice"]["checks"]) == 3


def test_an_emulator_that_does_not_start_is_told_with_its_last_words(programs: Path) -> None:
    for name in ("x64", "x64sc"):
        provide(programs, name, f"{name} (VICE 3.9)")
    provide(programs, "ca65", "ca65 V2.17")
    told = examined()
    assert told["machines"] == ["sim"]
    assert state(told, "vice", "x64sc")[0] == "note"
    assert state(told, "vice", "trial start") == ("missing", "x64 ended with status 1 broken")
    assert state(told, "build", "cc65")[0] == "note"


def test_the_serial_ports_are_told(ports: list[Any], tmp_path: Path) -> None:
    told = checks.check_serial()
    assert [check.state for check in told] == ["ok", "missing"]
    assert "plug the cable's adaptor in" in told[1].remedy
    port = tmp_path / "ttyUSB0"
    port.write_bytes(b"")
    ports.append(SimpleNamespace(device=str(port), description="a cable"))
    assert checks.check_serial()[1] == checks.Check(str(port), "ok", "a cable")
    ports[0] = SimpleNamespace(device=str(tmp_path / "gone"), description="a cable")
    found = checks.check_serial()[1]
    assert (found.state, "--groups dialout" in found.remedy) == ("missing", True)


def test_without_py65_or_with_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda _: "1.3.0")
    py65 = checks.check_sim()[0]
    assert (py65.state, "pip install py65==1.2.0" in py65.remedy) == ("note", True)

    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    assert [check.state for check in checks.check_sim()] == ["missing"]


def test_where_no_machine_is_usable_it_ends_with_3(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    assert examined(status=3)["machines"] == []
    shown = CliRunner().invoke(app, ["doctor"])
    assert (shown.exit_code, "usable machines: none" in shown.stdout) == (3, True)
    assert "\nx64, x64sc: " in shown.stdout
    assert "\npy65: pip install py65==1.2.0\n" in shown.stdout


def test_what_drives_a_zoomfloppy_is_worth_a_note(programs: Path) -> None:
    provide(programs, "d64copy", "d64copy 0.4.99.104")
    told = examined(status=0)
    assert state(told, "flash", "d64copy") == ("ok", f"{programs / 'd64copy'} ")
    missing = state(told, "flash", "cbmctrl")
    assert missing[0] == "note"
    assert "only a ZoomFloppy needs it: install OpenCBM" in missing[1]
    assert told["sections"]["flash"]["usable"]
