"""The network is the integer reference: the same logits to the last bit; and its gradients are those it promises."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from soulrig.model.reference import Reference
from soulrig.model.soul import Sizes, Soul, Tensor

pytestmark = pytest.mark.train

SHIPPED = ["random-norm", "random-wide", "random-sat"]
SIZES = [Sizes(), Sizes(40, 8, 8, 1, 5), Sizes(60, 24, 40, 3, 12), Sizes(130, 48, 96, 2, 24)]


def random_soul(sizes: Sizes, seed: int, loudness: int) -> Soul:
    """Every weight up to `loudness`: 127 saturates almost everywhere but in the scores, which must fit 32 bits."""
    random = np.random.default_rng(seed)
    tensors: dict[str, Tensor] = {}
    for name, kind, rows, cols in sizes.tensors():
        shape = (rows,) if (cols == 1 and kind == 1) or name.endswith(("n1", "n2", "norm")) else (rows, cols)
        if kind == 1:
            matrix = tensors[name.removesuffix("_b") + "_w"]
            data: npt.NDArray[np.int16] = random.integers(-32768, 32768, shape).astype(np.int16)
            tensors[name] = Tensor(data, matrix.shift)
        else:
            shift = int(random.integers(7 if name.endswith((".n1", ".q", ".k")) else -2, 10))
            tensors[name] = Tensor(random.integers(-loudness, loudness + 1, shape).astype(np.int8), shift)
    return Soul(sizes, tensors)


def assert_same_logits(soul: Soul, seed: int, sequences: int) -> None:
    """Compare every position of random sequences of any token ids."""
    from soulrig.model.network import Network
    from soulrig.model.pinned_torch import torch

    context, vocabulary = soul.sizes.context, soul.sizes.vocabulary
    tokens = np.random.default_rng(seed).integers(0, vocabulary, (sequences, context))
    with torch.no_grad():
        logits = Network.from_soul(soul).logits(torch.from_numpy(tokens)).numpy()
    reference = Reference(soul)
    for sequence, rows in zip(tokens.tolist(), logits, strict=True):
        reference.reset()
        expected = [reference.step(token) for token in sequence]
        assert np.array_equal(rows, np.array(expected))


@pytest.mark.parametrize("name", SHIPPED)
def test_logits_equal_the_reference_on_the_random_souls(name: str, data: Path) -> None:
    assert_same_logits(Soul.load(data / f"{name}.bin"), seed=1, sequences=10)


@pytest.mark.parametrize("sizes", SIZES, ids=lambda sizes: f"D{sizes.width}L{sizes.layers}")
@pytest.mark.parametrize("loudness", [3, 30, 127])
def test_logits_equal_the_reference_at_other_sizes_and_ranges(sizes: Sizes, loudness: int) -> None:
    for seed in range(3):
        assert_same_logits(random_soul(sizes, seed, loudness), seed, sequences=3)


def test_a_soul_survives_being_a_network() -> None:
    from soulrig.model.network import Network

    soul = random_soul(Sizes(), 5, 127)
    tensors = Network.from_soul(soul).tensors()
    assert Soul(soul.sizes, tensors).to_bytes() == soul.to_bytes()


def test_a_new_network_keeps_to_the_file_format() -> None:
    from soulrig.model.network import Network
    from soulrig.model.pinned_torch import torch

    network = Network.initialised(Sizes(), np.random.default_rng(0))
    with torch.no_grad():
        network.flat.mul_(1000)
    network.clamp()
    tensors = network.tensors()
    soul = Soul.from_bytes(Soul(Sizes(), tensors).to_bytes())
    assert all(
        np.abs(tensor.data.astype(int)).max() == 127 for name, tensor in tensors.items() if not name.endswith("_b")
    )
    assert soul.tensors["te"].shift <= 8
    assert soul.tensors["pe"].shift <= 8
    assert all(soul.tensors[name].shift == soul.tensors[name[:-2] + "_w"].shift for name in tensors if "_b" in name)


def test_every_tensor_gets_a_gradient() -> None:
    from soulrig.model.network import Network
    from soulrig.model.pinned_torch import torch

    sizes = Sizes()
    network = Network.initialised(sizes, np.random.default_rng(0))
    tokens = torch.from_numpy(np.random.default_rng(1).integers(0, sizes.vocabulary, (8, sizes.context)))
    torch.logsumexp(network.logits(tokens) / 256, -1).sum().backward()
    gradient = network.flat.grad
    assert gradient is not None
    assert bool(torch.isfinite(gradient).all())
    start = 0
    for name, _, rows, cols in sizes.tensors():
        part = gradient[start : start + rows * cols]
        assert bool(part.any()), name
        start += rows * cols


def test_the_norm_has_the_gradient_of_the_real_norm() -> None:
    from soulrig.model.network import normalised
    from soulrig.model.pinned_torch import torch

    x = torch.from_numpy(np.random.default_rng(2).integers(-6000, 6000, (5, 32)).astype(np.float64)).requires_grad_()
    along = torch.from_numpy(np.random.default_rng(3).normal(size=(5, 32)))
    (normalised(x) * along).sum().backward()
    got = x.grad
    x.grad = None
    (256 * x / x.square().mean(-1, keepdim=True).sqrt() * along).sum().backward()
    assert got is not None
    assert x.grad is not None
    assert torch.allclose(got, x.grad, rtol=0.02, atol=0.002 * float(x.grad.abs().max()))


def test_a_quiet_vector_passes_the_norm_as_it_is() -> None:
    from soulrig.model.network import normalised
    from soulrig.model.pinned_torch import torch

    x = torch.full((1, 32), 100.0, dtype=torch.float64, requires_grad=True)
    normalised(x).sum().backward()
    assert x.grad is not None
    assert torch.allclose(x.grad, torch.ones_like(x), atol=1e-4)


def test_attention_has_the_gradient_of_a_softmax() -> None:
    from soulrig.model.network import attended
    from soulrig.model.pinned_torch import torch

    random = np.random.default_rng(4)
    f = torch.from_numpy(random.integers(0, 30, (2, 4, 6, 6)).astype(np.float64)).requires_grad_()
    v = torch.from_numpy(random.integers(-500, 500, (2, 4, 6, 8)).astype(np.float64)).requires_grad_()
    along = torch.from_numpy(random.normal(size=(2, 4, 6, 8)))
    (attended(f, v) * along).sum().backward()
    got = f.grad, v.grad
    f.grad = v.grad = None
    future = torch.ones((6, 6), dtype=torch.bool).triu(1)
    share = torch.softmax(f.masked_fill(future, -torch.inf) / 16, -1)
    ((share @ v) * along).sum().backward()
    for mine, real in zip(got, (f.grad, v.grad), strict=True):
        assert mine is not None
        assert real is not None
        assert torch.allclose(mine, real, rtol=0.02, atol=0.01 * float(real.abs().max()))
