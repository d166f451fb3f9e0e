"""Which steps a night has: stages, one after the other, of steps that may run side by side.

The steps of a stage measure cycles, not time, so they don't disturb each other. The tests bring their own workers.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from night.step import Kind, Step, result_of
from soulrig.model.corpus import Corpus
from soulrig.model.files import write_beside

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
SOUL = Path("disk/soulplayer")
CORPUS = Path("data/example_corpus.txt")
BASELINE = Path("tests/data/bench-baseline.json")

BUILD = "build"
SIM, X64, X64SC = ("sim",), ("vice", "--emulator", "x64"), ("vice", "--emulator", "x64sc")
MACHINES = {"sim": SIM, "x64": X64, "x64sc": X64SC}
STANDARDS = ("pal", "ntsc")
CHANNELS = "telemetry,screen,pixels,sound"

SCREENS = ("tests/machines/test_pictures.py", "tests/e2e/test_other_programs.py")

QUICK_PROMPTS, OTHER_ROMS_PROMPTS = 2, 12
MINUTE = 60.0
HOUR = 60 * MINUTE


def plan(folder: Path, rom_sets: Mapping[str, Path], *, quick: bool) -> list[list[Step]]:
    """The night's stages. The first is the build, without which the others make no sense.

    Writes the prompts into `folder`. Raises BadInput where there is no corpus.
    """
    prompts = list(dict.fromkeys(exchange.question for exchange in Corpus.load(ROOT / CORPUS).exchanges))
    few = _write(folder / "few-prompts.txt", prompts, OTHER_ROMS_PROMPTS)
    asked = _write(folder / "prompts.txt", prompts, QUICK_PROMPTS if quick else len(prompts))
    verifies = [
        _verify(folder, f"{machine} {standard}", [*options, "--standard", standard], asked)
        for machine, options in MACHINES.items()
        for standard in STANDARDS
    ]
    others = [
        _verify(
            folder,
            f"{machine} {standard}, {name}",
            [*options, "--standard", standard, "--roms", str(roms)],
            asked if quick else few,
        )
        for name, roms in rom_sets.items()
        for machine, options in MACHINES.items()
        for standard in STANDARDS
    ]
    benches = [_bench(folder, "sim pal", SIM, ["--baseline", str(BASELINE)])]
    if not quick:
        benches += [
            _bench(folder, "x64sc pal", X64SC, ["--totals", "--standard", "pal", "--baseline", str(BASELINE)]),
            _bench(folder, "x64sc ntsc", X64SC, ["--totals", "--standard", "ntsc"]),
        ]
    stages = [[_build(folder)], [*verifies, *others, *benches], [_tests(folder, "screens", SCREENS, HOUR)]]
    if not quick:
        stages.append([_tests(folder, "long tests", ["-m", "long or browser"], 4 * HOUR)])
    return stages


def _write(path: Path, prompts: Sequence[str], count: int) -> Path:
    """Keeps `count` of the prompts, from all over the corpus, in a file."""
    chosen = [prompts[number * len(prompts) // count] for number in range(min(count, len(prompts)))]
    write_beside(path, "".join(f"{prompt}\n" for prompt in chosen).encode())
    return path


def _build(folder: Path) -> Step:
    target = result_of(folder, BUILD, Kind.BUILD)
    return _soulrig(folder, Kind.BUILD, BUILD, ["build", "--output", str(target), "--force"], 10 * MINUTE)


def _verify(folder: Path, what: str, machine: Sequence[str], prompts: Path) -> Step:
    name = f"verify {what}"
    record = result_of(folder, name, Kind.VERIFY)
    arguments = ["verify", "--machine", *machine, "--channels", CHANNELS, "--prompts", str(prompts)]
    left = ["--record", str(record), "--screenshot", str(record.with_suffix(".png"))]
    return _soulrig(folder, Kind.VERIFY, name, [*arguments, *left], 2 * HOUR)


def _bench(folder: Path, what: str, machine: Sequence[str], options: Sequence[str]) -> Step:
    name = f"bench {what}"
    record = result_of(folder, name, Kind.BENCH)
    return _soulrig(folder, Kind.BENCH, name, ["bench", "--machine", *machine, *options, "--record", str(record)], HOUR)


def _soulrig(folder: Path, kind: Kind, name: str, arguments: Sequence[str], limit: float) -> Step:
    command, *rest = arguments
    return Step(name, kind, (str(BIN / "soulrig"), command, "--soul", str(SOUL), *rest), folder, limit)


def _tests(folder: Path, name: str, which: Sequence[str], limit: float) -> Step:
    junit = result_of(folder, name, Kind.TESTS)
    command = (str(BIN / "pytest"), "-q", "-n", "2", "--tb", "short", "-r", "fE", f"--junitxml={junit}", *which)
    return Step(name, Kind.TESTS, command, folder, limit)
