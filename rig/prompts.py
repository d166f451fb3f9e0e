"""The prompts that are typed at a program: from a file, and whether they can be typed at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from soulrig.buildtools import petscii
from soulrig.buildtools.layout import LINE_MAX
from soulrig.errors import BadInput
from soulrig.model.files import read_text

QUIT = "q"


def check_prompts(prompts: Sequence[str], where: str = "prompt") -> None:
    """Raise BadInput, naming prompt and character, for what can't be typed at the program."""
    for number, prompt in enumerate(prompts, 1):
        place = f"{where} {number}"
        if prompt.lower() == QUIT:
            raise BadInput(f"{place}: {prompt!r} alone quits the program; it can't be a prompt")
        if len(prompt) > LINE_MAX:
            raise BadInput(f"{place}: {len(prompt)} characters, a line takes {LINE_MAX} at most")
    check_keys(prompts, where)


def check_keys(prompts: Sequence[str], where: str = "prompt") -> None:
    """Raise BadInput, naming prompt and character, for what can't be typed on a C64 at all."""
    for number, prompt in enumerate(prompts, 1):
        try:
            petscii.to_petscii(prompt)
        except BadInput as error:
            raise BadInput(f"{where} {number}: {error}") from error


def read_lines(path: Path, what: str) -> list[str]:
    """The texts of a UTF-8 file, one a line, also empty ones. Raises BadInput where it has no `what`."""
    lines = read_text(path).split("\n")
    if lines and not lines[-1]:
        lines.pop()  # the last line's end
    if not lines:
        raise BadInput(f"{path}: holds no {what}, expected one a line")
    return [line.removesuffix("\r") for line in lines]


def read_prompts(path: Path) -> list[str]:
    """The prompts of a UTF-8 file, one a line; an empty line is the empty prompt. Raises BadInput with the line."""
    prompts = read_lines(path, "prompt")
    check_prompts(prompts, f"{path}: line")
    return prompts
