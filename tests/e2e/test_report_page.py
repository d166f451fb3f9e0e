"""A report of a real run, opened in a browser that reaches nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from browser import browser
from PIL import Image
from typer.testing import CliRunner

from soulrig.cli import app
from soulrig.record import Record

WIDTHS = (360, 390, 1280)
PROMPTS = ("hello", "<script>document.title=1</script>")


@pytest.fixture(scope="module")
def run_of_the_simulator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The record of a verification, its picture in a folder of its own."""
    folder = tmp_path_factory.mktemp("run")
    record, picture = folder / "record.json", folder / "pictures" / "screen.png"
    asked = [word for prompt in PROMPTS for word in ("--prompt", prompt)]
    arguments = ["verify", "--machine", "sim", *asked, "--record", str(record), "--screenshot", str(picture)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return record


def test_a_run_tells_its_picture_and_its_tokens(run_of_the_simulator: Path) -> None:
    record = Record.load(run_of_the_simulator)
    assert [vars(each) for each in record.attachments] == [
        {"name": "screen", "path": "pictures/screen.png", "mime": "image/png"}
    ]
    reference = record.prompts[0].reference
    assert "".join(record.subject["tokens"][token] for token in reference["tokens"]) == reference["text"]


@pytest.mark.browser
def test_a_page_opens_without_a_word_and_fits(run_of_the_simulator: Path, tmp_path: Path) -> None:
    earlier = json.loads(run_of_the_simulator.read_text())
    seen = earlier["prompts"][0]["channels"]["telemetry"]
    seen["cycles"] = [count + 50_000 for count in seen["cycles"]]
    (tmp_path / "earlier.json").write_text(json.dumps(earlier))
    path = tmp_path / "report.html"
    arguments = ["report", str(run_of_the_simulator), "--against", str(tmp_path / "earlier.json"), "--html", str(path)]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    with browser(tmp_path) as page:
        for width in WIDTHS:
            for dark in (False, True):
                page.resize(width, dark=dark)
                page.open(path)
                page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                page.screenshot(tmp_path / "shot.png")
                with Image.open(tmp_path / "shot.png") as shot:
                    (red, green, blue) = shot.convert("RGB").getpixel((2, shot.height - 2))
                    assert (red + green + blue > 384) is not dark
        assert page.evaluate("document.images[0].naturalWidth") > 300
        assert page.evaluate("document.querySelectorAll('.bubble.you')[1].innerText") == f"you\n{PROMPTS[1]}"
        assert "pass" in page.evaluate("document.title")
    assert page.logged == []
    assert {re.split("[:;]", address)[0] for address in page.asked_for} == {"file", "data"}
    assert {address for address in page.asked_for if address.startswith("file")} == {path.as_uri()}


@pytest.mark.browser
def test_the_browser_would_tell(tmp_path: Path) -> None:
    """What the test above asserts can be seen: a script's error, an address that is not there."""
    (tmp_path / "bad.html").write_text("<script>throw Error('x')</script><img src='http://example.invalid/a.png'>")
    with browser(tmp_path) as page:
        page.open(tmp_path / "bad.html")
    assert any("Error: x" in each for each in page.logged)
    assert any("ERR_NAME_NOT_RESOLVED" in each for each in page.logged)
    assert "http://example.invalid/a.png" in page.asked_for
