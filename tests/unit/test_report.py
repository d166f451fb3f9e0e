"""Reports of a record: what each says, that texts stay texts, that nothing is fetched, and what the command refuses."""

from __future__ import annotations

import base64
import io
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from chord_sounds import recording
from PIL import Image
from report_records import (
    HOSTILE,
    RECORDS,
    WRONG_STEP,
    WRONG_TOKEN,
    Content,
    content,
    edited,
    foreign,
    hostile,
    mismatch,
    with_sound,
    written,
)
from rich.console import Console
from scipy.io import wavfile
from typer.testing import CliRunner

from soulrig.cli import app
from soulrig.errors import BadInput
from soulrig.report.compare import compare
from soulrig.report.console import console
from soulrig.report.html import html_page
from soulrig.report.junit import junit
from soulrig.report.markdown import markdown
from soulrig.report.view import View, read

VOID = {"meta", "link", "img", "br", "hr", "input"}
# What pytest writes and Jenkins' xUnit plug-in describes: an element's attributes (a `?` may be left out) and children.
JUNIT: dict[str, tuple[set[str], set[str]]] = {
    "testsuites": ({"name"}, {"testsuite"}),
    "testsuite": (
        {"name", "errors", "failures", "skipped", "tests", "time", "timestamp"},
        {"properties", "testcase"},
    ),
    "properties": (set(), {"property"}),
    "property": ({"name", "value"}, set()),
    "testcase": ({"classname", "name", "time"}, {"properties", "failure", "error", "skipped"}),
    "failure": ({"message", "type"}, set()),
    "error": ({"message", "type"}, set()),
}


class Page(HTMLParser):
    """A page as a browser takes it: elements, attributes and text; that every element is closed is asserted."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page.decode())
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def viewed(folder: Path, found: Content) -> View:
    return read(written(folder, found))


def told(view: View) -> str:
    """What the terminal shows."""
    output = Console(width=300, record=True, file=io.StringIO())
    for part in console(view):
        output.print(part)
    return output.export_text()


def checked_junit(document: bytes) -> ElementTree.Element:
    """The document's suite, after a look at every element."""
    root = ElementTree.fromstring(document)
    for element in root.iter():
        attributes, children = JUNIT[element.tag]
        assert set(element.attrib) == attributes, element.tag
        assert {child.tag for child in element} <= children
    (suite,) = root
    cases = suite.findall("testcase")
    assert int(suite.attrib["tests"]) == len(cases)
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
    assert int(suite.attrib["errors"]) == len(suite.findall("testcase/error"))
    for case in [suite, *cases]:
        assert float(case.attrib["time"]) >= 0
    return suite


@pytest.mark.parametrize("path", sorted(RECORDS.glob("*.json")), ids=lambda path: path.stem)
def test_every_kind_of_report_of_records_of_all_versions(path: Path) -> None:
    view = read(path)
    page = Page(html_page(view))
    verdict = path.stem.partition("-")[2]
    assert ("header", {"class": verdict}) in page.elements
    assert markdown(view).splitlines()[0].partition(" ")[2].split()[1] == f"{verdict}:"
    assert verdict in told(view)
    suite = checked_junit(junit(view))
    assert (int(suite.attrib["failures"]) > 0) == (verdict == "mismatch")
    assert (int(suite.attrib["errors"]) > 0) == (verdict == "fault")
    for prompt in view.record.prompts:
        assert prompt.prompt in page.text
        assert prompt.reference["text"] in page.text


@pytest.mark.parametrize("make", [content, mismatch, hostile, foreign, lambda: with_sound(content())])
def test_the_page_has_no_script_and_needs_nothing_else(make: Any, tmp_path: Path) -> None:
    page = Page(html_page(viewed(tmp_path, make())))
    assert not {"script", "iframe", "object", "embed", "form", "base"} & {tag for tag, _ in page.elements}
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href", "xlink:href"):
            source = attributes.get(name)
            assert source is None or source.startswith(("data:", "#")), (tag, source)
    (policy,) = [each for tag, each in page.elements if each.get("http-equiv") == "Content-Security-Policy"]
    assert (policy["content"] or "").startswith("default-src 'none'")
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    (style,) = re.findall(r"<style>\n(.*?)</style>\n</head>", html_page(viewed(tmp_path, make())).decode(), re.DOTALL)
    assert "url(" not in style
    assert "@import" not in style


