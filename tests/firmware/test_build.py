"""Building: what goes in comes out again, byte for byte, and what doesn't fit is refused."""

import dataclasses
import itertools
import json
import shutil
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pytest
from plain_machine import PlainMachine

from soulrig.buildtools.build import Built, build
from soulrig.buildtools.disk_image import read_d64
from soulrig.buildtools.packer import pack_matrices
from soulrig.buildtools.unpack import memory_of, unpack
from soulrig.errors import BadInput, Fault
from soulrig.model.soul import Sizes, Soul, Tensor
from soulrig.model.tokenizer import SPECIALS, Tokenizer

pytestmark = pytest.mark.cc65


def random_soul(sizes: Sizes, seed: int = 1) -> Soul:
    random = np.random.default_rng(seed)
    tensors = {}
    for name, kind, rows, cols in sizes.tensors():
        shape = (rows,) if cols == 1 else (rows, cols)
        low, high, dtype = ((-127, 128, np.int8), (-32768, 32768, np.int16))[kind]
        tensors[name] = Tensor(random.integers(low, high, shape, dtype), int(random.integers(4, 8)))
    letters = [chr(ord("a") + n) for n in range(26)]
    pairs = [(a, b) for a in letters for b in letters][: sizes.vocabulary - 30]
    tokens = (*SPECIALS, *letters, *(a + b for a, b in pairs))
    return Soul(sizes, tensors, Tokenizer(tokens, tuple(pairs)))


def test_disk_and_program_give_soul_and_tokenizer_back(shipped_built: Built, root: Path, tmp_path: Path) -> None:
    shipped_built.save(tmp_path)
    prg = read_d64(tmp_path / "soulplayer.d64", "soulplayer")
    assert prg == (tmp_path / "soulplayer.prg").read_bytes()
    unpacked = unpack(prg, json.loads((tmp_path / "soulplayer.json").read_text()))
    unpacked.save(tmp_path / "again")
    for name in ("soul.bin", "tokenizer.json"):
        assert (tmp_path / "again" / name).read_bytes() == (root / "disk" / "soulplayer" / name).read_bytes()


@pytest.mark.fixtures
def test_a_soul_trained_by_others_comes_back(golden: Path) -> None:
    soul = Soul.load(golden / "meful-soul.bin", golden / "meful-tokenizer.json")
    result = build(soul)
    unpacked = unpack(result.prg, result.manifest)
    assert unpacked.to_bytes() == (golden / "meful-soul.bin").read_bytes()
    assert unpacked.tokenizer == soul.tokenizer


def takes_the_quickest_plan(soul: Soul, result: Built) -> bool:
    """Whether there was room for the groups of inputs that cost the fewest cycles."""
    quickest = pack_matrices(soul, plan="fast").matrices
    groups = {tensor["name"]: tensor["groups"] for tensor in result.manifest["tensors"] if "groups" in tensor}
    return all(groups[name] == [group.size for group in matrix.groups] for name, matrix in quickest.items())


def test_the_shipped_soul_has_room_for_the_quickest_plan(shipped_built: Built, shipped: Soul) -> None:
    assert takes_the_quickest_plan(shipped, shipped_built)
    assert not takes_the_quickest_plan(shipped, build(shipped, wire="userport"))


@pytest.mark.fixtures
def test_a_soul_trained_by_others_has_room_for_the_quickest_plan(golden: Path) -> None:
    soul = Soul.load(golden / "meful-soul.bin", golden / "meful-tokenizer.json")
    assert takes_the_quickest_plan(soul, build(soul))


@pytest.mark.parametrize(
    "sizes",
    [Sizes(64, 24, 48, 2, 40), Sizes(256, 16, 32, 2, 20), Sizes(128, 16, 32, 4, 20), Sizes(128, 40, 64, 1, 20)],
    ids=str,
)
def test_other_sizes_are_built_and_come_back(sizes: Sizes) -> None:
    soul = random_soul(sizes)
    result = build(soul)
    assert unpack(result.prg, result.manifest).to_bytes() == soul.to_bytes()


def test_the_same_soul_gives_the_same_bytes(shipped_built: Built, shipped: Soul) -> None:
    again = build(shipped)
    assert (again.prg, again.d64, again.manifest) == (shipped_built.prg, shipped_built.d64, shipped_built.manifest)


def test_the_manifest_tells_where_things_lie(shipped_built: Built, shipped: Soul) -> None:
    manifest = shipped_built.manifest
    assert manifest["schema"] == "soulrig.manifest/1.1"
    assert manifest["program"]["load_address"] == 0x0801
    assert manifest["program"]["end_address"] < 0xCF00 == manifest["telemetry"]["address"]
    assert manifest["soul"]["crc32"] == zlib.crc32(shipped.to_bytes())
    for tensor in manifest["tensors"]:
        assert 0x0801 <= tensor["address"] < manifest["program"]["end_address"]


def test_the_shipped_soul_takes_the_quickest_plan(shipped_built: Built) -> None:
    assert shipped_built.manifest["program"]["plan"] == "fast"


