"""The soul that is shipped knows the example corpus, by the integer reference alone."""

from __future__ import annotations

import hashlib
from pathlib import Path

from soulrig.model.assess import assess
from soulrig.model.corpus import Corpus
from soulrig.model.soul import Sizes, Soul


def test_it_answers_the_example_corpus_exactly(root: Path) -> None:
    corpus = Corpus.load(root / "data" / "example_corpus.txt")
    soul = Soul.load(root / "disk" / "soulplayer")
    assessment = assess(soul, corpus)
    assert len(corpus.exchanges) >= 150
    assert assessment.rate >= 0.9, assessment.wrong
    assert soul.provenance["exact"] == assessment.exact
    assert soul.decode == "end"


def test_it_has_the_published_sizes(root: Path) -> None:
    assert Soul.load(root / "disk" / "soulplayer").sizes == Sizes()


def test_it_names_the_corpus_it_comes_from(root: Path) -> None:
    corpus = root / "data" / "example_corpus.txt"
    provenance = Soul.load(root / "disk" / "soulplayer").provenance
    assert provenance["corpus"] == corpus.name
    assert provenance["corpus_sha256"] == hashlib.sha256(corpus.read_bytes()).hexdigest()


def test_a_wrong_reply_is_named_with_its_line(root: Path) -> None:
    corpus = Corpus.parse("# c\n<SEP>hello<SEP>something else.<SEP>\n<SEP>hi<SEP>hi! sit down with me.<SEP>\n", "c")
    assessment = assess(Soul.load(root / "disk" / "soulplayer"), corpus)
    assert (assessment.questions, assessment.exact) == (2, 1)
    assert [(wrong.line, wrong.question, wrong.reply) for wrong in assessment.wrong] == [
        (2, "hello", "hello, my friend!")
    ]
