"""A C64 in VICE: memory, registers, an exact clock, keys, the picture, snapshots, the same run twice."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from bare_rom import BORDER, CARRY, COUNTER, CYCLES_256_TURNS, LOOP, PAPER, TURN, write_roms

from soulrig.vice_driver.errors import CpuJammed, CyclesExceeded, MonitorRefused
from soulrig.vice_driver.options import Emulator, RomFiles, Standard, ViceOptions
from soulrig.vice_driver.protocol import Operation
from soulrig.vice_driver.vice import Vice

pytestmark = pytest.mark.vice

KINDS = list(product(get_args(Emulator), get_args(Standard)))
SOON = 2_000_000  # cycles
LONGEST_INSTRUCTION = 7 + 43  # with what the video chip steals within it


@pytest.fixture(scope="module")
def roms(tmp_path_factory: pytest.TempPathFactory) -> RomFiles:
    return write_roms(tmp_path_factory.mktemp("roms"))


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: "-".join(kind))
def booted(request: pytest.FixtureRequest, roms: RomFiles) -> Iterator[Vice]:
    """One VICE for each kind, its snapshot beside its log."""
    emulator, standard = request.param
    with Vice(ViceOptions(emulator=emulator, standard=standard, roms=roms)) as vice:
        vice.run_to(LOOP, SOON)
        vice.save(vice.process.folder / "booted.vsf")
        vice.resume()
        yield vice


@pytest.fixture
def c64(booted: Vice) -> Vice:
    """A C64 that runs the loop from its beginning."""
    booted.stop()
    for checkpoint in booted.monitor.checkpoints():
        booted.monitor.delete_checkpoint(checkpoint.number)
    booted.restore(booted.process.folder / "booted.vsf")
    booted.resume()
    return booted


def is_running(c64: Vice) -> bool:
    before = c64.clock()
    return c64.run_until(lambda: c64.clock() > before, SOON) > before and c64.monitor.running


def test_it_stops_at_a_cycle(c64: Vice) -> None:
    c64.stop()
    for wait in (200_000, 1_000, 1):
        clock = c64.clock() + wait
        found = c64.run_to_clock(clock)
        assert 0 <= found - clock <= LONGEST_INSTRUCTION
        assert c64.clock() == found, "it stands"
    assert c64.run_to_clock(0) == found


def test_memory(c64: Vice) -> None:
    data = np.random.default_rng(1).integers(0, 256, 0x8000, np.uint8).tobytes()
    c64.write(0x2000, data)
    assert c64.read(0x2000, len(data)) == data
    with c64.stopped():
        whole = c64.read(0x0000, 0x10000)
        assert len(whole) == 0x10000
        assert whole[0x2000:0xA000] == data
    assert is_running(c64)


def test_banks(c64: Vice) -> None:
    c64.write(LOOP, b"ram!", bank="ram")
    assert c64.read(LOOP, 4, bank="ram") == b"ram!"
    assert c64.read(LOOP, 3, bank="rom") == c64.read(LOOP, 3, bank="cpu") == b"\xee\x00\x04"
    c64.write(0xD020, b"\x07", bank="io")
    assert c64.read(0xD020, 1, bank="io")[0] & 0x0F == 7
    with pytest.raises(ValueError, match="cpu, ram, rom"):
        c64.read(0, 1, bank="bass")
    with pytest.raises(ValueError, match="64 KB"):
        c64.read(0xFFFF, 2)


def test_registers(c64: Vice) -> None:
    with c64.stopped():
        c64.set_registers({"A": 0x12, "X": 0x34, "Y": 0x56, "SP": 0x78, "PC": TURN})
        found = c64.registers()
        assert [found[name] for name in ("A", "X", "Y", "SP", "PC")] == [0x12, 0x34, 0x56, 0x78, TURN]
        with pytest.raises(ValueError, match="8 bits"):
            c64.set_registers({"A": 256})
        with pytest.raises(ValueError, match="no register"):
            c64.set_registers({"Q": 0})


def test_clock_is_exact(c64: Vice) -> None:
    """Two arrivals at CARRY are 256 turns of the loop apart, however often the machine was stopped on the way."""
    first = c64.run_to(CARRY, SOON)
    assert c64.run_to(CARRY, SOON) - first == CYCLES_256_TURNS
    c64.resume()
    for _ in range(20):
        c64.run_until(lambda: True, SOON)
        c64.read(COUNTER, 2)
    assert (c64.run_to(CARRY, SOON) - first) % CYCLES_256_TURNS == 0


def test_the_same_run_twice(roms: RomFiles) -> None:
    """Memory, registers and clock from switching on, however late VICE's monitor was reached."""
    for emulator, standard in KINDS:
        found = []
        for _ in range(2):
            with Vice(ViceOptions(emulator=emulator, standard=standard, roms=roms), running=False) as c64:
                arrivals = [c64.run_to(CARRY, SOON) for _ in range(20)]
                found.append((arrivals, c64.registers(), c64.read(0, 0x10000)))
        assert found[0] == found[1]


