"""The pytest plug-in as a user has it: a folder with tests of theirs, run by a pytest of its own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PIL import Image

pytest_plugins = ["pytester"]

SAYS_OK = "bytes.fromhex('0108 0C08 0A00 99 22 4F4B 22 00 0000')"  # 10 PRINT"OK"
SIM = "--c64-machine=sim"
VICE = pytest.param("--c64-machine=vice", marks=pytest.mark.vice)
on_both = pytest.mark.parametrize("machine", [SIM, VICE])


def run(pytester: pytest.Pytester, tests: str, *options: str) -> pytest.RunResult:
    """Run the tests of a file; our own environment must not tell in it."""
    pytester.makepyfile(test_it=tests)
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", *options)


@on_both
def test_a_program_is_run_typed_at_and_looked_into(pytester: pytest.Pytester, machine: str) -> None:
    run(
        pytester,
        f"""
        def test_basic(c64):
            c64.run({SAYS_OK})
            c64.expect("OK\\n\\nREADY.")
            c64.type("poke1024,1:poke54296,15\\r")
            c64.expect("READY.", times=3)
            assert c64.memory[0x0400] == 1
            assert c64.memory[0x0801:0x0804] == bytes.fromhex("0B080A")
            assert [(write.register, write.value) for write in c64.sid_writes] == [(24, 15)]
            assert c64.screen[0].startswith("AOAD")
            before = c64.cycles
            c64.wait(0.5)
            assert c64.cycles > before + 490_000
            c64.memory[0xC000:0xC003] = b"abc"
            c64.memory[0xC001] = 1
            assert c64.memory[0xC000:0xC003] == b"a\\x01c"
            assert c64.picture.pixels.shape == (272, 384)
            assert set(c64.registers) == {{"PC", "A", "X", "Y", "SP", "P"}}

        def test_the_next_test_has_a_fresh_one(c64):
            assert c64.memory[0x0400] != 1
            assert not c64.sid_writes
            c64.type("list\\r")
            c64.expect("LIST\\n\\nREADY.")
        """,
        machine,
    ).assert_outcomes(passed=2)


@on_both
def test_a_failure_says_what_is_there_and_leaves_it(pytester: pytest.Pytester, machine: str) -> None:
    result = run(
        pytester,
        """
        def test_hello(c64):
            c64.type('print"hello"\\r')
            c64.expect("GOODBYE", seconds=2)
        """,
        machine,
        "--junit-xml=report.xml",
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E * AssertionError: waited 2 C64 seconds in vain for 'GOODBYE'; the screen shows",
            'E *| PRINT"HELLO"',
            "E *| HELLO",
            "test_it.py:3: AssertionError",
            "* C64 *",
            "evidence: build/c64/test_it.py-test_hello (*screen.png, state.json)",
            "PC $* A $* X $* Y $* SP $* P $*",
        ]
    )
    result.stdout.no_fnmatch_line("*c64.py*")
    folder = pytester.path / "build" / "c64" / "test_it.py-test_hello"
    with Image.open(folder / "screen.png") as image:
        assert image.size == (768, 544)
    state = json.loads((folder / "state.json").read_text())
    assert "HELLO" in state["screen"]
    assert state["registers"]["SP"] > 0
    assert state["machine"]["kind"] == machine.rpartition("=")[2]
    assert (folder / "log.txt").exists() == (machine != SIM)
    (found,) = ElementTree.parse(pytester.path / "report.xml").iter("property")
    assert found.attrib == {"name": "c64 evidence", "value": str(folder)}
    # What passes leaves nothing, and takes away what was left before.
    run(pytester, "def test_hello(c64): pass", machine).assert_outcomes(passed=1)
    assert not folder.exists()


def test_letters_of_the_other_case_are_told(pytester: pytest.Pytester) -> None:
    result = run(pytester, "def test_it(c64):\n    c64.expect('Ready.', seconds=1)", SIM)
    result.stdout.fnmatch_lines(["E *'Ready.' (it is there in letters of the other case); the screen shows"])


@on_both
def test_the_soul_and_its_reference(pytester: pytest.Pytester, machine: str) -> None:
    result = run(
        pytester,
        """
        def test_talk(c64, soul, reference):
            assert c64 is soul
            c64.type("help\\r")
            reading = c64.expect_reply(reference.reply("help"))
            assert len(reading.cycles) == len(reference.reply("help").steps)

        def test_wrong_text(soul):
            soul.type("help\\r")
            soul.expect_reply("no help.")

        def test_wrong_tokens(soul, reference):
            soul.type("help\\r")
            soul.expect_reply(reference.reply("hello"))

        def test_an_ordinary_c64_between(c64):
            c64.expect("BASIC")
        """,
        machine,
    )
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(["E * AssertionError: the reply is '*', expected 'no help.'; the screen shows"])
    result.stdout.fnmatch_lines(["E * AssertionError: not what the reference says: the prompt became *"])
    state = json.loads((pytester.path / "build/c64/test_it.py-test_wrong_text/state.json").read_text())
    assert state["telemetry"]["header"]["state"] == "done"
    assert state["telemetry"]["reply"]["stop"] == "end"


@pytest.mark.vice
def test_markers_choose_the_machine(pytester: pytest.Pytester) -> None:
    disk = "from soulrig.buildtools.disk_image import make_d64\nfrom pathlib import Path\n"
    disk += f"Path('two.d64').write_bytes(make_d64('two', '22', {{'one': b'no', 'it': {SAYS_OK}}}))"
    subprocess.run([sys.executable, "-c", disk], cwd=pytester.path, check=True)
    run(
        pytester,
        """
        import pytest
        pytestmark = pytest.mark.c64(standard="ntsc", emulator="x64sc")

        def test_the_module(c64):
            assert (c64.machine.description["standard"], c64.machine.description["emulator"]) == ("ntsc", "x64sc")

        @pytest.mark.c64(standard="pal", disk="two.d64")
        def test_one_of_it(c64):
            assert (c64.machine.description["standard"], c64.machine.description["emulator"]) == ("pal", "x64sc")
            c64.type('load"it",8\\rrun\\r')
            c64.expect("OK\\n\\nREADY.")

        @pytest.mark.c64(machine="sim", emulator=None)
        def test_another_kind(c64):
            assert c64.machine.description["kind"] == "sim"
            c64.load("two.d64", "it")
            c64.run()
            c64.expect("OK\\n\\nREADY.")
        """,
        "--c64-machine=vice",
        "--strict-markers",
    ).assert_outcomes(passed=3)


@pytest.mark.vice
def test_workers_have_an_emulator_each_and_tests_share_it(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        import os, pytest
        @pytest.mark.parametrize("number", range(8))
        def test_it(c64, number, tmp_path_factory):
            c64.type(f"print {number}{number}{number}\\r")
            c64.expect(f" {number}{number}{number}")
            print("emulator", os.environ["PYTEST_XDIST_WORKER"], c64.machine.pid)
            assert number != 7
        """,
        "-n2",
        "-rP",
    )
    result.assert_outcomes(passed=7, failed=1)
    pairs = {tuple(line.split()[1:]) for line in result.outlines if line.startswith("emulator ")}
    workers, pids = ({pair[place] for pair in pairs} for place in (0, 1))
    assert workers == {"gw0", "gw1"}
    assert len(pairs) == len(pids) == 2
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    assert (pytester.path / "build/c64/test_it.py-test_it-7/screen.png").exists()


