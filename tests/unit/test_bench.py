"""What a bench makes of its counts: record, seconds, plot; and what it refuses before it starts a machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from PIL import Image
from typer.testing import CliRunner

from soulrig.bench.baseline import changes, renew
from soulrig.bench.plot import save_plot
from soulrig.bench.run import Bench
from soulrig.bench.screen_share import with_screen
from soulrig.bench.talk import FirstTokenCount, PrefillCount, TokenCount, course
from soulrig.buildtools.assembler import Segment
from soulrig.buildtools.components import MULTIPLIERS, PLACES, PRODUCTS, REST, ROUTINES, components, components_manifest
from soulrig.buildtools.memory_map import areas, lies_under
from soulrig.cli import app
from soulrig.errors import BadInput, Fault
from soulrig.model.soul import Sizes, Soul
from soulrig.model.tokenizer import FIRST_TEXT, SEP

SIM = {"kind": "sim", "standard": "pal", "hertz": 985_248, "cycle_basis": "φ2 cycles, none stolen by the video chip"}
LABELS = {*ROUTINES, *MULTIPLIERS, *PLACES}
VICE = {"kind": "vice", "emulator": "x64", "standard": "ntsc", "hertz": 1_022_727, "cycle_basis": "φ2 cycles"}


def a_bench(root: Path, machine: dict[str, Any]) -> Bench:
    """With two tokens of which the components are known, and one of which they are not."""
    manifest = json.loads((root / "disk" / "soulplayer.json").read_text())
    subject = {name: manifest[name] for name in ("soul", "program", "disk")} | {"revision": None}
    bench = Bench(machine, subject, components(), "2026-01-01T00:00:00+00:00")
    bench.tokens = [
        TokenCount(1, 100, {("q", "rows"): 30, ("q", "tables"): 20, ("attention", None): 40, (REST, None): 10}),
        TokenCount(2, 110, {}),
        TokenCount(3, 120, {("q", "rows"): 30, ("q", "tables"): 20, ("attention", None): 60, (REST, None): 10}),
    ]
    bench.prefills = [PrefillCount(3, 200)]
    bench.first_tokens = [FirstTokenCount("hi", None, 3, 1, 320, 0), FirstTokenCount("hi", 5, 3, 2, 210, 150)]
    return bench


def test_the_record_tells_every_count(root: Path) -> None:
    content = a_bench(root, SIM).record().as_json()
    jsonschema.validate(content, json.loads((root / "rig" / "schemas" / "record.schema.json").read_text()))
    values = {each["name"]: each["value"] for each in content["measurements"]}
    assert {each["unit"] for each in content["measurements"]} == {"cycles"}
    assert values["token at context 2"] == 110
    assert values["token at context 3: q, tables"] == 20
    assert values["token at context 3: attention"] == 60
    assert values["prefill of 3 ids"] == 200
    assert values["RETURN to first token, 'hi' pasted"] == 320
    assert values["RETURN to first token, 'hi' typed at 5 keys a second"] == 210
    assert (content["verdict"], content["fault"]) == ("pass", None)


def test_parts_add_up_to_components(root: Path) -> None:
    token = a_bench(root, SIM).tokens[0]
    assert token.components == {"q": 50, "attention": 40, REST: 10}
    assert [token.context for token in a_bench(root, SIM).detailed] == [1, 3]


def test_the_screen_takes_its_share() -> None:
    assert with_screen(1_000_000, "pal") == pytest.approx(1_057_855, abs=1)
    assert with_screen(1_000_000, "ntsc") == pytest.approx(1_067_104, abs=1)


def test_seconds_are_those_of_the_machine(root: Path) -> None:
    seconds = a_bench(root, SIM).seconds(1_000_000)
    assert list(seconds.values()) == pytest.approx([1_057_855 / 985_248, 1_067_104 / 1_022_727], abs=1e-5)
    assert a_bench(root, VICE).seconds(1_022_727) == {"NTSC s": 1.0}


@pytest.mark.parametrize("machine", [SIM, VICE], ids=["sim", "vice"])
def test_a_plot_is_a_picture(root: Path, tmp_path: Path, machine: dict[str, Any]) -> None:
    bench = a_bench(root, machine)
    save_plot(bench, tmp_path / "areas.png")
    bench.tokens = [TokenCount(token.context, token.cycles, {}) for token in bench.tokens]
    save_plot(bench, tmp_path / "line.png")
    with Image.open(tmp_path / "areas.png") as areas, Image.open(tmp_path / "line.png") as line:
        assert areas.size == line.size
        assert areas.tobytes() != line.tobytes()


def test_a_course_fills_the_context_with_text(root: Path) -> None:
    soul = Soul.load(root / "disk" / "soulplayer")
    ids = course(soul)
    assert len(ids) == soul.sizes.context - 1
    assert ids[0] == SEP
    assert all(FIRST_TEXT <= token < soul.sizes.vocabulary for token in ids if token != SEP)


def test_every_matrix_has_a_component() -> None:
    every: dict[str, int] = dict.fromkeys(LABELS, 0x1234)
    told = components_manifest(Sizes(128, 32, 64, 2, 20), every)
    assert told["matrices"] == [*PRODUCTS[:-1], *PRODUCTS[:-1], "out"]
    assert {each["component"] for each in told["routines"]} - {None} <= set(told["order"])


def test_firmware_without_a_routine_that_is_measured_is_refused() -> None:
    for label in LABELS:
        with pytest.raises(Fault, match=f"no label '{label}'"):
            components_manifest(Sizes(128, 32, 64, 2, 20), dict.fromkeys(LABELS - {label}, 1))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--machine", "amiga"], "no machine is called 'amiga'"),
        (["--machine", "sim", "--emulator", "x64"], "--emulator: a machine of the kind sim has none"),
        (["--machine", "sim", "--renew"], "needs --baseline"),
        (["--machine", "sim", "--baseline", "{file}"], "not JSON"),
        (["--machine", "sim", "--baseline", "{file}", "--renew"], "not JSON"),
        (["--machine", "sim", "--baseline", "{folder}/none"], "No such file"),
        (["--machine", "sim", "--plot", "{folder}"], "can't be written: it is a folder"),
        (["--machine", "sim", "--record", "{file}/record.json"], "can't be written"),
        (["--machine", "sim", "--soul", "{folder}/none"], "none"),
    ],
)
def test_bad_input_is_refused_at_once(options: list[str], words: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    given = [option.format(folder=tmp_path, file=tmp_path / "file") for option in options]
    ended = CliRunner().invoke(app, ["bench", *given])
    assert ended.exit_code == 2, ended.output
    assert words in ended.stderr
    assert isinstance(ended.exception, SystemExit)


def test_a_baseline_tells_rises_and_falls(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "counts.json"
    bench = a_bench(root, SIM)
    assert changes(bench, path, new=True) == []
    renew(bench, path)
    assert changes(bench, path) == []
    bench.tokens[0] = TokenCount(1, 101, {})
    bench.tokens[1] = TokenCount(2, 109, {})
    found = changes(bench, path)
    assert [(change.name, change.is_rise) for change in found] == [
        ("token at context 1", True),
        ("token at context 2", False),
    ]
    assert str(found[0]) == "token at context 1: 100 to 101 cycles, +1.00%"
    renew(bench, path)
    assert changes(bench, path) == []


def test_a_baseline_lets_the_screen_vary_a_little(root: Path, tmp_path: Path) -> None:
    bench = a_bench(root, VICE)
    bench.tokens = [TokenCount(1, 1_000_000, {})]
    renew(bench, tmp_path / "counts.json")
    for now, expected in ((1_000_900, 0), (1_001_100, 1), (998_900, 1)):
        bench.tokens = [TokenCount(1, now, {})]
        assert len(changes(bench, tmp_path / "counts.json")) == expected


def test_a_baseline_is_of_one_soul_and_several_machines(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "counts.json"
    renew(a_bench(root, SIM), path)
    with pytest.raises(BadInput, match="has no counts of vice ntsc, only of sim pal"):
        changes(a_bench(root, VICE), path)
    renew(a_bench(root, VICE), path)
    assert list(json.loads(path.read_text())["machines"]) == ["sim pal", "vice ntsc"]
    other = a_bench(root, SIM)
    other.subject["soul"]["crc32"] ^= 1
    with pytest.raises(BadInput, match="is the baseline of a soul with CRC"):
        changes(other, path)
    renew(other, path)
    assert list(json.loads(path.read_text())["machines"]) == ["sim pal"]


def test_what_is_no_baseline_is_refused(root: Path, tmp_path: Path) -> None:
    kept = '{"schema": "soulrig.baseline/1", "soul": 1, "machines": {"sim pal": '
    texts = ("", "{}", '{"schema": "soulrig.baseline/2"}', '{"schema": "soulrig.baseline/1"}')
    for number, text in enumerate((*texts, kept + "[]}}", kept + '{"all": "many"}}}')):
        path = tmp_path / f"{number}.json"
        path.write_text(text)
        with pytest.raises(BadInput):
            changes(a_bench(root, SIM), path)
        with pytest.raises(BadInput):
            renew(a_bench(root, SIM), path)


def test_the_memory_map_tells_what_is_left() -> None:
    config = """
    MEMORY {
        ZP:   start = $0002, size = $008E;
        ROWS: start = $0080, size = $0010;
        MAIN: start = $0801, size = $C6FF, file = %O;
    }
    SEGMENTS {
        ZEROPAGE: load = ZP,   type = zp;
        SUMS:     load = ROWS, type = zp;
        CODE:     load = MAIN, type = rw;
    }
    """
    segments = [Segment("ZEROPAGE", 2, 0x11), Segment("SUMS", 0x80, 0x83), Segment("CODE", 0x0801, 0xA000)]
    zero_page, main = areas(config, segments)
    assert (zero_page.name, zero_page.used, zero_page.free) == ("ZP", 20, 0x8E - 20)
    assert (main.start, main.end, main.free) == (0x0801, 0xCEFF, 0xCEFF - 0xA000)
    assert lies_under(0x0801, 0xA000) == ["BASIC"]
    assert lies_under(0xD000, 0xE000) == ["I/O", "KERNAL"]
    assert lies_under(0xC000, 0xCFFF) == []


def test_a_plot_that_can_not_be_written_is_told(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="can't be written"):
        save_plot(a_bench(root, SIM), tmp_path / "file" / "plot.png")
