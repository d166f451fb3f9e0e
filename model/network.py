"""The network that is trained: the integer arithmetic of soul v3, with gradients.

The forward pass computes exactly what `model/reference.py` and the C64 compute, for whole batches at once: what the
trainer sees is what the machine will say. Integers are held in float64, which is exact for them (the largest
accumulator stays far below 2**53), so no range has to be watched. The backward pass takes each rounding as the
identity (straight-through, Bengio et al. 2013, https://arxiv.org/abs/1308.3432) and the integer norm and attention
as the real functions that they approximate.

B sequences, T positions, V tokens, width D, H heads of 8 dimensions, F feed-forward rows, S context. Vectors have the
names of the soul v3 definition.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from soulrig.model.pinned_torch import torch
from soulrig.model.reference import EXP
from soulrig.model.soul import HEAD_DIM, Sizes, Soul, Tensor

Parts = dict[str, torch.Tensor]

HEADROOM = 1.6  # a weight may grow to this multiple of the largest at the start before it is clamped
LARGEST_EMBEDDING_SHIFT = 8  # a larger one would lose bits: embeddings are added in Q8.8
TEMPERATURE = 16  # the attention table is exp(-d / 16)
_TABLE = torch.tensor(EXP, dtype=torch.float64)


class Network:
    """Parameters, all in one flat tensor of real numbers, and the forward pass.

    `flat` holds the tensors of `Sizes.tensors` one after the other. Their shifts are fixed from the start: a shift that
    moved while training would change every weight of its tensor at once.
    """

    def __init__(self, sizes: Sizes, real: Parts, shifts: dict[str, int]) -> None:
        self.sizes = sizes
        # A bias is added to its matrix's accumulator: it has that shift.
        self.shifts = {name: shifts[_matrix_of(name)] for name, *_ in sizes.tensors()}
        self._layout = list(_layout(sizes, self.shifts))
        self.flat = torch.cat([real[part.name].reshape(-1) for part in self._layout]).requires_grad_()
        counts = torch.tensor([part.rows * part.cols for part in self._layout])
        self._scale = torch.tensor([part.scale for part in self._layout]).repeat_interleave(counts)
        self._limit = torch.tensor([part.limit for part in self._layout]).repeat_interleave(counts)

    @classmethod
    def initialised(cls, sizes: Sizes, generator: np.random.Generator) -> Network:
        """A network at the start of its training, drawn from `generator`."""
        real: Parts = {}
        shifts: dict[str, int] = {}
        for name, _, rows, cols in sizes.tensors():
            part = name.rpartition(".")[2]
            if part in ("n1", "n2", "norm"):
                value = torch.ones(rows, dtype=torch.float64)
            elif part in ("fc1_b", "fc2_b"):
                value = torch.zeros(rows, dtype=torch.float64)
            else:
                value = torch.from_numpy(generator.normal(0, _spread(part, cols), (rows, cols)))
            real[name] = value
            if not part.endswith("_b"):
                shifts[name] = math.floor(math.log2(127 / (HEADROOM * float(value.abs().max()))))
                if part in ("te", "pe"):
                    shifts[name] = min(shifts[name], LARGEST_EMBEDDING_SHIFT)
        return cls(sizes, real, shifts)

    @classmethod
    def from_soul(cls, soul: Soul) -> Network:
        """The network whose forward pass is this soul's."""
        shifts = {name: tensor.shift for name, tensor in soul.tensors.items()}
        real = {
            part.name: torch.tensor(soul.tensors[part.name].data.astype(np.float64)) / part.scale
            for part in _layout(soul.sizes, {name: shifts[_matrix_of(name)] for name in shifts})
        }
        return cls(soul.sizes, real, shifts)

    def tensors(self) -> dict[str, Tensor]:
        """The weights and biases as a soul holds them."""
        tensors = {}
        for part, value in self._parts(torch.round(self.flat.detach() * self._scale)):
            integers: npt.NDArray[np.float64] = value.numpy()
            data = integers.astype(np.int16) if part.is_bias else integers.astype(np.int8)
            tensors[part.name] = Tensor(data, self.shifts[part.name])
        return tensors

    def clamp(self) -> None:
        """Keep the parameters where their integers fit int8 (-127..127), and int16 for biases."""
        with torch.no_grad():
            bound = self._limit / self._scale
            self.flat.clamp_(-bound, bound)

    def logits(self, tokens: torch.Tensor) -> torch.Tensor:
        """Logits (B,T,V), integers, of `tokens` (B,T), each sequence from position 0 on."""
        w = {part.name: value for part, value in self._parts(nearest(self.flat * self._scale))}
        x = self._embed(w, tokens)  # (B,T,D)
        for layer in range(self.sizes.layers):
            name = f"layer{layer}."
            y = self._attention(w, name, self._rms_norm(w, name + "n1", x))
            x = _sat16(x + self._matvec(w, name + "proj", y))
            y = self._matvec(w, name + "fc1_w", self._rms_norm(w, name + "n2", x), bias=name + "fc1_b")  # (B,T,F)
            x = _sat16(x + self._matvec(w, name + "fc2_w", torch.relu(y), bias=name + "fc2_b"))
        return self._matvec(w, "out", self._rms_norm(w, "norm", x), p=0)

    def _parts(self, flat: torch.Tensor) -> Iterator[tuple[_Part, torch.Tensor]]:
        start = 0
        for part in self._layout:
            end = start + part.rows * part.cols
            yield part, flat[start:end].reshape((part.rows,) if part.is_vector else (part.rows, part.cols))
            start = end

    def _embed(self, w: Parts, tokens: torch.Tensor) -> torch.Tensor:
        te = _shifted(w["te"][tokens], self.shifts["te"] - 8)  # (B,T,D)
        pe = _shifted(w["pe"][: tokens.shape[1]], self.shifts["pe"] - 8)  # (T,D)
        return _sat16(te + pe)

    def _matvec(self, w: Parts, name: str, x: torch.Tensor, *, p: int = 1, bias: str | None = None) -> torch.Tensor:
        acc = x @ w[name].T
        if bias is not None:
            acc = acc + w[bias]
        return _sat16(_shifted(acc, self.shifts[name] + p))

    def _rms_norm(self, w: Parts, name: str, x: torch.Tensor) -> torch.Tensor:
        return _sat16(_shifted(normalised(x) * w[name], self.shifts[name]))

    def _attention(self, w: Parts, name: str, x: torch.Tensor) -> torch.Tensor:
        batch, length, width = x.shape

        def heads(part: str) -> torch.Tensor:  # (B,H,T,8)
            y = self._matvec(w, name + part, x)
            return y.reshape(batch, length, self.sizes.heads, HEAD_DIM).transpose(1, 2)

        f = _shifted(heads("q") @ heads("k").transpose(2, 3), 14)  # (B,H,T,T): row t, column k
        out = attended(f, heads("v"))
        return _sat16(out).transpose(1, 2).reshape(batch, length, width)


