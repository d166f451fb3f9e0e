"""Tables on terminals of any width: nothing of them is lost."""

from __future__ import annotations

import io

import pytest
from rich.table import Table
from rich.text import Text

from soulrig.cli.output import Output


def shown(width: int) -> str:
    table = Table("prompt")
    table.add_column("reply", overflow="fold")
    table.add_column("cycles\na token", no_wrap=True)
    table.add_column("telemetry", no_wrap=True)
    table.add_row(Text("[b]who are you?"), Text("i am a little soul."), "1,020,365", "mismatch")
    table.add_row("hi", "", "-", "pass")
    output = Output(file=io.StringIO(), width=width)
    output.show(table)
    assert isinstance(output.file, io.StringIO)
    return output.file.getvalue()


@pytest.mark.parametrize("width", range(20, 81, 4))
def test_every_word_is_seen_at_any_width(width: int) -> None:
    text = shown(width)
    assert max(map(len, text.splitlines())) <= width
    for word in ("[b]who", "you?", "little", "1,020,365", "mismatch", "telemetry", "hi", "pass"):
        assert word in text


def test_a_row_a_block_where_it_is_narrow() -> None:
    assert shown(44).splitlines()[:5] == [
        "prompt: [b]who are you?",
        "reply: i am a little soul.",
        "cycles a token: 1,020,365",
        "telemetry: mismatch",
        "",
    ]
    assert "telemetry ┃" in shown(48)
