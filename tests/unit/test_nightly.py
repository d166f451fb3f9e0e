"""The nightly's own work: the order of steps, a night's verdict, and what is kept."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from night.__main__ import add_pages, tell_github
from night.execution import BROKEN_OFF, Execution
from night.history import save_history
from night.night import Night, new_folder, nights, prune
from night.pages import save_pages
from night.plan import plan
from night.report import report
from night.rom_sets import other_rom_sets
from night.step import Kind, Outcome, Result, Step


def step(folder: Path, kind: Kind, *command: str, name: str = "a step", limit: float = 60.0) -> Step:
    return Step(name, kind, command, folder, limit)


def execute(*stages: list[Step], jobs: int = 2) -> list[Result]:
    pairs = [[(each, Result(each.name, each.kind, list(each.command))) for each in stage] for stage in stages]
    Execution(jobs, lambda: None).run(pairs)
    return [result for stage in pairs for _, result in stage]


def ended(folder: Path, code: int, name: str) -> Step:
    junit = f"echo '<testsuites/>' > {folder}/{name}.xml; echo {name}; exit {code}"
    return step(folder, Kind.TESTS, "sh", "-c", junit, name=name)


def test_later_steps_run_after_a_red_one_but_not_without_the_first(tmp_path: Path) -> None:
    one, two, three, four = (ended(tmp_path, code, f"n{code}") for code in (0, 1, 2, 3))
    found = execute([one], [two, three], [ended(tmp_path, 0, "last")])
    assert [result.outcome for result in found] == [Outcome.PASS, Outcome.FAULT, Outcome.FAULT, Outcome.PASS]
    assert two.log.read_text() == "n1\n"
    found = execute([four], [one], [one])
    assert [result.outcome for result in found] == [Outcome.FAULT, Outcome.NOT_RUN, Outcome.NOT_RUN]
    assert found[1].said == "without n3"


def gone(pid: int) -> bool:
    """Whether a process has ended, or does so soon: it was told to."""
    for _ in range(200):
        try:
            if "State:\tZ" in Path(f"/proc/{pid}/status").read_text():
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


def test_a_step_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    hung = step(tmp_path, Kind.TESTS, "sh", "-c", "sleep 1000 & echo $!; wait", limit=0.5)
    [result] = execute([hung])
    assert result.outcome is Outcome.FAULT
    assert "gave no result" in result.said
    assert gone(int(hung.log.read_text()))


def test_a_command_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    [result] = execute([step(tmp_path, Kind.TESTS, "/no/such/program")])
    assert result.outcome is Outcome.FAULT
    assert "/no/such/program" in result.said


def test_what_a_step_left_that_makes_no_sense_is_a_fault(tmp_path: Path, data: Path) -> None:
    """A record whose one prompt is wrong by no channel."""
    record = json.loads((data / "records" / "1-mismatch.json").read_text())
    record["prompts"][0]["channels"] = {}
    verify = step(tmp_path, Kind.VERIFY, "sh", "-c", "exit 1")
    verify.result.write_text(json.dumps(record))
    [result] = execute([verify])
    assert result.outcome is Outcome.FAULT
    assert result.said.startswith("the rig failed: ")


def test_breaking_off_ends_what_runs_and_starts_nothing_more(tmp_path: Path) -> None:
    first = step(tmp_path, Kind.TESTS, "sh", "-c", "sleep 1000 & echo $!; kill -INT $PPID; wait", name="first")
    second = ended(tmp_path, 0, "second")
    pairs = [[(each, Result(each.name, each.kind, [])) for each in (first, second)]]
    with pytest.raises(KeyboardInterrupt):
        Execution(1, lambda: None).run(pairs)
    (_, broken_off), (_, not_run) = pairs[0]
    assert (broken_off.said, broken_off.outcome) == (BROKEN_OFF, Outcome.NOT_RUN)
    assert not_run.outcome is Outcome.NOT_RUN
    assert gone(int(first.log.read_text()))


def a_night(keep: Path, day: int, *outcomes: Outcome, done: bool = True) -> Night:
    folder = new_folder(keep, datetime(2026, 1, 1 + day, 2, 17, tzinfo=UTC))
    results = [Result(f"step {n}", Kind.VERIFY, ["x"], each, 1.0, f"words {n}") for n, each in enumerate(outcomes)]
    results.append(Result("bench sim pal", Kind.BENCH, [], Outcome.PASS, 9.0, "", {"cycles a token": 1e6 - day}))
    started = f"2026-01-{1 + day:02}T02:17:00+00:00"
    night = Night(folder, started, "abc <b>", quick=False, results=results, seconds=1234.4 if done else None)
    night.save()
    (folder / "step-0.log").write_text("a\nb\n")
    (folder / "build").mkdir()
    return night


def test_the_verdict_of_a_night(tmp_path: Path) -> None:
    green = a_night(tmp_path, 0, Outcome.PASS)
    assert (green.verdict, green.exit_code) == ("GREEN: 2 steps, 1234 s", 0)
    red = a_night(tmp_path, 1, Outcome.PASS, Outcome.RED, Outcome.FAULT)
    assert (red.verdict, red.exit_code) == ("RED: step 1: words 1; also red: step 2", 1)
    fault = a_night(tmp_path, 2, Outcome.FAULT, Outcome.RED, Outcome.NOT_RUN)
    assert (fault.verdict, fault.exit_code) == ("RED: step 0: words 0; also red: step 1", 3)
    many = a_night(tmp_path, 3, *[Outcome.RED] * 6)
    assert many.verdict == "RED: step 0: words 0; also red: step 1, step 2, step 3 and 2 more"
    cut = a_night(tmp_path, 4, Outcome.PASS, Outcome.NOT_RUN, done=False)
    assert (cut.verdict, cut.exit_code) == ("RED: broken off before step 1 was done", 3)
    skipped = a_night(tmp_path, 5, Outcome.PASS, Outcome.NOT_RUN)
    assert not skipped.is_green


def test_a_report_begins_with_the_verdict_and_ends_with_where_all_lies(tmp_path: Path) -> None:
    lines = report(a_night(tmp_path, 0, Outcome.RED)).splitlines()
    assert lines[0] == "RED: step 0: words 0"
    assert "step 0         RED          1 s  words 0" in lines
    assert "  | b" in lines
    assert lines[-1] == f"All nights: {tmp_path / 'history.html'}"


def test_nights_are_read_back_and_pruned(tmp_path: Path) -> None:
    for day in range(5):
        a_night(tmp_path, day, Outcome.PASS)
    (tmp_path / "2026-01-09T0000").mkdir()
    (tmp_path / "2026-01-09T0000" / "night.json").write_text("cut o")
    kept = nights(tmp_path)
    assert [night.started[:10] for night in kept] == [f"2026-01-0{day}" for day in range(1, 6)]
    prune(kept, whole=2, brief=4)
    assert [sorted(path.name for path in night.folder.iterdir()) for night in nights(tmp_path)] == [
        ["night.json"],
        ["night.json"],
        ["build", "night.json", "step-0.log"],
        ["build", "night.json", "step-0.log"],
    ]


def test_two_nights_in_a_minute_have_two_folders(tmp_path: Path) -> None:
    now = datetime(2026, 11, 22, 2, 17, tzinfo=UTC)
    assert [new_folder(tmp_path, now).name for _ in range(2)] == ["2026-11-22T0217", "2026-11-22T0217-2"]


def test_each_record_has_a_page_that_tells_what_changed(tmp_path: Path, data: Path) -> None:
    first, second = (a_night(tmp_path, day, Outcome.PASS, Outcome.PASS) for day in (0, 1))
    for night, name in ((first, "1-pass"), (second, "1-mismatch")):
        shutil.copy(data / "records" / f"{name}.json", night.folder / "step-0.json")
    (second.folder / "step-1.json").write_text("cut o")
    for night in (first, second):
        save_pages(night, nights(tmp_path))
    assert [(night.folder / "step-0.html").exists() for night in (first, second)] == [True, True]
    assert not (second.folder / "step-1.html").exists()
    told = ["What changed" in (night.folder / "step-0.html").read_text() for night in (first, second)]
    assert told == [False, True]


def test_a_page_that_can_not_be_made_turns_the_night_red(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise KeyError("x")

    night = a_night(tmp_path, 0, Outcome.PASS)
    monkeypatch.setattr("night.__main__.save_pages", refuse)
    add_pages(night, [])
    assert (night.verdict, night.exit_code) == ("RED: pages: the rig failed: KeyError('x')", 3)
    assert "pages" in report(night)


class Page(HTMLParser):
    """What a page asks for, and the tags that it opens and doesn't close."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.open: list[str] = []
        self.circles = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attributes if name in ("src", "href")]
        self.circles += tag == "circle"
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_history_shows_every_night_and_needs_no_network(tmp_path: Path) -> None:
    for day, outcome in enumerate((Outcome.PASS, Outcome.RED, Outcome.FAULT, Outcome.NOT_RUN)):
        a_night(tmp_path, day, outcome)
    path = tmp_path / "history.html"
    save_history(path, nights(tmp_path))
    text = path.read_text()
    page = Page()
    page.feed(text)
    assert (page.open, page.circles) == ([], 4)
    assert not [link for link in page.links if "//" in link]
    assert all((tmp_path / link).exists() for link in page.links if not link.startswith("data:"))
    assert "abc <b>" not in text
    assert text.rindex("2026-01-04 02:17") < text.rindex("2026-01-01 02:17")
    assert "RED: step 0: words 0" in text