class _Round(torch.autograd.Function):
    """Nearest integer, ties to even; the identity to the gradient."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return torch.round(x)

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> torch.Tensor:
        return grad


class _Floor(torch.autograd.Function):
    """Floor; the identity to the gradient."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return torch.floor(x)

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> torch.Tensor:
        return grad


class _Normalise(torch.autograd.Function):
    """t (..., D): x over its root mean square, in Q8.8, before the gains.

    Where `inv` is capped (a root mean square below 1) the norm is a constant factor, elsewhere its gradient is that of
    x / rms(x).
    """

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        m = torch.floor(torch.floor(x / 16).square().sum(-1, keepdim=True) / x.shape[-1]).clamp(min=1)
        r = torch.floor(torch.sqrt(m))
        inv = torch.floor(2**19 / r).clamp(max=32767)
        ctx.save_for_backward(x, m, r, inv)
        return torch.floor(x * inv / 2**15)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad: torch.Tensor) -> torch.Tensor:
        x, m, r, inv = ctx.saved_tensors
        along = (grad * x).mean(-1, keepdim=True) / (256 * m)  # m is the mean square in units of 16**2
        gradient: torch.Tensor = (grad - torch.where(r >= 16, along, 0) * x) * (inv / 2**15)
        return gradient


class _Attend(torch.autograd.Function):
    """out (B,H,T,8) from f (B,H,T,T) and v (B,H,T,8): table weights forward, softmax backward."""

    @staticmethod
    def forward(ctx: Any, f: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        future = torch.ones(f.shape[-2:], dtype=torch.bool).triu(1)
        f = f.masked_fill(future, -math.inf)
        d = (f.max(-1, keepdim=True).values - f).clamp(max=127)
        w = _TABLE[d.long()]
        total = w.sum(-1, keepdim=True)
        ctx.save_for_backward(w / total, v)
        return torch.floor((w @ v) / total)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        share, v = ctx.saved_tensors  # share (B,H,T,T): what each position takes of each earlier one
        grad_share = grad @ v.transpose(2, 3)
        mean = (share * grad_share).sum(-1, keepdim=True)
        return share * (grad_share - mean) / TEMPERATURE, share.transpose(2, 3) @ grad


# The four as functions; torch's own `apply` has no types.
nearest: Callable[[torch.Tensor], torch.Tensor] = _Round.apply
floored: Callable[[torch.Tensor], torch.Tensor] = _Floor.apply
normalised: Callable[[torch.Tensor], torch.Tensor] = _Normalise.apply
attended: Callable[[torch.Tensor, torch.Tensor], torch.Tensor] = _Attend.apply


@dataclass(frozen=True)
class _Part:
    """Where a tensor lies in the flat one, and how its reals become integers."""

    name: str
    rows: int
    cols: int
    scale: float  # integer = round(real * scale)
    limit: float  # the largest integer
    is_bias: bool
    is_vector: bool


def _layout(sizes: Sizes, shifts: dict[str, int]) -> Iterator[_Part]:
    vectors = ("n1", "n2", "norm", "fc1_b", "fc2_b")
    for name, kind, rows, cols in sizes.tensors():
        is_bias = kind == 1
        scale = 2.0 ** (shifts[name] + (8 if is_bias else 0))  # a bias is added to an accumulator of Q8.8 numbers
        is_vector = name.rpartition(".")[2] in vectors
        yield _Part(name, rows, cols, scale, 32767.0 if is_bias else 127.0, is_bias, is_vector)


def _matrix_of(name: str) -> str:
    """The matrix that a bias belongs to; any other tensor's own name."""
    return name[:-2] + "_w" if name.endswith("_b") else name


def _spread(part: str, inputs: int) -> float:
    """Standard deviation of a tensor's first weights: activations neither grow nor fade (matrices but `out` halve)."""
    if part in ("te", "pe"):
        return 0.5
    if part == "out":
        return 1 / math.sqrt(inputs)
    return 2 / math.sqrt(inputs)


def _shifted(x: torch.Tensor, right: int) -> torch.Tensor:
    """`x >> right`, flooring; a left shift where `right` is negative."""
    return floored(x * 2.0**-right)


def _sat16(x: torch.Tensor) -> torch.Tensor:
    return x.clamp(-32768, 32767)
