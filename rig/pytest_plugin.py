"""The pytest plug-in: fixtures `c64`, `soul` and `reference` for tests of C64 programs; see docs/testing.md.

Imports nothing but pytest until a test asks for one of them.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from soulrig.buildtools.build import Built
    from soulrig.machines.registry import Kind
    from soulrig.model.reference import Reference
    from soulrig.model.soul import Soul
    from soulrig.testing.c64 import C64
    from soulrig.testing.machines import Machines
    from soulrig.testing.soul import TalkingC64

MARKER = "c64"
USED = pytest.StashKey["C64"]()
OUTPUT = "build/c64"
LONGEST_NAME = 200  # bytes; file systems take 255
EVIDENCE, ACCEPTED = "c64 evidence", "c64 accepted"  # names of properties, in JUnit's XML too


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the command line."""
    group = parser.getgroup("c64", "programs for the C64 (soulrig)")
    group.addoption(
        "--c64-machine", metavar="NAME", help="vice, sim, or one of soulrig.toml; by default soulrig.toml's, or vice"
    )
    group.addoption("--c64-emulator", metavar="NAME", help="of the machine vice: x64 or x64sc")
    group.addoption("--c64-roms", metavar="DIR", type=Path, help="a folder of other ROMs")
    group.addoption("--c64-soul", metavar="FILE_OR_DIR", type=Path, help="the soul of the fixtures soul and reference")
    group.addoption(
        "--c64-output", metavar="DIR", default=OUTPUT, help=f"for what failed tests leave; by default {OUTPUT}"
    )
    group.addoption("--c64-accept", action="store_true", help="take the pictures that tests compare for the right ones")


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest of the marker."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}(disk=..., machine=..., emulator=..., standard=..., roms=...): the C64 of this test; "
        "what is given here wins over the command line",
    )


@pytest.fixture(scope="session")
def _c64_machines() -> Iterator[Machines]:
    """The machines of this run, or of this worker of it."""
    from soulrig.testing.machines import Machines

    machines = Machines()
    yield machines
    machines.close()


@pytest.fixture(scope="session")
def _c64_soul(request: pytest.FixtureRequest) -> Soul:
    from soulrig.buildtools.shipped import shipped_soul
    from soulrig.config import load_config
    from soulrig.model.soul import Soul

    with _Told():
        return Soul.load(request.config.getoption("--c64-soul") or load_config().default_soul or shipped_soul())


@pytest.fixture(scope="session")
def _c64_built(_c64_soul: Soul) -> Built:
    from soulrig.buildtools.build import build_or_shipped

    with _Told():
        return build_or_shipped(_c64_soul)


@pytest.fixture
def c64(request: pytest.FixtureRequest) -> C64:
    """A C64 at READY. or, in a test that asks for `soul` too, that one."""
    if "soul" in request.fixturenames:
        soul: C64 = request.getfixturevalue("soul")
        return soul
    from soulrig.testing.c64 import C64

    kind, options, disk = _wanted(request)
    with _Told():
        machine = request.getfixturevalue("_c64_machines").booted(kind, options)
        made = C64(machine, *_places(request))
        request.node.stash[USED] = made
        if disk is not None:
            made.insert(disk)
    return made


@pytest.fixture
def soul(request: pytest.FixtureRequest, _c64_built: Built) -> TalkingC64:
    """A C64 in which the soul's program waits at its prompt."""
    from soulrig.testing.soul import TalkingC64

    kind, options, _ = _wanted(request)
    with _Told():
        machine = request.getfixturevalue("_c64_machines").talking(kind, options, _c64_built)
        made = TalkingC64(machine, _c64_built.manifest, *_places(request))
        request.node.stash[USED] = made
    return made


@pytest.fixture(scope="session")
def reference(_c64_soul: Soul) -> Reference:
    """The soul computed in Python: `reference.reply("hello")` is what the C64 has to answer."""
    from soulrig.model.reference import Reference

    return Reference(_c64_soul)


class _Told:
    """Turns what the user can do something about into a failure that says so, without a traceback."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        from soulrig.errors import BadInput, Fault

        if isinstance(error, BadInput | Fault):
            raise pytest.fail.Exception(f"soulrig: {error}", pytrace=False) from None


def _wanted(request: pytest.FixtureRequest) -> tuple[Kind, dict[str, Any], str | None]:
    """The kind of machine, its options and the disk: from the command line and, over it, the test's markers."""
    from soulrig.config import load_config

    option = request.config.getoption
    wanted: dict[str, Any] = {name: option(f"--c64-{name}") for name in ("machine", "emulator", "roms")}
    for marker in reversed(list(request.node.iter_markers(MARKER))):
        if marker.args:
            pytest.fail(f"pytest.mark.{MARKER} takes names with values alone, found {marker.args}", pytrace=False)
        wanted |= marker.kwargs
        if "roms" in marker.kwargs:
            wanted["roms"] = request.path.parent / wanted["roms"]
    name, disk = wanted.pop("machine"), wanted.pop("disk", None)
    with _Told():
        kind, options = load_config().machine(name, wanted)
        for key, value in options.items():
            kind.options[key].check(str(value) if isinstance(value, Path) else value, f"the C64's {key}")
    return kind, options, disk


def _places(request: pytest.FixtureRequest) -> tuple[Path, Path, Any]:
    """The test file's folder, one for files that the test needs, and the pictures."""
    from soulrig.testing.pictures import Pictures

    evidence = _evidence(request.node)
    shutil.rmtree(evidence, ignore_errors=True)  # of an earlier run
    accepted = request.config.getoption("--c64-accept")
    home, folder = request.path.parent, request.getfixturevalue("tmp_path")
    return home, folder, Pictures(home, evidence, accepted, [])


def _evidence(item: pytest.Item) -> Path:
    """The test's folder. A name that no file system would take is cut, and told apart by its digest."""
    name = re.sub(r"[^\w.-]+", "-", item.nodeid).strip("-")
    if len(name.encode()) > LONGEST_NAME:
        digest = hashlib.sha256(name.encode()).hexdigest()[:12]
        name = f"{name.encode()[: LONGEST_NAME - len(digest) - 1].decode(errors='ignore')}-{digest}"
    output: str = item.config.getoption("--c64-output")
    return item.config.rootpath / output / name


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Have a failed test leave what its C64 showed, and name the pictures that were accepted."""
    report = yield
    used = item.stash.get(USED, None)
    if used is None or call.when == "teardown":
        return report
    found = [(ACCEPTED, str(path)) for path in used.pictures.accepted]
    if report.failed:
        from soulrig.errors import BadInput
        from soulrig.testing.evidence import leave

        folder = _evidence(item)
        try:
            report.sections.append(("C64", leave(used, folder)))
            found.append((EVIDENCE, str(folder)))
        except BadInput as error:  # out of a hook it would end all tests
            report.sections.append(("C64", f"no evidence could be left: {error}"))
    item.user_properties += found
    report.user_properties += found
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Name the pictures that were accepted, those of all workers."""
    reports = [report for kind in terminalreporter.stats.values() for report in kind]
    properties = [each for report in reports for each in getattr(report, "user_properties", ())]
    for path in sorted({str(value) for name, value in properties if name == ACCEPTED}):
        terminalreporter.write_line(f"accepted {path}")
