"""`soulrig train`: exit codes, files, and what it prints."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

LINES = "<SEP>hi<SEP>hello!<SEP>\n<SEP>bye<SEP>so long!<SEP>\n"
WITHOUT_TORCH = "import sys; sys.modules['torch'] = None; from soulrig.__main__ import main; main()"
FILES = ["soul.bin", "soul.json", "tokenizer.json"]


MAIN = "from soulrig.__main__ import main; main()"


def soulrig(*arguments: object, code: str = MAIN) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, "train", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.txt"
    path.write_text(LINES, "utf-8")
    return path


@pytest.mark.train
def test_it_trains_and_keeps_what_is_there(corpus: Path, tmp_path: Path) -> None:
    output = tmp_path / "soul"
    done = soulrig(corpus, "--output", output, "--steps", 300)
    assert (done.returncode, done.stderr) == (0, "")  # no progress bar without a terminal
    assert [line.split() for line in done.stdout.splitlines()[:4]] == [
        ["exchanges", "2"],
        ["fit", "2"],
        ["questions", "2"],
        ["exact", "2", "100.0%"],
    ]
    assert sorted(path.name for path in output.iterdir()) == FILES
    before = (output / "soul.bin").read_bytes()

    again = soulrig(corpus, "--output", output, "--seed", 1)
    assert again.returncode == 2
    assert "--force" in again.stderr
    assert (output / "soul.bin").read_bytes() == before

    forced = soulrig(corpus, "--output", output, "--seed", 1, "--steps", 300, "--force", "--json")
    assert forced.returncode == 0
    assert json.loads(forced.stdout)["exact"] == 2
    assert (output / "soul.bin").read_bytes() != before


@pytest.mark.train
def test_the_default_number_of_steps_is_the_trainers() -> None:
    from soulrig.cli.train import train
    from soulrig.model.trainer import STEPS

    assert inspect.signature(train).parameters["steps"].default == STEPS  # stated twice: torch is imported late


def test_a_broken_line_ends_with_2_and_leaves_nothing(corpus: Path, tmp_path: Path) -> None:
    corpus.write_text(LINES + "<SEP>broken\n", "utf-8")
    done = soulrig(corpus, "--output", tmp_path / "soul")
    assert done.returncode == 2
    assert "corpus.txt:3: " in done.stderr
    assert not (tmp_path / "soul").exists()


def test_a_missing_corpus_ends_with_2(tmp_path: Path) -> None:
    done = soulrig(tmp_path / "absent.txt", "--output", tmp_path / "soul")
    assert done.returncode == 2
    assert "absent.txt" in done.stderr


def test_a_file_in_the_place_of_the_folder_ends_with_2(corpus: Path) -> None:
    done = soulrig(corpus, "--output", corpus)
    assert done.returncode == 2
    assert "is a file, expected a folder" in done.stderr


def test_a_missing_torch_ends_with_3_and_says_how_to_get_it(corpus: Path, tmp_path: Path) -> None:
    done = soulrig(corpus, "--output", tmp_path / "soul", code=WITHOUT_TORCH)
    assert done.returncode == 3
    assert "pip install" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "soul").exists()
