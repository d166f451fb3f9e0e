"""What a report says has changed since an earlier record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from report_records import Content, bench, content, edited, mismatch, with_sound, written
from typer.testing import CliRunner

from soulrig.cli import app
from soulrig.report.compare import Comparison, compare
from soulrig.report.html import html_page
from soulrig.report.markdown import markdown
from soulrig.report.view import read


def compared(folder: Path, before: Content, after: Content) -> Comparison:
    return compare(read(written(folder, before, "before.json")), read(written(folder, after, "after.json")))


def slower(found: Content, percent: int) -> Content:
    for prompt in found["prompts"]:
        seen = prompt["channels"]["telemetry"]
        seen["cycles"] = [count * (100 + percent) // 100 for count in seen["cycles"]]
    return found


def test_nothing_changed(tmp_path: Path) -> None:
    result = compared(tmp_path, content(), edited(lambda found: found.update(started="2030-01-01T00:00:00+00:00")))
    assert (result.subject, result.prompts, result.measurements, result.notes) == ([], [], [], [])
    assert (result.same, result.new, result.gone) == (2, [], [])
    assert {each.percent for each in result.contexts} == {0.0}
    assert result.summary == "nothing changed"


def test_verdict_reply_and_step(tmp_path: Path) -> None:
    result = compared(tmp_path, content(), mismatch())
    (prompt,) = result.prompts
    assert prompt.otherwise
    told = {change.name: (change.before, change.after) for change in prompt.changes}
    assert told["verdict"] == told["telemetry"] == ("pass", "mismatch")
    assert told["reply"][0] == "hello, my friend!"
    assert "screen" not in told
    assert result.same == 1
    assert result.summary.startswith("pass became mismatch, 1 from pass to mismatch, 1 other reply")
    page = html_page(result.after, result).decode()
    assert "<h2>What changed</h2>" in page
    assert "1 from pass to mismatch" in page
    assert "1 from pass to mismatch" in markdown(result.after, result)


def test_cycles_by_prompt_context_and_in_the_mean(tmp_path: Path) -> None:
    result = compared(tmp_path, content(), slower(content(), 10))
    assert [prompt.otherwise for prompt in result.prompts] == [False, False]
    assert [round(change.percent or 0, 3) for prompt in result.prompts for change in prompt.changes] == [10.0, 10.0]
    assert [each.context for each in result.contexts] == list(range(5, 19))  # prompts of 5 and 7 ids, 8 and 12 steps
    assert {round(each.percent, 3) for each in result.contexts} == {10.0}
    # Both have a token at context 7: the first prompt's third, and the second's first.
    assert next(each.before for each in result.contexts if each.context == 7) == (2452837 + 2368802) / 2
    assert result.cycles is not None
    assert result.cycles.percent_told == "+10.00 %"
    page = html_page(result.after, result).decode()
    assert "2 prompts of which only the cycles changed" in page
    assert "earlier record" in page  # the plot's legend


def test_what_was_run_and_what_that_means(tmp_path: Path) -> None:
    after = content()
    after["soul"]["sha256"] = "0" * 64
    after["machine"] |= {"kind": "sim", "cycle_basis": "none stolen", "standard": "ntsc"}
    result = compared(tmp_path, content(), after)
    told = {change.name: (change.before, change.after) for change in result.subject}
    assert told["soul SHA-256"] == (content()["soul"]["sha256"][:12], "0" * 12)
    assert told["machine"] == ("vice", "sim")
    assert "disk SHA-256" not in told
    for words in ("another soul", "another machine", "another cycle basis", "another TV standard"):
        assert sum(words in note for note in result.notes) == 1


def test_prompts_new_gone_and_asked_again(tmp_path: Path) -> None:
    before, after = content(), content()
    hello, who = after["prompts"]
    renamed = who | {"prompt": "what now?"}
    after["prompts"] = [hello, renamed, hello]
    result = compared(tmp_path, before, after)
    assert (result.new, result.gone, result.same) == (["what now?", "hello"], ["who are you?"], 1)
    assert result.summary.endswith("2 new, 1 gone")


def test_a_channel_that_only_one_was_asked_for(tmp_path: Path) -> None:
    result = compared(tmp_path, content(), with_sound(content()))
    assert (result.notes, result.prompts) == (["only now asked: sound"], [])
    assert compared(tmp_path, with_sound(content()), content()).notes == ["only before asked: sound"]


def test_measurements(tmp_path: Path) -> None:
    after = content()
    after["measurements"][0]["value"] *= 2
    after["measurements"].append({"name": "heat", "value": 300, "unit": "K", "low": None, "high": None})
    result = compared(tmp_path, content(), after)
    assert [(change.name, change.percent_told) for change in result.measurements] == [
        ("wall time", "+100.00 %"),
        ("heat", ""),
    ]
    assert (result.measurements[1].before, result.measurements[1].after) == ("–", "300 K")


def test_a_run_against_a_bench(tmp_path: Path) -> None:
    result = compared(tmp_path, bench({5: 2_408_713, 6: 1_222_312, 40: 1}), content())
    assert (result.new, result.gone, result.measurements) == ([], [], [])
    assert [(each.context, round(each.percent, 4)) for each in result.contexts] == [(5, 0.0), (6, 100.0)]


def test_the_command(tmp_path: Path) -> None:
    paths = [str(written(tmp_path, mismatch(), "now.json")), "--against", str(written(tmp_path, content(), "was.json"))]

    def run(*more: str) -> Any:
        result = CliRunner().invoke(app, ["report", *paths, *more])
        assert result.exit_code == 0, result.output
        return result.stdout

    assert "pass became mismatch" in run()
    changed = json.loads(run("--json"))
    assert (changed["verdict"], len(changed["changed"]["prompts"])) == ("mismatch", 1)
    assert "pass became mismatch" in run("--html", "-")
    assert 'name="changed" value="pass became mismatch' in run("--junit", "-")
