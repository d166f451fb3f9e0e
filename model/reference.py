"""The integer reference: what the C64 must compute, to the last bit.

The arithmetic is that of soul v3. Everything is an integer; `>>` floors. `V` tokens, width `D`, `H` heads of 8
dimensions, `L` layers, context `S`; `t` counts the positions held so far. Keys and values of earlier positions never
change, so they are kept and a step computes one position only.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from soulrig.errors import BadInput
from soulrig.model.soul import HEAD_DIM, Soul
from soulrig.model.tokenizer import END, FIRST_TEXT

Ints = npt.NDArray[np.int64]
Stop = Literal["end", "context", "limit"]

# e**(-i/16) in 255ths; a key 127 or more below the best one counts for nothing.
EXP: Ints = np.array([max(1, round(255 * math.exp(-i / 16))) for i in range(127)] + [0], np.int64)


@dataclass(frozen=True)
class Reply:
    """What the soul says to a prompt.

    `logits[i]` (V,) int16 are those that step `i` chose its token from, so `logits[0]` belong to the prompt's last
    position; the step that chose END is among them, END is not among `tokens`.
    """

    prompt_ids: list[int]
    tokens: list[int]
    text: str | None  # None without a tokenizer
    stop: Stop
    logits: list[npt.NDArray[np.int16]]
    last_logits: npt.NDArray[np.int16]  # (V,), of the prompt's last position, also where no step could follow

    @property
    def steps(self) -> list[int]:
        """The token chosen by each step, END included."""
        return [*self.tokens, END] if self.stop == "end" else self.tokens

    @property
    def logits_sha256(self) -> str:
        """SHA-256 over all steps' logits as little-endian int16, one step after the other."""
        return hashlib.sha256(b"".join(row.astype("<i2").tobytes() for row in self.logits)).hexdigest()


