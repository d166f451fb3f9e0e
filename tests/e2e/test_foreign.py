"""A small program that is not ours, typed at and judged by its screen: it says a line's characters in reverse."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from test_faults import assert_says, soulrig

from soulrig.buildtools.disk_image import make_d64
from soulrig.errors import BadInput
from soulrig.foreign import ForeignProgram, verify_foreign
from soulrig.machines.vice import ViceMachine
from soulrig.record import Record

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

# Its prompt is `? `, as BASIC's INPUT has it; a reply stands behind `SAYS: `.
SOURCE = """
        .word $0801
        .org $0801
        .word next
        .word 10
        .byte $9E, "2061", 0
next:   .word 0
        ldx #0
hello:  lda greeting,x
        beq ask
        jsr $FFD2
        inx
        bne hello
ask:    lda #'?'
        jsr $FFD2
        lda #' '
        jsr $FFD2
        ldy #0
key:    jsr $FFCF
        cmp #13
        beq answer
        sta line,y
        iny
        bne key
answer: sty length
        cpy #0
        bne say
        lda $A2                 ; about nothing it thinks for 100 jiffies
        clc
        adc #100
wait:   cmp $A2
        bne wait
say:    jsr print
        lda #13
        jsr $FFD2
        jmp ask
print:  lda #13
        jsr $FFD2
        ldx #0
label:  lda says,x
        beq back
        jsr $FFD2
        inx
        bne label
back:   ldy length
        beq done
letter: lda line-1,y
        jsr $FFD2
        dey
        bne letter
done:   rts
greeting: .byte "MIRROR 1.0", 13, 0
says:   .byte "SAYS: ", 0
length: .res 1
line:   .res 80
"""


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mirror")
    (folder / "mirror.s").write_text(SOURCE)
    subprocess.run(["ca65", "mirror.s"], cwd=folder, check=True)
    subprocess.run(["ld65", "-t", "none", "-o", "mirror.prg", "mirror.o"], cwd=folder, check=True)
    image = folder / "mirror.d64"
    image.write_bytes(make_d64("mirror", "mi", {"mirror": (folder / "mirror.prg").read_bytes()}))
    return image


OPTIONS = ["--load", "mirror", "--ready-text", "mirror 1", "--reply-between", "says:", "?"]


def test_replies_and_what_is_expected(disk: Path) -> None:
    program = ForeignProgram(disk, "mirror", "re:MIRROR \\d", "says: ", "? ")
    # Until the screen scrolls, with the same again, a prompt like the program's, and one that goes on in the next row.
    prompts = ["hello", "", "hello", "huh?", "one two  three", *["again"] * 9, "abcdefghij" * 4]
    expected = [prompt[::-1] for prompt in prompts]
    record = verify_foreign(ViceMachine(), program, prompts, expected)
    assert record.fault is None
    assert [prompt.channels["screen"]["difference"] for prompt in record.prompts] == [None] * len(prompts)
    assert record.verdict == "pass"


def test_a_wrong_reply_is_a_mismatch(disk: Path, root: Path, tmp_path: Path) -> None:
    out = tmp_path / "record.json"
    said = [*OPTIONS, "--prompt", "abc", "--prompt", "de", "--expect", "cba", "--expect", "xx", "--record", out]
    run = soulrig(root, "verify", "--disk", disk, *said)
    assert_says(run, 1)
    assert "'de', screen: the screen shows 'ed', expected 'xx'" in run.stdout
    record = Record.load(out)
    assert [prompt.verdict for prompt in record.prompts] == ["pass", "mismatch"]
    assert record.subject["disk"]["name"] == "mirror"
    reports = {kind: tmp_path / f"report.{kind}" for kind in ("html", "junit", "markdown")}
    written = [argument for kind, path in reports.items() for argument in (f"--{kind}", path)]
    assert_says(soulrig(root, "report", out, "--against", out, *written), 0)
    for path in reports.values():
        assert "expected" in path.read_text()
    told = soulrig(root, "report", out)
    assert_says(told, 0)
    assert "the screen shows 'ed', expected 'xx'" in told.stdout


def test_without_expectations_a_reply_in_time_passes(disk: Path, root: Path) -> None:
    run = soulrig(root, "verify", "--disk", disk, *OPTIONS, "--prompt", "abc", "--json")
    assert_says(run, 0)
    (prompt,) = json.loads(run.stdout)["prompts"]
    assert (prompt["reference"]["text"], prompt["channels"]["screen"]["rows"]) == (None, ["cba"])


def test_a_reply_that_does_not_come_is_a_fault(disk: Path) -> None:
    program = ForeignProgram(disk, "mirror", "mirror", "tells:", "?")
    record = verify_foreign(ViceMachine(), program, ["abc"], seconds=5)
    assert "waited 5 C64 seconds in vain for the reply to 'abc'" in str(record.fault)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--load", "x", "--expect", "y"], "--load, --expect: only with --disk"),
        (["--disk", "x.d64", "--channels", "sound"], "--channels: not with --disk"),
        (["--disk", "x.d64"], "needs --ready-text and --reply-between"),
        (["--disk", "x.d64", "--ready-text", "re:(", "--reply-between", "a", "b"], "no regular expression"),
        (["--disk", "x.d64", "--ready-text", "a", "--reply-between", "a", "re:(?i)you:"], "leave out (?flags)"),
        (["--disk", "x.d64", "--ready-text", "a", "--reply-between", "", "b"], "is empty"),
        (["--disk", "missing.d64", "--ready-text", "a", "--reply-between", "a", "b"], "missing.d64"),
        (["--disk", "README.md", "--ready-text", "a", "--reply-between", "a", "b"], "README.md: is no D64 image"),
    ],
)
def test_wrong_usage(arguments: list[str], words: str, root: Path) -> None:
    assert_says(soulrig(root, "verify", *arguments), 2, words)


def test_a_reply_for_each_prompt(disk: Path) -> None:
    with pytest.raises(BadInput, match="2 prompts and 1 expected replies"):
        verify_foreign(ViceMachine(), ForeignProgram(disk, "mirror", "a", "b", "c"), ["a", "b"], ["c"])
