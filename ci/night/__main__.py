"""`ci/nightly`: run the night's steps, keep what they left, print the verdict first.

Nothing is printed on stdout before the verdict, so that it is the first line of a mail; who watches is told on stderr.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from night.causes import one_line
from night.execution import Execution
from night.history import save_history
from night.night import RED, WHOLE, Night, new_folder, nights, prune
from night.pages import save_pages
from night.plan import ROOT, plan
from night.report import report
from night.rom_sets import other_rom_sets
from night.step import Kind, Outcome, Result
from soulrig.errors import BadInput, Fault
from soulrig.model.files import write_beside
from soulrig.report.markdown import fenced

EXIT_FAULT, EXIT_INTERRUPTED = 3, 130
ENDINGS = (signal.SIGTERM, signal.SIGHUP)  # 128 and the signal's number is the exit code then


class _Terminated(KeyboardInterrupt):
    """One of ENDINGS came, its argument, which ends a night like Ctrl-C."""


def main() -> int:
    """Run a night. Returns 0 green, 1 red, 3 where the rig failed, 129, 130 and 143 where it was broken off."""
    options = _options()
    keep = options.keep.resolve()
    os.chdir(ROOT)
    keep = keep.relative_to(ROOT) if keep.is_relative_to(ROOT) else keep
    for number in ENDINGS:
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup has it ignored
            signal.signal(number, _terminate)
    try:
        with _alone(keep):
            return _night(keep, quick=options.quick, jobs=options.jobs)
    except (BadInput, Fault, OSError) as error:
        print(f"{RED}: nightly: the rig failed: {error}")
        return EXIT_FAULT


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="ci/nightly",
        description="Builds the shipped soul's program, verifies it on every machine, compares its screens and its "
        "cycles with what they were, runs the long tests, and prints a verdict; what broke is in its first line.",
        epilog="Exit codes: 0 green, 1 red, 3 the rig failed, 129, 130 and 143 broken off.",
    )
    parser.add_argument("--quick", action="store_true", help="few prompts, no long tests: minutes, not an hour")
    parser.add_argument(
        "--keep",
        type=Path,
        default=ROOT / "build" / "nightly",
        metavar="DIR",
        help=f"where a folder for each night lies, the last {WHOLE} of them whole (default: build/nightly)",
    )
    parser.add_argument(
        "--jobs",
        type=int,
        choices=range(1, 65),
        default=os.cpu_count() or 1,
        metavar="N",
        help="steps at a time, 1 to 64 (default: the processors)",
    )
    return parser.parse_args()


def _night(keep: Path, *, quick: bool, jobs: int) -> int:
    begun = time.monotonic()
    now = datetime.now(UTC)
    folder = new_folder(keep, now)
    stages = [
        [(step, Result(step.name, step.kind, list(step.command))) for step in stage]
        for stage in plan(folder, other_rom_sets(), quick=quick)
    ]
    results = [result for stage in stages for _, result in stage]
    night = Night(folder, now.isoformat(timespec="seconds"), _revision(), quick, results)

    def changed() -> None:
        night.save()
        _tell(night)

    night.save()
    execution = Execution(jobs, changed)
    broken_off = 0
    try:
        execution.run(stages)
        add_pages(night, nights(keep))
        night.seconds = round(time.monotonic() - begun, 1)
    except KeyboardInterrupt as error:
        broken_off = 128 + error.args[0] if isinstance(error, _Terminated) else EXIT_INTERRUPTED
    night.save()
    text = report(night)
    write_beside(folder / "report.txt", text.encode())
    kept = nights(keep)
    prune(kept)
    save_history(keep / "history.html", kept)
    print(text, end="")
    tell_github(text)
    return broken_off or night.exit_code


def add_pages(night: Night, earlier: list[Night]) -> None:
    """Write a page for each record; where that fails, the verdict must come all the same, and tell of it."""
    try:
        save_pages(night, earlier)
    except Exception as error:  # a record is any night's, drawn by libraries: whatever they raise
        failed = Result("pages", Kind.PAGES, [], Outcome.FAULT, said=one_line(f"the rig failed: {error!r}"))
        night.results.append(failed)


def _tell(night: Night) -> None:
    """Progress for a person who watches."""
    if sys.stderr.isatty():
        done = [result for result in night.results if result.outcome is not Outcome.NOT_RUN]
        red = f", {len(night.red)} red" if night.red else ""
        print(f"nightly: {len(done)} of {len(night.results)} steps{red}", file=sys.stderr)


def tell_github(text: str) -> None:
    """The same on the page of a GitHub workflow's run."""
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(fenced(text.rstrip()))


@contextmanager
def _alone(keep: Path) -> Iterator[None]:
    """No two nights at once in a folder. Raises Fault for the second."""
    keep.mkdir(parents=True, exist_ok=True)
    with (keep / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Fault(f"another nightly is at work in {keep}; wait for it, or choose another --keep") from error
        yield


def _revision() -> str:
    """The checkout's commit, with -dirty where it was changed since."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return run.stdout.strip() or "unknown"


def _terminate(number: int, frame: FrameType | None) -> None:
    raise _Terminated(number)


if __name__ == "__main__":
    sys.exit(main())