def test_a_history_of_no_night_and_of_one_that_measured_nothing(tmp_path: Path) -> None:
    save_history(tmp_path / "history.html", [])
    night = a_night(tmp_path, 0, Outcome.RED)
    night.results.pop()
    save_history(tmp_path / "history.html", [night])
    assert "<svg" not in (tmp_path / "history.html").read_text()


def test_a_whole_night_covers_every_machine_standard_and_rom_set(tmp_path: Path) -> None:
    stages = plan(tmp_path, {"genuine": Path("/roms")}, quick=False)
    names = [each.name for stage in stages for each in stage]
    both = ("pal", "ntsc")
    every = [f"{machine} {standard}" for machine in ("sim", "x64", "x64sc") for standard in both]
    for name in [*(f"verify {each}{roms}" for each in every for roms in ("", ", genuine")), "bench sim pal", "screens"]:
        assert name in names
    assert (names[0], names[-1]) == ("build", "long tests")
    assert len({each.log for stage in stages for each in stage}) == len(names) == len(set(names))
    quick = [each.name for stage in plan(tmp_path, {}, quick=True) for each in stage]
    assert "long tests" not in quick
    assert [name for name in names if name.startswith("verify") and "genuine" not in name] == [
        name for name in quick if name.startswith("verify")
    ]


