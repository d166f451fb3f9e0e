"""Deploying: bring a soul's program onto a machine, verify it there, and remember; and the way back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from soulrig.buildtools.build import PROGRAM_NAME
from soulrig.channels.registry import DEFAULT_CHANNELS
from soulrig.deploy.journal import FAILED, UNFINISHED, VERIFIED, Deployment, Journal
from soulrig.deploy.releases import Release
from soulrig.deploy.state import StateFolder
from soulrig.errors import BadInput, Fault
from soulrig.flash.card import Card
from soulrig.flash.flashing import Wishes, flash
from soulrig.flash.image import Image
from soulrig.kept import INTERRUPTED
from soulrig.machine import Loader, Machine
from soulrig.prompts import check_prompts
from soulrig.record import FAULT, PASS, PromptRecord
from soulrig.verify import verify

FLOPPY = f"{PROGRAM_NAME}.d64"


@dataclass(frozen=True)
class Trial:
    """What a deployment is verified with."""

    prompts: Sequence[str]
    channels: Sequence[str] = DEFAULT_CHANNELS


@dataclass(frozen=True)
class Listener:
    """Who is told how it goes: `note` each step in words, `progress` each prompt."""

    note: Callable[[str], None] = lambda text: None
    progress: Callable[[PromptRecord], None] = lambda prompt: None


class Deployer:
    """Deploys to one machine, which is called `name`; `machine` has not been entered yet."""

    def __init__(
        self, state: StateFolder, name: str, machine: Machine, trial: Trial, listener: Listener = Listener()
    ) -> None:
        check_prompts(trial.prompts)
        self._state, self._name, self._machine, self._trial, self._listener = state, name, machine, trial, listener

    def deploy(self, release: Release) -> Deployment:
        """Place, boot and verify. Raises Fault, with the journal telling it, where rig or machine failed."""
        release.keep(self._state)
        with self._state.locked(self._name), Journal(self._state) as journal:
            return self._carry_out(journal, release, None)

    def roll_back(self) -> Deployment:
        """Bring back what was there before the newest deployment, and verify it.

        Raises BadInput where there is nothing to go back to.
        """
        with self._state.locked(self._name), Journal(self._state) as journal:
            last = journal.last(self._name)
            if last is None or last.way_back is None:
                raise BadInput(f"{self._name}: there is nothing to roll back to: no former deployment was verified")
            former = journal.entry(last.way_back)
            self._listener.note(f"going back from {last} to {former}")
            return self._carry_out(journal, Release.kept(self._state, former.name, former.disk), former)

    def _carry_out(self, journal: Journal, release: Release, restores: Deployment | None) -> Deployment:
        begun = journal.begin(self._name, release, restores)
        with self._entered(journal, begun):
            disk = None
            if isinstance(self._machine, Loader):
                self._listener.note(f"writing the disk of {self._name}")
                disk = self._place(release)
                journal.written(begun)
            record = verify(
                self._machine,
                release.soul,
                release.built,
                self._trial.prompts,
                channels=self._trial.channels,
                progress=self._listener.progress,
                keep=self._state.record(begun.number),
                disk=disk,
                booted=lambda: journal.written(begun) if disk is None else None,
            )
            journal.ended(begun, VERIFIED if record.verdict == PASS else FAILED, record.verdict, record.fault)
        return journal.entry(begun.number)

    def _place(self, release: Release) -> Path:
        """Make the image the floppy in the machine's drive, on this computer; the file it boots from."""
        folder = self._state.machine(self._name)
        image = Image.parse(FLOPPY, release.built.d64, FLOPPY)
        flashed = flash(Card(folder, FLOPPY), image, Wishes(force=True))
        if flashed.differences:
            raise Fault(f"{folder / FLOPPY}: is not what was written: {flashed.differences[0]}")
        return folder / FLOPPY

    @contextmanager
    def _entered(self, journal: Journal, begun: Deployment) -> Iterator[None]:
        """Whatever ends the work before its verdict is entered."""
        try:
            yield
        except (BadInput, Fault, OSError) as error:
            journal.ended(begun, FAILED, FAULT, str(error))
            raise
        except BaseException:
            journal.ended(begun, FAILED, FAULT, INTERRUPTED)
            raise


@dataclass(frozen=True)
class History:
    """All that was deployed, the oldest first, and by machine the number of what is on it; 0 where that is unknown."""

    deployments: Sequence[Deployment]
    present: dict[str, int]


def history(state: StateFolder) -> History:
    """What the journal tells, with what can be seen: whether unfinished work goes on, and what a floppy holds."""
    if not state.journal.exists():
        return History((), {})
    with Journal(state) as journal:
        suspects = {entry.number for entry in journal.all() if _is_orphan(state, entry)}
        # Looked at a second time: it may have come to its end between the look at the journal and that at the lock.
        entries = [
            replace(entry, broken_off=entry.number in suspects and entry.state in UNFINISHED) for entry in journal.all()
        ]
    machines = dict.fromkeys(entry.machine for entry in entries)
    return History(entries, {name: _present(state, name, entries) for name in machines})


def _is_orphan(state: StateFolder, entry: Deployment) -> bool:
    return entry.state in UNFINISHED and not state.is_locked(entry.machine)


def _present(state: StateFolder, machine: str, entries: Sequence[Deployment]) -> int:
    """The newest deployment whose image the machine's floppy holds now; without one, the newest that came to it."""
    mine = [entry for entry in reversed(entries) if entry.machine == machine]
    floppy = state.machine(machine) / FLOPPY
    if floppy.exists():
        digest = hashlib.sha256(floppy.read_bytes()).hexdigest()
        return next((entry.number for entry in mine if entry.disk == digest), 0)
    return mine[0].number if mine[0].placed else 0
