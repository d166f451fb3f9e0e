"""What the tests stand on: skipping what this machine lacks, and where the test data lies.

A test that needs something says so with a marker (`vice`, `cc65`, `fixtures`, `roms`) and is skipped where that is
absent. SOULRIG_REQUIRE=vice,cc65 turns such a skip into a failure, so that a continuous run can't pass by testing less.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from soulrig.buildtools.build import Built, build
from soulrig.model.soul import Soul

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT.parent / "shared" / "fixtures"
DATA = ROOT / "tests" / "data"

# Marker: is it here, and what to say where it is not.
NEEDS: dict[str, tuple[Callable[[], bool], str]] = {
    "vice": (lambda: shutil.which("x64sc") is not None, "x64sc is not on PATH; install Debian's vice (contrib)"),
    "window": (
        lambda: all(map(shutil.which, ("Xvfb", "xdotool"))),
        "Xvfb or xdotool is not on PATH; install Debian's xvfb and xdotool",
    ),
    "browser": (
        lambda: any(map(shutil.which, ("chromium", "google-chrome"))),
        "neither chromium nor google-chrome is on PATH; install Debian's chromium, or Google's Chrome",
    ),
    "cc65": (lambda: shutil.which("ca65") is not None, "ca65 is not on PATH; install Debian's cc65"),
    "fixtures": (GOLDEN.is_dir, "the folder ../shared/fixtures is not beside the checkout"),
    "roms": (lambda: "SOULRIG_ROMS" in os.environ, "SOULRIG_ROMS names no folder with other ROMs"),
    "train": (lambda: importlib.util.find_spec("torch") is not None, "torch is not installed; install soulrig[train]"),
}

LONG = ("sim_long", "train_long", "soak", "torture")


def required() -> set[str]:
    """The markers named in SOULRIG_REQUIRE."""
    return {name.strip() for name in os.environ.get("SOULRIG_REQUIRE", "").split(",") if name.strip()}


def pytest_configure(config: pytest.Config) -> None:
    unknown = required() - NEEDS.keys()
    if unknown:
        raise pytest.UsageError(
            f"SOULRIG_REQUIRE names {', '.join(sorted(unknown))}; known are {', '.join(sorted(NEEDS))}"
        )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the long tests `long`, before -m looks for it."""
    for item in items:
        if any(item.get_closest_marker(name) for name in LONG):
            item.add_marker("long")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for name, (is_here, reason) in NEEDS.items():
        if item.get_closest_marker(name) is None or is_here():
            continue
        if name in required():
            pytest.fail(f"{reason} (required by SOULRIG_REQUIRE)", pytrace=False)
        pytest.skip(reason)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def golden() -> Path:
    """The folder of the golden data that is not ours; a test that asks for it is marked `fixtures`."""
    return GOLDEN


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of the test data that is ours."""
    return DATA


@pytest.fixture(scope="session")
def shipped() -> Soul:
    """The soul that comes with the project."""
    return Soul.load(ROOT / "disk" / "soulplayer")


@pytest.fixture(scope="session")
def shipped_built(shipped: Soul) -> Built:
    """Its program; a test that asks for it is marked `cc65`."""
    return build(shipped)
