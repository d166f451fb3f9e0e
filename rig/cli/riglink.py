"""`soulrig riglink`: bring the agent onto a C64, see whether it answers, run a program there."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from soulrig.cli.machine_options import LineName
from soulrig.cli.progress import Bar
from soulrig.errors import BadInput

if TYPE_CHECKING:
    from soulrig.link.peer import Identity

PATIENCE = 15.0  # seconds that a C64 may be silent
TYPE_THIS = """Type this on the C64, and RUN. SAVE it if you can: it is the same every time.
"""
PRESS = "When it runs, press RETURN here: "

riglink = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


PortOption = Annotated[
    str, typer.Option("--port", metavar="PORT", help="A device, socket://HOST:PORT or rfc2217://HOST:PORT.")
]
LineOption = Annotated[LineName, typer.Option("--line", help="What the C64's end of the cable is.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a line.")]


@riglink.callback()
def riglink_group() -> None:
    """Bring the agent riglink onto a C64 at a serial cable, see whether it answers, run a program there.

    \b
    Examples:
      soulrig riglink install --port /dev/ttyUSB0 --line userport
      soulrig riglink identify --port /dev/ttyUSB0 --line userport

    Exit codes: 0 done, 2 wrong usage or bad input, 3 the line or the C64 failed.
    """


@riglink.command()
def disk(
    output: Annotated[Path, typer.Argument(metavar="OUT.d64", help="The floppy image to write.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite another file of that name.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write a floppy image that holds the agent for each line, to LOAD and RUN.

    \b
    Examples:
      soulrig riglink disk riglink.d64

    Exit codes: 0 written, 2 it can't be written there or another file is there, 3 the assembler is missing.
    """
    from soulrig.buildtools.riglink import make_disk
    from soulrig.model.files import check_writable, read_bytes, write_beside

    check_writable(output)
    image = make_disk()
    if output.exists() and not force and read_bytes(output) != image:
        raise BadInput(f"{output}: is there already, and is another file; choose another name, or --force")
    write_beside(output, image)
    print(json.dumps({"disk": str(output), "bytes": len(image)}) if as_json else output)


@riglink.command()
def install(
    port: PortOption,
    line: LineOption = LineName.USERPORT,
    now: Annotated[bool, typer.Option("--now", help="Send at once: the listing is typed and runs.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring the agent onto a C64 that has nothing but the cable.

    Shows nine lines of BASIC to type in there, sends the agent to them at 300 baud, which takes a minute, and asks the
    agent who it is. Where nothing answers, look at the C64: after BAD say RUN again, and run this again.

    \b
    Examples:
      soulrig riglink install --port /dev/ttyUSB0
      soulrig riglink install --port /dev/ttyUSB0 --line swiftlink --now

    Exit codes: 0 it answers, 2 wrong usage, 3 the line failed, or nothing answers.
    """
    from soulrig.buildtools.line import BAUD, DRIVERS
    from soulrig.buildtools.riglink import make_resident
    from soulrig.errors import BadInput, Fault
    from soulrig.link.line import Line
    from soulrig.link.peer import Peer
    from soulrig.link.typed_in import BAUD as SLOW
    from soulrig.link.typed_in import LISTINGS, packet, send

    sent = packet(make_resident(DRIVERS[line.value]))
    if not now:
        print(TYPE_THIS, *LISTINGS[line.value], "", PRESS, sep="\n", end="", file=sys.stderr, flush=True)
        if not sys.stdin.readline():
            raise BadInput("nobody can press RETURN here; say --now when the listing runs")
    with Line(port, SLOW) as slow, Bar("to the C64, bytes", len(sent)) as bar:
        send(slow, sent, lambda done: bar.show(done, len(sent)))
    try:
        with Peer.open(port, BAUD[line.value], patience=PATIENCE) as peer:
            _tell(peer.identify(), as_json)
    except Fault as fault:
        raise Fault(f"{fault}; after BAD, or a border that no longer flickers: RUN there again, then this") from fault


@riglink.command()
def identify(port: PortOption, line: LineOption = LineName.SWIFTLINK, as_json: JsonOption = False) -> None:
    """Ask who is at the cable: riglink or a program that holds it, PAL or NTSC, which KERNAL.

    \b
    Examples:
      soulrig riglink identify --port /dev/ttyUSB1
      soulrig riglink identify --port /dev/ttyUSB0 --line userport --json

    Exit codes: 0 it answers, 2 wrong usage, 3 the line failed, or nothing answers.
    """
    from soulrig.buildtools.line import BAUD
    from soulrig.link.peer import Peer

    with Peer.open(port, BAUD[line.value], patience=PATIENCE) as peer:
        _tell(peer.identify(), as_json)


@riglink.command()
def run(
    program: Annotated[Path, typer.Argument(metavar="FILE.prg", help="A program; its first two bytes say where.")],
    port: PortOption,
    line: LineOption = LineName.SWIFTLINK,
    as_json: JsonOption = False,
) -> None:
    """Put a program into the C64, compare it there by its CRC, and RUN it; one that is not BASIC's is jumped to.

    Where the soul's program runs, riglink takes its place first.

    \b
    Examples:
      soulrig riglink run game.prg --port /dev/ttyUSB1
      soulrig riglink run game.prg --port /dev/ttyUSB0 --line userport

    Exit codes: 0 it was started, 2 wrong usage or no program, 3 the line or the C64 failed.
    """
    from soulrig.buildtools.line import BAUD
    from soulrig.link.peer import BASIC_START, Peer, check_program
    from soulrig.machines.comeback import bring_riglink_back
    from soulrig.model.files import read_bytes

    prg = read_bytes(program)
    try:
        check_program(prg)
    except BadInput as error:
        raise BadInput(f"{program}: {error}") from error
    with Peer.open(port, BAUD[line.value], patience=PATIENCE) as peer:
        identity = peer.identify()
        if identity.driver != line.value:
            raise BadInput(f"--line: the C64 at {port} has a {identity.driver}, {line.value} was asked for")
        if identity.program != "riglink":
            bring_riglink_back(peer, line.value)
            peer.identify()
        with Bar("to the C64, bytes", len(prg)) as bar:
            start = peer.load(prg, bar.show)
        peer.run(None if start == BASIC_START else start)
    if as_json:
        print(json.dumps({"program": str(program), "start": start, "bytes": len(prg) - 2}))
    else:
        print(f"{program}: {len(prg) - 2} bytes at ${start:04X}, started")


def _tell(identity: Identity, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(identity)))
        return
    kernal = "" if identity.kernal_crc is None else f", KERNAL with CRC-16 ${identity.kernal_crc:04X}"
    print(f"{identity.program} by {identity.driver}, {identity.standard.upper()}{kernal}")
