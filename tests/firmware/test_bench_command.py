"""`soulrig bench` for a soul that is built for it: tables, record and plot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import pytest
from strange_souls import BETWEEN, strange_soul
from typer.testing import CliRunner

from soulrig.bench.predict import predict
from soulrig.bench.talk import Talk, course
from soulrig.buildtools.build import build
from soulrig.cli import app
from soulrig.machines.vice import ViceMachine
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


@pytest.mark.cc65
def test_a_build_is_explained_without_files(tmp_path: Path) -> None:
    SMALL.save(tmp_path)
    ended = CliRunner().invoke(app, ["build", "--soul", str(tmp_path), "--explain"])
    assert ended.exit_code == 0, ended.output
    for words in ("KERNAL", "plan        fast: the quickest", "MAIN        $0801  $CEFF", "a token at context", "\n7 "):
        assert words in ended.stdout
    assert not list(tmp_path.rglob("*.prg"))


@pytest.mark.cc65
def test_an_explanation_is_json_too(tmp_path: Path) -> None:
    SMALL.save(tmp_path)
    ended = CliRunner().invoke(app, ["build", "--soul", str(tmp_path), "--explain", "--json"])
    assert ended.exit_code == 0, ended.output
    told = json.loads(ended.stdout)
    assert told["program"]["plan"] == "fast"
    assert [token["context"] for token in told["tokens"]] == [1, 4, 7]
    assert all(area["free"] == area["end"] - area["start"] + 1 - area["used"] >= 0 for area in told["areas"])
    shares = [each["cycles"] / token["cycles"] for token in told["tokens"] for each in token["with_screen"].values()]
    assert shares == pytest.approx(3 * [1.058, 1.067], abs=0.001)


def test_a_build_needs_a_folder() -> None:
    ended = CliRunner().invoke(app, ["build"])
    assert (ended.exit_code, "--output" in ended.stderr) == (2, True)


@pytest.mark.cc65
def test_a_soul_that_does_not_fit_has_no_explanation(tmp_path: Path) -> None:
    strange_soul(Sizes(256, 40, 256, 1, 48), {}, seed=1, extreme=0.0).save(tmp_path)
    ended = CliRunner().invoke(app, ["build", "--soul", str(tmp_path), "--explain"])
    assert ended.exit_code == 2, ended.output
    assert "the soul doesn't fit" in ended.stderr


@pytest.mark.vice
@pytest.mark.cc65
@pytest.mark.parametrize("standard", ["pal", "ntsc"])
def test_a_prediction_is_right_for_another_shape(standard: Literal["pal", "ntsc"], tmp_path: Path) -> None:
    soul = strange_soul(Sizes(128, 24, 48, 2, 40), BETWEEN, seed=1, extreme=0.0)
    built = build(soul)
    predicted = {each.context: each.shown[standard] for each in predict(soul, built)}
    with ViceMachine("x64", standard) as machine:
        for token in Talk(machine, built, tmp_path).tokens(course(soul), soul.reply_limit, ()):
            assert predicted[token.context] == pytest.approx(token.cycles, rel=0.03), token.context
