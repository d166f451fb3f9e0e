"""A bar on stderr for what takes a while; nothing where stderr is no terminal. Imports rich when it is made."""

from __future__ import annotations


class Bar:
    """Counts what is done, as a context manager; with `time_left` it tells that too."""

    def __init__(self, description: str, total: int | None = None, *, time_left: bool = False) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            ProgressColumn,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        console = Console(stderr=True)
        columns: list[ProgressColumn] = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()]
        columns += [TimeElapsedColumn(), *([TextColumn("left"), TimeRemainingColumn()] if time_left else [])]
        self._bar = Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
        self._task = self._bar.add_task(description, total=total)

    def __enter__(self) -> Bar:
        self._bar.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._bar.stop()

    def advance(self, description: str) -> None:
        """One more is done."""
        self._bar.update(self._task, advance=1, description=description)

    def show(self, done: int, total: int) -> None:
        """So many of so many are done."""
        self._bar.update(self._task, completed=done, total=total)

    def show_part(self, what: str, done: int, total: int) -> None:
        """So many of so many are done of a part of the work; another part begins at nothing, and its time anew."""
        if self._bar.tasks[0].description != what:
            self._bar.reset(self._task, description=what, total=total)
        self._bar.update(self._task, completed=done, total=total)

    def note(self, text: str) -> None:
        """Say something on stderr, above the bar."""
        self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)
