"""A corpus: exchanges of question and answer from a text file, and which of them a soul has room for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from soulrig.errors import BadInput
from soulrig.model.files import read_text
from soulrig.model.tokenizer import END, SEP, Tokenizer

MARK = "<SEP>"

# What a home computer's keyboard can type and its screen can show, both upper-case letters and lower-case ones.
CHARACTERS = frozenset(" !\"#$%&'()*+,-./0123456789:;<=>?@[]abcdefghijklmnopqrstuvwxyz£π↑←")


@dataclass(frozen=True)
class Exchange:
    """A question and one answer to it, in lower case, and the line of the file where they stand."""

    line: int
    question: str
    answer: str

    def ids(self, tokenizer: Tokenizer) -> list[int]:
        """`[SEP] question [SEP] answer [END]`: what the context holds when the reply has ended by itself."""
        return [SEP, *tokenizer.encode(self.question), SEP, *tokenizer.encode(self.answer), END]


@dataclass(frozen=True)
class Corpus:
    """The exchanges of one file. `name` is the file's name without its folder, `sha256` that of its text."""

    name: str
    sha256: str
    exchanges: tuple[Exchange, ...]

    @classmethod
    def load(cls, path: Path) -> Corpus:
        """Read a corpus. Raises BadInput with file and line for a broken line, or where there is no exchange."""
        return cls.parse(read_text(path), str(path))

    @classmethod
    def parse(cls, text: str, origin: str) -> Corpus:
        """Read a corpus from its text; `origin` names it in messages. Raises BadInput like `load`."""
        exchanges = []
        for number, line in enumerate(text.splitlines(), start=1):
            line = line.strip()
            if line and not line.startswith("#"):
                exchanges.append(_exchange(line, number, f"{origin}:{number}"))
        if not exchanges:
            raise BadInput(f"{origin}: no exchange in it, expected lines like {MARK}question{MARK}answer{MARK}")
        digest = hashlib.sha256(text.encode()).hexdigest()
        return cls(Path(origin).name, digest, tuple(exchanges))

    def too_long(self, tokenizer: Tokenizer, context: int) -> tuple[Exchange, ...]:
        """The exchanges that a context of so many tokens can't hold to their END."""
        return tuple(one for one in self.exchanges if len(one.ids(tokenizer)) > context)

    def answers(self) -> dict[str, set[str]]:
        """The listed answers of each question."""
        listed: dict[str, set[str]] = {}
        for exchange in self.exchanges:
            listed.setdefault(exchange.question, set()).add(exchange.answer)
        return listed


def _exchange(line: str, number: int, where: str) -> Exchange:
    """Parse one line, already stripped. Raises BadInput."""
    parts = line.split(MARK)
    if len(parts) != 4 or parts[0] or parts[3]:
        raise BadInput(
            f"{where}: {_shortened(line)} has {len(parts) - 1} {MARK}, "
            f"expected {MARK}question{MARK}answer{MARK} and nothing around it"
        )
    question, answer = (part.strip().lower() for part in parts[1:3])
    for what, text in (("question", question), ("answer", answer)):
        if not text:
            raise BadInput(f"{where}: the {what} is empty, expected {MARK}question{MARK}answer{MARK}")
        for char in text:
            if char not in CHARACTERS:
                raise BadInput(
                    f"{where}: the {what} has {char!r} (U+{ord(char):04X}), which a C64 can neither type nor show; "
                    "use letters, digits and plain punctuation"
                )
    return Exchange(number, question, answer)


def _shortened(line: str) -> str:
    """The line, quoted, cut to what a message can show."""
    return repr(line if len(line) <= 60 else line[:57] + "...")
