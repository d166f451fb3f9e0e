"""The two ways in which a command can go wrong that are not a finding about the machine under test."""


class BadInput(ValueError):
    """What the user gave can't be used: a damaged file, a prompt a C64 can't type, a soul that doesn't fit.

    The message says what was found, what was expected and what to do. Ends a command with exit code 2.
    """


class Fault(RuntimeError):
    """The rig or a machine failed: an emulator that died, an assembler that is not installed.

    Says nothing about the tokens that the machine made. Ends a command with exit code 3.
    """
