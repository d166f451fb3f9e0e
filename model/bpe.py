"""Learning a tokenizer whose merges make as many exchanges of a corpus as possible fit the context.

The context holds `SEP question SEP answer END`, so compression is capacity. This is byte-pair encoding (Gage 1994;
Sennrich et al. 2016, https://arxiv.org/abs/1508.07909) with three things changed: a merge may cross words, though no
token ends in a space, so that a space always goes with the word after it; exchanges that are still too long weigh more
in the next round (the Lagrange multiplier of "this exchange fits"); and each round drops the merges that serve least
and grows others in their place. Measured on 249 exchanges before they were cut to size: 176 fit, without the rule
about spaces 164; a local search of a minute from there found none more.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise

from soulrig.errors import BadInput
from soulrig.model.corpus import Corpus
from soulrig.model.tokenizer import SPECIALS, Tokenizer

Merge = tuple[str, str]

OVERHEAD = 3  # SEP, SEP and END stand beside question and answer
ROUNDS = 100
DROPPED = 25  # merges a round
LEAST_WEIGHT, FIRST_WEIGHT, MOST_WEIGHT = 10, 30, 60  # of an exchange; the hopeless must not outweigh all others
STEP = 3  # weight for each token too much or too few, a round


def learn(corpus: Corpus, context: int, vocabulary: int) -> Tokenizer:
    """Learn a tokenizer of at most `vocabulary` tokens; fewer where the corpus has no more pairs to merge.

    The same corpus gives the same tokenizer. Raises BadInput where the corpus has more characters than the vocabulary
    has room for. Takes 6 seconds for 250 exchanges, one minute for 3,500.
    """
    characters = sorted({char for one in corpus.exchanges for char in one.question + one.answer})
    room = vocabulary - len(SPECIALS) - len(characters)
    if room < 0:
        raise BadInput(
            f"{corpus.name}: has {len(characters)} different characters, expected at most "
            f"{vocabulary - len(SPECIALS)}: a vocabulary of {vocabulary} has no room for more"
        )
    texts = sorted({text for one in corpus.exchanges for text in (one.question, one.answer)})
    index = {text: number for number, text in enumerate(texts)}
    exchanges = [(index[one.question], index[one.answer]) for one in corpus.exchanges]

    weights = [FIRST_WEIGHT] * len(exchanges)
    merges: list[Merge] = []
    best: list[Merge] = []
    best_score: tuple[int, int] | None = None
    for _ in range(ROUNDS):
        pieces = _Pieces(texts, _weights_of_texts(len(texts), exchanges, weights))
        for merge in merges:
            pieces.apply(merge)
        merges = pieces.grown(merges, room)
        excess = [
            pieces.length(question) + pieces.length(answer) + OVERHEAD - context for question, answer in exchanges
        ]
        score = (sum(over <= 0 for over in excess), -sum(max(0, over) for over in excess))
        if best_score is None or score > best_score:
            best, best_score = merges, score
        weights = [
            min(MOST_WEIGHT, max(LEAST_WEIGHT, weight + STEP * over))
            for weight, over in zip(weights, excess, strict=True)
        ]
        merges = pieces.without_least_used(merges, DROPPED)
    return Tokenizer((*SPECIALS, *characters, *(left + right for left, right in best)), tuple(best))


def _weights_of_texts(count: int, exchanges: list[tuple[int, int]], weights: list[int]) -> list[int]:
    """A text weighs as much as all exchanges that it is part of."""
    total = [0] * count
    for (question, answer), weight in zip(exchanges, weights, strict=True):
        total[question] += weight
        total[answer] += weight
    return total


class _Pieces:
    """Weighted texts cut into tokens, and how often each pair of neighbours occurs."""

    def __init__(self, texts: list[str], weights: list[int]) -> None:
        self._weights = weights
        self._tokens = [list(text) for text in texts]
        self._counts: Counter[Merge] = Counter()
        self._places: defaultdict[Merge, set[int]] = defaultdict(set)
        for text in range(len(texts)):
            self._add(text)

    def length(self, text: int) -> int:
        """Tokens of a text."""
        return len(self._tokens[text])

    def apply(self, merge: Merge) -> None:
        """Merge every such pair of neighbours, from left to right."""
        for text in sorted(self._places[merge]):
            self._remove(text)
            self._tokens[text] = _merged(self._tokens[text], merge)
            self._add(text)

    def grown(self, merges: list[Merge], room: int) -> list[Merge]:
        """Append the weightiest pairs, applying each, until there are `room` merges or no pairs."""
        merges = list(merges)
        known = {left + right for left, right in merges}
        while len(merges) < room:
            merge = max(
                (pair for pair, count in self._counts.items() if count and _allowed(pair, known)),
                key=lambda pair: (self._counts[pair], pair),
                default=None,
            )
            if merge is None:
                break
            self.apply(merge)
            known.add(merge[0] + merge[1])
            merges.append(merge)
        return merges

    def without_least_used(self, merges: list[Merge], count: int) -> list[Merge]:
        """Leave out so many merges whose tokens the texts use least; none that another merge is made of."""
        usage: Counter[str] = Counter()
        for tokens, weight in zip(self._tokens, self._weights, strict=True):
            for token in tokens:
                usage[token] += weight
        parts = Counter(part for merge in merges for part in merge)
        merges = list(merges)
        for _ in range(min(count, len(merges))):
            least = min(
                (merge for merge in merges if not parts["".join(merge)]),
                key=lambda merge: (usage["".join(merge)], merge),
            )
            merges.remove(least)
            parts.subtract(least)
        return merges

    def _add(self, text: int) -> None:
        tokens = self._tokens[text]
        for pair in pairwise(tokens):
            self._counts[pair] += self._weights[text]
            self._places[pair].add(text)

    def _remove(self, text: int) -> None:
        tokens = self._tokens[text]
        for pair in pairwise(tokens):
            self._counts[pair] -= self._weights[text]
            self._places[pair].discard(text)


def _allowed(merge: Merge, known: set[str]) -> bool:
    return not merge[1].endswith(" ") and merge[0] + merge[1] not in known


def _merged(tokens: list[str], merge: Merge) -> list[str]:
    """The tokens with every such pair replaced, from left to right."""
    result: list[str] = []
    index = 0
    while index < len(tokens):
        if tuple(tokens[index : index + 2]) == merge:
            result.append(merge[0] + merge[1])
            index += 2
        else:
            result.append(tokens[index])
            index += 1
    return result
