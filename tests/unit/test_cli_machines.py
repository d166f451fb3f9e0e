"""`soulrig machines`, and the machine and soul that soulrig.toml names, as other commands take them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import pytest
from typer.testing import CliRunner, Result

from soulrig.cli import app
from soulrig.errors import Fault
from soulrig.machine import CAPABILITIES, Sound, offered
from soulrig.machines.registry import KINDS

SERIAL = {"upload", "keys", "memory", "screen", "text", "clock", "wire", "reset", "jump"}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)), prog_name="soulrig")


@pytest.fixture
def config(tmp_path: Path, root: Path) -> Path:
    path = tmp_path / "soulrig.toml"
    soul = root / "disk" / "soulplayer"
    text = f'[machines.desk]\nkind = "sim"\nroms = "none"\n[defaults]\nmachine = "desk"\nsoul = "{soul}"\n'
    path.write_text(text)
    return path


def test_the_kinds_offer_what_the_list_says() -> None:
    listed = {kind["name"]: set(kind["offers"]) for kind in json.loads(run("machines", "--json").stdout)["kinds"]}
    everything = {protocol.__name__.lower() for protocol in CAPABILITIES}
    by_cable = {"wire", "upload", "hearing"}
    assert listed == {"vice": everything - by_cable, "sim": everything - by_cable - {"log"}, "serial": SERIAL}
    for kind in KINDS.values():
        for protocol in CAPABILITIES:
            if protocol.__name__.lower() in listed[kind.name]:
                assert offered(kind.make(), protocol)


class DriveOnly:
    """A machine that takes disks, and nothing else."""

    description: ClassVar[dict[str, Any]] = {"kind": "floppy"}

    def insert(self, disk: Path) -> None: ...


def test_what_a_machine_lacks_is_told_by_both_names() -> None:
    with pytest.raises(Fault, match="the machine floppy has no sound; it has loader"):
        offered(DriveOnly(), Sound)


def test_the_named_machines_are_listed(config: Path) -> None:
    listed = json.loads(run("machines", "--config", config, "--json").stdout)
    assert listed["machines"] == [{"name": "desk", "kind": "sim", "options": {"roms": "none"}}]
    assert (listed["default"], listed["config"]) == ("desk", str(config))
    table = run("machines", "--config", config).stdout
    for words in ("desk      sim    roms=none", "sound", "default: desk", f"soulrig.toml: {config}"):
        assert words in table


def test_a_secret_is_listed_by_its_name(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("C64_ROMS", "hidden")
    config.write_text('[machines.desk]\nkind = "sim"\nroms = {env = "C64_ROMS"}\n')
    for options in ([], ["--json"]):
        shown = run("machines", "--config", config, *options).stdout
        assert "C64_ROMS" in shown
        assert "hidden" not in shown


def test_verify_takes_a_named_machine(config: Path) -> None:
    for name in ([], ["--machine", "desk"]):
        result = run("verify", "--config", config, *name)
        assert result.exit_code == 2
        assert "none: no such folder" in result.stderr
    result = run("verify", "--config", config, "--machine", "disk")
    assert (result.exit_code, "no machine is called 'disk' (did you mean desk?)" in result.stderr) == (2, True)


def test_the_default_soul_is_the_files(config: Path, data: Path) -> None:
    assert run("reply", "--config", config, "--prompt", "hello").stdout == "hello, my friend!\n"
    config.write_text('[defaults]\nsoul = "none.bin"\n')
    result = run("reply", "--config", config, "--prompt", "hello")
    assert (result.exit_code, f"{config.parent / 'none.bin'}: can't be read" in result.stderr) == (2, True)
    said = run("reply", "--config", config, "--soul", data / "random-norm.bin", "--ids", "1,49,1")
    assert said.exit_code == 0


def test_a_mistake_in_the_file_ends_with_2(config: Path) -> None:
    config.write_text("[machines.desk]\nkin = 'sim'\n")
    for command in (["machines"], ["verify"], ["reply", "--prompt", "hello"]):
        result = run(*command, "--config", config)
        assert result.exit_code == 2
        assert f"soulrig: {config}: " in result.stderr
