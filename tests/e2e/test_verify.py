"""The whole program on emulated C64s, held against the reference."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soulrig.buildtools.build import Built, build
from soulrig.buildtools.disk_image import make_d64
from soulrig.buildtools.unpack import replace_tensor, unpack
from soulrig.errors import BadInput
from soulrig.machines.vice import ViceMachine
from soulrig.model.reference import Reference
from soulrig.model.soul import Soul
from soulrig.model.tokenizer import SPECIALS, Tokenizer
from soulrig.verify import verify
from soulrig.vice_driver.protocol import Operation
from soulrig.vice_driver.snapshot import snapshot_clock

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

EVERY_KEY = [
    "abcdefghijklmnopqrstuvwxyz",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "0123456789 !\"#$%&'()*+,-./:;<=>?@[]£↑←π",
    "─│┼▒▌▄▔▁▏▕├└┐▂┌┴┬┤▎▍▃▖▝┘▘▚▗✓",
]


@pytest.mark.fixtures
def test_a_soul_trained_by_others_passes_over_its_golden_prompts(golden: Path) -> None:
    soul = Soul.load(golden / "meful-soul.bin", golden / "meful-tokenizer.json")
    cases = json.loads((golden / "meful-golden.json").read_text())["cases"]
    record = verify(ViceMachine(), soul, build(soul), [case["prompt"] for case in cases])
    assert (record.verdict, record.fault) == ("pass", None)
    for prompt, case in zip(record.prompts, cases, strict=True):
        assert prompt.channels["telemetry"]["prompt_ids"] == case["prompt_ids"]
        assert prompt.channels["telemetry"]["tokens"] == case["end"]["tokens"]
        assert max(prompt.channels["telemetry"]["cycles"]) < 4_000_000


@pytest.mark.fixtures
def test_the_rule_without_end_passes_too(golden: Path) -> None:
    soul = Soul.load(golden / "meful-soul.bin", golden / "meful-tokenizer.json", "v3")
    cases = json.loads((golden / "meful-golden.json").read_text())["cases"][:4]
    record = verify(ViceMachine(), soul, build(soul), [case["prompt"] for case in cases])
    assert record.verdict == "pass"
    for prompt, case in zip(record.prompts, cases, strict=True):
        assert prompt.channels["telemetry"]["tokens"] == case["v3"]["tokens"]
        assert prompt.channels["telemetry"]["stop"] == case["v3"]["stop"]


@pytest.mark.parametrize(("emulator", "standard"), [("x64sc", "pal"), ("x64", "ntsc")])
def test_the_shipped_soul_passes(shipped: Soul, shipped_built: Built, emulator: Any, standard: Any) -> None:
    record = verify(ViceMachine(emulator, standard), shipped, shipped_built, ["hello", "", "Who are YOU?"])
    assert (record.verdict, record.fault) == ("pass", None)
    assert record.machine["standard"] == standard


def test_every_line_a_person_can_type_is_tokenized_alike(shipped: Soul, shipped_built: Built) -> None:
    random = np.random.default_rng(1)
    letters = list("abcdefghijklmnopqrstuvwxyz ?!.,'")
    lines = [*EVERY_KEY, "", " ", "a" * 255, "".join(random.choice(letters, 255)), "what's up? " * 23]
    record = verify(ViceMachine(), shipped, shipped_built, lines)
    assert [prompt.channels["telemetry"]["difference"] for prompt in record.prompts] == [None] * len(lines)
    assert record.verdict == "pass"


def test_max_reply_ends_a_reply_on_the_machine(shipped: Soul) -> None:
    brief = dataclasses.replace(shipped, max_reply=2)
    record = verify(ViceMachine(), brief, build(brief), ["hello", "who are you?"])
    assert record.verdict == "pass"
    assert [prompt.channels["telemetry"]["stop"] for prompt in record.prompts] == ["limit", "limit"]


def naive_checksums(logits: list[Any]) -> list[tuple[int, int]]:
    pairs = []
    for row in logits:
        s1 = s2 = 0
        for logit in row.tolist():
            s1 = (s1 + logit) % 65536
            s2 = (s2 + s1) % 65536
        pairs.append((s1, s2))
    return pairs


def test_clocks_agree(shipped_built: Built, boot: Any, tmp_path: Path) -> None:
    """Prefill and cycles add up to VICE's own clock, between RETURN and the end, within 0.1 %."""
    machine, conversation = boot(shipped_built, "x64sc")
    layout = shipped_built.manifest["telemetry"]
    state = layout["address"] + layout["fields"]["state"]["offset"]
    machine.type(b"WHO ARE YOU?")
    with machine.stopped() as monitor:
        watch = monitor.set_checkpoint(state, operation=Operation.STORE)
        monitor.feed_keys(b"\r")
        monitor.resume()
        times = []
        for _ in range(2):  # "thinking", then "done"
            assert monitor.wait_for_stop(60) is not None
            monitor.dump(tmp_path / "watch.vsf")
            times.append(snapshot_clock(tmp_path / "watch.vsf"))
            monitor.resume()
        monitor.delete_checkpoint(watch.number)
    reading = conversation.telemetry.reading()
    told = reading.prefill_cycles + sum(reading.cycles)
    assert abs(told - (times[1] - times[0])) < 0.001 * told


