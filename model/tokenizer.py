"""Byte-pair tokens: a text to ids and back. The file is `vocab` (string to id), `merges` in rank order, size."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from soulrig.errors import BadInput
from soulrig.model.files import read_json

PAD, SEP, UNK, END = range(4)
SPECIALS = ("<PAD>", "<SEP>", "<UNK>", "<END>")
FIRST_TEXT = len(SPECIALS)


@dataclass(frozen=True)
class Tokenizer:
    """Tokens by id, and the merges in the order of their rank.

    `tokens[id]` is the token's text; the first four are the specials. Every merge `(left, right)` makes the token
    `left + right`, and both its parts are tokens.
    """

    tokens: tuple[str, ...]
    merges: tuple[tuple[str, str], ...]
    ids: dict[str, int] = field(init=False, repr=False, compare=False)
    ranked: tuple[tuple[int, int, int], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ids = {token: index for index, token in enumerate(self.tokens)}
        object.__setattr__(self, "ids", ids)
        object.__setattr__(
            self, "ranked", tuple((ids[left], ids[right], ids[left + right]) for left, right in self.merges)
        )

    @property
    def size(self) -> int:
        """How many tokens there are, the specials among them."""
        return len(self.tokens)

    def encode(self, text: str) -> list[int]:
        """The text's ids: lower-cased, unknown characters skipped, then every merge in rank order, left to right."""
        ids = [self.ids[char] for char in text.lower() if char in self.ids]
        for left, right, merged in self.ranked:
            if left in ids:
                ids = _merge(ids, left, right, merged)
        return ids

    def decode(self, ids: list[int]) -> str:
        """The text of ids; specials have none."""
        return "".join(self.tokens[token] for token in ids if token >= FIRST_TEXT)

    def prompt_ids(self, text: str, context: int) -> list[int]:
        """`[SEP] + encode(text) + [SEP]`, cut by tokens so that a reply of one token at least fits the context."""
        return [SEP, *self.encode(text)[: context - 3], SEP]

    def to_json(self) -> str:
        """The tokenizer file's text; equal tokenizers give equal text."""
        content = {
            "vocab": {token: index for index, token in enumerate(self.tokens)},
            "merges": [list(merge) for merge in self.merges],
            "vocab_size": self.size,
        }
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def load(cls, path: Path) -> Tokenizer:
        """Read a tokenizer file. Raises BadInput that names the entry for anything amiss."""
        content = read_json(path)
        vocabulary, merges = content.get("vocab"), content.get("merges")
        if not isinstance(vocabulary, dict) or not all(type(index) is int for index in vocabulary.values()):
            raise BadInput(f"{path}: expected an object `vocab` of strings and ids")
        if sorted(vocabulary.values()) != list(range(len(vocabulary))):
            raise BadInput(f"{path}: the ids in `vocab` are not 0..{len(vocabulary) - 1}, each once")
        if content.get("vocab_size", len(vocabulary)) != len(vocabulary):
            raise BadInput(
                f"{path}: `vocab_size` is {content['vocab_size']}, but `vocab` has {len(vocabulary)} entries"
            )
        tokens = tuple(sorted(vocabulary, key=vocabulary.__getitem__))
        if tokens[:FIRST_TEXT] != SPECIALS:
            raise BadInput(f"{path}: tokens 0 to 3 are {list(tokens[:4])}, expected {list(SPECIALS)}")
        if not isinstance(merges, list):
            raise BadInput(f"{path}: expected a list `merges` of pairs of strings")
        pairs = []
        for rank, merge in enumerate(merges):
            match merge:
                case [str(left), str(right)]:
                    pass
                case _:
                    raise BadInput(f"{path}: merge {rank} is {merge!r}, expected a pair of strings")
            for token in (left, right, left + right):
                if token not in vocabulary or vocabulary[token] < FIRST_TEXT:
                    raise BadInput(f"{path}: merge {rank} needs {token!r}, which is no text token of `vocab`")
            pairs.append((left, right))
        if "" in tokens:
            raise BadInput(f"{path}: token {vocabulary['']} is empty")
        return cls(tokens, tuple(pairs))


def _merge(ids: list[int], left: int, right: int, merged: int) -> list[int]:
    """Replace every adjacent `left, right`, from left to right."""
    result: list[int] = []
    index = 0
    while index < len(ids):
        if ids[index] == left and index + 1 < len(ids) and ids[index + 1] == right:
            result.append(merged)
            index += 2
        else:
            result.append(ids[index])
            index += 1
    return result
