"""torch, held to one code path and one thread: the same seed gives the same soul on every x86-64 processor.

Whoever needs torch imports it from here; the two variables count only where torch is imported after them.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from soulrig.errors import Fault

# Costs 1.7 times the time of what torch would choose for this processor.
os.environ.setdefault("ATEN_CPU_CAPABILITY", "default")
os.environ.setdefault("MKL_CBWR", "COMPATIBLE")
try:
    import torch
except ModuleNotFoundError as error:
    if error.name != "torch":
        raise
    raise Fault(
        "training needs torch, which is not installed; install its CPU build with: "
        'python -m pip install "torch>=2.6" --extra-index-url https://download.pytorch.org/whl/cpu'
    ) from error

__all__ = ["reproducible", "torch"]


@contextlib.contextmanager
def reproducible() -> Iterator[None]:
    """Within, torch sums in the same order every time: one thread, deterministic algorithms."""
    threads, deterministic = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(deterministic)