def test_checkpoints(c64: Vice) -> None:
    monitor = c64.monitor
    with c64.stopped():
        store = monitor.set_checkpoint(COUNTER + 1, operation=Operation.STORE)
        other = monitor.set_checkpoint(0x1000, 0x1FFF, operation=Operation.LOAD | Operation.STORE)
        monitor.resume()
        assert monitor.wait_for_stop(20) == TURN
        assert [found.number for found in monitor.checkpoints()] == [store.number, other.number]
        assert monitor.checkpoint(store.number).hits == 1
        assert monitor.checkpoint(other.number).hits == 0
        monitor.enable_checkpoint(store.number, False)
        assert not monitor.checkpoint(store.number).enabled
        monitor.delete_checkpoint(store.number)
        with pytest.raises(MonitorRefused):
            monitor.checkpoint(store.number)


def test_condition(c64: Vice) -> None:
    with c64.stopped() as monitor:
        found = monitor.set_checkpoint(CARRY, condition="@ram:$0401 == $2A")
        monitor.resume()
        assert monitor.wait_for_stop(20) == CARRY
        assert monitor.read(COUNTER, 2) == b"\x00\x2a"
        assert monitor.checkpoint(found.number).hits == 1


def test_a_temporary_checkpoint_goes_when_hit(c64: Vice) -> None:
    with c64.stopped() as monitor:
        monitor.set_checkpoint(CARRY, temporary=True)
        monitor.resume()
        assert monitor.wait_for_stop(20) == CARRY
        assert monitor.checkpoints() == []


def test_looking_leaves_a_cpu_at_a_checkpoint_there(c64: Vice) -> None:
    with c64.stopped() as monitor:
        monitor.set_checkpoint(CARRY)
    assert c64.monitor.wait_for_stop(20) == CARRY
    assert c64.clock() == c64.clock()
    assert c64.registers()["PC"] == CARRY
    c64.resume()
    assert c64.monitor.wait_for_stop(20) == CARRY


def test_stopped_nests_and_stop_lasts(c64: Vice) -> None:
    with c64.stopped():
        before = c64.clock()
        with c64.stopped():
            c64.read(0, 1)
        assert c64.clock() == before
        with pytest.raises(RuntimeError):
            c64.resume()
    assert is_running(c64)
    c64.stop()
    before = c64.clock()
    c64.read(0, 1)
    assert c64.clock() == before
    c64.resume()
    assert is_running(c64)


def test_advance(c64: Vice) -> None:
    c64.run_to(LOOP, SOON)
    before = c64.clock()
    c64.monitor.advance()
    assert c64.registers()["PC"] == LOOP + 3
    c64.monitor.advance(2)
    assert c64.clock() - before == 6 + 3 + 6


def test_run_until_is_limited_by_emulated_time(c64: Vice) -> None:
    with pytest.raises(CyclesExceeded, match="for pigs to fly, limit 100000"):
        c64.run_until(lambda: False, 100_000, "pigs to fly")
    assert is_running(c64)
    with pytest.raises(CyclesExceeded, match=r"\$1234"):
        c64.run_to(0x1234, 100_000)
    assert c64.monitor.checkpoints() == []


