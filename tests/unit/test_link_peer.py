"""What is said of results that no riglink of ours tells, as another's agent may, and of another line than was said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from typer.testing import CliRunner

from soulrig.cli import app
from soulrig.errors import Fault
from soulrig.link.jobs import Job
from soulrig.link.line import Line
from soulrig.link.peer import Identity, Peer


class Telling(Peer):
    """One at a line whose C64 tells this, whatever it is asked."""

    def __init__(self, result: bytes) -> None:
        super().__init__(cast(Line, type("Named", (), {"url": "the line"})()))
        self._result = result

    def _do(self, job: Job, seconds: float | None = None) -> bytes:
        return self._result


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (bytes([1, 0, 1]), "identity is 01 00 01, expected 8 bytes"),
        (bytes([1, 9, 1, 0x37, 0, 4, 12, 40]), "the second 0 or 1, the third 1 or 2 or 3"),
        (bytes([1, 0, 9, 0x37, 0, 4, 12, 40]), "the second 0 or 1, the third 1 or 2 or 3"),
        (bytes([2, 0, 1, 0x37, 0, 4, 12, 40]), "speaks version 2 of the protocol"),
        (b"", "speaks version None of the protocol"),
    ],
)
def test_an_identity_that_is_none(result: bytes, words: str) -> None:
    with pytest.raises(Fault, match=words):
        Telling(result).identify()


@pytest.mark.parametrize(
    ("ask", "size"), [(lambda peer: peer.call(0xC000), 4), (lambda peer: peer.keys(b"A"), 1)], ids=["call", "keys"]
)
def test_a_result_of_another_length(ask: Callable[[Peer], object], size: int) -> None:
    with pytest.raises(Fault, match=f"has a result of 2 bytes, expected {size}"):
        ask(Telling(b"\0\0"))


def test_a_program_is_not_sent_over_another_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a socket any line answers; riglink for another would be put in its place, and never heard again."""

    class Soul:
        def identify(self) -> Identity:
            return Identity(1, "soulplayer", "userport", "pal", 1024, 3, 40, None)

    @contextmanager
    def soul(*_: object, **__: Any) -> Iterator[Soul]:
        yield Soul()

    monkeypatch.setattr("soulrig.link.peer.Peer.open", soul)
    program = tmp_path / "game.prg"
    program.write_bytes(b"\1\x08\0\0")
    done = CliRunner().invoke(app, ["riglink", "run", str(program), "--port", "socket://lab:6400"])
    assert (done.exit_code, "has a userport, swiftlink was asked for" in done.stderr) == (2, True)
