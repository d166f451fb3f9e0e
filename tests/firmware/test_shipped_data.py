"""What is shipped ready made is what the sources make, and it serves where there is no assembler."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from soulrig.buildtools import rom
from soulrig.buildtools.build import Built, build, build_or_shipped
from soulrig.buildtools.rom import build_or_shipped_roms, build_roms
from soulrig.errors import BadInput, Fault
from soulrig.model.soul import Soul

STALE = "what is shipped is not what the sources make: run ci/release-data"


@pytest.fixture
def shipped(root: Path) -> Soul:
    return Soul.load(root / "disk" / "soulplayer")


@pytest.fixture
def no_assembler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.cc65
def test_the_shipped_roms_are_what_the_sources_make(root: Path, tmp_path: Path) -> None:
    build_roms(tmp_path)
    assert contents(tmp_path) == contents(root / "disk" / "rigrom"), STALE


@pytest.mark.cc65
def test_the_shipped_program_disk_and_manifest_are_what_the_soul_makes(
    root: Path, shipped: Soul, tmp_path: Path
) -> None:
    build(shipped).save(tmp_path)
    assert contents(tmp_path) == contents(root / "disk"), STALE


@pytest.mark.usefixtures("no_assembler")
def test_without_an_assembler_the_shipped_soul_has_its_program(root: Path, shipped: Soul) -> None:
    built = build_or_shipped(shipped)
    assert built.prg == (root / "disk" / "soulplayer.prg").read_bytes(), STALE
    assert {segment.name for segment in built.segments} >= {"CODE", "SOUL"}


@pytest.mark.usefixtures("no_assembler")
def test_the_shipped_program_is_that_of_no_other_soul(shipped: Soul) -> None:
    assert shipped.tokenizer is not None
    fewer = dataclasses.replace(shipped.tokenizer, merges=shipped.tokenizer.merges[:-1])
    for other in (
        dataclasses.replace(shipped, decode="v3"),
        dataclasses.replace(shipped, max_reply=2),
        dataclasses.replace(shipped, tokenizer=fewer),
    ):
        with pytest.raises(Fault, match="ca65 is not installed"):
            build_or_shipped(other)


@pytest.mark.usefixtures("no_assembler")
def test_without_an_assembler_there_are_roms(root: Path, tmp_path: Path) -> None:
    assert build_or_shipped_roms(tmp_path).kernal.samefile(root / "disk" / "rigrom" / "kernal.bin"), STALE
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["kernal/*.s", "basic/*.s", "*.inc", "basic.cfg"])
def test_a_changed_source_makes_the_shipped_roms_stale(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(rom.SOURCES, tmp_path / "rigrom")
    monkeypatch.setattr(rom, "SOURCES", tmp_path / "rigrom")
    changed = next((tmp_path / "rigrom").glob(name))
    changed.write_text(changed.read_text() + "\n; changed\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Fault, match="ca65 is not installed"):
        build_or_shipped_roms(tmp_path / "out")


def test_a_program_that_is_not_its_manifests_is_refused(root: Path, tmp_path: Path) -> None:
    for suffix in ("prg", "d64", "json"):
        shutil.copy(root / "disk" / f"soulplayer.{suffix}", tmp_path)
    assert Built.load(tmp_path).prg == (root / "disk" / "soulplayer.prg").read_bytes()
    program = tmp_path / "soulplayer.prg"
    program.write_bytes(program.read_bytes()[:-1] + b"\0")
    with pytest.raises(BadInput, match=r"soulplayer\.prg: is not the file that soulplayer\.json tells of"):
        Built.load(tmp_path)
