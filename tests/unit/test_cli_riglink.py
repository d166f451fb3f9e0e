"""`soulrig riglink` where there is no C64: what it writes and shows, and what it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from soulrig.buildtools.disk_image import read_disk
from soulrig.cli import app
from soulrig.link.typed_in import LISTINGS


@pytest.mark.cc65
def test_the_disk_holds_the_agent_for_each_line(tmp_path: Path) -> None:
    image = tmp_path / "riglink.d64"
    result = CliRunner().invoke(app, ["riglink", "disk", str(image), "--json"])
    assert json.loads(result.stdout) == {"disk": str(image), "bytes": image.stat().st_size}
    names = [file.name.decode("ascii") for file in read_disk(image).files]
    assert sorted(names) == sorted(f"RIGLINK {line.upper()}"[:16] for line in LISTINGS)


@pytest.mark.cc65
@pytest.mark.parametrize("line", LISTINGS)
def test_install_shows_what_to_type_and_waits_for_somebody(line: str) -> None:
    result = CliRunner().invoke(app, ["riglink", "install", "--port", "/dev/null", "--line", line], input="")
    assert "\n".join(LISTINGS[line]) in result.stderr
    assert "say --now" in result.stderr
    assert result.exit_code == 2


@pytest.mark.cc65
def test_a_port_that_is_not_there_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    port = str(tmp_path / "ttyUSB9")
    result = CliRunner().invoke(app, ["riglink", "install", "--port", port, "--now"])
    assert f"{port}: can't be opened" in result.stderr
    assert result.exit_code == 3


def test_a_program_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["riglink", "run", str(tmp_path / "none.prg"), "--port", "/dev/null"])
    assert "can't be read" in result.stderr
    assert result.exit_code == 2


@pytest.mark.cc65
def test_a_file_of_somebody_elses_is_not_overwritten(tmp_path: Path) -> None:
    image = tmp_path / "mine.d64"
    image.write_bytes(b"mine")
    result = CliRunner().invoke(app, ["riglink", "disk", str(image)])
    assert "is there already" in result.stderr
    assert (result.exit_code, image.read_bytes()) == (2, b"mine")
    assert CliRunner().invoke(app, ["riglink", "disk", str(image), "--force"]).exit_code == 0
    assert CliRunner().invoke(app, ["riglink", "disk", str(image)]).exit_code == 0, "the same image is no loss"


@pytest.mark.parametrize(
    ("content", "says"), [(b"", "0 bytes"), (b"\1\x08", "2 bytes"), (bytes(70_000), "memory ends at $FFFF")]
)
def test_what_is_no_program_is_told_before_the_line_is_opened(content: bytes, says: str, tmp_path: Path) -> None:
    program = tmp_path / "program.prg"
    program.write_bytes(content)
    result = CliRunner().invoke(app, ["riglink", "run", str(program), "--port", str(tmp_path / "no line")])
    assert f"{program}: a program of " in result.stderr
    assert says in result.stderr
    assert result.exit_code == 2
