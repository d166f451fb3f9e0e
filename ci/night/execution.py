"""Runs a night's stages: the steps of one side by side, each with a log, a limit, and a way to be broken off."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from threading import Lock

from night.causes import judge, one_line
from night.step import Outcome, Result, Step

GRACE = 20.0  # seconds between asking a step to end and ending it
PATIENCE = 0.5  # seconds in which Ctrl-C is heard
TIMED_OUT = "gave no result in {:.0f} minutes and was stopped"
BROKEN_OFF = "the night was broken off"

# The same words and widths at night as by hand; a test that is skipped for want of these would make a green night of
# half a test.
ENVIRONMENT = {"COLUMNS": "120", "NO_COLOR": "1", "TERM": "dumb", "OPENBLAS_NUM_THREADS": "1"}
REQUIRED = {"SOULRIG_REQUIRE": "vice,cc65"}


class Execution:
    """Runs steps as processes; tells `changed` of each that has ended."""

    def __init__(self, jobs: int, changed: Callable[[], None]) -> None:
        self._jobs = jobs
        self._changed = changed
        self._lock = Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._stopped = False

    def run(self, stages: Sequence[Sequence[tuple[Step, Result]]]) -> None:
        """Run them all. Where a step of the first stage is red, the others make no sense and say so.

        What is raised meanwhile, by Ctrl-C for one, ends what runs, keeps the rest from starting, and goes on.
        """
        for number, stage in enumerate(stages):
            broken = next((result for _, result in stages[0] if number and result.outcome is not Outcome.PASS), None)
            if broken is not None:
                for _, result in stage:
                    result.said = f"without {broken.name}"
                continue
            with ThreadPoolExecutor(self._jobs) as pool:
                try:
                    futures = [pool.submit(self._step, step, result) for step, result in stage]
                    while wait(futures, PATIENCE).not_done:
                        pass  # a signal that came just before the wait is seen now
                    for future in futures:
                        future.result()
                except BaseException:  # Ctrl-C and SIGTERM: the pool would wait for what runs
                    self._stop()
                    raise

    def _stop(self) -> None:
        """End every step that runs, as a person would with Ctrl-C; one that does not listen is killed."""
        with self._lock:
            self._stopped = True
            running = list(self._running)
        for process in running:
            _signal(process, signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        for process in running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
            _signal(process, signal.SIGKILL)

    def _step(self, step: Step, result: Result) -> None:
        begun = time.monotonic()
        try:
            with step.log.open("wb") as log:
                process = self._start(step, log.fileno())
                if process is None:
                    result.said = BROKEN_OFF
                    return
                hung = self._wait(process, step.limit)
            result.seconds = round(time.monotonic() - begun, 1)
            if self._stopped:
                result.said = BROKEN_OFF
            elif hung:
                result.outcome = Outcome.FAULT
                result.said = f"the rig failed: {TIMED_OUT.format(step.limit / 60)}"
            else:
                judge(step, process.returncode, result)
        except OSError as error:
            result.outcome, result.said = Outcome.FAULT, f"the rig failed: {error}"
        except Exception as error:  # what a step left may be anything; the night's verdict must come all the same
            result.outcome, result.said = Outcome.FAULT, one_line(f"the rig failed: {error!r}")
        self._changed()

    def _start(self, step: Step, log: int) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._stopped:
                return None
            process = subprocess.Popen(
                step.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=REQUIRED | os.environ | ENVIRONMENT,
                start_new_session=True,  # so that it can be ended with all that it started
            )
            self._running.add(process)
            return process

    def _wait(self, process: subprocess.Popen[bytes], limit: float) -> bool:
        """Whether it had to be stopped."""
        try:
            process.wait(limit)
            return False
        except subprocess.TimeoutExpired:
            _signal(process, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(GRACE)
            _signal(process, signal.SIGKILL)
            process.wait()
            return True
        finally:
            with self._lock:
                self._running.discard(process)


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """To the process and all that it started; what has ended is left alone."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