def test_snapshot(c64: Vice, tmp_path: Path) -> None:
    snapshot = tmp_path / "then.vsf"
    c64.stop()
    c64.write(0x2000, b"then")
    c64.save(snapshot)
    then = (c64.clock(), c64.registers(), c64.read(0, 0x10000))
    c64.write(0x2000, b"now!")
    ahead = c64.run_to(CARRY, SOON)
    c64.restore(snapshot)
    assert (c64.clock(), c64.registers(), c64.read(0, 0x10000)) == then
    assert c64.run_to(CARRY, SOON) == ahead
    with pytest.raises(FileNotFoundError):
        c64.restore(tmp_path / "never.vsf")


# Takes the keyboard buffer like a KERNAL: waits for a key, stores it at $2000 and on, moves the others down.
EATER = bytes.fromhex(
    "A000"  # LDY #0
    "A5C6 F0FC"  # WAIT: LDA $C6, BEQ WAIT
    "AD7702 990020 C8"  # LDA $0277, STA $2000,Y, INY
    "A200"  # LDX #0
    "BD7802 9D7702 E8 E009 D0F5"  # MOVE: LDA $0278,X, STA $0277,X, INX, CPX #9, BNE MOVE
    "C6C6"  # DEC $C6
    "4C02C0"  # JMP WAIT
)


def test_keys(c64: Vice) -> None:
    """Every byte but zero arrives, in order, ten at a time."""
    keys = bytes(range(1, 256))
    with c64.stopped():
        c64.write(0xC000, EATER)
        c64.set_registers({"PC": 0xC000})
    c64.type(keys)
    assert c64.read(0x2000, 256) == keys + c64.read(0x20FF, 1)
    assert c64.read(0x00C6, 1) == b"\0"
    assert is_running(c64)
    with pytest.raises(ValueError, match="zero"):
        c64.type(b"A\0B")


def test_keys_come_to_the_buffer(c64: Vice) -> None:
    with pytest.raises(CyclesExceeded, match="keys to be fetched"):
        c64.type(b"HELLO", limit_cycles=100_000)
    assert c64.read(0x00C6, 1) == b"\x05"
    assert c64.read(0x0277, 5) == b"HELLO"


def test_screenshot(c64: Vice, booted: Vice) -> None:
    size = {
        ("x64", "pal"): (272, 384),
        ("x64", "ntsc"): (247, 384),
        ("x64sc", "pal"): (312, 504),
        ("x64sc", "ntsc"): (263, 520),
    }
    with c64.stopped():
        c64.write(0xD011, b"\x1b", bank="io")
        c64.write(0xD016, b"\xc8", bank="io")
        c64.write(0xD018, b"\x15", bank="io")  # the screen at $0400, the empty character set
        c64.write(0xD020, bytes([BORDER, PAPER]), bank="io")
    shown = c64.clock() + 100_000
    c64.run_until(lambda: c64.clock() > shown, SOON)
    display = c64.screenshot()
    options = booted.process.options
    assert display.pixels.shape == size[options.emulator, options.standard]
    assert display.palette.shape == (16, 3)
    assert display.palette[:2].tolist() == [[0, 0, 0], [255, 255, 255]]
    picture = display.picture()
    assert picture.shape == (200, 320)
    assert np.unique(picture).tolist() == [PAPER]
    assert np.count_nonzero(display.pixels == PAPER) == picture.size
    assert np.count_nonzero(display.pixels == BORDER) > 20_000


def test_jam(c64: Vice) -> None:
    with c64.stopped():
        c64.write(0xC000, b"\xea\x02")
        c64.set_registers({"PC": 0xC000})
    with pytest.raises(CpuJammed, match=r"\$C001") as caught:
        c64.run_until(lambda: False, SOON)
    assert caught.value.pc == 0xC001
    assert "JAM at $C001" in caught.value.log_tail
    assert c64.read(0xC000, 2) == b"\xea\x02"
    with pytest.raises(CpuJammed):
        c64.resume()
    c64.reset()
    c64.run_to(LOOP, SOON)


def test_resources(c64: Vice) -> None:
    with c64.stopped() as monitor:
        monitor.set_resource("Speed", 4321)
        assert monitor.resource("Speed") == 4321
        assert str(monitor.resource("KernalName")).endswith("kernal")
        with pytest.raises(MonitorRefused, match="RESOURCE_GET"):
            monitor.resource("Nonsense")
        monitor.set_resource("Speed", 100)
