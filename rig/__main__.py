"""Where the `soulrig` command begins. Whatever ends it, from here on, ends it cleanly.

Ctrl-C ends it with 130, SIGTERM and SIGHUP with 128 and their number. All that it makes of temporary files lies in one
folder, and goes with it.
"""

from __future__ import annotations

# No more than the interpreter has nearly all of anyway: until `main` has set its handlers Ctrl-C is the interpreter's.
import signal
import sys
from contextlib import suppress
from types import FrameType

EXIT_INTERRUPTED = 128 + signal.SIGINT  # as shells report it
ENDINGS = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, as a class of its own.

    CPython remembers a KeyboardInterrupt itself that has left a text under `exec`, in which each dataclass and named
    tuple is made, and at its end kills itself with SIGINT, whoever has caught that and with whatever status it ends.
    """


class Terminated(SystemExit):
    """SIGTERM or SIGHUP."""


def main() -> None:
    """Run the command line and exit with its documented code."""
    try:
        try:
            _set_handlers()
            from soulrig.temporary_folder import make_temporary_folder

            make_temporary_folder()
            from soulrig.cli import app  # takes a while, in which Ctrl-C may come

            app()
        finally:
            _ignore_signals()  # for good: what is left is to clear up
    except SystemExit as end:  # as typer always ends, on Ctrl-C too
        if end.code == EXIT_INTERRUPTED:
            _say_interrupted()
        raise
    except BaseException as error:
        signalled = _signalled(error)
        if isinstance(signalled, Terminated):
            raise signalled from error
        if signalled is None:
            raise
        _say_interrupted()
        sys.exit(EXIT_INTERRUPTED)


def _set_handlers() -> None:
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # a shell's background jobs have it ignored
        signal.signal(signal.SIGINT, _interrupt)
    for number in ENDINGS:
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup has it ignored
            signal.signal(number, _terminate)
    sys.unraisablehook = _raise_later


def _ignore_signals() -> None:
    for number in (signal.SIGINT, *ENDINGS, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise Interrupted


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated(128 + number)


def _raise_later(dropped: sys.UnraisableHookArgs) -> None:
    """A signal may have come in a callback, as imports have of weak references, whose exceptions are dropped."""
    value = dropped.exc_value
    if not isinstance(value, Interrupted | Terminated):
        sys.__unraisablehook__(dropped)
        return

    def raise_again(number: int, frame: FrameType | None) -> None:
        raise value

    signal.signal(signal.SIGALRM, raise_again)
    signal.setitimer(signal.ITIMER_REAL, 0.01)  # by when the callback is over; if not, once more


def _signalled(error: BaseException) -> BaseException | None:
    """The signal that `error` is or comes of: a class's making, for one, gives any exception another name."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, KeyboardInterrupt | Terminated):
        cause = cause.__cause__ or cause.__context__
    return cause


def _say_interrupted() -> None:
    with suppress(OSError):  # nobody may be left to tell
        print("soulrig: interrupted", file=sys.stderr)


if __name__ == "__main__":
    main()
