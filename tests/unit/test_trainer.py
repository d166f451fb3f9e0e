"""Training: small corpora are learned to the letter, the same seed gives the same soul."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest

from soulrig.errors import BadInput, Fault
from soulrig.model.corpus import Corpus
from soulrig.model.reference import Reference
from soulrig.model.soul import Sizes

if TYPE_CHECKING:
    from soulrig.model.trainer import Progress

pytestmark = pytest.mark.train

SMALL = Sizes(vocabulary=60, width=16, ffn=16, layers=1, context=20)
TEXT = """
<SEP>hello<SEP>hello, friend!<SEP>
<SEP>who are you?<SEP>a small soul.<SEP>
<SEP>how are you?<SEP>warm and well.<SEP>
<SEP>are you here?<SEP>always.<SEP>
<SEP>bye<SEP>come back soon!<SEP>
"""


@pytest.fixture(scope="module")
def tiny() -> Corpus:
    return Corpus.parse(TEXT, "tiny.txt")


def test_a_tiny_corpus_is_learned_exactly(tiny: Corpus) -> None:
    from soulrig.model.trainer import train

    seen: list[Progress] = []
    trained = train(tiny, seed=3, steps=600, largest=SMALL, report=seen.append)
    assert trained.assessment.exact == trained.assessment.questions == 5
    assert trained.assessment.rate == 1.0
    reply = Reference(trained.soul).reply("Hello")
    assert (reply.text, reply.stop) == ("hello, friend!", "end")
    assert [progress.step for progress in seen] == list(range(0, seen[-1].step + 1, 50))
    assert seen[-1].exact == seen[-1].questions == 5
    assert seen[-1].step < 600  # it stops when it knows everything
    assert seen[-1].loss < seen[0].loss


def test_the_same_seed_gives_the_same_files(tiny: Corpus, tmp_path: Path) -> None:
    from soulrig.model.trainer import train

    for folder, seed in (("one", 1), ("two", 1), ("other", 2)):
        train(tiny, seed=seed, steps=60, largest=SMALL).soul.save(tmp_path / folder)
    names = ["soul.bin", "soul.json", "tokenizer.json"]
    one, two, other = (
        [(tmp_path / folder / name).read_bytes() for name in names] for folder in ("one", "two", "other")
    )
    assert one == two
    assert one[0] != other[0]


def test_weights_that_outgrow_int8_are_clamped(tiny: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    from soulrig.model import network, trainer

    monkeypatch.setattr(network, "HEADROOM", 0.5)  # the first weights are out of range already
    assert trainer.train(tiny, seed=3, steps=600, largest=SMALL).assessment.rate == 1.0


def test_it_says_where_the_soul_comes_from(tiny: Corpus) -> None:
    from soulrig.model.trainer import train

    provenance = train(tiny, seed=4, steps=10, largest=SMALL).soul.provenance
    assert provenance["corpus"] == "tiny.txt"
    assert provenance["corpus_sha256"] == tiny.sha256
    assert (provenance["seed"], provenance["steps"]) == (4, 10)


def test_of_several_answers_any_one_is_exact() -> None:
    from soulrig.model.trainer import train

    answers = ["a cat.", "one dog.", "the end.", "my hat.", "so, so."]
    lines = [f"<SEP>{question}<SEP>{answer}<SEP>" for question in ("what?", "who?", "why?") for answer in answers]
    trained = train(Corpus.parse("\n".join(lines), "several.txt"), steps=600, largest=SMALL)
    assert trained.assessment.exchanges == 15
    assert trained.assessment.exact == trained.assessment.questions == 3


def test_what_does_not_fit_is_reported_and_counts_as_not_exact(tiny: Corpus) -> None:
    from soulrig.model.trainer import train

    long = "the quick brown fox jumps over a lazy dog, packs my box and vexes bold jim"
    trained = train(Corpus.parse(f"{TEXT}<SEP>tell me<SEP>{long}<SEP>\n", "t"), steps=600, largest=SMALL)
    assessment = trained.assessment
    assert [(one.line, one.answer) for one in assessment.too_long] == [(7, long)]
    assert (assessment.exchanges, assessment.fit, assessment.questions, assessment.exact) == (6, 5, 6, 5)
    assert [wrong.line for wrong in assessment.wrong] == [7]


def test_a_corpus_of_which_nothing_fits_is_refused() -> None:
    from soulrig.model.trainer import train

    corpus = Corpus.parse("<SEP>the quick brown fox<SEP>jumps over a lazy dog.<SEP>", "long.txt")
    with pytest.raises(BadInput, match=r"long\.txt: none of its 1 exchanges fits a context of 6 tokens"):
        train(corpus, largest=Sizes(vocabulary=40, context=6))


def test_a_reference_that_differs_is_a_fault(tiny: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    from soulrig.model import trainer

    class OffByOne(Reference):
        def step(self, token: int) -> npt.NDArray[np.int16]:
            logits = super().step(token)
            logits[7] += 1
            return logits

    monkeypatch.setattr(trainer, "Reference", OffByOne)
    with pytest.raises(Fault, match="network and the integer reference differ"):
        trainer.train(tiny, steps=10, largest=SMALL)


@pytest.mark.train_long
def test_the_shipped_soul_comes_from_the_example_corpus(root: Path, tmp_path: Path) -> None:
    from soulrig.model.trainer import train

    trained = train(Corpus.load(root / "data" / "example_corpus.txt"))
    trained.soul.save(tmp_path)
    for name in ("soul.bin", "soul.json", "tokenizer.json"):
        assert (tmp_path / name).read_bytes() == (root / "disk" / "soulplayer" / name).read_bytes(), name
