"""Deploying: bring a soul's program onto a machine, verify it there, and remember; and the way back."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from soulrig.buildtools.build import PROGRAM_NAME
from soulrig.channels.registry import DEFAULT_CHANNELS, open_channels
from soulrig.deploy.journal import FAILED, UNFINISHED, VERIFIED, Deployment, Journal
from soulrig.deploy.releases import Release
from soulrig.deploy.state import StateFolder
from soulrig.errors import BadInput, Fault
from soulrig.flash.card import Card
from soulrig.flash.flashing import NOBODY, Listener, Wishes, flash
from soulrig.flash.image import Difference, Image
from soulrig.flash.target import Target
from soulrig.kept import INTERRUPTED
from soulrig.machine import Loader, Machine
from soulrig.prompts import check_prompts
from soulrig.record import FAULT, MISMATCH, PASS, PromptRecord
from soulrig.verify import verify

FLOPPY = f"{PROGRAM_NAME}.d64"


@dataclass(frozen=True)
class Trial:
    """What a deployment is verified with."""

    prompts: Sequence[str]
    channels: Sequence[str] = DEFAULT_CHANNELS


@dataclass(frozen=True)
class Floppy:
    """A real disk, or a card, for the machine; written before it is verified."""

    target: Target
    force: bool = False  # overwrite what is there


class Deployer:
    """Deploys to one machine, which is called `name`; `machine` has not been entered yet.

    A machine that has its drive in this computer boots from a disk that lies in the state folder. Another gets the
    program over its cable, and its `floppy`, if there is to be one, is written first. Raises BadInput for prompts that
    can't be typed, and for a floppy that the machine has no use for.
    """

    def __init__(
        self,
        state: StateFolder,
        name: str,
        machine: Machine,
        trial: Trial,
        listener: Listener = NOBODY,
        floppy: Floppy | None = None,
    ) -> None:
        check_prompts(trial.prompts)
        if floppy is not None and isinstance(machine, Loader):
            raise BadInput(f"--flash: {name} has its drive in this computer, and its disk is written anyway")
        self._state, self._name, self._machine, self._trial = state, name, machine, trial
        self._listener, self._floppy = listener, floppy

    def deploy(self, release: Release) -> Deployment:
        """Place, boot and verify. What failed, the rig or the machine, is told by the deployment that is returned.

        Raises, with nothing changed, BadInput for a floppy that is not to be overwritten, Fault for a channel that the
        machine can't have.
        """
        release.keep(self._state)
        with self._state.locked(self._name), Journal(self._state) as journal:
            return self._carried_out(journal, release, None)

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
            return self._carried_out(journal, Release.kept(self._state, former.name, former.disk), former)

    def _carried_out(self, journal: Journal, release: Release, restores: Deployment | None) -> Deployment:
        open_channels(self._trial.channels, self._machine, release.built.manifest)  # before anything is overwritten
        begun = journal.begin(self._name, release, restores)
        try:
            self._carry_out(journal, begun, release)
        except Fault as fault:
            journal.ended(begun, FAILED, FAULT, str(fault))
        except BadInput:
            journal.withdraw(begun)
            raise
        except OSError as error:
            journal.ended(begun, FAILED, FAULT, str(error))
            raise
        except BaseException:
            journal.ended(begun, FAILED, FAULT, INTERRUPTED)
            raise
        return journal.entry(begun.number)

    def _carry_out(self, journal: Journal, begun: Deployment, release: Release) -> None:
        disk = None
        image = Image.parse(FLOPPY, release.built.d64, FLOPPY)
        if isinstance(self._machine, Loader):
            folder = self._state.machine(self._name)
            disk = folder / FLOPPY
            card = Card(folder, FLOPPY, plugged_in=False)
            differences = self._flashed(Floppy(card, force=True), image, NOBODY)
        elif self._floppy is not None:
            differences = self._flashed(self._floppy, image, self._listener)
        else:
            differences = []
        if differences:
            told = f"{len(differences)} sectors of the disk differ: {differences[0]}"
            journal.ended(begun, FAILED, MISMATCH, told)
            return
        if disk is not None or self._floppy is not None:
            journal.written(begun)
        self._verify(journal, begun, release, disk)

    def _flashed(self, floppy: Floppy, image: Image, listener: Listener) -> Sequence[Difference]:
        return flash(floppy.target, image, Wishes(force=floppy.force), listener).differences

    def _verify(self, journal: Journal, begun: Deployment, release: Release, disk: Path | None) -> None:
        done = 0

        def advance(prompt: PromptRecord) -> None:
            nonlocal done
            done += 1
            self._listener.progress("verifying", done, len(self._trial.prompts))

        def booted() -> None:
            if disk is None and self._floppy is None:
                journal.written(begun)  # it came over the cable

        self._listener.progress("booting", 0, len(self._trial.prompts))
        record = verify(
            self._machine,
            release.soul,
            release.built,
            self._trial.prompts,
            channels=self._trial.channels,
            progress=advance,
            keep=self._state.record(begun.number),
            disk=disk,
            booted=booted,
        )
        journal.ended(begun, VERIFIED if record.verdict == PASS else FAILED, record.verdict, record.fault)


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