def test_a_program_that_is_not_ours(tmp_path: Path) -> None:
    view = viewed(tmp_path, foreign())
    assert [(exchange.said, exchange.expected) for exchange in view.exchanges] == [
        ("this one", "THIS ONE"),
        ("this one", None),
    ]
    assert ("header", {"class": "pass"}) in Page(html_page(view)).elements
    for report in (markdown(view), told(view)):
        assert report.count("this one") == 2
        assert "None" not in report
    assert int(checked_junit(junit(view)).attrib["tests"]) == 2
    assert compare(view, view).summary == "nothing changed"


def test_what_was_thought_ahead_and_the_time_to_the_first_token(tmp_path: Path) -> None:
    found = content()
    found["machine"]["hertz"] = 1_000_000
    seen = found["prompts"][0]["channels"]["telemetry"]
    seen |= {"ahead": 2, "ahead_cycles": 7_000_000, "prefill_cycles": 3_000_000}
    seen["cycles"][0] = 2_250_000
    view = viewed(tmp_path, found)
    text = " ".join(Page(html_page(view)).text.split())
    assert "first token 5.25 s after RETURN, 2 of the prompt's 5 positions thought ahead" in text
    assert "| 2 of 5 | 5.25 |" in markdown(view)
    assert "│ 5.25 " in told(view)
    case = checked_junit(junit(view)).find("testcase")
    assert case is not None
    assert {each.attrib["name"]: each.attrib["value"] for each in case.iter("property")} == {
        "prompt positions thought ahead": "2",
        "prompt positions": "5",
        "time to first token [s]": "5.250",
    }
    assert float(case.attrib["time"]) == pytest.approx(3 + sum(seen["cycles"]) / 1_000_000, abs=0.001)


def test_a_record_from_before_there_was_thinking_ahead(tmp_path: Path) -> None:
    view = viewed(tmp_path, content())
    assert "thought ahead" not in Page(html_page(view)).text
    assert view.exchanges[0].ahead is None


def test_texts_stay_texts(tmp_path: Path) -> None:
    view = viewed(tmp_path, hostile())
    page = Page(html_page(view))
    assert page.text.count(HOSTILE) >= 10
    suite = checked_junit(junit(view))
    printable = HOSTILE.replace("\x07", "\\x07").replace("\x1b", "\\x1b")
    assert printable in {each.attrib["value"] for each in suite.iter("property")}
    assert printable in {each.attrib["message"] for each in suite.iter("failure")}
    assert printable in told(view)
    assert not {"\x07", "\x1b"} & set(told(view))


def test_markdown_tables_keep_their_columns(tmp_path: Path) -> None:
    text = markdown(viewed(tmp_path, hostile()))
    assert not re.search(r"(?<!\\)<(?!/?code>)", text.replace(f"```\n{HOSTILE}\n```", ""))
    tables = [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]
    assert len(tables) == 2
    for rows in tables:
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1, rows


def test_a_wrong_step_is_shown_against_the_reference(tmp_path: Path) -> None:
    view = viewed(tmp_path, mismatch())
    exchange = view.exchanges[0]
    assert exchange.first_wrong is not None
    assert (exchange.first_wrong.number, exchange.first_wrong.token) == (WRONG_STEP, WRONG_TOKEN)
    tokens = view.record.prompts[0].channels["telemetry"]["tokens"]
    assert exchange.said == "".join(f" t{token}" for token in tokens)
    page = Page(html_page(view))
    assert [attributes for tag, attributes in page.elements if tag == "tr" and attributes] == [{"class": "wrong"}]
    assert [tag for tag, attributes in page.elements if tag == "details" and "open" in attributes] == ["details"]
    difference = view.record.prompts[0].channels["telemetry"]["difference"]
    suite = checked_junit(junit(view))
    (failure,) = suite.findall("testcase/failure")
    assert failure.attrib == {"message": difference, "type": "mismatch"}
    assert exchange.said in (failure.text or "")
    for text in (page.text, told(view)):
        assert difference in text
        assert exchange.said.strip() in text
    assert f"{WRONG_TOKEN}, expected" in markdown(view)


