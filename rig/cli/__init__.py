"""The `soulrig` command: parses, calls and prints. One module a command; each imports its work when called."""

import typer

app = typer.Typer(name="soulrig", no_args_is_help=True, add_completion=True, rich_markup_mode=None)


def main() -> None:
    """Run the command line."""
    app()
