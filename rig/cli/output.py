"""Tables on standard output. Imports rich, so a command imports this where it prints."""

from __future__ import annotations

from rich.console import Console
from rich.measure import Measurement
from rich.table import Column, Table
from rich.text import Text

FOLDED = 8  # columns that a text should have at least, where it may be folded
BETWEEN = 3  # columns from a cell to the next, one less than all that a table's frame takes


class Output(Console):
    """Standard output. A reader who has left is a BrokenPipeError; rich would exit with 1, which means a mismatch."""

    def on_broken_pipe(self) -> None:
        """Called while that error is handled."""
        raise

    def show(self, table: Table) -> None:
        """Print a table; where the terminal is too narrow for it, a line for each cell, and an empty one behind a row.

        Rich would cut numbers and verdicts, and leave nothing of texts.
        """
        needed = sum(self._needed(column) + BETWEEN for column in table.columns) + 1
        if needed <= self.width:
            self.print(table)
            return
        names = [" ".join(str(column.header).split()) for column in table.columns]
        for row in zip(*(column.cells for column in table.columns), strict=True):
            for name, cell in ((name, cell) for name, cell in zip(names, row, strict=True) if str(cell)):
                self.print(Text(f"{name}: "), cell, sep="", markup=False, highlight=False)
            self.print()

    def _needed(self, column: Column) -> int:
        if not column.no_wrap:
            return FOLDED
        wide = self.options.update(width=1000)
        return max(Measurement.get(self, wide, part).maximum for part in (column.header, *column.cells))