class Reference:
    """A soul that speaks. Not for several threads: it holds one context at a time."""

    def __init__(self, soul: Soul) -> None:
        self.soul = soul
        self._weights = {name: tensor.data.astype(np.int64) for name, tensor in soul.tensors.items()}
        self._shift = {name: tensor.shift for name, tensor in soul.tensors.items()}
        sizes = soul.sizes
        self._keys = np.zeros((sizes.layers, sizes.context, sizes.heads, HEAD_DIM), np.int64)
        self._values = np.zeros_like(self._keys)
        self.position = 0

    def reset(self) -> None:
        """Empty the context."""
        self.position = 0

    def step(self, token: int) -> npt.NDArray[np.int16]:
        """Append `token` to the context; the logits (V,) int16 of its position.

        Raises BadInput for an id outside the vocabulary, a full context, or a score beyond 32 bits.
        """
        sizes = self.soul.sizes
        if not 0 <= token < sizes.vocabulary:
            raise BadInput(f"token id {token} is outside the vocabulary, expected 0..{sizes.vocabulary - 1}")
        if self.position >= sizes.context:
            raise BadInput(f"the context is full: it holds {sizes.context} tokens")
        x = self._embed(token, self.position)
        self.position += 1
        for layer in range(sizes.layers):
            name = f"layer{layer}."
            x = sat16(x + self._matvec(name + "proj", self._attention(layer, self._norm(name + "n1", x))))
            hidden = self._matvec(name + "fc1_w", self._norm(name + "n2", x), bias=name + "fc1_b")
            x = sat16(x + self._matvec(name + "fc2_w", np.maximum(hidden, 0), bias=name + "fc2_b"))
        return self._matvec("out", self._norm("norm", x), p=0).astype(np.int16)

    def choose(self, logits: npt.NDArray[np.int16]) -> int:
        """The token with the largest logit that the soul's decode rule allows; ties go to the lower id."""
        first = END if self.soul.decode == "end" else FIRST_TEXT
        return first + int(np.argmax(logits[first:]))

    def reply(self, prompt: str) -> Reply:
        """Reply to a text. Raises BadInput where the soul has no tokenizer."""
        if self.soul.tokenizer is None:
            raise BadInput("a text prompt needs a tokenizer; give one, or token ids")
        return self.reply_to_ids(self.soul.tokenizer.prompt_ids(prompt, self.soul.sizes.context))

    def reply_to_ids(self, prompt_ids: list[int]) -> Reply:
        """Reply to token ids, taken as they are. Raises BadInput where they don't fit the context."""
        context, tokenizer = self.soul.sizes.context, self.soul.tokenizer
        if not 1 <= len(prompt_ids) <= context:
            raise BadInput(f"{len(prompt_ids)} prompt ids, expected 1..{context}")
        self.reset()
        for token in prompt_ids:
            logits = self.step(token)
        last_logits = logits
        tokens: list[int] = []
        history: list[npt.NDArray[np.int16]] = []
        stop: Stop = "context"
        while len(prompt_ids) + len(tokens) < context:
            if len(tokens) == self.soul.reply_limit:
                stop = "limit"
                break
            if tokens:
                logits = self.step(tokens[-1])
            history.append(logits)
            chosen = self.choose(logits)
            if chosen == END:
                stop = "end"
                break
            tokens.append(chosen)
        text = None if tokenizer is None else tokenizer.decode(tokens)
        return Reply(list(prompt_ids), tokens, text, stop, history, last_logits)

    def _embed(self, token: int, position: int) -> Ints:
        """x (D,) = sat16(up(te[token]) + up(pe[position]))."""
        te = shifted(self._weights["te"][token], self._shift["te"] - 8)
        pe = shifted(self._weights["pe"][position], self._shift["pe"] - 8)
        return sat16(te + pe)

    def _norm(self, name: str, x: Ints) -> Ints:
        """y (D,): x over its root mean square, in Q8.8, times the gains."""
        mean = max(1, int(np.sum((x >> 4) ** 2)) // len(x))
        inverse = min(32767, (1 << 19) // max(1, math.isqrt(mean)))
        return sat16(shifted(((x * inverse) >> 15) * self._weights[name], self._shift[name]))

    def _matvec(self, name: str, x: Ints, *, p: int = 1, bias: str | None = None) -> Ints:
        """y (rows,) = sat16((W x + b) >> (s + p)), W (rows, cols), x (cols,)."""
        acc = self._weights[name] @ x
        if bias is not None:
            acc = acc + self._weights[bias]
        return sat16(shifted(acc, self._shift[name] + p))

    def _attention(self, layer: int, x: Ints) -> Ints:
        """Attention of the newest position over all, per head: (D,) to (D,)."""
        name, t, heads = f"layer{layer}.", self.position, self.soul.sizes.heads
        q = self._matvec(name + "q", x).reshape(heads, HEAD_DIM)
        self._keys[layer, t - 1] = self._matvec(name + "k", x).reshape(heads, HEAD_DIM)
        self._values[layer, t - 1] = self._matvec(name + "v", x).reshape(heads, HEAD_DIM)
        keys, values = self._keys[layer, :t], self._values[layer, :t]  # (t, H, 8)
        scores = (keys * q).sum(axis=2)  # (t, H)
        if int(scores.min()) < -(1 << 31) or int(scores.max()) >= 1 << 31:
            raise BadInput(f"an attention score of layer {layer} does not fit 32 bits: not a valid soul v3")
        f = scores >> 14
        w = EXP[np.minimum(127, f.max(axis=0) - f)]  # (t, H)
        summed = (w[:, :, np.newaxis] * values).sum(axis=0)  # (H, 8)
        return sat16(summed // w.sum(axis=0)[:, np.newaxis]).reshape(-1)


def sat16(v: Ints) -> Ints:
    """Clamp to -32768..32767."""
    return np.minimum(np.maximum(v, -32768), 32767)  # np.clip takes three times as long for so few numbers


def shifted(v: Ints, right: int) -> Ints:
    """`v >> right`, flooring; a left shift where `right` is negative."""
    return v >> right if right >= 0 else v << -right
