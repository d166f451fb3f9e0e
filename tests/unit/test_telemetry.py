"""The telemetry header as it lies in memory: announced, of another version, or not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from soulrig.channels.telemetry import Telemetry
from soulrig.errors import Fault


class Cells:
    """A memory that holds a telemetry header and nothing else."""

    def __init__(self, manifest: dict[str, Any], header: bytes) -> None:
        self._start, self._header = manifest["telemetry"]["address"], header

    def read(self, address: int, length: int) -> bytes:
        assert (address, length) == (self._start, 32)
        return self._header.ljust(length, b"\0")

    def write(self, address: int, data: bytes) -> None:
        raise AssertionError("telemetry is only read")


@pytest.fixture
def manifest(root: Path) -> dict[str, Any]:
    content = json.loads((root / "disk" / "soulplayer.json").read_text())
    assert isinstance(content, dict)
    return content


def test_a_program_has_announced_itself_or_has_not(manifest: dict[str, Any]) -> None:
    assert Telemetry(Cells(manifest, b"SOUL\x01"), manifest).present()
    assert not Telemetry(Cells(manifest, b"\0OUL\x01"), manifest).present()


def test_a_program_of_another_version_is_told_at_once(manifest: dict[str, Any]) -> None:
    with pytest.raises(Fault, match="telemetry version 2, its manifest tells of 1"):
        Telemetry(Cells(manifest, b"SOUL\x02"), manifest).present()
