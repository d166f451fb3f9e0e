"""`soulrig train`: from a text file of questions and answers to a soul."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from soulrig.errors import BadInput

if TYPE_CHECKING:
    from soulrig.model.assess import Assessment
    from soulrig.model.corpus import Corpus
    from soulrig.model.trainer import Trained

FILES = ("soul.bin", "soul.json", "tokenizer.json")


def train(
    corpus: Annotated[Path, typer.Argument(metavar="CORPUS", help="Exchanges, one a line.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where to leave the soul.")],
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same soul.")] = 0,
    steps: Annotated[int, typer.Option(min=1, help="Stop after so many steps, if not exact before.")] = 4000,
    force: Annotated[bool, typer.Option("--force", help="Replace a soul that is there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of the table.")] = False,
) -> None:
    """Train a soul on a corpus. Needs torch.

    Each line of CORPUS is <SEP>question<SEP>answer<SEP>; empty lines and those that start with # don't count. The
    training ends when every question that fits the context is answered exactly. What does not fit is listed.

    \b
    Examples:
      soulrig train data/example_corpus.txt --output my_soul
      soulrig train my_corpus.txt --output my_soul --seed 7 --steps 8000 --force

    Exit codes: 0 trained, 2 wrong usage or a broken corpus, 3 torch is missing or the training is faulty.
    """
    from soulrig.model.corpus import Corpus

    loaded = Corpus.load(corpus)
    if output.exists() and not output.is_dir():
        raise BadInput(f"{output}: is a file, expected a folder or a name that is free")
    present = [output / name for name in FILES if (output / name).exists()]
    if present and not force:
        raise BadInput(f"{present[0]}: is there already; choose another folder, or replace it with --force")
    trained = _train(loaded, seed, steps)
    trained.soul.save(output)
    if as_json:
        print(json.dumps(_summary(trained.assessment)))
    else:
        _print_table(trained.assessment, output)


def _train(corpus: Corpus, seed: int, steps: int) -> Trained:
    """Train behind a progress bar, which only a terminal sees."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from soulrig.model import trainer

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[state]}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("tokenizer", total=None, state="")

        def report(progress: trainer.Progress) -> None:
            state = f"loss {progress.loss:.3f}  exact {progress.exact}/{progress.questions}"
            bar.update(task, description="training", completed=progress.step, total=progress.steps, state=state)

        return trainer.train(corpus, seed, steps, report=report)


def _summary(assessment: Assessment) -> dict[str, object]:
    return {
        "exchanges": assessment.exchanges,
        "fit": assessment.fit,
        "questions": assessment.questions,
        "exact": assessment.exact,
        "too_long": [{"line": one.line, "question": one.question, "answer": one.answer} for one in assessment.too_long],
        "wrong": [{"line": one.line, "question": one.question, "reply": one.reply} for one in assessment.wrong],
    }


def _print_table(assessment: Assessment, output: Path) -> None:
    for one in assessment.too_long:
        print(f"line {one.line}: too long, not trained: {one.question} / {one.answer}")
    for wrong in assessment.wrong:
        print(f"line {wrong.line}: not exact: {wrong.question} / {wrong.reply}")
    print(f"exchanges  {assessment.exchanges:6}")
    print(f"fit        {assessment.fit:6}")
    print(f"questions  {assessment.questions:6}")
    print(f"exact      {assessment.exact:6}  {assessment.rate:.1%}")
    for name in FILES:
        print(output / name)
