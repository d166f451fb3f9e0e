"""The integer reference against a naive transcription of its definition, and against golden data."""

from __future__ import annotations

import json
import random
import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from naive_soul import NaiveSoul, ScoreTooLarge, prompt_ids, sha256

from soulrig.errors import BadInput
from soulrig.model.reference import Reference
from soulrig.model.soul import Soul
from soulrig.model.tokenizer import Tokenizer

BATCHES, BATCH = 8, 125


@dataclass(frozen=True)
class Case:
    """A soul file and what it is asked."""

    data: bytes
    ids: list[int]
    rule: Literal["end", "v3"]
    max_reply: int


def generated(seed: int) -> Case:
    """A soul of any small size: mild ones, whose logits mean something, and some that saturate everywhere."""
    rng = random.Random(seed)
    width = rng.choice((8, 8, 8, 16, 16, 24, 32, 40))
    ffn = rng.randint(1, 24)
    layers = rng.randint(1, 3)
    vocabulary = rng.randint(5, 40)
    context = rng.randint(3, 12 if width <= 16 else 6)
    wild = rng.random() < 0.5
    out_repeats = rng.random() < 0.3  # equal rows make equal logits

    def tensor(rows: int, cols: int, kind: int = 0) -> bytes:
        shift = rng.randint(-8, 15) if wild else rng.randint(4, 8)
        if kind == 1:
            edges = (-32768, -32767, -1, 0, 1, 32767)
            numbers = [rng.choice((rng.choice(edges), rng.randint(-32767, 32767))) for _ in range(rows * cols)]
            return struct.pack(f"<BHHb{rows * cols}h", kind, rows, cols, shift, *numbers)
        match rng.randrange(5):
            case 0:
                numbers = [rng.choice((-128, -127, -1, 0, 1, 127)) for _ in range(rows * cols)]
            case 1:
                numbers = [rng.randint(-3, 3) for _ in range(rows * cols)]
            case _:
                numbers = [rng.randint(-127, 127) for _ in range(rows * cols)]
        return struct.pack(f"<BHHb{rows * cols}b", kind, rows, cols, shift, *numbers)

    parts = [tensor(vocabulary, width), tensor(context, width)]
    for _ in range(layers):
        parts += [tensor(width, 1), *(tensor(width, width) for _ in range(4)), tensor(width, 1)]
        parts += [tensor(ffn, width), tensor(ffn, 1, 1), tensor(width, ffn), tensor(width, 1, 1)]
    out = tensor(vocabulary, width)
    if out_repeats:
        rows = [out[6 + i * width : 6 + (i + 1) * width] for i in range(3)]
        out = out[:6] + b"".join(rng.choice(rows) for _ in range(vocabulary))
    return Case(
        b"".join([*parts, tensor(width, 1), out]),
        [rng.randrange(vocabulary) for _ in range(rng.randint(1, context))],
        rng.choice(("end", "v3")),
        rng.choice((1, 2, context, context, 255)),
    )