def roms(folder: Path, byte: int) -> Path:
    folder.mkdir(parents=True)
    for part, size in (("kernal", 8192), ("basic", 8192), ("chargen", 4096)):
        (folder / part).write_bytes(bytes([byte]) * size)
    return folder


def test_rom_sets_are_found_once_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, same, other = roms(tmp_path / "one", 1), roms(tmp_path / "same", 1), roms(tmp_path / "b" / "one", 2)
    config = tmp_path / "soulrig.toml"
    config.write_text(
        f'[machines.a]\nkind = "vice"\nroms = "{same}"\n[machines.b]\nkind = "sim"\nroms = "{other}"\n'
        '[machines.c]\nkind = "sim"\nroms = {env = "NOT_SET_HERE"}\n[machines.d]\nkind = "sim"\n'
    )
    monkeypatch.setenv("SOULRIG_CONFIG", str(config))
    monkeypatch.setattr("night.rom_sets.VICE_DATA", ())
    assert other_rom_sets({"SOULRIG_ROMS": str(one)}) == {"one": one, "one 2": other}
    assert other_rom_sets({}) == {"same": same, "one": other}


def test_a_folder_that_was_asked_for_and_holds_no_roms_is_not_passed_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOULRIG_CONFIG", str(roms(tmp_path / "x", 0) / "soulrig.toml"))
    (tmp_path / "x" / "soulrig.toml").write_text("")
    monkeypatch.setattr("night.rom_sets.VICE_DATA", ())
    assert other_rom_sets({"SOULRIG_ROMS": str(tmp_path / "none")}) == {"none": tmp_path / "none"}


def nightly(root: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "night", *options],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root / "ci")},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_second_nightly_in_a_folder_is_refused(root: Path, tmp_path: Path) -> None:
    with (tmp_path / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        run = nightly(root, "--quick", "--keep", str(tmp_path))
        output, _ = run.communicate()
    assert run.returncode == 3
    assert output.startswith("RED: nightly: the rig failed: another nightly is at work in ")


def test_a_log_with_backquotes_stays_one_block_on_github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    tell_github("RED\n```\n# not a heading\n")
    assert summary.read_text() == "````\nRED\n```\n# not a heading\n````\n"


@pytest.mark.cc65
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
def test_a_nightly_that_is_terminated_says_so_and_leaves_its_verdict(
    ending: signal.Signals, root: Path, tmp_path: Path
) -> None:
    run = nightly(root, "--quick", "--keep", str(tmp_path))
    while not list(tmp_path.glob("*/*.log")):
        assert run.poll() is None
        time.sleep(0.05)
    run.send_signal(ending)
    output, _ = run.communicate()
    assert run.returncode == 128 + ending
    assert output.startswith("RED: broken off before ")
    [night] = nights(tmp_path)
    assert (night.folder / "report.txt").read_text() == output
    assert (tmp_path / "history.html").exists()


def test_the_examples_for_schedulers_run_just_the_script(root: Path) -> None:
    """GitHub, systemd and cron: each has one line of work."""
    workflow = (root / ".github" / "workflows" / "nightly.yml").read_text()
    assert [line for line in workflow.splitlines() if "run:" in line] == ["      - run: ci/nightly"]
    service = (root / "ci" / "systemd" / "soulrig-nightly.service").read_text()
    assert [line for line in service.splitlines() if line.startswith("Exec")] == ["ExecStart=%h/soulrig/ci/nightly"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on PATH")
def test_systemd_understands_its_units(root: Path, tmp_path: Path) -> None:
    units = []
    for unit in sorted((root / "ci" / "systemd").iterdir()):
        units.append(tmp_path / unit.name)
        units[-1].write_text(unit.read_text().replace("%h/soulrig", str(root)))
    run = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