def test_of_many_prompts_those_that_are_not_right_come_first(tmp_path: Path) -> None:
    found = content()
    found["prompts"] = [found["prompts"][1]] * 30 + mismatch()["prompts"][:1]
    page = Page(html_page(viewed(tmp_path, found)))
    articles = [attributes for tag, attributes in page.elements if tag == "article"]
    assert (len(articles), articles[0]) == (31, {"id": "prompt31", "class": "mismatch"})
    assert [attributes["id"] for attributes in articles[1:]] == [f"prompt{number}" for number in range(1, 31)]
    assert "11 more prompts" in page.text
    ids = {attributes.get("id") for _, attributes in page.elements}
    links = [attributes["href"] or "" for tag, attributes in page.elements if tag == "a"]
    assert "#prompt31" in links
    assert {link.removeprefix("#") for link in links} <= ids


def test_what_the_machine_said_without_the_tokens_texts_is_read_off_the_screen(tmp_path: Path) -> None:
    found = mismatch()
    del found["tokens"]
    found["prompts"][0]["channels"]["screen"]["rows"] = ["you> hello", "c64> " + "x" * 35, "tail"]
    assert viewed(tmp_path, found).exchanges[0].said == "x" * 35 + "tail"
    shown = found["prompts"][0]["channels"].pop("screen")
    found["prompts"][0]["channels"]["pixels"] = shown | {"confidence": 0.97}
    assert viewed(tmp_path, found).exchanges[0].said == "x" * 35 + "tail"
    del found["prompts"][0]["channels"]["pixels"]
    said = viewed(tmp_path, found).exchanges[0].said
    assert said == " ".join(map(str, found["prompts"][0]["channels"]["telemetry"]["tokens"]))


def test_the_step_of_a_token_has_the_contexts_length(tmp_path: Path) -> None:
    view = viewed(tmp_path, content())
    seen = view.record.prompts[0].channels["telemetry"]
    steps = view.exchanges[0].steps
    assert [step.context for step in steps] == [5, 6, 7, 8, 9, 10, 11, 12]  # the prompt has 5 ids
    assert [step.cycles for step in steps] == seen["cycles"]
    assert [step.token for step in steps] == [*seen["tokens"], 3]
    assert all(step.right for step in steps)


def test_measurements_are_properties_and_limits_are_told(tmp_path: Path) -> None:
    heat = {"name": "heat", "value": 41.5, "unit": "K", "low": 1, "high": 40}
    view = viewed(tmp_path, edited(lambda found: found["measurements"].append(heat)))
    properties = {each.attrib["name"]: each.attrib["value"] for each in checked_junit(junit(view)).iter("property")}
    assert (properties["heat [K]"], properties["heat [K], high limit"]) == ("41.5", "40")
    assert "1 to 40" in told(view)
    assert "1 to 40 – outside" in Page(html_page(view)).text
    assert "| heat | 41.5 K ❌ | 1 to 40 |" in markdown(view)


def test_attachments_are_in_the_page_or_told_to_be_missing(tmp_path: Path) -> None:
    picture = tmp_path / "shots" / "screen.png"
    picture.parent.mkdir()
    Image.new("P", (4, 4)).save(picture)
    found = content()
    found["attachments"] = [
        {"name": "screen", "path": "shots/screen.png", "mime": "image/png"},
        {"name": "other screen", "path": "gone.png", "mime": "image/png"},
        {"name": "sound", "path": "broken.wav", "mime": "audio/wav"},
        {"name": "log", "path": "vice.log", "mime": "text/plain"},
    ]
    (tmp_path / "broken.wav").write_bytes(b"no sound")
    page = Page(html_page(viewed(tmp_path, found)))
    (source,) = [attributes["src"] or "" for tag, attributes in page.elements if tag == "img"]
    assert base64.b64decode(source.removeprefix("data:image/png;base64,")) == picture.read_bytes()
    assert "gone.png missing" in page.text
    assert "expected a WAV file" in page.text
    assert "vice.log text/plain, missing" in page.text


def test_a_recording_is_drawn_with_its_tokens(tmp_path: Path) -> None:
    samples, _ = recording([341, 77, 100, 3], [1.0] * 4, 22_050)
    wavfile.write(tmp_path / "talk.wav", 22_050, (samples * 20_000).astype(np.int16))
    sound = {"name": "sound", "path": "talk.wav", "mime": "audio/wav"}
    page = Page(html_page(viewed(tmp_path, edited(lambda found: found["attachments"].append(sound)))))
    assert "4 chords heard" in page.text
    for text in ("(begins)", " t77", " t100", "(ends)"):
        assert text in page.text
    assert [tag for tag, attributes in page.elements if tag == "image"] == ["image"]


