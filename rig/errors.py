"""The two ways in which a command can go wrong that are not a finding about the machine under test."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class BadInput(ValueError):
    """What the user gave can't be used: a damaged file, a prompt a C64 can't type, a soul that doesn't fit.

    The message says what was found, what was expected and what to do. Ends a command with exit code 2.
    """


class Fault(RuntimeError):
    """The rig or a machine failed: an emulator that died, an assembler that is not installed.

    Says nothing about the tokens that the machine made. Ends a command with exit code 3.
    """


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """What a message says behind a word that is not known: the nearest that is, in brackets; or nothing."""
    found = difflib.get_close_matches(word, known, 1)
    return f" (did you mean {found[0]}?)" if found else ""