@pytest.mark.vice
def test_an_emulator_that_died_is_replaced(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        import os, signal
        def test_dies(c64):
            os.kill(c64.machine.pid, signal.SIGKILL)
            c64.expect("NOTHING")

        def test_next(c64):
            c64.expect("READY.")
        """,
        "--c64-machine=vice",
    )
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["E * soulrig.errors.Fault: *SIGKILL*", "no screen: *"])


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--c64-machine=vice",), "soulrig: no program x64 on the PATH: install VICE *"),
        (("--c64-machine=desk",), "soulrig: no machine is called 'desk'; there are vice, sim*"),
        ((SIM, "--c64-roms=nowhere"), "soulrig: nowhere: no such folder; *"),
        ((SIM, "--c64-emulator=x64"), "soulrig: --emulator: a machine of the kind sim has none; *"),
        (("--c64-emulator=x128",), "soulrig: --emulator: is 'x128', expected x64 or x64sc"),
    ],
)
def test_what_is_missing_is_an_error_that_says_what_to_do(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], told: str
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    result = run(pytester, "def test_it(c64): pass", *options)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([told])
    result.stdout.no_fnmatch_line("*Traceback*")


@on_both
def test_a_golden_picture(pytester: pytest.Pytester, machine: str) -> None:
    test = """
        def test_it(c64):
            c64.type("print 4711\\r")
            c64.expect(" 4711\\n\\nREADY.")
            c64.assert_picture("printed", mask=[c64.cursor])
    """
    result = run(pytester, test, machine)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["E *there is no picture pictures/printed.png; this one is build/c64/*printed.png. *: pytest --c64-accept"]
    )
    result = run(pytester, test, machine, "--c64-accept", "-n1")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"accepted {pytester.path}/pictures/printed.png"])
    golden = pytester.path / "pictures" / "printed.png"
    assert golden.stat().st_size < 2000
    # What is the same is not written again, and one pixel is enough to differ, even in the border.
    assert "accepted" not in run(pytester, test, machine, "--c64-accept").stdout.str()
    with Image.open(golden) as image:
        assert (image.mode, image.size) == ("P", (352, 232))
        image.putpixel((3, 2), 7)
        image.save(golden)
    result = run(pytester, test, machine)
    result.assert_outcomes(failed=1)
    shown = "build/c64/test_it.py-test_it/printed.png"
    result.stdout.fnmatch_lines(
        [
            "E *not the picture 'printed': 1 pixels differ, in rows -2 to -2, columns -2 to -2 of characters",
            f"E *expected, actual and difference: {shown}",
            "E *if this is right: pytest --c64-accept",
        ]
    )
    with Image.open(pytester.path / shown) as image:
        colours = image.convert("RGB").getcolors(1 << 20) or []
        # The pixel is drawn twice as wide and high, in a colour that nothing else has.
        assert (4, (0xFF, 0x20, 0x20)) in colours
        assert image.size == (3 * 704 + 2 * 16, 464 + 24)


def test_a_picture_shows_what_was_drawn_last_and_masks_hold(pytester: pytest.Pytester) -> None:
    test = """
        import pytest
        @pytest.mark.parametrize("masks", [[], [(20, 7)], [(19, 6, 3, 3)]])
        def test_it(c64, masks):
            c64.memory[0x0400 + 40 * 20 + 7] = CODE
            c64.assert_picture(f"it-{len(masks) and len(masks[0])}", mask=[c64.cursor, *masks])

        def test_other_masks(c64):
            c64.memory[0x0400 + 40 * 20 + 7] = CODE
            c64.assert_picture("it-0", mask=[c64.cursor, lambda: (20, 7)] if CODE == 2 else [c64.cursor])
    """
    run(pytester, test.replace("CODE", "1"), SIM, "--c64-accept").assert_outcomes(passed=4)
    run(pytester, test.replace("CODE", "1"), SIM).assert_outcomes(passed=4)
    result = run(pytester, test.replace("CODE", "2"), SIM, "-rf")
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(["FAILED test_it.py::test_it?masks0? *", "FAILED test_it.py::test_other_masks *"])


def test_evidence_has_a_name_that_a_file_system_takes(pytester: pytest.Pytester) -> None:
    tests = """
        import pytest

        @pytest.mark.parametrize("ending", ["a", "b"], ids=lambda ending: 250 * "é" + ending)
        def test_it(c64, ending):
            assert False
        """
    run(pytester, tests, SIM).assert_outcomes(failed=2)
    folders = list((pytester.path / "build" / "c64").iterdir())
    assert len(folders) == 2
    assert all((folder / "state.json").exists() for folder in folders)


def test_evidence_that_can_not_be_left_ends_no_other_test(pytester: pytest.Pytester) -> None:
    (pytester.path / "taken").write_text("no folder")
    tests = """
        def test_it(c64):
            assert False

        def test_next(c64):
            pass
        """
    result = run(pytester, tests, SIM, "--c64-output=taken")
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["no evidence could be left: *taken*can't be written*"])


def test_a_soul_that_is_none(pytester: pytest.Pytester) -> None:
    pytester.makefile(".bin", soul="none")
    result = run(pytester, "def test_it(soul): pass", SIM, "--c64-soul=soul.bin")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["soulrig: soul.bin: *"])
    result.stdout.no_fnmatch_line("During handling of*")


def test_who_has_no_c64_pays_nothing(pytester: pytest.Pytester) -> None:
    run(
        pytester,
        """
        import sys
        def test_nothing_is_imported():
            ours = {name for name in sys.modules if name.startswith("soulrig")}
            assert ours == {"soulrig", "soulrig.pytest_plugin"}
            assert not {"numpy", "PIL", "scipy"} & set(sys.modules)
        """,
        "-p",
        "no:benchmark",
    ).assert_outcomes(passed=1)


def test_no_file_is_left_behind(
    pytester: pytest.Pytester, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("temp")
    monkeypatch.setenv("TMPDIR", str(folder))
    run(pytester, "def test_it(c64): c64.wait(0.1)", SIM).assert_outcomes(passed=1)
    assert list(folder.iterdir()) == []


@pytest.mark.cc65
@on_both
def test_the_documented_example(pytester: pytest.Pytester, root: Path, machine: str) -> None:
    text = (root / "docs" / "testing.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```(c|python|console)\n(.*?)```", text, re.S)
    (_, program), (_, tests), (_, transcript), (_, soul) = blocks
    (pytester.path / "greet.c").write_text(program)
    (command,) = re.findall(r"^\$ (cl65 .*)", transcript, re.M)
    subprocess.run(command.split(), cwd=pytester.path, check=True)
    pytester.makepyfile(test_greet=tests, test_soul=soul)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", machine)
    result.assert_outcomes(passed=2, failed=1)
    said = [line for line in transcript.splitlines() if line.startswith(("E", ">"))]
    result.stdout.fnmatch_lines([line.rstrip() + "*" for line in said])
