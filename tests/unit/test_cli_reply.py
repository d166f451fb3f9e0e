"""`soulrig reply` and `soulrig chat` as a user meets them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest
from typer.testing import CliRunner, Result

from soulrig.cli import app
from soulrig.model.soul import Soul

COMMAND = [sys.executable, "-c", "from soulrig.__main__ import main; main()"]


def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), prog_name="soulrig", input=stdin)


def replied(*arguments: str) -> dict[str, Any]:
    result = run("reply", *arguments, "--json")
    assert result.exit_code == 0, result.output
    content = json.loads(result.stdout)
    assert isinstance(content, dict)
    return content


@pytest.fixture
def soul(data: Path) -> str:
    return str(data / "random-norm.bin")


@pytest.fixture
def folder(data: Path, tmp_path: Path) -> str:
    """A soul that can be talked to: random weights, a letter or a pair of letters a token."""
    pairs = [left + right for left in "aeiou" for right in "abcdefghijklmnopqrs"][:94]
    tokens = ["<PAD>", "<SEP>", "<UNK>", "<END>", *"abcdefghijklmnopqrstuvwxyz .?!", *pairs]
    tokenizer = {"vocab": {token: index for index, token in enumerate(tokens)}, "merges": [[*pair] for pair in pairs]}
    (tmp_path / "tokenizer.json").write_text(json.dumps(tokenizer))
    (tmp_path / "soul.bin").write_bytes((data / "random-norm.bin").read_bytes())
    return str(tmp_path)


@pytest.fixture
def spoken(folder: str) -> str:
    """What that soul says to `hello`."""
    from soulrig.model.reference import Reference

    text = Reference(Soul.load(Path(folder))).reply("hello").text
    assert text
    return text


@pytest.mark.fixtures
def test_every_golden_case_is_reproduced(golden: Path) -> None:
    cases = json.loads((golden / "meful-golden.json").read_text())["cases"]
    assert len(cases) == 20
    files = ("--soul", str(golden / "meful-soul.bin"), "--tokenizer", str(golden / "meful-tokenizer.json"))
    for case in cases:
        for rule in ("end", "v3"):
            said = replied(*files, "--prompt", case["prompt"], "--decode", rule)
            assert said["prompt_ids"] == case["prompt_ids"]
            assert said["last_logits"] == case.get("first_logits", said["last_logits"])
            assert {name: said[name] for name in case[rule]} == case[rule]


def test_every_golden_case_of_the_random_souls_is_reproduced(data: Path) -> None:
    for soul in json.loads((data / "random-golden.json").read_text()):
        for case in soul["cases"]:
            ids = ",".join(map(str, case["ids"]))
            said = replied("--soul", str(data / soul["file"]), "--ids", ids, "--decode", "v3")
            assert (said["prompt_ids"], said["text"]) == (case.pop("ids"), None)
            assert {name: said[name] for name in case} == case


@pytest.mark.fixtures
def test_the_command_itself_says_the_golden_words(golden: Path) -> None:
    files = ["--soul", str(golden / "meful-soul.bin"), "--tokenizer", str(golden / "meful-tokenizer.json")]
    done = subprocess.run([*COMMAND, "reply", *files, "--prompt", "hey"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "hello! i'm happy hell al\n", "")


def test_json_has_these_fields_and_no_others(soul: str) -> None:
    said = replied("--soul", soul, "--ids", "1,49,29,1")
    assert list(said) == ["prompt_ids", "tokens", "text", "stop", "logits_sha256", "last_logits"]
    assert said["prompt_ids"] == [1, 49, 29, 1]
    assert said["text"] is None
    assert said["stop"] in ("end", "context", "limit")
    assert len(said["logits_sha256"]) == 64
    assert len(said["last_logits"]) == 128


def test_a_recorded_limit_stops_the_reply(folder: str) -> None:
    (Path(folder) / "soul.json").write_text('{"schema": "soulrig.soul/1", "decode": "v3", "max_reply": 3}')
    said = replied("--soul", folder, "--prompt", "hello")
    assert (len(said["tokens"]), said["stop"]) == (3, "limit")
    assert said["prompt_ids"][0] == said["prompt_ids"][-1] == 1


def test_without_json_it_prints_the_text_or_the_ids(folder: str, soul: str, spoken: str) -> None:
    assert run("reply", "--soul", folder, "--prompt", "hello").stdout == f"{spoken}\n"
    said = replied("--soul", soul, "--ids", "1, 5,1")
    assert run("reply", "--soul", soul, "--ids", "1, 5,1").stdout == ",".join(map(str, said["tokens"])) + "\n"
    assert replied("--soul", folder, "--prompt", "")["prompt_ids"] == [1, 1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "give exactly one of the two"),
        (("--ids", "1", "--prompt", "hello"), "give exactly one of the two"),
        (("--ids", "1", "--prompt", ""), "give exactly one of the two"),
        (("--ids", "1,x"), "number 2 is 'x'; expected token ids"),
        (("--ids", ""), "number 1 is ''; expected token ids"),
        (("--ids", "1,,2"), "number 2 is ''"),
        (("--ids", "-1"), "number 1 is '-1'"),
        (("--ids", "1.5"), "number 1 is '1.5'"),
        (("--ids", "²"), "number 1 is '²'"),
        (("--ids", "1,128"), "token id 128 is outside the vocabulary, expected 0..127"),
        (("--ids", ",".join(["1"] * 21)), "21 prompt ids, expected 1..20"),
        (("--prompt", "hello"), "a text prompt needs a tokenizer"),
        (("--ids", "1", "--decode", "best"), "--decode"),
        (("--ids", "1", "--tokenizer", "/nowhere.json"), "/nowhere.json: can't be read"),
        (("--bogus",), "--bogus"),
    ],
)
def test_wrong_usage_and_bad_input_end_with_2(soul: str, arguments: tuple[str, ...], message: str) -> None:
    result = run("reply", "--soul", soul, *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("command", ["reply --ids 1", "chat"])
def test_a_soul_that_is_damaged_or_missing_ends_with_2(data: Path, tmp_path: Path, command: str) -> None:
    damaged = tmp_path / "damaged.bin"
    damaged.write_bytes((data / "random-norm.bin").read_bytes()[:5000])
    result = run(*command.split(), "--soul", str(damaged))
    assert result.exit_code == 2
    assert "soulrig: " in result.stderr
    assert "damaged.bin: truncated: it ends at byte 5000" in result.stderr
    assert run(*command.split(), "--soul", str(tmp_path / "none.bin")).exit_code == 2


def test_the_shipped_soul_is_the_default_or_its_absence_is_told(
    monkeypatch: pytest.MonkeyPatch, folder: str, tmp_path: Path, spoken: str
) -> None:
    monkeypatch.setattr("soulrig.buildtools.shipped.resources.files", lambda _: tmp_path)
    result = run("reply", "--prompt", "hello")
    assert result.exit_code == 2
    assert "name one with --soul" in result.stderr
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / "soulplayer").symlink_to(folder)
    assert run("reply", "--prompt", "hello").stdout == f"{spoken}\n"


@pytest.mark.parametrize("command", ["reply", "chat"])
def test_help_has_examples_line_by_line_and_exit_codes(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"\n    soulrig {command} --soul soul.bin --tokenizer tokenizer.json" in result.stdout
    assert "Exit codes: 0" in result.stdout


@pytest.mark.parametrize("unbuffered", ["", "1"])  # the pipe is found closed at the end, or while printing
def test_a_reader_that_leaves_early_is_no_error_message(soul: str, unbuffered: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*COMMAND, "reply", "--soul", soul, "--ids", "1"],
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_chat_through_a_pipe_reads_like_a_talk(folder: str, spoken: str) -> None:
    result = run("chat", "--soul", folder, stdin="hello\nHELLO")
    assert result.exit_code == 0
    assert result.stdout == f"you> hello\nc64> {spoken}\nyou> HELLO\nc64> {spoken}\nyou> \n"
    assert run("chat", "--soul", folder, stdin="q\nhello\n").stdout == "you> q\n"
    assert run("chat", "--soul", folder, stdin=b"hel\xfflo\n").stdout.startswith(f"you> hel\ufffdlo\nc64> {spoken}\n")


def test_a_chat_needs_a_tokenizer(soul: str) -> None:
    result = run("chat", "--soul", soul)
    assert result.exit_code == 2
    assert "needs the soul's tokenizer" in result.stderr


@pytest.fixture
def terminal(folder: str) -> Iterator[Any]:
    """`soulrig chat` on a terminal of its own, at its first prompt."""
    child = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], "chat", "--soul", folder],
        encoding="utf-8",
        timeout=30,
        env={**os.environ, "TERM": "dumb"},
    )
    child.expect_exact("q alone ends the talk")
    child.expect_exact("you> ")
    yield child
    child.close(force=True)


def ended(terminal: Any) -> tuple[int | None, str]:
    """How the talk ended, and what was printed last."""
    terminal.expect(pexpect.EOF)
    terminal.close()
    return terminal.exitstatus, terminal.before


def test_a_talk_ends_with_q(terminal: Any, spoken: str) -> None:
    for _ in range(2):
        terminal.sendline("hello")
        terminal.expect_exact(f"c64> {spoken}\r\n")
        terminal.expect_exact("you> ")
    terminal.sendline("")  # the empty prompt is a prompt
    terminal.expect_exact("c64> ")
    terminal.expect_exact("you> ")
    terminal.sendline("q")
    status, last = ended(terminal)
    assert status == 0
    assert "c64>" not in last


def test_a_talk_ends_with_control_d(terminal: Any) -> None:
    terminal.sendeof()
    status, last = ended(terminal)
    assert (status, last.strip()) == (0, "")


def test_a_talk_ends_with_control_c(terminal: Any) -> None:
    terminal.send("half a line")
    terminal.expect_exact("half a line")
    terminal.sendintr()
    status, last = ended(terminal)
    assert status == 0
    assert "Traceback" not in last
    assert last.endswith("\r\n")


def test_a_line_can_be_edited(terminal: Any, spoken: str) -> None:
    pytest.importorskip("readline")
    terminal.send("xello\x01\x04h\r")  # to the line's start, delete there, type
    terminal.expect_exact(f"c64> {spoken}\r\n")
