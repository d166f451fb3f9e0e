"""How well a soul knows a corpus: which of its replies are, to the letter, an answer that the corpus lists."""

from __future__ import annotations

from dataclasses import dataclass

from soulrig.model.corpus import Corpus, Exchange
from soulrig.model.reference import Reference
from soulrig.model.soul import Soul


@dataclass(frozen=True)
class Wrong:
    """A question whose reply is no listed answer, the line where the corpus asks it first, and the reply."""

    line: int
    question: str
    reply: str


@dataclass(frozen=True)
class Assessment:
    """What the integer reference makes of a corpus.

    A question is exact where the whole greedy reply is a listed answer and ended by itself. Questions that have no
    answer short enough for the context are counted too: they can't be exact.
    """

    exchanges: int
    too_long: tuple[Exchange, ...]
    questions: int
    wrong: tuple[Wrong, ...]

    @property
    def fit(self) -> int:
        """Exchanges that fit the context."""
        return self.exchanges - len(self.too_long)

    @property
    def exact(self) -> int:
        """Questions that are answered exactly."""
        return self.questions - len(self.wrong)

    @property
    def rate(self) -> float:
        """The share of all questions that are answered exactly, 0 to 1."""
        return self.exact / self.questions


def assess(soul: Soul, corpus: Corpus) -> Assessment:
    """Ask the soul every question of the corpus. Raises BadInput where the soul has no tokenizer."""
    reference = Reference(soul)
    lines: dict[str, int] = {}
    for exchange in corpus.exchanges:
        lines.setdefault(exchange.question, exchange.line)
    wrong = []
    for question, answers in corpus.answers().items():
        reply = reference.reply(question)
        if reply.stop != "end" or reply.text not in answers:
            wrong.append(Wrong(lines[question], question, reply.text or ""))
    too_long = () if soul.tokenizer is None else corpus.too_long(soul.tokenizer, soul.sizes.context)
    return Assessment(len(corpus.exchanges), too_long, len(lines), tuple(wrong))
