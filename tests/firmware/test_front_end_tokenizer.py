"""`encode` against a tokenizer written from its definition, over lines of every key."""

import random

import pytest
from front_end_build import CONTEXT, PAIRS, small_build, small_tokenizer
from program_cpu import ProgramCpu

from soulrig.model.tokenizer import SEP

pytestmark = pytest.mark.cc65

TEXT_KEYS = [*range(0x20, 0x60), *range(0x61, 0x7B), *range(0xC1, 0xDB)]


def character(key: int) -> str:
    """What a key types: small letters at $41, capitals at $C1 and again at $61, else ASCII; "" where it is no text."""
    if key in range(0x41, 0x5B):
        return chr(key + 0x20)
    if key in range(0x61, 0x7B):
        return chr(key)
    if key in range(0xC1, 0xDB):
        return chr(key - 0x60)
    if key in (0xA0, 0xE0):  # shifted space, and the code that repeats it
        return " "
    return chr(key) if key < 0x5C else ""


def naive_prompt_ids(keys: list[int]) -> list[int]:
    """Texts, not ids, are merged: each pair is looked for by a scan over the list of texts."""
    tokenizer = small_tokenizer()
    pieces = [character(key) for key in keys if character(key) in tokenizer.ids]
    for left, right in PAIRS:
        merged: list[str] = []
        rest = pieces
        while rest:
            if rest[:2] == [left, right]:
                merged.append(left + right)
                rest = rest[2:]
            else:
                merged.append(rest[0])
                rest = rest[1:]
        pieces = merged
    return [SEP, *[tokenizer.ids[piece] for piece in pieces][: CONTEXT - 3], SEP]


@pytest.fixture(scope="module")
def cpu() -> ProgramCpu:
    return ProgramCpu(small_build())


def tokenize(cpu: ProgramCpu, keys: list[int]) -> list[int]:
    cpu.put("line", keys)
    cpu["line_length"] = len(keys)
    cpu.call("encode")
    cpu.call("take_prompt")
    return cpu.bytes_at("prompt_ids", cpu["prompt_length"])


def lines(count: int, longest: int, seed: int) -> list[list[int]]:
    """Random lines, half of them over a few keys only, so that merges meet."""
    rng = random.Random(seed)
    result = []
    for number in range(count):
        alphabet = rng.sample(TEXT_KEYS, 4) if number % 4 == 0 else TEXT_KEYS
        alphabet = list(b"AB  A") if number % 4 == 1 else alphabet
        alphabet = list(b"HELLO THE YOU") if number % 4 == 2 else alphabet
        keys = [rng.choice(alphabet) for _ in range(rng.randint(0, longest))]
        for _ in range(len(keys) // 8):
            keys[rng.randrange(len(keys))] = rng.randrange(256)
        result.append(keys)
    return result


def test_thousands_of_short_lines(cpu: ProgramCpu) -> None:
    for keys in lines(count=4000, longest=24, seed=1):
        assert tokenize(cpu, keys) == naive_prompt_ids(keys), bytes(keys).hex()


def test_long_lines(cpu: ProgramCpu) -> None:
    for keys in lines(count=40, longest=255, seed=2):
        assert tokenize(cpu, keys) == naive_prompt_ids(keys), bytes(keys).hex()


def test_every_key_alone_and_between(cpu: ProgramCpu) -> None:
    for key in range(256):
        for keys in ([key], [0x41, key, 0x41]):
            assert tokenize(cpu, keys) == naive_prompt_ids(keys)


@pytest.mark.parametrize("keys", [[], [0x41] * 255, [0x41, 0x42] * 127, [0x20] * 254, [0x00] * 255, [0xC1] * 7])
def test_edges(cpu: ProgramCpu, keys: list[int]) -> None:
    assert tokenize(cpu, keys) == naive_prompt_ids(keys)


def test_the_longest_line_takes_less_than_two_seconds(cpu: ProgramCpu) -> None:
    rng = random.Random(3)
    cpu.put("line", [rng.choice(b"THE LO YOU AB!") for _ in range(255)])
    cpu["line_length"] = 255
    assert cpu.call("encode") < 2_000_000
