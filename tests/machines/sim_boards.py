"""Computers for the tests of the simulator's parts: ROMs that hold next to nothing, programs put into RAM."""

from __future__ import annotations

from soulrig.sim.computer import Computer

KERNAL_SIZE = BASIC_SIZE = 0x2000
IDLE, IRQ, NMI = 0xE000, 0xE010, 0xE020  # in the KERNAL: JMP *, and handlers that jump through RAM
IRQ_VECTOR, NMI_VECTOR = 0x0314, 0x0318


def bare_kernal() -> bytes:
    """Resets into an endless loop; interrupts go through the RAM vectors."""
    kernal = bytearray(KERNAL_SIZE)
    kernal[0:3] = bytes.fromhex("4C 00 E0")
    kernal[0x10:0x13] = bytes.fromhex("6C 14 03")
    kernal[0x20:0x23] = bytes.fromhex("6C 18 03")
    kernal[0x1FFA:] = b"".join(vector.to_bytes(2, "little") for vector in (NMI, IDLE, IRQ))
    return bytes(kernal)


def bare(standard: str = "pal", kernal: bytes | None = None) -> Computer:
    """A computer in its endless loop."""
    characters = bytes(range(256)) * 16
    return Computer(standard, 1, kernal or bare_kernal(), b"\xba" * BASIC_SIZE, characters)  # type: ignore[arg-type]  # a name


def put(computer: Computer, address: int, code: str) -> None:
    """Put hexadecimal bytes into RAM."""
    for offset, value in enumerate(bytes.fromhex(code)):
        computer.poke(address + offset, value)


def run(code: str, address: int = 0x1000, computer: Computer | None = None, **registers: int) -> Computer:
    """Run code until a JMP to itself behind it, with registers set before; the cycles it took are in `took`."""
    computer = computer or bare()
    put(computer, address, code)
    end = address + len(bytes.fromhex(code))
    put(computer, end, f"4C {end & 255:02X} {end >> 8:02X}")
    cpu = computer.cpu
    cpu.pc = address
    for name, value in registers.items():
        setattr(cpu, name, value)
    while cpu.pc != end:
        computer.run(computer.cycles + 1)
    return computer