@pytest.mark.parametrize("confidence", [1.0, 0.2])
def test_chords_alone_are_drawn_as_a_score(confidence: float, tmp_path: Path) -> None:
    found = with_sound(content(), confidence)
    page = Page(html_page(viewed(tmp_path, found)))
    notes = [attributes for tag, attributes in page.elements if tag == "rect"]
    chords = found["prompts"][0]["channels"]["sound"]["chords"]
    classes = [each["class"] for each in notes if (each.get("class") or "").startswith("note")]
    assert len(classes) == 3 * len(chords)
    assert all(("unsure" in (name or "")) == (confidence < 0.5) for name in classes)
    # The second voice of 341, which is 5 6 6 in base 7, plays its highest note, the first its second highest.
    assert float(notes[1]["y"] or 0) < float(notes[0]["y"] or 0)


def run(*arguments: object) -> Any:
    return CliRunner().invoke(app, ["report", *map(str, arguments)])


def test_the_command_writes_what_it_is_asked_for(tmp_path: Path) -> None:
    record = written(tmp_path, mismatch())
    files = [tmp_path / "out" / name for name in ("report.html", "junit.xml", "report.md")]
    result = run(record, "--html", files[0], "--junit", files[1], "--markdown", files[2])
    assert (result.exit_code, result.output) == (0, "")
    assert [file.read_bytes()[:5] for file in files] == [b"<!doc", b"<?xml", b"## \xe2\x9d"]
    result = run(record)
    assert result.exit_code == 0
    assert "mismatch: 1 of 2 prompts right, 1 wrong" in result.stdout
    assert run(record, "--markdown", "-").stdout == files[2].read_text()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda found: found["prompts"][0]["channels"]["telemetry"].update(cycles="many"), r"cycles is not as"),
        (lambda found: found["prompts"][0]["channels"]["screen"].pop("verdict"), r"screen is not as its schema"),
        (lambda found: found["prompts"][0]["reference"].pop("stop"), "'stop' is a dependency of 'tokens'"),
        (lambda found: found["measurements"].append([]), "is no record as its schema describes it"),
        (lambda found: found.update(revision="\ud800"), "surrogates not allowed"),
        (lambda found: found["machine"].pop("kind"), "'kind' is a required property"),
        (lambda found: found.pop("started"), "the record has no 'started'"),
        (lambda found: found.update(schema="soulrig.record/2"), r"newer format soulrig\.record/2"),
    ],
)
def test_what_is_no_record_leaves_no_file(change: Any, message: str, tmp_path: Path) -> None:
    record = written(tmp_path, edited(change))
    result = run(record, "--html", tmp_path / "report.html")
    assert result.exit_code == 2
    assert re.search(message, result.stderr)
    assert [path.name for path in tmp_path.iterdir()] == ["record.json"]


def test_without_a_home_nothing_is_left_and_nothing_complains(tmp_path: Path) -> None:
    """Then the library that draws makes a temporary folder, which it removes itself."""
    temp, page = tmp_path / "temp", tmp_path / "report.html"
    temp.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "soulrig", "report", written(tmp_path, content()), "--html", page],
        env={**os.environ, "HOME": "/proc", "TMPDIR": str(temp)},
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert page.exists()
    assert "Traceback" not in done.stderr
    assert list(temp.iterdir()) == []


def test_wrong_usage(tmp_path: Path) -> None:
    record = written(tmp_path, content())
    kept = record.read_bytes()
    assert "is a file that is read" in run(record, "--html", record).stderr
    assert "two results would be written" in run(record, "--html", tmp_path / "a", "--junit", tmp_path / "a").stderr
    assert not (tmp_path / "a").exists()
    assert record.read_bytes() == kept
    assert "only one report can go" in run(record, "--markdown", "-", "--json").stderr
    assert run(tmp_path / "none.json").exit_code == run(record, "--html", tmp_path).exit_code == 2
    with pytest.raises(BadInput, match="can't be read"):
        read(tmp_path / "none.json")
