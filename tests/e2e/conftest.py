"""What is booted and what may be left, for the tests that run the whole program on a machine."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from left_behind import assert_nothing_left, open_files

from soulrig.buildtools.build import Built
from soulrig.conversation import Conversation
from soulrig.machines.vice import ViceMachine

Boot = Callable[..., tuple[ViceMachine, Conversation]]


@pytest.fixture
def private_temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of the test's temporary files; nothing may be left of them, of processes and sockets."""
    folder = tmp_path / "temp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    before = open_files()
    yield folder
    assert_nothing_left(folder)
    assert open_files() == before


@pytest.fixture
def boot(tmp_path: Path) -> Iterator[Boot]:
    """Boots a built program in VICE: `machine, conversation = boot(built, "x64sc", "ntsc")`."""
    with ExitStack() as stack:

        def start(built: Built, *options: object) -> tuple[ViceMachine, Conversation]:
            disk = tmp_path / "soulplayer.d64"
            disk.write_bytes(built.d64)
            machine = stack.enter_context(ViceMachine(*options))  # type: ignore[arg-type]  # as the caller names them
            conversation = Conversation(machine, built.manifest)
            conversation.boot(disk)
            return machine, conversation

        yield start
