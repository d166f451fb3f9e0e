"""The wheel, installed outside the checkout, where there is neither assembler nor emulator."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pexpect
import pytest

SECONDS = 120
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]


@pytest.fixture(scope="module")
def installed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an environment's programs; the environment holds the wheel, and sees our dependencies."""
    folder = tmp_path_factory.mktemp("wheel")
    # From a copy: a build leaves folders in its tree, and takes up what an earlier one left there.
    tree = folder / "tree"
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listed, cwd=root, capture_output=True, text=True, check=True).stdout.split("\0")[:-1]:
        if (root / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / name, tree / name)
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, tree)
    (wheel,) = folder.glob("*.whl")
    environment = folder / "environment"
    venv.create(environment, with_pip=False)
    site = sysconfig.get_path("purelib", "venv", {"base": str(environment), "platbase": str(environment)})
    # Our own site-packages after its own: what they name in .pth files, such as the checkout, is not followed.
    (Path(site) / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip("--python", environment / "bin" / "python", "install", "--no-deps", "--no-index", wheel)
    return environment / "bin"


def pip(*arguments: object) -> None:
    run = subprocess.run([*PIP, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.fixture
def outside(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The `soulrig` of the wheel, for a user in an empty folder with nothing else on the PATH."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(installed))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PYTHONPATH", raising=False)
    return str(installed / "soulrig")


def said(*command: str, text: str = "") -> str:
    run = subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=SECONDS)
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout


def test_it_is_the_wheel_that_runs(outside: str, installed: Path, root: Path) -> None:
    where = said(str(installed / "python"), "-c", "import soulrig.model; print(soulrig.model.__file__)")
    assert where.startswith(str(installed.parent))
    assert said(outside, "--version").startswith("soulrig ")
    assert shutil.which("ca65") is shutil.which("x64") is None


def test_reply_and_chat(outside: str) -> None:
    assert said(outside, "reply", "--prompt", "hello") == "hello, my friend!\n"
    assert "c64> hello, my friend!\n" in said(outside, "chat", text="hello\nq\n")


def test_doctor_finds_the_simulator(outside: str) -> None:
    found = json.loads(said(outside, "doctor", "--json"))["machines"]
    assert set(found) - {"serial"} == {"sim"}  # the computer may have a serial port


def test_verify_on_the_simulator(outside: str) -> None:
    record = json.loads(said(outside, "verify", "--machine", "sim", "--prompt", "help", "--json"))
    assert (record["verdict"], record["fault"], record["revision"]) == ("pass", None, None)
    assert [prompt["verdict"] for prompt in record["prompts"]] == ["pass"]
    assert list(Path.cwd().iterdir()) == []


def test_report_of_a_run(outside: str) -> None:
    said(outside, "verify", "--machine", "sim", "--prompt", "help", "--record", "run.json")
    assert "pass: 1 prompt right" in said(outside, "report", "run.json")
    said(outside, "report", "run.json", "--html", "run.html")
    page = Path("run.html").read_text()
    assert "<h2>Conversation</h2>" in page
    assert "<h2>Cycles over context</h2>" in page


def test_play_in_the_terminal(outside: str) -> None:
    environment = dict(os.environ) | {"TERM": "xterm"}
    terminal = pexpect.spawn(
        outside, ["play", "--machine", "sim"], dimensions=(30, 80), encoding="utf-8", timeout=SECONDS, env=environment
    )
    terminal.expect_exact("you>")
    terminal.send("\x03")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0


def test_the_schemas_are_there(installed: Path, outside: str) -> None:
    program = (
        "from importlib import resources; print(*(p.name for p in (resources.files('soulrig') / 'schemas').iterdir()))"
    )
    names = said(str(installed / "python"), "-c", program).split()
    assert sorted(names) == ["manifest.schema.json", "record.schema.json", "soul.schema.json"]
