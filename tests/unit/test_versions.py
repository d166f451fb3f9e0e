"""Which versions of a format are read, and that what is written is what the shipped schemas describe."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from soulrig.buildtools.build import Built, read_manifest
from soulrig.errors import BadInput
from soulrig.model.soul import Soul
from soulrig.model.versions import Schema
from soulrig.record import SCHEMA, Measurement, Record

RECORDS = Path(__file__).resolve().parents[1] / "data" / "records"


def valid(name: str, content: Any) -> None:
    schema = json.loads((resources.files("soulrig") / "schemas" / f"{name}.schema.json").read_text())
    checker = jsonschema.Draft202012Validator
    checker.check_schema(schema)
    checker(schema).validate(content)


def changed(source: Path, target: Path, **entries: object) -> Path:
    target.write_text(json.dumps(json.loads(source.read_text()) | entries))
    return target


@pytest.mark.parametrize("found", ["soulrig.thing/1", "soulrig.thing/2", "soulrig.thing/2.7"])
def test_older_and_richer_formats_are_read(found: str) -> None:
    Schema("soulrig.thing", 2).check(found, "file")


@pytest.mark.parametrize("found", ["soulrig.other/2", "soulrig.thing", "soulrig.thing/2.", "soulrig.thing/02", None, 2])
def test_what_is_no_such_format_is_refused(found: object) -> None:
    with pytest.raises(BadInput, match=r"file: schema .*, expected 'soulrig\.thing/2\.1'"):
        Schema("soulrig.thing", 2, 1).check(found, "file")


def test_a_newer_major_is_refused_by_both_names() -> None:
    with pytest.raises(BadInput, match=r"newer format soulrig\.thing/3\.1, this soulrig reads up to soulrig\.thing/2"):
        Schema("soulrig.thing", 2).check("soulrig.thing/3.1", "file")


@pytest.mark.parametrize("path", sorted(RECORDS.glob("*.json")), ids=lambda path: path.stem)
def test_old_records_stay_readable(path: Path, tmp_path: Path) -> None:
    content = json.loads(path.read_text())
    valid("record", content)
    record = Record.load(path)
    assert record.verdict == path.stem.partition("-")[2]
    assert [prompt.verdict for prompt in record.prompts] == [prompt["verdict"] for prompt in content["prompts"]]
    assert record.measurements[0].unit == "s"
    record.save(tmp_path / "again.json")
    assert json.loads((tmp_path / "again.json").read_text()) == content | {"schema": str(SCHEMA)}


def test_what_a_later_minor_version_adds_is_passed_over(tmp_path: Path) -> None:
    later = changed(
        RECORDS / "1-pass.json",
        tmp_path / "later.json",
        schema="soulrig.record/1.9",
        weather="fine",
        measurements=[{"name": "heat", "value": 4, "unit": "K", "low": None, "high": None, "place": "CIA"}],
    )
    valid("record", json.loads(later.read_text()))
    assert Record.load(later).measurements == [Measurement("heat", 4, "K")]


def test_a_record_of_a_newer_major_version_is_refused(tmp_path: Path) -> None:
    newer = changed(RECORDS / "1-pass.json", tmp_path / "newer.json", schema="soulrig.record/2")
    with pytest.raises(BadInput, match=r"newer\.json: is of the newer format soulrig\.record/2"):
        Record.load(newer)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"prompts": [{"prompt": "hello"}]}, "has no 'reference'"),
        ({"measurements": [{"name": "heat"}]}, "is no record"),
        ({"prompts": 3}, "is no record"),
    ],
)
def test_a_broken_record_is_told(entries: dict[str, object], message: str, tmp_path: Path) -> None:
    broken = changed(RECORDS / "1-pass.json", tmp_path / "broken.json", **entries)
    with pytest.raises(BadInput, match=message):
        Record.load(broken)


def test_soul_and_manifest_are_as_their_schemas_say(root: Path, tmp_path: Path) -> None:
    valid("soul", json.loads((root / "disk" / "soulplayer" / "soul.json").read_text()))
    valid("manifest", json.loads((root / "disk" / "soulplayer.json").read_text()))
    Soul.load(root / "disk" / "soulplayer").save(tmp_path)
    valid("soul", json.loads((tmp_path / "soul.json").read_text()))


@pytest.mark.cc65
def test_a_built_manifest_is_as_its_schema_says(root: Path, tmp_path: Path) -> None:
    from soulrig.buildtools.build import build

    built = build(Soul.load(root / "disk" / "soulplayer"))
    built.save(tmp_path)
    valid("manifest", json.loads((tmp_path / "soulplayer.json").read_text()))
    assert Built.load(tmp_path).manifest == built.manifest


@pytest.mark.parametrize(
    ("name", "entry", "value"),
    [("record", "verdict", "perhaps"), ("soul", "decode", "v4"), ("manifest", "schema", "soulrig.manifest/2")],
)
def test_the_schemas_refuse_what_is_wrong(name: str, entry: str, value: str, root: Path) -> None:
    sources = {"record": RECORDS / "1-pass.json", "soul": root / "disk" / "soulplayer" / "soul.json"}
    content = json.loads(sources.get(name, root / "disk" / "soulplayer.json").read_text())
    with pytest.raises(jsonschema.ValidationError):
        valid(name, content | {entry: value})


def test_a_newer_soul_or_manifest_is_refused(root: Path, tmp_path: Path) -> None:
    (tmp_path / "soul.bin").write_bytes((root / "disk" / "soulplayer" / "soul.bin").read_bytes())
    changed(root / "disk" / "soulplayer" / "soul.json", tmp_path / "soul.json", schema="soulrig.soul/2")
    with pytest.raises(BadInput, match=r"newer format soulrig\.soul/2, this soulrig reads up to soulrig\.soul/1"):
        Soul.load(tmp_path)
    manifest = root / "disk" / "soulplayer.json"
    with pytest.raises(BadInput, match=r"newer format soulrig\.manifest/2"):
        read_manifest(changed(manifest, tmp_path / "newer.json", schema="soulrig.manifest/2"))
    telemetry = json.loads(manifest.read_text())["telemetry"] | {"version": 2}
    with pytest.raises(BadInput, match="telemetry version 2, this soulrig reads up to 1"):
        read_manifest(changed(manifest, tmp_path / "newer.json", telemetry=telemetry))
