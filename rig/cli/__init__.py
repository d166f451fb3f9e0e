"""The `soulrig` command: parses, calls and prints. One module a command; each imports its work when called."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from contextlib import suppress
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from soulrig.cli.bench import bench
from soulrig.cli.build import build
from soulrig.cli.deploy import deploy
from soulrig.cli.deployments import deployments
from soulrig.cli.doctor import doctor
from soulrig.cli.flash import flash
from soulrig.cli.listen import listen
from soulrig.cli.machines import machines
from soulrig.cli.play import play
from soulrig.cli.reply import chat, reply
from soulrig.cli.report import report
from soulrig.cli.riglink import riglink
from soulrig.cli.screen import screen
from soulrig.cli.train import train
from soulrig.cli.verify import verify
from soulrig.errors import BadInput, Fault

EXIT_BAD_INPUT = 2
EXIT_FAULT = 3
EXIT_UNREAD = 141  # 128 + SIGPIPE: whoever read our output has left


class _Commands(TyperGroup):
    """The commands, each ended with its documented exit code. Typer sees to wrong usage, 2, and to Ctrl-C, 130."""

    def invoke(self, ctx: Any) -> Any:  # typer keeps the types of the two to itself
        """Run the command; turn what it raises into a line on stderr and an exit code."""
        _take_any_text()
        try:
            try:
                return super().invoke(ctx)
            finally:
                if sys.stdout is not None:
                    sys.stdout.flush()  # here, where output that is not taken can still be told from a success
        except BadInput as error:
            raise _exit(EXIT_BAD_INPUT, error) from error
        except Fault as error:
            raise _exit(EXIT_FAULT, error) from error
        except BrokenPipeError as error:
            _drop_output()
            raise typer.Exit(EXIT_UNREAD) from error
        except OSError as error:
            taken = _drop_output()
            where = f"temporary files lie in {tempfile.tempdir}" if taken else "standard output does not take it"
            raise _exit(EXIT_FAULT, f"{error} ({where})") from error


def _take_any_text() -> None:
    """Have a terminal that is not UTF-8 show as an escape what it has no letter for; a reply may hold any."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


def _exit(code: int, message: object) -> typer.Exit:
    with suppress(OSError):  # nobody may be left to tell
        print(f"soulrig: {message}", file=sys.stderr)
    return typer.Exit(code)


def _drop_output() -> bool:
    """Throw away what stdout did not take, or the interpreter would try again, and complain. Whether it took all."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True


app = typer.Typer(
    name="soulrig",
    cls=_Commands,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"soulrig {version('soulrig')}")
        raise typer.Exit


@app.callback()
def soulrig(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Test rig and deployment service for a transformer that lives in a Commodore 64.

    Each command tells more with --help. Data goes to stdout, as one JSON object with --json; progress and errors go to
    stderr.

    \b
    Examples:
      soulrig doctor
      soulrig verify --prompt "hello"
      soulrig play --machine sim
      soulrig chat

    Exit codes: 0 pass, 1 mismatch, 2 wrong usage or bad input, 3 the rig or a machine failed, 130 interrupted.
    """


COMMANDS = (
    *(verify, report, bench, play, listen, screen),
    *(machines, doctor, build, flash, deploy, deployments),
    *(train, reply, chat),
)
for command in COMMANDS:
    app.command()(command)
app.add_typer(riglink, name="riglink")
