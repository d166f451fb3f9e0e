"""What every command has in common: help, version, JSON, completion, and that it starts quickly."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
import typer
from pytest_benchmark.fixture import BenchmarkFixture
from typer.testing import CliRunner

from soulrig.cli import app

SOULRIG = str(Path(sys.executable).with_name("soulrig"))
TOP = typer.main.get_command(app).commands
COMMANDS = sorted(TOP)
# A group's own commands in its place: "riglink disk".
WHOLE = sorted(
    " ".join([name, *more]) for name in TOP for more in ([[m] for m in getattr(TOP[name], "commands", [])] or [[]])
)


def helped(*command: str) -> str:
    result = CliRunner().invoke(app, [*command, "--help"], prog_name="soulrig")
    assert result.exit_code == 0
    return result.stdout


def completed(words: str, folder: Path) -> list[str]:
    """What bash is told to offer at the end of `words`."""
    environment = os.environ | {"_SOULRIG_COMPLETE": "complete_bash", "COMP_WORDS": words}
    environment["COMP_CWORD"] = str(len(words.split(" ")) - 1)
    run = subprocess.run([SOULRIG], env=environment, cwd=folder, capture_output=True, text=True, check=True)
    return run.stdout.split()


def loaded_by(code: str) -> set[str]:
    """The top-level packages that a program has loaded at its end."""
    program = f"{code}\nimport sys; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in run.stdout.split()}


def test_there_are_these_commands() -> None:
    assert {"build", "chat", "doctor", "machines", "play", "reply", "train", "verify"} <= set(COMMANDS)


@pytest.mark.parametrize("command", WHOLE)
def test_help_tells_examples_and_exit_codes_and_how_to_get_json(command: str) -> None:
    text = helped(*command.split())
    examples = text[text.index("\n  Examples:\n") :].splitlines()[2:]
    examples = examples[: examples.index("")]
    assert examples
    assert all(f"soulrig {command}" in example and example.startswith("    ") for example in examples), examples
    known = set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", text[text.index("\nOptions:") :]))
    for example in examples:
        assert set(re.findall(r"(?<=\s)--?[a-z][\w-]*", example)) <= known, example
    assert re.search(r"\n  Exit codes: 0 ", text)
    assert "  --json" in text


def test_the_program_itself_tells_them_too() -> None:
    text = helped()
    assert "\n  Examples:\n    soulrig " in text
    assert "\n  Exit codes: 0 pass, 1 mismatch, 2 wrong usage" in text
    for command in COMMANDS:
        assert f"\n  {command} " in text


def test_the_version_is_that_of_the_package() -> None:
    run = subprocess.run([SOULRIG, "--version"], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, f"soulrig {version('soulrig')}\n", "")


def test_bash_completes_commands_options_and_machines(tmp_path: Path) -> None:
    (tmp_path / "soulrig.toml").write_text('[machines.desk]\nkind = "sim"\n')
    assert completed("soulrig ver", tmp_path) == ["verify"]
    assert completed("soulrig verify --em", tmp_path) == ["--emulator"]
    assert completed("soulrig verify --standard n", tmp_path) == ["ntsc"]
    assert completed("soulrig verify --machine ", tmp_path) == ["vice", "sim", "serial", "desk"]
    assert completed("soulrig play --machine d", tmp_path) == ["desk"]
    (tmp_path / "soulrig.toml").write_text("[machines.desk")
    assert completed("soulrig play --machine s", tmp_path) == ["sim", "serial"]


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_the_completion_script_is_one_that_bash_takes() -> None:
    script = f'eval "$(_SOULRIG_COMPLETE=source_bash {SOULRIG})" && complete -p soulrig'
    run = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.endswith(" soulrig\n")


def test_the_reference_needs_neither_torch_nor_scipy() -> None:
    loaded = loaded_by("import soulrig.model.reference")
    assert "numpy" in loaded
    assert not loaded & {"torch", "scipy", "py65", "typer"}


def test_the_command_line_loads_nothing_heavy_before_it_must() -> None:
    loaded = loaded_by("import soulrig.cli")
    assert "typer" in loaded
    assert not loaded & {"numpy", "torch", "scipy", "PIL", "py65", "d64", "cbmcodecs2", "rich"}


def test_how_long_help_takes(benchmark: BenchmarkFixture) -> None:
    def ask() -> subprocess.CompletedProcess[str]:
        return subprocess.run([SOULRIG, "--help"], capture_output=True, text=True, check=True)

    assert "verify" in benchmark.pedantic(ask, rounds=5).stdout


def test_deployments_are_not_looked_for_in_a_file(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.write_bytes(b"")
    result = CliRunner().invoke(app, ["deployments", "--state", str(state)])
    assert f"{state}: is no folder" in result.stderr
    assert result.exit_code == 2


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_terminal_of_any_encoding_takes_what_is_said(encoding: str, data: Path) -> None:
    run = subprocess.run(
        [SOULRIG, "report", data / "records" / "1-mismatch.json"],
        env=os.environ | {"PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, b"")
    said = run.stdout.decode(encoding)
    assert ("φ2 cycles" if encoding == "utf-8" else "\\u03c62 cycles") in said


@pytest.mark.parametrize(
    "arguments",
    [
        ["verify", "--prompts", "given.txt", "--record", "given.txt"],
        ["verify", "--record", "new.json", "--screenshot", "new.json"],
        ["bench", "--baseline", "given.txt", "--record", "given.txt"],
    ],
)
def test_no_file_that_is_read_and_no_other_result_is_written_over(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    given = tmp_path / "given.txt"
    given.write_text("hello\n")
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert re.search("is a file that is read|two results would be written", result.stderr)
    assert given.read_text() == "hello\n"
    assert list(tmp_path.iterdir()) == [given]
