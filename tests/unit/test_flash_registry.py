"""What `--to` may ask for: a port, the line at it, and what is refused."""

from __future__ import annotations

import pytest

from soulrig.errors import BadInput, Fault
from soulrig.flash.registry import find_target
from soulrig.link import lent


class Asked(Fault):
    """The line that a target opens, once it is entered."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has a target tell the line that it would open."""

    def tell(url: str, baud: int) -> None:
        raise Asked(f"{url} at {baud}")

    monkeypatch.setattr(lent, "lent_agent", tell)


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("line", "baud"), [("", 38_400), (",swiftlink", 38_400), (",userport", 2_400), (",up9600", 9_600)]
)
def test_a_port_and_its_line(line: str, baud: int) -> None:
    target = find_target(f"serial:/dev/ttyUSB0{line}", "a.d64", 9)
    assert target.where == "drive 9 of the C64 at /dev/ttyUSB0"
    with pytest.raises(Asked, match=f"^/dev/ttyUSB0 at {baud}$"):
        target.__enter__()


@pytest.mark.usefixtures("asked")
def test_a_line_may_be_a_socket_or_the_settings_of_a_machine() -> None:
    with pytest.raises(Asked, match=r"^socket://127\.0\.0\.1:6400 at 38400$"):
        find_target("serial:socket://127.0.0.1:6400", "a.d64", 8).__enter__()
    settings = {"port": "/dev/ttyS1", "line": "userport"}
    with pytest.raises(Asked, match=r"^/dev/ttyS1 at 2400$"):
        find_target("serial", "a.d64", 8, settings).__enter__()
    with pytest.raises(Asked, match=r"^/dev/ttyS1 at 1200$"):
        find_target("serial", "a.d64", 8, settings | {"baud": 1200}).__enter__()


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
