"""A KERNAL of a few instructions, so that the tests of the driver need no ROM set."""

from pathlib import Path

from soulrig.vice_driver.options import RomFiles

BASE = 0xE000
START = BASE
LOOP = BASE + 27
CARRY = LOOP + 5
TURN = LOOP + 8
COUNTER = 0x0400  # 16 bits, counted up by the loop
BORDER, PAPER = 2, 5
# Each turn of the loop is INC COUNTER (6 cycles) and BNE (3), but every 256th INC, BNE not taken (2), INC (6), JMP (3).
CYCLES_256_TURNS = 255 * 9 + 17

CODE = bytes.fromhex(
    "78"  # SEI
    "D8"  # CLD
    "A2FF 9A"  # LDX #$FF, TXS
    "A937 8501"  # LDA #$37, STA $01: banks first, or the ROM would vanish
    "A92F 8500"  # LDA #$2F, STA $00
    "A900 85C6"  # LDA #0, STA $C6: no keys
    "A90B 8D11D0"  # LDA #$0B, STA $D011: screen off, so that no cycle is stolen
    "8D0004"  # STA COUNTER
    "EAEA"
    "EE0004"  # LOOP: INC COUNTER
    "D0FB"  # BNE LOOP
    "EE0104"  # CARRY: INC COUNTER+1
    "4C1BE0"  # TURN: JMP LOOP
)


def write_roms(folder: Path) -> RomFiles:
    """Write the KERNAL, an empty BASIC and an empty character set."""
    kernal = bytearray(CODE.ljust(0x2000, b"\xea"))
    kernal[0x1FF0] = 0x40  # RTI, for the interrupts that never come
    kernal[0x1FFA:] = b"\xf0\xff" + START.to_bytes(2, "little") + b"\xf0\xff"
    roms = RomFiles(folder / "kernal", folder / "basic", folder / "chargen")
    roms.kernal.write_bytes(kernal)
    roms.basic.write_bytes(bytes(0x2000))
    roms.chargen.write_bytes(bytes(0x1000))
    return roms
