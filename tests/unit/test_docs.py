"""The pages for people: what they link to is there, their drawings are drawings, their commands are commands."""

from __future__ import annotations

import re
import shlex
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from soulrig.cli import app
from soulrig.link.typed_in import LISTINGS

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
DRAWINGS = sorted((ROOT / "docs").glob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
TARGET = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
IN_TEXT = re.compile(r"`((?:\.venv/bin/)?soulrig [a-z][^`\n]*)`")
IN_BLOCK = re.compile(r"^(?: {4,}|)\$? ?((?:\.venv/bin/)?soulrig [a-z].*)$", re.MULTILINE)


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """The names that headings can be linked by, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_local_link_and_picture_is_there(page: Path) -> None:
    for target in TARGET.findall(CODE.sub("", page.read_text())):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        assert file.exists(), f"{name(page)} links to {target}"
        assert not anchor or anchor in anchors(file), f"{name(page)} links to {target}: {sorted(anchors(file))}"


@pytest.mark.parametrize("drawing", DRAWINGS, ids=name)
def test_a_drawing_says_what_it_shows_in_words_and_in_light_and_dark(drawing: Path) -> None:
    image = ElementTree.parse(drawing).getroot()
    assert image.tag == f"{SVG}svg"
    assert (image.findtext(f"{SVG}title") or "").strip()
    assert (image.findtext(f"{SVG}desc") or "").strip()
    assert image.findall(f".//{SVG}text")  # as text, not as outlines
    assert not image.findall(f".//{SVG}image")
    assert "prefers-color-scheme: dark" in (image.findtext(f"{SVG}style") or "")
    _, _, width, height = map(float, image.attrib["viewBox"].split())
    for text in image.findall(f".//{SVG}text"):
        assert 0 < float(text.attrib["x"]) < width
        assert 0 < float(text.attrib["y"]) < height
    assert any(f"({drawing.name})" in page.read_text() for page in PAGES), "no page shows it"


def commands(page: Path) -> Iterator[list[str]]:
    """The words of each soulrig command that a page names, without the program's."""
    text = page.read_text()
    for line in [*IN_TEXT.findall(text), *IN_BLOCK.findall(text)]:
        words = shlex.split(line.partition(" | ")[0].replace("'", "'\"'\"'"), comments=True)
        yield [word for word in words[1:] if word != "..."]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_command_and_option_that_a_page_names_exists(page: Path) -> None:
    for words in commands(page):
        command: Any = typer.main.get_command(app)  # a group has commands; typer keeps the types of both to itself
        while hasattr(command, "commands") and words:
            assert words[0] in command.commands, f"{name(page)}: no command {words[0]} in {command.name}"
            command, words = command.commands[words[0]], words[1:]
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        for word in words:
            if word.startswith("--"):
                assert word.partition("=")[0] in {*known, "--help"}, f"{name(page)}: {command.name} has no {word}"


@pytest.mark.parametrize("listing", LISTINGS.values(), ids=LISTINGS)
def test_the_guide_shows_the_listing_that_was_tested(listing: tuple[str, ...]) -> None:
    block = "\n".join(f"    {line}" for line in listing)
    assert f"\n\n{block}\n\n" in (ROOT / "docs" / "hardware.md").read_text()
