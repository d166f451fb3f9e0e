"""The `soulrig` command: parses, calls and prints. One module a command; each imports its work when called."""

from __future__ import annotations

import os
import sys

import click
import typer

from soulrig.cli.reply import chat, reply
from soulrig.cli.train import train
from soulrig.errors import BadInput, Fault

EXIT_BAD_INPUT = 2
EXIT_FAULT = 3
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells report it

app = typer.Typer(
    name="soulrig",
    help="Test rig and deployment service for a transformer that lives in a Commodore 64.",
    epilog="Exit codes: 0 pass, 1 mismatch, 2 wrong usage or bad input, 3 the rig or a machine failed.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for command in (reply, chat, train):
    app.command()(command)


def main() -> None:
    """Run the command line and exit with its documented code."""
    try:
        sys.exit(app(standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BadInput as error:
        sys.exit(_complain(error, EXIT_BAD_INPUT))
    except Fault as error:
        sys.exit(_complain(error, EXIT_FAULT))
    except (KeyboardInterrupt, click.Abort):
        sys.exit(_complain("interrupted", EXIT_INTERRUPTED))
    except BrokenPipeError:
        # Whoever read our output has left; keep the interpreter from complaining when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _complain(message: object, code: int) -> int:
    print(f"soulrig: {message}", file=sys.stderr)
    return code
