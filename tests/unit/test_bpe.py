"""Learning a tokenizer: it says the same, the same each time, and makes exchanges fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from soulrig.errors import BadInput
from soulrig.model import bpe
from soulrig.model.corpus import Corpus
from soulrig.model.tokenizer import SPECIALS, Tokenizer

CONTEXT, VOCABULARY = 20, 128


@pytest.fixture(scope="module")
def example(root: Path) -> Corpus:
    return Corpus.load(root / "data" / "example_corpus.txt")


@pytest.fixture(scope="module")
def learned(example: Corpus) -> Tokenizer:
    return bpe.learn(example, CONTEXT, VOCABULARY)


def test_the_same_corpus_gives_the_shipped_tokenizer(learned: Tokenizer, root: Path) -> None:
    assert learned.to_json() == (root / "disk" / "soulplayer" / "tokenizer.json").read_text("utf-8")


def test_every_text_survives_encoding(learned: Tokenizer, example: Corpus) -> None:
    for exchange in example.exchanges:
        for text in (exchange.question, exchange.answer):
            assert learned.decode(learned.encode(text)) == text


def test_it_has_the_size_asked_for_and_every_token_once(learned: Tokenizer) -> None:
    assert learned.size == VOCABULARY == len(set(learned.tokens))
    assert learned.tokens[: len(SPECIALS)] == SPECIALS


def test_no_token_ends_in_a_space_except_the_space(learned: Tokenizer) -> None:
    assert [token for token in learned.tokens if token.endswith(" ")] == [" "]


def test_nearly_all_of_the_example_corpus_fits(learned: Tokenizer, example: Corpus) -> None:
    assert len(example.exchanges) >= 150
    assert len(example.too_long(learned, CONTEXT)) <= 0.02 * len(example.exchanges)


def test_the_weighing_rounds_beat_plain_pair_merging(
    example: Corpus, learned: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bpe, "ROUNDS", 1)
    plain = bpe.learn(example, CONTEXT, VOCABULARY)
    assert len(example.too_long(learned, CONTEXT)) < len(example.too_long(plain, CONTEXT))


def test_a_small_corpus_gives_a_small_vocabulary() -> None:
    tokenizer = bpe.learn(Corpus.parse("<SEP>ab<SEP>ba<SEP>", "c"), CONTEXT, VOCABULARY)
    assert set(tokenizer.tokens[len(SPECIALS) :]) == {"a", "b", "ab", "ba"}


def test_more_characters_than_tokens_are_refused() -> None:
    corpus = Corpus.parse("<SEP>abc<SEP>def<SEP>", "many.txt")
    with pytest.raises(BadInput, match=r"many\.txt: has 6 different characters, expected at most 5"):
        bpe.learn(corpus, CONTEXT, 9)
    assert bpe.learn(corpus, CONTEXT, 10).size == 10
