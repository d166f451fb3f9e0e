"""The nightly, whole but quick: green as things are, and red by what is planted, which its first line names.

What is planted goes into a copy of the package, which the nightly's commands then import instead.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

import soulrig
from soulrig.buildtools.build import Built
from soulrig.buildtools.disk_image import make_d64
from soulrig.buildtools.unpack import replace_tensor, unpack
from soulrig.errors import BadInput
from soulrig.model.reference import Reference
from soulrig.model.soul import Soul

pytestmark = [pytest.mark.soak, pytest.mark.vice, pytest.mark.cc65, pytest.mark.timeout(1800)]

PROMPT = "hello"  # the corpus's first, which a quick night asks
Nightly = Callable[..., tuple[int, str]]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the installed package, its firmware and what is shipped with it."""
    return Path(shutil.copytree(Path(soulrig.__file__).parent, tmp_path / "site" / "soulrig"))


@pytest.fixture
def nightly(root: Path, tmp_path: Path) -> Nightly:
    """Runs a quick night; returns its exit code and the first line that it prints."""

    def run(*, site: Path | None = None, path: str | None = None) -> tuple[int, str]:
        environment = dict(os.environ)
        if site is not None:
            environment["PYTHONPATH"] = str(site)
        if path is not None:
            environment["PATH"] = path
        ended = subprocess.run(
            [root / "ci" / "nightly", "--quick", "--keep", tmp_path / "nights"],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        print(ended.stdout)
        reports = list((tmp_path / "nights").glob("*/report.txt"))
        assert [report.read_text() for report in reports] == [ended.stdout]
        first = ended.stdout.splitlines()[0]
        assert first in (tmp_path / "nights" / "history.html").read_text().replace("&#34;", '"').replace("&#39;", "'")
        return ended.returncode, first

    return run


def test_green(nightly: Nightly, tmp_path: Path) -> None:
    code, first = nightly()
    assert code == 0
    assert re.fullmatch(r"GREEN: \d+ steps, \d+ s", first)
    [folder] = (tmp_path / "nights").glob("*T*")
    names = {path.name for path in folder.iterdir()}
    for name in ("verify-sim-pal", "verify-x64-ntsc", "verify-x64sc-ntsc", "bench-sim-pal"):
        assert {f"{name}.log", f"{name}.json", f"{name}.html"} <= names
    assert "screens.xml" in names


def plant_byte(package: Path, shipped: Soul, built: Built) -> str:
    """Negates one of the soul's numbers in the program that is ready made; returns what must be said of it."""
    right = Reference(shipped).reply(PROMPT)
    data = shipped.tensors["out"].data
    for index in np.argsort(-np.abs(data.ravel()), kind="stable").tolist():
        changed = data.copy()
        changed.flat[index] = -changed.flat[index]
        try:
            prg = replace_tensor(built.prg, built.manifest, "out", changed)
        except BadInput:  # the lowest number of its bits has no opposite in them
            continue
        wrong = Reference(unpack(prg, built.manifest)).reply(PROMPT)
        if wrong.logits_sha256 != right.logits_sha256:
            break
    d64 = make_d64("soulrig", "sr", {"soulplayer": prg})
    manifest = json.loads(json.dumps(built.manifest))
    for part, content in (("program", prg), ("disk", d64)):
        manifest[part]["sha256"] = sha256(content).hexdigest()
    dataclasses.replace(built, prg=prg, d64=d64, manifest=manifest).save(package / "disk", force=True)
    steps = zip(wrong.steps, right.steps, wrong.logits, right.logits, strict=False)
    first = next(number for number, (a, b, c, d) in enumerate(steps) if a != b or (c != d).any())
    return f"step {first}: "


def test_a_wrong_byte_in_the_program(nightly: Nightly, package: Path, shipped: Soul, shipped_built: Built) -> None:
    step = plant_byte(package, shipped, shipped_built)
    code, first = nightly(site=package.parent)
    assert code == 1
    assert first.startswith(f'RED: verify sim pal: prompt "{PROMPT}": telemetry: {step}')
    assert "also red: verify sim ntsc, verify x64 pal, verify x64 ntsc" in first


def test_a_glyph_that_looks_otherwise(nightly: Nightly, package: Path) -> None:
    capitals = package / "firmware" / "rigrom" / "charset" / "capitals.txt"
    rows = capitals.read_text()
    top = "\n.#####.. .#####.. "  # of the @ and of the A
    assert top in rows
    capitals.write_text(rows.replace(top, "\n.#####.. .####... ", 1))
    code, first = nightly(site=package.parent)
    assert code == 1
    assert first.startswith("RED: screens: tests/machines/test_pictures.py::")
    assert re.search(r": not the picture '[a-z-]+': \d+ pixels differ, in rows ", first)


def test_a_slower_engine(nightly: Nightly, package: Path) -> None:
    source = package / "firmware" / "soulplayer" / "forward.s"
    loops = "".join(f"@wait{number}: dex\n        bne @wait{number}\n" for number in range(8))
    text = source.read_text()
    assert "\nengine_step:\n" in text
    source.write_text(text.replace("\nengine_step:\n", f"\nengine_step:\n{loops}", 1))
    code, first = nightly(site=package.parent)
    assert code == 1
    rise = r"(token at|prefill of|RETURN).*: [0-9,]+ to [0-9,]+ cycles, \+\d\.\d\d%"
    assert re.match(rf"RED: bench sim pal: {rise} \(and \d+ more counts\)", first)


@pytest.mark.parametrize("end", ["kill -KILL $$", "exit 127"])
def test_an_emulator_that_dies(end: str, nightly: Nightly, tmp_path: Path) -> None:
    for name in ("x64", "x64sc"):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{end}\n")
        program.chmod(0o755)
    code, first = nightly(path=f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    assert code == 3
    assert first.startswith("RED: verify x64 pal: the rig failed: x64 ")


def test_an_emulator_that_is_not_there(nightly: Nightly, tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    for place in map(Path, os.environ["PATH"].split(":")):
        for program in place.iterdir() if place.is_dir() else ():
            link = folder / program.name
            if program.name not in ("x64", "x64sc") and not link.is_symlink():
                link.symlink_to(program)
    code, first = nightly(path=str(folder))
    assert code == 3
    assert first.startswith("RED: verify x64 pal: the rig failed: no program x64 on the PATH")


def test_a_source_that_does_not_assemble(nightly: Nightly, package: Path) -> None:
    source = package / "firmware" / "soulplayer" / "norm.s"
    source.write_text(source.read_text() + "        lda #\n")
    code, first = nightly(site=package.parent)
    assert code == 1
    assert re.match(r"RED: build: ca65 failed: \S*norm\.s[:(]\d+", first)
