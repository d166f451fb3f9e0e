"""What `--to` may ask for: a port, the line at it, and what is refused."""

from __future__ import annotations

import pytest

from soulrig.errors import BadInput
from soulrig.flash.registry import find_target


@pytest.mark.parametrize(
    "to", ["serial:/dev/ttyUSB0", *(f"serial:/dev/ttyUSB0,{line}" for line in ("swiftlink", "userport", "up9600"))]
)
def test_a_port_and_its_line(to: str) -> None:
    assert find_target(to, "a.d64", 9).where == "drive 9 of the C64 at /dev/ttyUSB0"


def test_a_line_may_be_a_socket_or_the_settings_of_a_machine() -> None:
    assert "socket://127.0.0.1:6400" in find_target("serial:socket://127.0.0.1:6400", "a.d64", 8).where
    assert (
        "/dev/ttyS1"
        in find_target("serial", "a.d64", 8, {"port": "/dev/ttyS1", "line": "userport", "baud": 1200}).where
    )


@pytest.mark.parametrize(
    ("to", "message"),
    [
        ("serial", "name the port"),
        ("serial:", "name the port"),
        (
            "serial:/dev/ttyUSB0,userprt",
            r"no line is called 'userprt' \(did you mean userport\?\); there are swiftlink",
        ),
        ("seriall:/dev/ttyUSB0", "did you mean serial"),
    ],
)
def test_what_is_refused(to: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        find_target(to, "a.d64", 8)


def test_a_number_that_no_drive_has() -> None:
    with pytest.raises(BadInput, match="drive 3: expected a number from 8 to 30"):
        find_target("serial:/dev/ttyUSB0", "a.d64", 3)
