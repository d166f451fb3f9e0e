"""What `soulrig build` tells of a program: where it lies, what memory is left, what a token will cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from soulrig.buildtools.build import Built
    from soulrig.model.soul import Soul


PLANS = {
    "fast": "the quickest",
    "shared": "less memory, since the quickest doesn't fit: the same groups of inputs for all matrices of a width",
    "tight": "the least memory, since nothing quicker fits",
}


def print_map(built: Built) -> None:
    """The segments, by address."""
    from soulrig.buildtools.memory_map import lies_under

    program = built.manifest["program"]
    print("segment     start  end    bytes  under")
    for segment in built.segments:
        under = ", ".join(lies_under(segment.start, segment.end))
        print(f"{segment.name:<11} ${segment.start:04X}  ${segment.end:04X} {segment.size:6}  {under}".rstrip())
    print(f"program     ${program['load_address']:04X}  ${program['end_address']:04X} {len(built.prg) - 2:6}")


def explained(soul: Soul, built: Built, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """What --explain tells, as plain data. Raises Fault where the program hangs."""
    from soulrig.bench.predict import predict
    from soulrig.bench.screen_share import HERTZ
    from soulrig.buildtools.build import memory_areas

    context = soul.sizes.context
    predictions = [each for each in predict(soul, built, progress) if each.context in (1, context // 2, context - 1)]
    return {
        "program": built.manifest["program"] | {"bytes": len(built.prg) - 2},
        "segments": built.manifest["segments"],
        "areas": [vars(area) | {"free": area.free} for area in memory_areas(built)],
        "tokens": [
            {
                "context": each.context,
                "cycles": each.blanked,
                "with_screen": {
                    name: {"cycles": each.shown[name], "seconds": round(each.seconds(name), 4)} for name in HERTZ
                },
            }
            for each in predictions
        ],
    }


def print_explained(told: dict[str, Any]) -> None:
    """The same for a person."""
    print(f"plan        {told['program']['plan']}: {PLANS[told['program']['plan']]}")
    print()
    print("area        start  end     used   free")
    for area in told["areas"]:
        print(f"{area['name']:<11} ${area['start']:04X}  ${area['end']:04X} {area['used']:6} {area['free']:6}")
    print()
    print("a token at context    cycles, no screen    cycles, PAL    cycles, NTSC    PAL s    NTSC s")
    for token in told["tokens"]:
        pal, ntsc = token["with_screen"]["pal"], token["with_screen"]["ntsc"]
        print(
            f"{token['context']:<18} {token['cycles']:20,} {pal['cycles']:14,} {ntsc['cycles']:15,}"
            f" {pal['seconds']:8.3f} {ntsc['seconds']:9.3f}"
        )
