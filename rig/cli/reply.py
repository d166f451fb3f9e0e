"""`soulrig reply` and `soulrig chat`: what the integer reference says, and with it every C64 that is right."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from soulrig.cli.machine_options import ConfigOption
from soulrig.cli.soul_options import DecodeOption, SoulOption, TokenizerOption, load_soul
from soulrig.errors import BadInput

if TYPE_CHECKING:
    from soulrig.model.reference import Reply

QUIT = "q"  # the same word quits on the C64


def reply(
    soul: SoulOption = None,
    tokenizer: TokenizerOption = None,
    prompt: Annotated[str | None, typer.Option(metavar="TEXT", help="What to say to the soul; may be empty.")] = None,
    ids: Annotated[
        str | None, typer.Option(metavar="1,2,3", help="Token ids instead of a text, taken as they are.")
    ] = None,
    decode: DecodeOption = None,
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of the text.")] = False,
) -> None:
    """Print the soul's reply to one prompt, computed by the integer reference.

    Without a tokenizer it prints the reply's token ids. --json prints prompt_ids, tokens, text (null without a
    tokenizer), stop (end, context or limit), logits_sha256 (over all steps' logits as little-endian int16) and
    last_logits (of the prompt's last position).

    \b
    Examples:
      soulrig reply --prompt "hello"
      soulrig reply --soul soul.bin --tokenizer tokenizer.json --prompt "hello" --json
      soulrig reply --soul soul.bin --ids 1,49,29,1 --decode v3

    Exit codes: 0 replied, 2 wrong usage or bad input.
    """
    if (prompt is None) == (ids is None):
        raise typer.BadParameter("give exactly one of the two", param_hint=["--prompt", "--ids"])
    prompt_ids = None if ids is None else _parse_ids(ids)

    from soulrig.model.reference import Reference

    reference = Reference(load_soul(soul, tokenizer, decode, config))
    said = reference.reply(prompt or "") if prompt_ids is None else reference.reply_to_ids(prompt_ids)
    if as_json:
        print(json.dumps(_as_json(said)))
    else:
        print(",".join(map(str, said.tokens)) if said.text is None else said.text)


def chat(
    soul: SoulOption = None,
    tokenizer: TokenizerOption = None,
    decode: DecodeOption = None,
    config: ConfigOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object a line, as reply does, and nothing else.")
    ] = False,
) -> None:
    """Talk with the soul in the terminal.

    Every line is a prompt of its own: the soul remembers nothing of the lines before. A line with q alone, Ctrl-D or
    Ctrl-C ends the talk. The lines may come from a pipe too.

    \b
    Examples:
      soulrig chat
      soulrig chat --soul soul.bin --tokenizer tokenizer.json
      printf 'hello\\nhow are you\\n' | soulrig chat --json

    Exit codes: 0 the talk is over, 2 wrong usage or bad input.
    """
    from soulrig.model.reference import Reference

    reference = Reference(load_soul(soul, tokenizer, decode, config))
    if reference.soul.tokenizer is None:
        raise BadInput("a talk needs the soul's tokenizer; name it with --tokenizer, or give the soul's folder")
    interactive = sys.stdin.isatty()
    if interactive:
        with contextlib.suppress(ImportError):
            importlib.import_module("readline")  # gives input() editing and history, where Python has it
        print(f"Say something; {QUIT} alone ends the talk.", file=sys.stderr if as_json else sys.stdout)
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # a stray byte is one more character that the soul doesn't know
    with contextlib.suppress(KeyboardInterrupt):
        for line in _lines(show=not as_json, echo=not interactive):
            said = reference.reply(line)
            print(json.dumps({"prompt": line, **_as_json(said)}) if as_json else f"c64> {said.text}", flush=True)
        return
    print(file=sys.stderr if as_json else sys.stdout)  # leaves the line in which Ctrl-C was typed


def _lines(*, show: bool, echo: bool) -> Iterator[str]:
    """The prompts until the talk is over. A pipe's lines are echoed, so that the talk can be read."""
    while True:
        try:
            line = input("you> " if show else "")
        except EOFError:
            if show:
                print()
            return
        if show and echo:
            print(line)
        if line.strip() == QUIT:
            return
        yield line


def _parse_ids(text: str) -> list[int]:
    """Token ids from `1,2,3`. Raises a usage error for anything but numbers between commas."""
    fields = [field.strip() for field in text.split(",")]
    for place, field in enumerate(fields, 1):
        if not (field.isascii() and field.isdigit()):
            raise typer.BadParameter(
                f"number {place} is {field!r}; expected token ids with commas between them, such as 1,49,29,1",
                param_hint="--ids",
            )
    return [int(field) for field in fields]


def _as_json(said: Reply) -> dict[str, object]:
    return {
        "prompt_ids": said.prompt_ids,
        "tokens": said.tokens,
        "text": said.text,
        "stop": said.stop,
        "logits_sha256": said.logits_sha256,
        "last_logits": said.last_logits.tolist(),
    }
