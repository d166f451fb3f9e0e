"""The line's ports: what names one, and that two can't have the same."""

from __future__ import annotations

import os
import pty
from collections.abc import Iterator

import pytest

from soulrig.errors import BadInput, Fault
from soulrig.link.line import Line

BAUD = 38_400


@pytest.fixture
def port() -> Iterator[str]:
    """A terminal with nobody at its other end."""
    ends = pty.openpty()
    yield os.ttyname(ends[1])
    for end in ends:
        os.close(end)


def test_a_port_is_had_by_one_alone(port: str) -> None:
    with Line(port, BAUD), pytest.raises(Fault, match=f"{port}: is in use by another program"):
        Line(port, BAUD)
    with Line(port, BAUD):
        pass


@pytest.mark.parametrize(
    "url", ["socket://lab", "socket://lab:six", "socket://lab:99999", "socket://:6400", "rfc2217://lab", "socket://["]
)
def test_an_address_without_host_or_port_is_wrong_usage(url: str) -> None:
    with pytest.raises(BadInput, match=r"names no host and port; expected (socket|rfc2217)://host:port"):
        Line(url, BAUD)


@pytest.mark.parametrize(("url", "words"), [("", "has no name"), ("sockets://lab:6400", "is no serial port")])
def test_what_names_no_port(url: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        Line(url, BAUD)


def test_nobody_at_the_address() -> None:
    with pytest.raises(Fault, match=r"can't be opened.*refused"):
        Line("socket://127.0.0.1:1", BAUD)
