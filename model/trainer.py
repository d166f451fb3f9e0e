"""Training: from a corpus to a soul that answers it. Needs torch (the extra `train`); nothing else imports this.

The loss is the cross-entropy of the answers' tokens and of END, over the tokens that decode rule `end` may choose. A
question with several answers is trained on all; whichever the greedy reply then follows to its end is exact. The
optimiser is AdamW (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101) with warm-up and a cosine schedule.
Everything random comes from one seed and runs on one thread: the same corpus, seed and number of steps give the same
files.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from soulrig.errors import BadInput, Fault
from soulrig.model import bpe
from soulrig.model.assess import Assessment, assess
from soulrig.model.corpus import Corpus, Exchange
from soulrig.model.network import Network
from soulrig.model.pinned_torch import reproducible, torch
from soulrig.model.reference import Reference
from soulrig.model.soul import Sizes, Soul
from soulrig.model.tokenizer import END, PAD, SEP, Tokenizer

STEPS = 4000
LEARNING_RATE = 1e-2
BETAS = (0.9, 0.98)
WARM_UP = 100  # steps
BATCH = 64  # exchanges
CLIP = 1.0  # norm of the gradient
CHECK_EVERY = 50  # steps, or an epoch where that is longer


@dataclass(frozen=True)
class Progress:
    """How far the training is. `exact` of `questions` (those that fit the context) are answered exactly."""

    step: int
    steps: int
    loss: float  # nats a token
    exact: int
    questions: int


@dataclass(frozen=True)
class Trained:
    """A soul, and how well the integer reference says that it knows its corpus."""

    soul: Soul
    assessment: Assessment


def train(
    corpus: Corpus,
    seed: int = 0,
    steps: int = STEPS,
    largest: Sizes | None = None,
    report: Callable[[Progress], None] | None = None,
) -> Trained:
    """Learn a tokenizer and train a soul; stops early when every question that fits is answered exactly.

    `largest` are the sizes (the published ones by default); a small corpus may need a smaller vocabulary. Raises
    BadInput where no exchange fits the context, and Fault where the network and the integer reference disagree.
    """
    sizes = Sizes() if largest is None else largest
    tokenizer = bpe.learn(corpus, sizes.context, sizes.vocabulary)
    sizes = replace(sizes, vocabulary=tokenizer.size)
    too_long = {exchange.line for exchange in corpus.too_long(tokenizer, sizes.context)}
    fitting = [exchange for exchange in corpus.exchanges if exchange.line not in too_long]
    if not fitting:
        raise BadInput(
            f"{corpus.name}: none of its {len(too_long)} exchanges fits a context of {sizes.context} tokens; "
            "use shorter sentences"
        )
    with reproducible():
        course = _Course(_Examples(fitting, tokenizer, sizes.context), sizes, seed, steps)
        for progress in course.run():
            if report is not None:
                report(progress)
        network = course.best
        soul = Soul(sizes, network.tensors(), tokenizer)
        _verify(network, soul, course.examples.inputs[:BATCH])
    assessment = assess(soul, corpus)
    provenance = {
        "corpus": corpus.name,
        "corpus_sha256": corpus.sha256,
        "seed": seed,
        "steps": steps,
        "stopped_at": course.step,
        "exchanges": assessment.exchanges,
        "fit": assessment.fit,
        "questions": assessment.questions,
        "exact": assessment.exact,
        "torch": torch.__version__.partition("+")[0],
        "numpy": np.__version__,
    }
    return Trained(replace(soul, provenance=provenance), assessment)


class _Examples:
    """The exchanges as tensors, padded on the right: what goes in, and what must come out where."""

    def __init__(self, exchanges: list[Exchange], tokenizer: Tokenizer, context: int) -> None:
        ids = [exchange.ids(tokenizer) for exchange in exchanges]
        length = context - 1  # the context's last place is never an input
        self.inputs = torch.full((len(ids), length), PAD)  # (N,T)
        self.targets = torch.full((len(ids), length), PAD)  # (N,T): the token that follows
        self.counted = torch.zeros((len(ids), length), dtype=torch.bool)  # (N,T): the answer's tokens and END
        for row, sequence in enumerate(ids):
            self.inputs[row, : len(sequence) - 1] = torch.tensor(sequence[:-1])
            self.targets[row, : len(sequence) - 1] = torch.tensor(sequence[1:])
            self.counted[row, sequence.index(SEP, 1) : len(sequence) - 1] = True
        self.by_question: dict[str, list[int]] = {}
        for row, exchange in enumerate(exchanges):
            self.by_question.setdefault(exchange.question, []).append(row)

    def judge(self, logits: torch.Tensor, rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Losses (B,T), zero where nothing is counted, and which of the rows (B,) are right to the last token."""
        wanted = self.targets[rows]
        counted = self.counted[rows]
        allowed = logits[..., END:]  # decode rule `end` chooses among these
        losses = torch.nn.functional.cross_entropy(
            allowed.transpose(1, 2) / 256, (wanted - END).clamp(min=0), reduction="none"
        )
        right = (allowed.argmax(-1) + END == wanted) | ~counted
        return losses * counted, right.all(-1)


