"""Reads a soul and its tokenizer back out of a built program, and puts other numbers into one."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from soulrig.buildtools.packer import repack_tensor, unpack_tensor
from soulrig.buildtools.petscii import from_screen_codes
from soulrig.buildtools.squeeze import FIRST_SQUEEZED, LAST_SQUEEZED, expand
from soulrig.model.soul import Sizes, Soul
from soulrig.model.tokenizer import FIRST_TEXT, SPECIALS, Tokenizer


def unpack(prg: bytes, manifest: dict[str, Any]) -> Soul:
    """The soul that a program holds; `manifest` is the one its build wrote."""
    start, memory = memory_of(prg, manifest)
    entry = manifest["soul"]
    sizes = Sizes(**{name: entry[name] for name in ("vocabulary", "width", "ffn", "layers", "context")})
    tensors = {tensor["name"]: unpack_tensor(memory, start, tensor) for tensor in manifest["tensors"]}
    tokenizer = _unpack_tokenizer(memory, start, manifest["tokenizer"])
    return Soul(sizes, tensors, tokenizer, entry["decode"], entry["max_reply"])


def memory_of(prg: bytes, manifest: dict[str, Any]) -> tuple[int, bytes]:
    """A program's load address, and what lies from there on once it runs."""
    start, memory = int.from_bytes(prg[:2], "little"), prg[2:]
    segments = {segment["name"]: segment for segment in manifest["segments"]}
    if FIRST_SQUEEZED not in segments:
        return start, memory
    first = segments[FIRST_SQUEEZED]["start"] - start
    size = segments[LAST_SQUEEZED]["end"] + 1 - start - first
    if len(memory) == first + size:
        return start, memory
    return start, memory[:first] + expand(memory[first:], size)


def replace_tensor(prg: bytes, manifest: dict[str, Any], name: str, data: npt.NDArray[Any]) -> bytes:
    """The program with other numbers in a tensor, its shift as before.

    Raises BadInput where a number does not fit the bits that the program has for its row.
    """
    entry = next(tensor for tensor in manifest["tensors"] if tensor["name"] == name)
    return prg[:2] + repack_tensor(prg[2:], int.from_bytes(prg[:2], "little"), entry, data)


def _unpack_tokenizer(memory: bytes, start: int, entry: dict[str, int]) -> Tokenizer:
    def table(name: str, count: int) -> bytes:
        return memory[entry[name] - start :][:count]

    tokens = list(SPECIALS)
    low, high = table("token_text_lo", entry["tokens"]), table("token_text_hi", entry["tokens"])
    for index in range(FIRST_TEXT, entry["tokens"]):
        offset = (low[index] | high[index] << 8) - start
        tokens.append(from_screen_codes(memory[offset + 1 : offset + 1 + memory[offset]]))
    pairs = zip(table("merge_left", entry["merges"]), table("merge_right", entry["merges"]), strict=True)
    return Tokenizer(tuple(tokens), tuple((tokens[left], tokens[right]) for left, right in pairs))
