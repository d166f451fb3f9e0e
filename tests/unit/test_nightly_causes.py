"""What the nightly says of a step: how it ended, and what broke, in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from night.causes import LONGEST, judge
from night.step import Kind, Outcome, Result, Step


def judged(folder: Path, kind: Kind, code: int, *, log: str = "", left: str | None = None) -> tuple[Outcome, str]:
    """What is said of a step that ended with `code`, logged this and left that."""
    done = Step("a step", kind, (), folder, 60.0)
    done.log.write_text(log)
    if left is not None:
        done.result.write_text(left)
    result = Result(done.name, kind, [])
    judge(done, code, result)
    assert "\n" not in result.said
    return result.outcome, result.said


def test_a_mismatch_is_told_with_prompt_channel_and_step(tmp_path: Path, data: Path) -> None:
    record = (data / "records" / "1-mismatch.json").read_text()
    outcome, said = judged(tmp_path, Kind.VERIFY, 1, left=record)
    assert outcome is Outcome.RED
    assert said.startswith('prompt "hello": telemetry: step 0: token 49 is right, its logits are not: checksum ')


def test_more_mismatches_are_counted(tmp_path: Path, data: Path) -> None:
    record = json.loads((data / "records" / "1-mismatch.json").read_text())
    record["prompts"] *= 3
    assert judged(tmp_path, Kind.VERIFY, 1, left=json.dumps(record))[1].endswith(" (and 2 more prompts)")


def test_a_fault_is_told_without_the_emulators_log(tmp_path: Path, data: Path) -> None:
    record = (data / "records" / "1-fault.json").read_text()
    outcome, said = judged(tmp_path, Kind.VERIFY, 3, left=record)
    assert (outcome, said) == (Outcome.FAULT, "the rig failed: x64sc ended with signal 9 (SIGKILL)")


@pytest.mark.parametrize("kind", [Kind.VERIFY, Kind.BENCH, Kind.BUILD])
def test_a_command_that_leaves_nothing_is_quoted(tmp_path: Path, kind: Kind) -> None:
    log = "booting\nsoulrig: x64 is not on the PATH; install VICE\n"
    said = "the rig failed: x64 is not on the PATH; install VICE"
    assert judged(tmp_path, kind, 3, log=log) == (Outcome.FAULT, said)


@pytest.mark.parametrize("kind", [Kind.BUILD, Kind.VERIFY, Kind.BENCH, Kind.TESTS])
def test_a_step_that_crashed_is_the_rigs_fault(tmp_path: Path, kind: Kind) -> None:
    log = 'Traceback (most recent call last):\n  File "x.py", line 1\nValueError: no\n'
    assert judged(tmp_path, kind, 1, log=log) == (Outcome.FAULT, "the rig failed: ValueError: no")
    assert judged(tmp_path, kind, -9) == (Outcome.FAULT, "the rig failed: was killed by signal 9")


def test_a_source_that_is_refused_is_no_fault_of_the_rig(tmp_path: Path) -> None:
    log = "soulrig: ca65 failed:\n/x/norm.s(40): Error: Unexpected trailing garbage characters\nmore\n"
    said = "ca65 failed: /x/norm.s(40): Error: Unexpected trailing garbage characters"
    assert judged(tmp_path, Kind.BUILD, 3, log=log) == (Outcome.RED, said)


def test_the_worst_rise_is_told_with_count_and_share(tmp_path: Path) -> None:
    log = (
        "tables\nsoulrig: prefill of 2 ids: 100 to 90 cycles, -10.00%\n"
        "soulrig: token at context 1: 768,836 to 770,000 cycles, +0.15%\n"
        "soulrig: token at context 2: 889,897 to 900,000 cycles, +1.14%\n"
    )
    said = "token at context 2: 889,897 to 900,000 cycles, +1.14% (and 1 more count)"
    assert judged(tmp_path, Kind.BENCH, 1, log=log) == (Outcome.RED, said)


JUNIT = """<testsuites><testsuite>
<testcase classname="tests.unit.test_bpe" name="test_one"/>
<testcase classname="tests.unit.test_bpe" name="test_two[a]"><skipped message="x"/></testcase>{}
</testsuite></testsuites>"""
FAILED = """<testcase classname="tests.e2e.test_x" name="test_screen[boot]">
<failure message="Failed: not the picture 'boot'&#10;in rows 1 to 2">long</failure></testcase>"""


def test_a_failing_test_is_told_with_its_message(tmp_path: Path) -> None:
    said = "tests/e2e/test_x.py::test_screen[boot]: Failed: not the picture 'boot' in rows 1 to 2"
    assert judged(tmp_path, Kind.TESTS, 1, left=JUNIT.format(FAILED)) == (Outcome.RED, said)
    _, two = judged(tmp_path, Kind.TESTS, 1, left=JUNIT.format(2 * FAILED))
    assert two == f"{said} (and 1 more test)"


def test_tests_that_pass_are_counted_and_none_is_a_fault(tmp_path: Path) -> None:
    said = "2 tests, 1 of them skipped"
    assert judged(tmp_path, Kind.TESTS, 0, left=JUNIT.format("")) == (Outcome.PASS, said)
    assert judged(tmp_path, Kind.TESTS, 5) == (Outcome.FAULT, "the rig failed: no test was run")


def test_a_long_message_is_cut(tmp_path: Path) -> None:
    _, said = judged(tmp_path, Kind.TESTS, 1, left=JUNIT.format(FAILED.replace("not the", "word " * 100)))
    assert len(said) <= LONGEST
