"""The cartridge: its image read by a naive reader of the format, and the program that it starts in VICE."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from soulrig.buildtools.build import Built, build
from soulrig.buildtools.cartridge import make_crt
from soulrig.buildtools.unpack import memory_of
from soulrig.channels.screen import text_rows
from soulrig.channels.telemetry import compare
from soulrig.conversation import Conversation
from soulrig.errors import BadInput
from soulrig.machines.roms import RomSet, find_roms, our_roms
from soulrig.machines.sim import SimMachine
from soulrig.machines.vice import ViceMachine, genuine_tree
from soulrig.model.reference import Reference
from soulrig.model.soul import Soul
from soulrig.model.tokenizer import END
from soulrig.play import play
from soulrig.vice_driver.options import Emulator, RomFiles, Standard, ViceOptions
from soulrig.vice_driver.vice import Vice

pytestmark = pytest.mark.cc65

SECONDS_TO_PROMPT = 3
SECONDS = 30  # of the C64, more than anything here takes
BANK = 0x2000
ROM_SETS = ["rigrom", *(["given"] if os.environ.get("SOULRIG_ROMS") else [])]
COMPUTERS = list(product(["x64", "x64sc"], ["pal", "ntsc"], ROM_SETS))


@pytest.fixture(scope="module")
def built(shipped: Soul) -> Built:
    return build(shipped, crt=True)


@pytest.fixture
def image(built: Built, tmp_path: Path) -> Path:
    built.save(tmp_path)
    return tmp_path / "soulplayer.crt"


def given_roms() -> RomSet:
    return replace(find_roms(Path(os.environ["SOULRIG_ROMS"])), dos1541=None)


def banks(crt: bytes) -> list[bytes]:
    """The contents of an image, by the published form of the file."""
    assert crt[:16] == b"C64 CARTRIDGE   "
    assert crt[16:26] == bytes.fromhex("00000040 0100 0013 00 01"), (
        "64 bytes, version 1.0, type 19, EXROM low, GAME high"
    )
    assert len(crt[32:64]) == 32
    found = []
    rest = crt[64:]
    while rest:
        assert rest[:16] == b"CHIP" + bytes.fromhex("00002010 0000") + bytes([0, len(found)]) + bytes.fromhex(
            "80002000"
        )
        found.append(rest[16 : 16 + BANK])
        rest = rest[16 + BANK :]
    return found


def test_the_image_holds_the_program_in_eight_banks(built: Built) -> None:
    assert built.crt is not None
    found = banks(built.crt)
    assert [len(bank) for bank in found] == [BANK] * 8
    assert found[0][4:9] == b"\xc3\xc2\xcd80", "the mark that a KERNAL looks for"
    start, program = memory_of(built.prg, built.manifest)
    flag = built.symbols["stream_end"] - start
    program = program[:flag] + bytes(2) + program[flag + 2 :]  # nothing is squeezed
    assert b"".join(found)[0x100:] == program.ljust(8 * BANK - 0x100, b"\xff")
    assert b"SOULPLAYER" in built.crt[32:64]


def test_the_same_soul_gives_the_same_image_and_the_manifest_tells_of_it(shipped: Soul, built: Built) -> None:
    assert built.crt is not None
    assert build(shipped, crt=True).crt == built.crt
    assert built.manifest["cartridge"]["sha256"] == hashlib.sha256(built.crt).hexdigest()
    assert (built.prg, "cartridge" in build(shipped).manifest) == (build(shipped).prg, False)


def test_it_is_saved_loaded_and_gone_with_the_next_build(shipped: Soul, built: Built, image: Path) -> None:
    assert Built.load(image.parent).crt == built.crt == image.read_bytes()
    image.write_bytes(b"changed")
    for again in (built, build(shipped)):
        with pytest.raises(BadInput, match=r"soulplayer\.crt: was changed since it was built"):
            again.save(image.parent)
    with pytest.raises(BadInput, match=r"soulplayer\.crt: is not the file that soulplayer\.json tells of"):
        Built.load(image.parent)
    built.save(image.parent, force=True)
    build(shipped).save(image.parent)
    assert not image.exists()
    assert "cartridge" not in json.loads(image.with_suffix(".json").read_text())


def test_a_program_too_long_is_refused() -> None:
    with pytest.raises(BadInput, match="x: 65281 bytes, a cartridge holds 65280 at most"):
        make_crt("x", bytes(2 + 65281))


def test_the_simulator_takes_none(image: Path) -> None:
    with SimMachine() as machine, pytest.raises(BadInput, match=r"soulplayer\.crt: the machine sim takes no cartridge"):
        machine.insert(image)


def test_nothing_can_be_written_to_it(image: Path) -> None:
    class Attended(ViceMachine):
        writes_disks = True

        def attend(self) -> None: ...

        def disk_image(self) -> bytes:
            return b""

    with pytest.raises(BadInput, match="is a cartridge, which nothing can write to"):
        play(Attended(), image, write=True)


@pytest.mark.vice
@pytest.mark.parametrize(("emulator", "standard", "roms"), COMPUTERS)
def test_the_prompt_is_there_in_time(
    built: Built, image: Path, emulator: Emulator, standard: Standard, roms: str, tmp_path: Path
) -> None:
    ours = our_roms(tmp_path / "rigrom")
    files = RomFiles(ours.kernal, ours.basic, ours.chargen)
    rom_images = files if roms == "rigrom" else genuine_tree(given_roms(), tmp_path)
    options = ViceOptions(emulator=emulator, standard=standard, roms=rom_images, cartridge=image)
    with Vice(options, running=False) as vice:
        hertz = vice.clock_hz
        clock = vice.run_to(built.symbols["edit_begin"], 2 * SECONDS_TO_PROMPT * hertz)
        assert "you>" in text_rows(vice.read(0x0400, 1000))
        assert clock < SECONDS_TO_PROMPT * hertz


@pytest.fixture(params=ROM_SETS)
def talk(request: pytest.FixtureRequest, built: Built, image: Path) -> Iterator[tuple[ViceMachine, Conversation]]:
    """The program, started by the cartridge."""
    with ViceMachine(roms=None if request.param == "rigrom" else given_roms()) as machine:
        conversation = Conversation(machine, built.manifest)
        conversation.boot(image)
        yield machine, conversation


@pytest.mark.vice
def test_it_answers_as_the_reference_leaves_for_basic_and_runs_again(
    talk: tuple[ViceMachine, Conversation], shipped: Soul
) -> None:
    machine, conversation = talk
    expected = Reference(shipped).reply("hello")

    def rows() -> list[str]:
        return [row.lower() for row in text_rows(machine.codes())]

    def enter(line: bytes) -> None:
        machine.type(line + b"\r")
        machine.wait(lambda: rows().count("ready.") == 1, SECONDS, "BASIC")

    for _ in range(2):
        assert compare(conversation.say("hello"), expected, END).difference is None
        enter(b"Q")
        enter(b"\x93LIST")
        assert rows()[2] == "10 sys 2062"
        machine.type(b"RUN\r")
        machine.wait(conversation.telemetry.present, SECONDS, "the program")
        machine.wait(lambda: conversation.telemetry.header().state == "idle", SECONDS, "its prompt")
