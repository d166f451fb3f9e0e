"""What goes wrong on purpose: the message, the exit code, and that nothing is left behind."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = [pytest.mark.vice, pytest.mark.cc65, pytest.mark.usefixtures("private_temp")]


def soulrig(root: Path, *arguments: object, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ) if path is None else os.environ | {"PATH": path}
    command = [root / ".venv" / "bin" / "soulrig", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=120)


def tools(folder: Path, *names: str) -> str:
    """A PATH on which only these programs are found."""
    place = folder / "bin"
    place.mkdir()
    for name in names:
        source = shutil.which(name)
        assert source is not None
        (place / name).symlink_to(source)
    return str(place)


def assert_says(run: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    assert run.returncode == code, run.stderr
    assert "Traceback" not in run.stderr
    for word in words:
        assert word in run.stderr


def test_a_missing_emulator_is_a_fault(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "record.json"
    run = soulrig(root, "verify", "--record", out, path=tools(tmp_path, "ca65", "ld65"))
    assert_says(run, 3, "no program x64 on the PATH", "package vice")
    assert json.loads(out.read_text())["verdict"] == "fault"


def test_a_missing_assembler_is_a_fault(root: Path, tmp_path: Path) -> None:
    run = soulrig(root, "verify", "--decode", "v3", path=tools(tmp_path, "x64", "x64sc"))
    assert_says(run, 3, "ca65 is not installed", "apt install cc65")


def test_the_shipped_soul_needs_no_assembler(root: Path, tmp_path: Path) -> None:
    run = soulrig(root, "verify", "--prompt", "hello", path=tools(tmp_path, "x64", "x64sc"))
    assert_says(run, 0)


def test_a_truncated_soul_is_refused_by_tensor_and_offset(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root / "disk" / "soulplayer", tmp_path / "soul")
    data = (tmp_path / "soul" / "soul.bin").read_bytes()
    (tmp_path / "soul" / "soul.bin").write_bytes(data[:10_000])
    run = soulrig(root, "verify", "--soul", tmp_path / "soul")
    assert_says(run, 2, "soul.bin", "layer0.", "byte ")


def test_a_broken_corpus_line_is_refused_by_its_number(root: Path, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.txt"
    corpus.write_text("<SEP>hello<SEP>good day.<SEP>\n<SEP>who are you?\n", encoding="utf-8")
    run = soulrig(root, "train", corpus, "--output", tmp_path / "soul")
    assert_says(run, 2, "corpus.txt", "2")
    assert not (tmp_path / "soul").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--prompt", "q"], ["prompt 1", "quits"]),
        (["--prompt", "hello", "--prompt", "caf\u00e9"], ["prompt 2", "character 4", "é"]),
        (["--prompt", "a" * 256], ["256 characters", "255"]),
        (["--prompts", "missing.txt"], ["missing.txt", "can't be read"]),
        (["--soul", "missing.bin"], ["missing.bin", "can't be read"]),
        (["--roms", "missing"], ["missing", "no such folder"]),
        (["--record", "/dev/null/record.json"], ["record.json", "can't be written"]),
        (["--emulator", "x128"], ["x128"]),
    ],
)
def test_bad_input_is_refused_before_anything_starts(root: Path, arguments: list[str], words: list[str]) -> None:
    assert_says(soulrig(root, "verify", *arguments), 2, *words)


def test_a_bad_line_of_a_prompts_file_is_named(root: Path, tmp_path: Path) -> None:
    prompts = tmp_path / "prompts.txt"
    prompts.write_text("hello\n\nQ\n", encoding="utf-8")
    assert_says(soulrig(root, "verify", "--prompts", prompts), 2, "prompts.txt: line 3", "quits")
    prompts.write_bytes(b"hello\n\xff\n")
    assert_says(soulrig(root, "verify", "--prompts", prompts), 2, "not UTF-8 text at byte 6")
    prompts.write_bytes(b"")
    assert_says(soulrig(root, "verify", "--prompts", prompts), 2, "holds no prompt")


def test_json_and_exit_code_of_a_pass(root: Path) -> None:
    run = soulrig(root, "verify", "--prompt", "hello", "--json")
    assert run.returncode == 0, run.stderr
    record = json.loads(run.stdout)
    assert record["schema"] == "soulrig.record/1.1"
    assert record["verdict"] == "pass"
    assert record["machine"]["kind"] == "vice"
    prompt = record["prompts"][0]
    assert prompt["reference"]["tokens"] == prompt["channels"]["telemetry"]["tokens"]
    assert {"verdict", "tokens", "cycles", "prefill_cycles", "logits_checksums"} <= prompt["channels"][
        "telemetry"
    ].keys()