def placeholder_tokenizer(size: int) -> Tokenizer:
    """Random souls come without one; the program needs one to be built."""
    letters = [chr(ord("a") + n) for n in range(26)]
    pairs = [(a, b) for a in letters for b in letters][: size - 30]
    return Tokenizer((*SPECIALS, *letters, *(a + b for a, b in pairs)), tuple(pairs))


@pytest.mark.parametrize("name", ["random-norm", "random-wide", "random-sat"])
def test_random_souls_pass_by_token_input(name: str, data: Path, boot: Any) -> None:
    soul = Soul.load(data / f"{name}.bin", decode="v3")
    soul = dataclasses.replace(soul, tokenizer=placeholder_tokenizer(soul.sizes.vocabulary))
    built, reference = build(soul), Reference(soul)
    machine, conversation = boot(built)
    entries = json.loads((data / "random-golden.json").read_text())
    for case in next(entry["cases"] for entry in entries if entry["file"] == f"{name}.bin"):
        sequence = conversation.telemetry.header().sequence
        machine.write(built.symbols["prompt_ids"], bytes(case["ids"]))
        machine.write(built.symbols["prompt_length"], bytes([len(case["ids"])]))
        machine.jump(built.symbols["reply_from_ids"])
        conversation.wait_for_reply(sequence, "token input")
        reading = conversation.telemetry.reading()
        assert (reading.steps, reading.stop) == (case["tokens"], case["stop"])
        reply = reference.reply_to_ids(case["ids"])
        assert reply.logits_sha256 == case["logits_sha256"]
        assert reading.checksums == naive_checksums(reply.logits)


def flipped(built: Built, shipped: Soul, name: str, index: int) -> Built:
    """The program with one number of the tensor `name` negated, on a disk of its own."""
    data = shipped.tensors[name].data.copy()
    data.flat[index] = -data.flat[index]
    prg = replace_tensor(built.prg, built.manifest, name, data)
    return dataclasses.replace(built, prg=prg, d64=make_d64("flipped", "fl", {"soulplayer": prg}))


def tensor_names() -> list[str]:
    parts = ["n1", "q", "k", "v", "proj", "n2", "fc1_w", "fc1_b", "fc2_w", "fc2_b"]
    return ["te", "pe", *(f"layer{layer}.{part}" for layer in (0, 1) for part in parts), "norm", "out"]


@pytest.mark.parametrize("name", tensor_names())
def test_one_flipped_sign_is_found(name: str, shipped: Soul, shipped_built: Built) -> None:
    """In every tensor: verify names the first wrong step, and the machine says what that other soul says."""
    prompt = "hello"
    right = Reference(shipped).reply(prompt)
    tensor = shipped.tensors[name]
    for index in np.argsort(-np.abs(tensor.data.ravel()), kind="stable").tolist():
        try:
            changed = flipped(shipped_built, shipped, name, index)
        except BadInput:  # the lowest number of its bits has no opposite in them
            continue
        other = unpack(changed.prg, changed.manifest)
        wrong = Reference(other).reply(prompt)
        if wrong.logits_sha256 != right.logits_sha256:
            break
    assert sum(int((other.tensors[each].data != shipped.tensors[each].data).sum()) for each in tensor_names()) == 1, (
        "exactly one number was changed"
    )
    record = verify(ViceMachine(), shipped, changed, [prompt])
    assert (record.verdict, record.fault) == ("mismatch", None)
    seen = record.prompts[0].channels["telemetry"]
    wanted = [list(pair) for pair in naive_checksums(wrong.logits)]
    assert (seen["tokens"], seen["logits_checksums"]) == (wrong.tokens, wanted)
    steps = zip(wrong.steps, right.steps, wrong.logits, right.logits, strict=False)
    first = next(step for step, (a, b, c, d) in enumerate(steps) if a != b or (c != d).any())
    assert seen["difference"].startswith(f"step {first}:")
