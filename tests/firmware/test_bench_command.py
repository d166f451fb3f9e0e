"""`soulrig bench` for a soul that is built for it: tables, record and plot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from strange_souls import strange_soul
from typer.testing import CliRunner

from soulrig.cli import app
from soulrig.model.soul import Sizes

SMALL = strange_soul(Sizes(40, 8, 16, 1, 8), {}, seed=1, extreme=0.0)


@pytest.mark.cc65
def test_the_command_prints_tables_and_leaves_a_record_and_a_plot(tmp_path: Path) -> None:
    SMALL.save(tmp_path / "soul")
    record, plot = tmp_path / "bench.json", tmp_path / "bench.png"
    given = ["bench", "--machine", "sim", "--soul", tmp_path / "soul", "--record", record, "--plot", plot]
    ended = CliRunner().invoke(app, list(map(str, given)), env={"COLUMNS": "80"})
    assert ended.exit_code == 0, ended.output
    for words in ("cycles a token at context", "attention", "PAL s", "NTSC s", "prefill of"):
        assert words in ended.stdout
    assert "…" not in ended.stdout
    content = json.loads(record.read_text())
    assert content["schema"].startswith("soulrig.record/1")
    assert sum(each["name"].startswith("token at context 7") for each in content["measurements"]) > 10
    assert plot.read_bytes().startswith(b"\x89PNG")
