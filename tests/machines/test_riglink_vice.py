"""riglink in VICE, over a pseudo terminal with pyserial; VICE's monitor is not opened."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cabled_c64 import riglink_in_vice
from vice_line import Cable, Noise

from soulrig.buildtools.link_protocol import HEADER_SIZE, INPUT_OUTPUT, ROMS, START, Command, Driver
from soulrig.buildtools.riglink import assemble_riglink
from soulrig.link.frames import crc16
from soulrig.link.peer import Peer
from soulrig.machines.roms import our_roms
from soulrig.vice_driver.options import Emulator, Standard

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

SCREEN, ROWS, COLUMNS = 0x0400, 10, 40  # rows that may show what is looked for: a whole screen takes 5 s at 2400
# 10 PRINT"UPLOADED"
PROGRAM = bytes.fromhex("0108 1008 0a00 99 22") + b"UPLOADED" + bytes.fromhex("22 00 0000")
PATIENCE = 60.0
MEMORY, MEMORY_SIZE = 0x1000, 0x8000
SIZES = {Driver.SWIFTLINK: 3000, Driver.USERPORT: 300, Driver.UP9600: 300}


def wait_for(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not in {PATIENCE:g} s"
        time.sleep(0.05)


def shown(peer: Peer, text: str) -> bool:
    """Whether the screen, of capitals, has a row of this text alone."""
    codes = peer.peek(SCREEN, ROWS * COLUMNS)
    letters = "".join(chr(code | 0x40 if code < 0x20 else code) for code in codes)
    rows = [letters[row * COLUMNS :][:COLUMNS] for row in range(ROWS)]
    return text in [row.rstrip() for row in rows]


@pytest.mark.parametrize(
    ("driver", "emulator", "standard"),
    [
        (Driver.SWIFTLINK, "x64", "pal"),
        pytest.param(Driver.SWIFTLINK, "x64sc", "ntsc", marks=pytest.mark.soak),
        pytest.param(Driver.USERPORT, "x64", "ntsc", marks=pytest.mark.soak),
        (Driver.USERPORT, "x64sc", "pal"),
        (Driver.UP9600, "x64", "pal"),
        pytest.param(Driver.UP9600, "x64", "ntsc", marks=pytest.mark.soak),
        pytest.param(Driver.UP9600, "x64sc", "pal", marks=pytest.mark.soak),
        pytest.param(Driver.UP9600, "x64sc", "ntsc", marks=pytest.mark.soak),
    ],
)
def test_all_that_a_c64_at_a_line_can_be_asked(
    driver: Driver, emulator: Emulator, standard: Standard, tmp_path: Path
) -> None:
    rng = random.Random(f"{driver} {emulator}")
    with riglink_in_vice(tmp_path, driver, emulator, standard) as (peer, _):
        identity = peer.identify()
        assert (identity.program, identity.driver, identity.standard) == ("riglink", driver.name.lower(), standard)
        assert identity.kernal_crc == crc16(our_roms(tmp_path).kernal.read_bytes())

        data = rng.randbytes(SIZES[driver])
        for address in (0x1000, 0x8001, 0xD100, 0xE123):  # plain, unaligned, under I/O, under the KERNAL
            peer.poke(address, data)
            assert peer.crc(address, len(data)) == crc16(data)
        assert peer.peek(0x8001, len(data)) == data
        assert peer.peek(0x8001, 1) == data[:1]
        peer.poke(0xD020, b"\x07", INPUT_OUTPUT)
        assert peer.peek(0xD020, 1, INPUT_OUTPUT)[0] & 0x0F == 7

        # LDA #$12 : TYA : INX : SEC : RTS
        peer.poke(0x1000, bytes.fromhex("98 E8 38 60"))
        registers = peer.call(0x1000, a=1, x=0x7F, y=0x33)
        assert (registers.a, registers.x, registers.y, registers.flags & 1) == (0x33, 0x80, 0x33, 1)

        before = peer.cycles()
        assert 0 < (peer.cycles() - before) % 2**32 < 1_000_000

        peer.keys(b'\x93PRINT"A LINE OF MORE THAN TEN KEYS"\r')
        wait_for(lambda: shown(peer, "A LINE OF MORE THAN TEN KEYS"), "what was typed")

        peer.load(PROGRAM)
        peer.run()
        wait_for(lambda: shown(peer, "UPLOADED"), "what the program that was sent prints")

        peer.reset()
        assert peer.starts == 2
        wait_for(lambda: shown(peer, "READY.") and not shown(peer, "UPLOADED"), "BASIC after a reset")
        assert peer.peek(0x8004, 5, ROMS) != bytes.fromhex("C3 C2 CD 38 30"), "the mark of a cartridge is left there"


def at_its_worst(peer: Peer, cable: Cable, size: int, seed: int) -> None:
    """`size` bytes each way over a line that damages one byte in 200, cut for two seconds now and then; keys typed."""
    rng = random.Random(seed)
    text = "".join(rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=30))
    peer.keys(b'\x93PRINT"' + text.encode() + b'"\r')
    wait_for(lambda: shown(peer, text), "what was typed over the worst of lines")
    for begin in range(0, size, MEMORY_SIZE):
        data = rng.randbytes(min(MEMORY_SIZE, size - begin))
        cutting = threading.Timer(2.0, lambda: setattr(cable.noise, "cut", True))
        mending = threading.Timer(4.0, lambda: setattr(cable.noise, "cut", False))
        cutting.start()
        mending.start()
        peer.poke(MEMORY, data)
        assert peer.crc(MEMORY, len(data)) == crc16(data)
        assert peer.peek(MEMORY, len(data)) == data
        cutting.join()
        mending.join()


@pytest.mark.parametrize(
    ("driver", "size"),
    [
        (Driver.SWIFTLINK, 6_000),
        pytest.param(Driver.USERPORT, 600, marks=pytest.mark.soak),
        pytest.param(Driver.UP9600, 2_000, marks=pytest.mark.soak),
    ],
)
def test_nothing_goes_wrong_on_the_worst_of_lines(driver: Driver, size: int, tmp_path: Path) -> None:
    noise = Noise()
    with riglink_in_vice(tmp_path, driver, noise=noise) as (peer, cable):
        peer.identify()
        noise.one_in = 200
        at_its_worst(peer, cable, size, seed=size)
        assert noise.done > size // 200
        assert peer.starts == 1


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("emulator", ["x64", "x64sc"])
def test_a_megabyte_each_way_on_the_worst_of_lines(emulator: Emulator, tmp_path: Path) -> None:
    """The C64 runs four times as fast as one, its clocks and its line with it."""
    noise = Noise()
    with riglink_in_vice(tmp_path, Driver.SWIFTLINK, emulator, speed=4, noise=noise, patience=60.0) as (peer, cable):
        peer.identify()
        noise.one_in = 200
        at_its_worst(peer, cable, 1_000_000, seed=1)
        assert noise.done > 1_000_000 // 200
        assert peer.starts == 1


class Stalling(Noise):
    """Damages the first of answers that follow each other, and lets the others wait until the C64 has asked again."""

    SECONDS = 0.6  # the first takes 0.27 to be there

    def pieces(self, data: bytes) -> Iterator[bytes]:
        begin = data.find(START)
        sent = 0
        while begin >= 0 and self.done < 2:
            if data[begin + 2 :][:1] and data[begin + 2] >> 3 == Command.WRITE_ON:
                self.done += 1
                if self.done == 1:
                    damaged = begin + HEADER_SIZE + 1
                    data = data[:damaged] + bytes([data[damaged] ^ 1]) + data[damaged + 1 :]
                else:
                    yield data[:begin]
                    time.sleep(self.SECONDS)
                    sent = begin
            begin = data.find(START, begin + 1)
        yield data[sent:]


def test_what_was_under_way_when_an_answer_was_refused_is_none_to_the_next_ask(tmp_path: Path) -> None:
    noise = Stalling()
    data = bytes(number % START for number in range(6_000))
    with riglink_in_vice(tmp_path, Driver.SWIFTLINK, noise=noise) as (peer, _):
        peer.identify()
        peer.poke(MEMORY, data)
        assert noise.done == 2
        assert peer.peek(MEMORY, len(data)) == data


def test_events_are_told_once_each_and_the_lost_ones_counted(tmp_path: Path) -> None:
    """Eight events of 20 bytes between two asks, for which there is room for five; on the worst of lines."""
    symbols = assemble_riglink(Driver.SWIFTLINK).symbols
    told: list[bytes] = []
    noise = Noise(one_in=200)
    with riglink_in_vice(tmp_path, Driver.SWIFTLINK, noise=noise, on_event=lambda event: told.append(event.data)) as (
        peer,
        _,
    ):
        # LDA #20 : LDX #0 : LDY #$21 : JSR link_event : DEC $20FF : BNE back : RTS
        back = bytes.fromhex("A9 14 A2 00 A0 21 20") + symbols["link_event"].to_bytes(2, "little")
        back += bytes.fromhex("EE 00 21 CE FF 20")
        peer.poke(0x2000, back + bytes([0xD0, 0x100 - len(back) - 2, 0x60]))
        peer.poke(0x2100, bytes(range(20)))
        peer.poke(0x20FF, bytes([8]))
        peer.call(0x2000)
        wait_for(lambda: len(told) >= 5, "the events")
        assert peer.peek(0x2100, 1) == bytes([8])
        wait_for(lambda: peer.lost_events == 3, "how many were lost")
    assert told == [bytes([number, *range(1, 20)]) for number in range(5)]