class _Course:
    """One training: examples, network, optimiser, and the best network so far."""

    def __init__(self, examples: _Examples, sizes: Sizes, seed: int, steps: int) -> None:
        self.examples = examples
        self.steps = steps
        self.step = 0
        self._random = np.random.default_rng(seed)
        self._network = Network.initialised(sizes, self._random)
        self._optimiser = torch.optim.AdamW([self._network.flat], LEARNING_RATE, BETAS, weight_decay=0.0)
        self._best = self._network.flat.detach().clone()
        self._best_score = (-1, -math.inf)

    @property
    def best(self) -> Network:
        """The network with the most exact questions, and the least loss among those."""
        with torch.no_grad():
            self._network.flat.copy_(self._best)
        return self._network

    def run(self) -> Iterator[Progress]:
        """Train; yield at each check."""
        every = max(CHECK_EVERY, len(self.examples.inputs) // BATCH)
        for batch in self._batches():
            if self.step % every == 0 or self.step == self.steps:
                progress = self._check()
                yield progress
                if progress.exact == progress.questions or self.step == self.steps:
                    return
            self._train(batch)
            self.step += 1

    def _batches(self) -> Iterator[torch.Tensor]:
        """Row numbers (B,), epoch after epoch in a new order."""
        while True:
            order = self._random.permutation(len(self.examples.inputs))
            yield from torch.split(torch.from_numpy(order), BATCH)

    def _train(self, rows: torch.Tensor) -> None:
        warm = min(1.0, (self.step + 1) / WARM_UP)
        self._optimiser.param_groups[0]["lr"] = (
            LEARNING_RATE * warm * 0.5 * (1 + math.cos(math.pi * self.step / self.steps))
        )
        losses, _ = self.examples.judge(self._network.logits(self.examples.inputs[rows]), rows)
        self._optimiser.zero_grad()
        torch.autograd.backward(losses.sum() / self.examples.counted[rows].sum())
        torch.nn.utils.clip_grad_norm_([self._network.flat], CLIP)
        self._optimiser.step()
        self._network.clamp()

    def _check(self) -> Progress:
        losses, right = self._judge_all()
        loss = float(losses.sum() / self.examples.counted.sum())
        exact = sum(any(right[row] for row in rows) for rows in self.examples.by_question.values())
        if (exact, -loss) > self._best_score:
            self._best_score = (exact, -loss)
            self._best = self._network.flat.detach().clone()
        return Progress(self.step, self.steps, loss, exact, len(self.examples.by_question))

    def _judge_all(self) -> tuple[torch.Tensor, torch.Tensor]:
        """`judge` of all examples."""
        with torch.no_grad():
            batches = [
                self.examples.judge(self._network.logits(self.examples.inputs[rows]), rows)
                for rows in torch.split(torch.arange(len(self.examples.inputs)), BATCH)
            ]
        return torch.cat([losses for losses, _ in batches]), torch.cat([right for _, right in batches])


def _verify(network: Network, soul: Soul, tokens: torch.Tensor) -> None:
    """Compare the network's logits with the integer reference's for `tokens` (B,T). Raises Fault where they differ."""
    with torch.no_grad():
        logits = network.logits(tokens).numpy()
    reference = Reference(soul)
    for row, sequence in enumerate(tokens.tolist()):
        reference.reset()
        for position, token in enumerate(sequence):
            if not np.array_equal(reference.step(token), logits[row, position]):
                raise Fault(
                    f"the network and the integer reference differ for the tokens {sequence[: position + 1]}: "
                    "this is a bug in one of the two, the soul was not kept"
                )