@pytest.mark.parametrize("batch", range(BATCHES))
def test_it_equals_the_naive_transcription(batch: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        case = generated(seed)
        naive = NaiveSoul(case.data)
        reference = Reference(replace(Soul.from_bytes(case.data), decode=case.rule, max_reply=case.max_reply))
        try:
            last_logits = naive.logits(case.ids)
            tokens, stop, steps = naive.reply(case.ids, case.rule, case.max_reply)
        except ScoreTooLarge:
            with pytest.raises(BadInput, match="32 bits"):
                reference.reply_to_ids(case.ids)
            seen["refused"] += 1
            continue
        said = reference.reply_to_ids(case.ids)
        assert said.last_logits.tolist() == last_logits, f"seed {seed}"
        assert [step.tolist() for step in said.logits] == steps, f"seed {seed}"
        assert (said.tokens, said.stop) == (tokens, stop), f"seed {seed}"
        assert said.logits_sha256 == sha256(steps), f"seed {seed}"
        seen[stop] += 1
        seen["ties"] += any(step[3:].count(max(step[3:])) > 1 for step in steps)
        seen["saturated"] += any(abs(logit) > 32766 for step in steps for logit in step)
        seen["ordinary"] += any(10 < max(step) < 20000 for step in steps)
    # The generator is only worth its name while it reaches every corner.
    assert min(seen[what] for what in ("end", "context", "limit", "ties", "saturated", "ordinary", "refused")) > 2, seen
    assert seen["refused"] < BATCH // 4


def soul_of_one_score(keys: tuple[int, int, int]) -> bytes:
    """A soul whose single head, at position 0, has q = (-32768, -32768, -32768, 0...) and keys that saturate or don't.

    The position's vector is (253, 1, 0...): the first two key weights see 253, the third sees 1, all of them doubled.
    """

    def weights(rows: int, cols: int, numbers: dict[int, int], shift: int = 0, kind: int = 0) -> bytes:
        values = [numbers.get(i, 0) for i in range(rows * cols)]
        return struct.pack(f"<BHHb{rows * cols}{'bh'[kind]}", kind, rows, cols, shift, *values)

    ones = dict.fromkeys(range(8), 1)
    first, second, third = keys
    return b"".join(
        [
            weights(5, 8, {8: 127, 9: 1}, 7),  # te: token 1 is (254, 2, 0...)
            weights(3, 8, {}),  # pe
            weights(8, 1, ones),
            weights(8, 8, {0: -127, 8: -127, 16: -127}, -8),  # q
            weights(8, 8, {0: first, 8: second, 17: third}, -2),  # k
            weights(8, 8, {}),
            weights(8, 8, {}),
            weights(8, 1, ones),
            weights(1, 8, {}),
            weights(1, 1, {}, kind=1),
            weights(8, 1, {}),
            weights(8, 1, {}, kind=1),
            weights(8, 1, ones),
            weights(5, 8, {24: 1}),  # out
        ]
    )


@pytest.mark.parametrize(
    ("keys", "fits"),
    [
        ((127, 127, 1), True),  # -2**31 exactly
        ((127, 127, 2), False),
        ((-127, -127, 1), True),  # 2**31 - 2**16
        ((-127, -127, 0), False),  # 2**31 exactly
    ],
)
def test_a_score_fits_32_bits_or_is_refused(keys: tuple[int, int, int], fits: bool) -> None:
    data = soul_of_one_score(keys)
    reference = Reference(Soul.from_bytes(data))
    if fits:
        assert reference.step(1).tolist() == NaiveSoul(data).logits([1])
        return
    with pytest.raises(ScoreTooLarge):
        NaiveSoul(data).logits([1])
    with pytest.raises(BadInput, match="score of layer 0 does not fit 32 bits"):
        reference.step(1)


class Traced(Reference):
    """Keeps what each part computed last."""

    def __init__(self, soul: Soul) -> None:
        super().__init__(soul)
        self.seen: dict[str, list[int]] = {}

    def _matvec(self, name: str, x: Any, **options: Any) -> Any:
        self.seen[name] = super()._matvec(name, x, **options)
        return self.seen[name]

    def _norm(self, name: str, x: Any) -> Any:
        self.seen[name] = super()._norm(name, x)
        return self.seen[name]

    def _attention(self, layer: int, x: Any) -> Any:
        self.seen[f"layer{layer}.attention"] = super()._attention(layer, x)
        return self.seen[f"layer{layer}.attention"]


@pytest.fixture(scope="session")
def meful(golden: Path) -> Soul:
    return Soul.load(golden / "meful-soul.bin", golden / "meful-tokenizer.json")


@pytest.mark.fixtures
def test_every_intermediate_vector_is_the_golden_one(golden: Path, meful: Soul) -> None:
    trace = json.loads((golden / "meful-trace-hey.json").read_text())
    reference = Traced(meful)
    for token in trace["ids"]:
        logits = reference.step(token)
    seen = {name: np.asarray(vector).tolist() for name, vector in reference.seen.items()}
    for index, layer in enumerate(trace["layers"]):
        expected = {
            "n1": layer["norm1"],
            "q": layer["q"],
            "k": layer["k"][-1],
            "v": layer["v"][-1],
            "attention": layer["attention"],
            "proj": layer["proj"],
            "n2": layer["norm2"],
            "fc2_w": layer["ffn_out"],
        }
        assert {name: seen[f"layer{index}.{name}"] for name in expected} == expected
        assert [max(0, v) for v in seen[f"layer{index}.fc1_w"]] == layer["ffn_hidden"]
    assert seen["norm"] == trace["final_norm"]
    assert logits.tolist() == trace["logits"]


@pytest.mark.fixtures
def test_the_naive_transcription_makes_the_golden_vectors_too(golden: Path) -> None:
    expected = json.loads((golden / "meful-trace-hey.json").read_text())
    naive = NaiveSoul((golden / "meful-soul.bin").read_bytes())
    trace: list[dict[str, Any]] = []
    assert naive.logits(expected["ids"], trace) == expected["logits"]
    for layer, golden_layer in zip(trace, expected["layers"], strict=True):
        assert layer == {name: golden_layer[name] for name in layer}
    case = json.loads((golden / "meful-golden.json").read_text())["cases"][16]
    tokens, stop, steps = naive.reply(case["prompt_ids"], "end", naive.context)
    assert (tokens, stop, sha256(steps)) == tuple(case["end"][name] for name in ("tokens", "stop", "logits_sha256"))


@pytest.mark.fixtures
def test_text_becomes_the_same_ids(golden: Path) -> None:
    path = golden / "meful-tokenizer.json"
    tokenizer = Tokenizer.load(path)
    rng = random.Random(1)
    alphabet = [token for token in tokenizer.tokens[4:] if len(token) == 1] + list("AEIOU ÄéßÜ1#\n\t\0🙂")
    for _ in range(500):
        text = "".join(rng.choices(alphabet + list(tokenizer.tokens), k=rng.randint(0, 40)))
        context = rng.randint(3, 30)
        assert tokenizer.prompt_ids(text, context) == prompt_ids(path, text, context), repr(text)


def random_souls(data: Path) -> Iterator[tuple[Reference, dict[str, Any]]]:
    for soul in json.loads((data / "random-golden.json").read_text()):
        reference = Reference(Soul.load(data / soul["file"], decode="v3"))
        for case in soul["cases"]:
            yield reference, case


def test_random_souls_make_their_golden_logits(data: Path) -> None:
    cases = list(random_souls(data))
    assert len(cases) == 18
    for reference, case in cases:
        said = reference.reply_to_ids(case["ids"])
        assert said.last_logits.tolist() == case["last_logits"]
        assert (said.tokens, said.stop, said.logits_sha256) == (case["tokens"], case["stop"], case["logits_sha256"])
        assert said.text is None


def test_a_reply_leaves_nothing_behind_for_the_next(data: Path) -> None:
    cases = list(random_souls(data))
    for reference, case in reversed(cases):
        reference.step(3)  # somebody else's half-finished context
        assert reference.reply_to_ids(case["ids"]).tokens == case["tokens"]


def test_ids_that_do_not_fit_are_refused(data: Path) -> None:
    reference = Reference(Soul.load(data / "random-norm.bin"))
    for ids, message in (
        ([], "0 prompt ids, expected 1..20"),
        ([1] * 21, "21 prompt ids, expected 1..20"),
        ([1, 128], "token id 128 is outside the vocabulary, expected 0..127"),
        ([-1], "token id -1 is outside"),
    ):
        with pytest.raises(BadInput, match=message):
            reference.reply_to_ids(ids)
    full = reference.reply_to_ids([1] * 20)
    assert (full.tokens, full.stop, full.logits) == ([], "context", [])
    with pytest.raises(BadInput, match="context is full"):
        reference.step(1)
    with pytest.raises(BadInput, match="needs a tokenizer"):
        reference.reply("hello")


def test_the_step_that_chose_end_counts_as_a_step(data: Path) -> None:
    soul = Soul.load(data / "random-norm.bin")
    out = soul.tensors["out"].data.copy()
    chosen = Reference(soul).reply_to_ids([1, 2]).tokens[0]
    out[3] = out[chosen]  # END ties with the token that would have come first, and has the lower id
    ended = replace(soul, tensors={**soul.tensors, "out": replace(soul.tensors["out"], data=out)})
    said = Reference(ended).reply_to_ids([1, 2])
    assert (said.tokens, said.stop, said.steps, len(said.logits)) == ([], "end", [3], 1)
