"""The rig ROM on py65, with what it touches of a C64: banked ROMs, raster line, key matrix, interrupts by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from iec_bus import Device, port
from py65.devices.mpu6502 import MPU

from soulrig.buildtools.assembler import Program
from soulrig.buildtools.rom import assemble_rom

RETURN_ADDRESS = 0x02A7  # free memory, where no code lies
LINES = {"pal": 312, "ntsc": 263}
LINE_CYCLES = {"pal": 63, "ntsc": 65}
PNTR, TBLX, NDX, KEYD = 0xD3, 0xD6, 0xC6, 0x0277


@cache
def rom(name: str) -> Program:
    return assemble_rom(name)


@dataclass
class Memory:
    """64 KB of RAM, both ROMs while $01 banks them in, and three chips as far as the ROM looks at them."""

    standard: str
    ram: bytearray = field(default_factory=lambda: bytearray(65536))
    pressed: set[int] = field(default_factory=set)
    raster: int = 0
    devices: list[Device] = field(default_factory=list)
    written: list[tuple[int, int]] = field(default_factory=list)

    def __getitem__(self, address: int) -> int:
        if address >= 0xE000 and self.ram[1] & 2:
            return rom("kernal").outputs["kernal"][address - 0xE000]
        if 0xA000 <= address < 0xC000 and self.ram[1] & 3 == 3:
            return rom("basic").outputs["basic"][address - 0xA000]
        if address == 0xD011:
            return self.ram[address] & 0x7F | self.raster >> 8 << 7
        if address == 0xD012:
            return self.raster & 0xFF
        if address == 0xDC01:
            columns = self.ram[0xDC00]
            return 0xFF & ~sum({1 << key % 8 for key in self.pressed if not columns >> key // 8 & 1})
        if address == 0xDD00:
            return port(self.ram[address] & 0x3F, self.devices)
        if address == 0xD41B:
            return 0
        return self.ram[address]

    def __setitem__(self, address: int, value: int) -> None:
        self.written.append((address, value))
        self.ram[address] = value


class RomCpu:
    """Runs routines of the ROM; keys are pressed by number, interrupts happen when the test says so."""

    def __init__(self, standard: str = "pal") -> None:
        self.memory = Memory(standard)
        self.memory.ram[0x0001] = 0x37
        self.cpu = MPU(memory=self.memory)
        self.cpu.pc = self.word(0xFFFC)
        self.cpu.p |= self.cpu.INTERRUPT

    def word(self, address: int) -> int:
        return self.memory[address] | self.memory[address + 1] << 8

    def run_to(self, address: int, limit: int = 3_000_000) -> None:
        lines, width = LINES[self.memory.standard], LINE_CYCLES[self.memory.standard]
        end = self.cpu.processorCycles + limit
        while self.cpu.pc != address:
            assert self.cpu.processorCycles < end, f"stuck at ${self.cpu.pc:04X}, on the way to ${address:04X}"
            self.memory.raster = self.cpu.processorCycles // width % lines
            self.cpu.step()
            for device in self.memory.devices:
                device.tick(self.cpu.processorCycles, self.memory.ram[0xDD00])

    def boot(self) -> RomCpu:
        """From reset to the wait for a key."""
        self.run_to(rom("kernal").symbols["edit"])
        return self

    def call(self, address: int, a: int = 0, x: int = 0, y: int = 0, carry: bool = False) -> MPU:
        """Call a routine from nowhere, with the jiffy interrupt off; the processor is as the routine left it."""
        cpu = self.cpu
        cpu.sp = 0xF0
        cpu.stPushWord(RETURN_ADDRESS - 1)
        cpu.a, cpu.x, cpu.y = a, x, y
        cpu.p = cpu.p & ~(cpu.CARRY | cpu.DECIMAL) | carry
        cpu.pc = address
        self.run_to(RETURN_ADDRESS)
        return cpu

    def jiffy(self, times: int = 1) -> None:
        """The interrupt 60 times a second, between two instructions."""
        for _ in range(times):
            pc, sp = self.cpu.pc, self.cpu.sp
            self.cpu.stPushWord(pc)
            self.cpu.stPush(self.cpu.p & ~self.cpu.BREAK | self.cpu.UNUSED)
            self.cpu.p |= self.cpu.INTERRUPT
            self.cpu.pc = self.word(0xFFFE)
            self.run_to(pc)
            assert self.cpu.sp == sp

    def strike(self, *keys: int) -> bytes:
        """Press keys, scan once, release them, scan again; what came into the buffer."""
        self.memory.pressed = set(keys)
        self.jiffy()
        self.memory.pressed = set()
        self.jiffy()
        return self.take_keys()

    def take_keys(self) -> bytes:
        keys = bytes(self.memory.ram[KEYD : KEYD + self.memory.ram[NDX]])
        self.memory.ram[NDX] = 0
        return keys

    def put(self, text: bytes) -> None:
        for code in text:
            self.call(0xFFD2, a=code)

    def row(self, number: int) -> bytes:
        """Screen codes of a row without the blanks at its end."""
        return bytes(self.memory.ram[0x0400 + 40 * number : 0x0428 + 40 * number]).rstrip(b" ")

    @property
    def cursor(self) -> tuple[int, int]:
        """Row on the screen, column in the logical line."""
        return self.memory.ram[TBLX], self.memory.ram[PNTR]

    def read_line(self, keys: bytes) -> bytes:
        """Type keys while CHRIN waits; the line that it hands out, RETURN included."""
        self.memory.ram[KEYD : KEYD + len(keys)] = keys
        self.memory.ram[NDX] = len(keys)
        line = b""
        while not line.endswith(b"\r"):
            line += bytes([self.call(0xFFCF).a])
        return line
