"""Tables on standard output. Imports rich, so a command imports this where it prints."""

from __future__ import annotations

from rich.console import Console


class Output(Console):
    """Standard output. A reader who has left is a BrokenPipeError; rich would exit with 1, which means a mismatch."""

    def on_broken_pipe(self) -> None:
        """Called while that error is handled."""
        raise
