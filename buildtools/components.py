"""What a token's cycles go to: the program's routines, each with the component that its time belongs to.

The one place where routines are named for measuring. The build looks their addresses up, the manifest carries them, so
that a program is measured without an assembler.
"""

from __future__ import annotations

from typing import Any

from soulrig.buildtools.packer import matrix_names
from soulrig.errors import Fault
from soulrig.model.soul import Sizes

PRODUCTS = ("q", "k", "v", "proj", "fc1", "fc2", "out")
REST = "the rest"

# Label: component and part of it. A routine's time is that from its call to its return, without the routines of this
# table that it calls. Those without a component belong to that of their caller.
ROUTINES: dict[str, tuple[str | None, str | None]] = {
    "embed": ("embedding, additions", None),
    "relu": ("embedding, additions", None),
    "add_change": ("embedding, additions", None),
    "rms_norm": ("normalisation", None),
    "word_tables": (None, "tables"),
    "query_tables": (None, "tables"),
    "wide_tables": (None, "tables"),
    "cache_begin": ("keys and values", None),
    "store_key": ("keys and values", None),
    "store_value": ("keys and values", None),
    "attention": ("attention", "heads"),
    "scores": ("attention", "scores"),
    "softmax": ("attention", "weights"),
    "means": ("attention", "means"),
    "wide_head": ("attention", "wide"),
    "choose": ("choice and checksum", None),
    "screen_text": ("screen", None),
    "sound_chord": ("sound", None),
    "sound_poll": ("sound", None),
    "poll": ("poll", None),
}
# These multiply by the matrix whose number X holds; the component is the matrix's kind.
MULTIPLIERS = {"matvec": "rows", "matvec_again": "rows"}
# Where the program's own cycle counter is read, and where a token is drawn and may be changed.
PLACES = ("clock_lap", "reply_drawn", "reply_token")


def components() -> list[str]:
    """Every component, in the order in which they are shown."""
    named = [component for component, _ in ROUTINES.values() if component is not None]
    return list(dict.fromkeys([*PRODUCTS, *named, REST]))


def components_manifest(sizes: Sizes, symbols: dict[str, int]) -> dict[str, Any]:
    """The manifest's entry `components`. Raises Fault where the firmware lacks a routine that is named here."""
    return {
        "order": components(),
        "routines": [
            {"address": _address(symbols, label), "component": component, "part": part}
            for label, (component, part) in ROUTINES.items()
        ],
        "multipliers": [{"address": _address(symbols, label), "part": part} for label, part in MULTIPLIERS.items()],
        "matrices": [kind_of_matrix(name) for name in matrix_names(sizes)],
        "places": {label: _address(symbols, label) for label in PLACES},
    }


def kind_of_matrix(name: str) -> str:
    """The component of a matrix's products: `q` of `layer1.q`, `fc1` of `layer0.fc1_w`."""
    return name.rpartition(".")[2].removesuffix("_w")


def _address(symbols: dict[str, int], label: str) -> int:
    if label not in symbols:
        raise Fault(f"the firmware has no label {label!r}, which buildtools/components.py names for measuring")
    return symbols[label]
