"""The five entries of the serial bus in a KERNAL, served by the simulator where the KERNAL has them.

They are those that VICE traps, with the bytes that VICE looks for. The byte to send lies in $95; one that is received
goes to A and $A4, status bits to $90; carry and interrupt mask are cleared, and the program goes on at an RTS.
"""

from __future__ import annotations

from soulrig.sim.banks import KERNAL_START
from soulrig.sim.cpu import Cpu
from soulrig.sim.drive import Drive

SEND_COMMAND, SEND_SECONDARY, SEND, RECEIVE, READY = 0xED24, 0xED37, 0xED41, 0xEE14, 0xEEA9
SIGNATURES = {
    SEND_COMMAND: bytes.fromhex("20 97 EE"),
    SEND_SECONDARY: bytes.fromhex("20 8E EE"),
    SEND: bytes.fromhex("20 97 EE"),
    RECEIVE: bytes.fromhex("A9 00 85"),
    READY: bytes.fromhex("AD 00 DD"),
}
RESUME = 0xEDAB
STATUS, TO_SEND, RECEIVED = 0x90, 0x95, 0xA4
TALKER_READY = 0x01  # what READY answers, as VICE does: positive, the talker holds the clock low


def entries(kernal: bytes) -> list[int]:
    """The entries that a KERNAL of 8 KB has."""
    return [
        address for address, signature in SIGNATURES.items() if kernal[address - KERNAL_START :].startswith(signature)
    ]


def serve(address: int, cpu: Cpu, drive: Drive) -> None:
    """Do the work of the entry at `address`."""
    memory = cpu.memory
    status = 0
    match address:
        case 0xED24:
            status = drive.send_command(memory[TO_SEND])
        case 0xED37:
            status = drive.send_secondary(memory[TO_SEND])
        case 0xED41:
            status = drive.send(memory[TO_SEND])
        case 0xEE14:
            cpu.a, status = drive.receive()
            memory[RECEIVED] = cpu.a
            cpu.FlagsNZ(cpu.a)
        case 0xEEA9:
            cpu.a = TALKER_READY
            cpu.FlagsNZ(cpu.a)
    memory[STATUS] |= status
    cpu.p &= ~(cpu.CARRY | cpu.INTERRUPT)
    cpu.pc = RESUME
    cpu.look_up()