@pytest.mark.fixtures
def test_a_soul_trained_by_others_takes_the_quickest_plan(golden: Path) -> None:
    soul = Soul.load(golden / "meful-soul.bin", golden / "meful-tokenizer.json")
    assert build(soul).manifest["program"]["plan"] == "fast"


def test_where_the_quickest_plan_does_not_fit_another_is_taken(shipped: Soul) -> None:
    assert build(shipped, wire="swiftlink").manifest["program"]["plan"] == "shared"


LARGEST_FILE = 42 * 1024  # bytes of the program for the shipped soul: a floppy is slow


def test_the_file_is_small_and_makes_the_program_where_it_lies(shipped_built: Built) -> None:
    assert len(shipped_built.prg) <= LARGEST_FILE
    machine = PlainMachine(shipped_built)
    start, program = memory_of(shipped_built.prg, shipped_built.manifest)
    end = start + len(program)
    flag = shipped_built.symbols["stream_end"] - start
    expected = program[:flag] + bytes(2) + program[flag + 2 :]
    machine.memory[start : end + 1] = [0xEA] * (len(program) + 1)
    machine.memory[start : start + len(shipped_built.prg) - 2] = list(shipped_built.prg[2:])
    machine.call("expand")
    assert bytes(machine.memory[start:end]) == expected
    assert machine.memory[end] == 0xEA
    assert machine.call("expand").cycles < 50, "it is there already"


def test_segments_do_not_overlap(shipped_built: Built) -> None:
    taking_turns = ("ZPROWS", "ZPWIDE", "ZPHEAD", "ZPCACHE", "ZPVECTOR", "ZPLOGITS", "ZPSTART", "ZPTABLES")
    segments = [segment for segment in shipped_built.segments if segment.name not in ("LOADADDR", *taking_turns)]
    for before, after in itertools.pairwise(segments):
        assert before.end < after.start, f"{before} runs into {after}"


def test_a_soul_too_large_is_refused_with_the_bytes_over() -> None:
    def over(ffn: int) -> int:
        with pytest.raises(BadInput, match=r"doesn't fit: \d+ bytes over") as refused:
            build(random_soul(Sizes(256, 64, ffn, 1, 20)))
        return int(str(refused.value).split(" bytes over")[0].rsplit(" ", 1)[1])

    # A row of the feed-forward part: a row of fc1, a bias, a column of fc2, and code for a group of eight inputs.
    assert over(240) - over(160) > 80 * (64 + 64 + 2)


def test_a_soul_with_too_many_keys_is_refused() -> None:
    with pytest.raises(BadInput, match="take 256 lanes"):
        build(random_soul(Sizes(40, 64, 8, 2, 8)))


def test_sizes_beyond_those_tested_are_refused() -> None:
    with pytest.raises(BadInput, match="the soul's ffn is 257, the program takes 256 at most"):
        build(random_soul(Sizes(30, 8, 257, 1, 8)))


def test_a_feed_forward_part_of_one_is_refused() -> None:
    with pytest.raises(BadInput, match="the soul's ffn is 1, the program takes 2 at least"):
        build(random_soul(Sizes(30, 8, 1, 1, 8)))


def test_a_soul_without_tokenizer_is_refused(shipped: Soul) -> None:
    with pytest.raises(BadInput, match="tokenizer"):
        build(dataclasses.replace(shipped, tokenizer=None))


def test_a_token_that_the_c64_cannot_show_is_refused() -> None:
    soul = random_soul(Sizes(30, 8, 8, 1, 8))
    assert soul.tokenizer is not None
    tokens = (*soul.tokenizer.tokens[:-1], "é")
    with pytest.raises(BadInput, match="token 29, 'é'"):
        build(dataclasses.replace(soul, tokenizer=Tokenizer(tokens, ())))


def test_a_missing_assembler_is_a_fault(shipped: Soul, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Fault, match=r"ca65 is not installed.*apt install cc65"):
        build(shipped)


def test_files_changed_since_they_were_built_are_not_replaced(shipped_built: Built, tmp_path: Path) -> None:
    shipped_built.save(tmp_path)
    shipped_built.save(tmp_path)
    disk = tmp_path / "soulplayer.d64"
    disk.write_bytes(b"a letter to my friend")
    with pytest.raises(BadInput, match="was changed since it was built"):
        shipped_built.save(tmp_path)
    assert disk.read_bytes() == b"a letter to my friend"
    shipped_built.save(tmp_path, force=True)
    assert disk.read_bytes() == shipped_built.d64


def test_the_command_prints_the_map_and_leaves_no_half_files(root: Path, tmp_path: Path) -> None:
    soulrig = shutil.which("soulrig") or str(root / ".venv" / "bin" / "soulrig")
    run = subprocess.run([soulrig, "build", "--output", tmp_path / "out"], capture_output=True, text=True, check=True)
    assert "CODE" in run.stdout
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "soulplayer.d64",
        "soulplayer.json",
        "soulplayer.prg",
    ]
