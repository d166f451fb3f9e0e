"""The rig ROM's BASIC on py65, as a person has it: lines are typed, the screen is read."""

from __future__ import annotations

from dataclasses import dataclass

from rigrom_cpu import KEYD, NDX, RomCpu, rom

KEYS_AT_ONCE = 10
CLEAR = b"\x93"
LIMIT = 30_000_000  # cycles until a line is done
SCREEN = 0x0400
STKEY, STOP_DOWN = 0x91, 0x7F


@dataclass(frozen=True)
class Moment:
    """Memory and processor."""

    ram: bytes
    registers: tuple[int, int, int, int, int, int]


class Prompt:
    """A C64 that waits at READY.; `restart` brings it back there as it was after the reset."""

    def __init__(self) -> None:
        self.rom_cpu = RomCpu().boot()
        self._booted = self._moment()

    @property
    def ram(self) -> bytearray:
        return self.rom_cpu.memory.ram

    def word(self, address: int) -> int:
        return int.from_bytes(self.ram[address : address + 2], "little")

    def restart(self) -> Prompt:
        cpu = self.rom_cpu.cpu
        self.ram[:] = self._booted.ram
        cpu.pc, cpu.sp, cpu.a, cpu.x, cpu.y, cpu.p = self._booted.registers
        self.rom_cpu.memory.written.clear()
        return self

    def rows(self) -> list[str]:
        """The screen; reversed and graphic characters read as ~."""
        text = "".join(_character(code) for code in self.ram[SCREEN : SCREEN + 1000])
        return [text[start : start + 40].rstrip() for start in range(0, 1000, 40)]

    def type(self, keys: bytes | str) -> None:
        """Type keys, and go on until the C64 waits for more."""
        cpu, waiting = self.rom_cpu.cpu, rom("kernal").symbols["edit"]
        data = keys.encode("ascii") if isinstance(keys, str) else keys
        end = cpu.processorCycles + LIMIT
        while True:
            if self.ram[NDX] == 0:
                if data:
                    chunk, data = data[:KEYS_AT_ONCE], data[KEYS_AT_ONCE:]
                    self.ram[KEYD : KEYD + len(chunk)] = chunk
                    self.ram[NDX] = len(chunk)
                elif cpu.pc == waiting:
                    return
            assert cpu.processorCycles < end, "\n".join(["never done; the screen:", *self.rows()])
            cpu.step()

    def enter(self, program: str) -> Prompt:
        """Type the lines of a program."""
        for line in program.strip().splitlines():
            self.type(line.strip() + "\r")
        return self

    def direct(self, line: str | bytes, *answers: str) -> list[str]:
        """Type a line on a cleared screen, and answers to what it asks; the rows up to READY., which is left out."""
        data = line.encode("ascii") if isinstance(line, str) else line
        self.type(CLEAR + b"\r".join([data, *(answer.encode("ascii") for answer in answers)]) + b"\r")
        rows = self.rows()
        assert "READY." in rows, rows
        return rows[1 + (len(data) - 1) // 40 : rows.index("READY.")]

    def says(self, line: str | bytes) -> str:
        """What PRINT or an error says in one row, or all rows joined by |."""
        return "|".join(row for row in self.direct(line) if row)

    def press_stop(self) -> None:
        """RUN/STOP is down for whoever asks, until it is reset."""
        self.ram[STKEY] = STOP_DOWN

    def _moment(self) -> Moment:
        cpu = self.rom_cpu.cpu
        return Moment(bytes(self.ram), (cpu.pc, cpu.sp, cpu.a, cpu.x, cpu.y, cpu.p))


def _character(code: int) -> str:
    if code < 32:
        return chr(code + 64)
    return chr(code) if code < 64 else "~"
