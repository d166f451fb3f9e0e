"""The 6510: py65's 6502 with its faults corrected, interrupts to the cycle, and cells of memory that ask a chip.

What py65 1.2.0 has wrong, by the data sheet of the 6502 (MOS Technology, 1976), and what is done about it here:

- DEC absolute counts 3 cycles: 6.
- 105 opcodes that the data sheet doesn't have run as empty ones of one byte: a Fault that names opcode and address.
- A reset leaves interrupts on, the stack pointer at $FF and the cycle count at 0: they are off, it is at $FD, and the
  count goes on, 7 cycles later.
- A word at $FFFF ends in an IndexError: the address wraps to $0000.
- Read-modify-write instructions write once: twice, the old value first, one cycle earlier. Chips notice.

Interrupts are taken as the 6502 takes them: an input counts when it is low two cycles before the next instruction;
CLI, SEI and PLP change the mask one instruction late; a branch taken inside its page looks one cycle early.

Left out: reads whose result is thrown away, as indexed instructions do on the wrong page; no chip here notices.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Protocol

from py65.devices.mpu6502 import MPU

from soulrig.errors import Fault

CHIP, TRAP = 256, 257
"""Cells that hold no byte: a chip is asked; the emulator steps in when it is run as an opcode."""

NEVER = 1 << 62  # a cycle that doesn't come
INTERRUPT_CYCLES = 7
RECOGNITION = 2  # cycles from an input going low to the next instruction's first cycle, at least

_CLI, _SEI, _PLP, _RTI, _INC_ABSOLUTE, _DEC_ABSOLUTE = 0x58, 0x78, 0x28, 0x40, 0xEE, 0xCE
_BRANCH, _BRANCH_MASK = 0x10, 0x1F  # the opcodes of all branches
_NZ = tuple((MPU.ZERO if value == 0 else 0) | value & MPU.NEGATIVE for value in range(256))
_OTHERS = 0xFF & ~(MPU.ZERO | MPU.NEGATIVE)


class Bus(Protocol):
    """What answers where memory is not plain RAM."""

    def read(self, address: int) -> int:
        """The byte that the processor reads at a cell that holds CHIP or TRAP."""

    def write(self, address: int, value: int) -> None:
        """The processor writes at $00, $01 or from `Cpu.plain_end` on."""

    def trap(self, address: int) -> None:
        """The processor runs a cell that holds TRAP; leaves the program counter elsewhere."""


def _undefined(cpu: Cpu) -> None:
    address = cpu.pc - 1 & 0xFFFF
    raise Fault(f"the program ran into ${cpu.ByteAt(address):02X} at ${address:04X}, an opcode that the 6502 lacks")


def _run_from_chip(cpu: Cpu) -> None:
    """An opcode fetched from a chip, such as the colour RAM."""
    opcode = cpu.bus.read(cpu.pc - 1 & 0xFFFF)
    cpu.addcycles = cpu.extracycles[opcode]
    cpu.processorCycles += cpu.cycletime[opcode]
    cpu.instruct[opcode](cpu)


def _run_trap(cpu: Cpu) -> None:
    cpu.bus.trap(cpu.pc - 1 & 0xFFFF)


class Cpu(MPU):  # type: ignore[misc]  # py65 has no types
    """Runs from `memory`, 65536 cells and the first two again, until `stop`.

    Reads of plain cells and writes from $02 to `plain_end` go straight to `memory`, all others to `bus`. Chips announce
    their interrupts ahead, as cycles: by `set_irq` when the line goes or went low, in `nmi_at` when its falling edge
    comes or came. Whoever changes that, or wants the run to end, calls `look_up`.
    """

    instruct: ClassVar[list[Callable[[Any], None]]] = [
        *(_undefined if run.__name__ == "inst_not_implemented" else run for run in MPU.instruct),
        _run_from_chip,
        _run_trap,
    ]
    cycletime: ClassVar[list[int]] = [*MPU.cycletime, 0, 0]
    cycletime[_DEC_ABSOLUTE] = cycletime[_INC_ABSOLUTE]
    extracycles: ClassVar[list[int]] = [*MPU.extracycles, 0, 0]

    def __init__(self, memory: list[int], bus: Bus) -> None:
        self.bus = bus
        self.plain_end = 0
        self.irq_at = self.nmi_at = NEVER
        self._irq_was_at = NEVER
        self.stop = 0
        self._opcode = 0
        self._masked_before = False
        super().__init__(memory)

    @property
    def now(self) -> int:
        """The cycle of the access that is being made."""
        return int(self.processorCycles + self.excycles - 1)

    def reset(self) -> None:
        """Start at the reset vector."""
        self.processorCycles += INTERRUPT_CYCLES
        self.a = self.x = self.y = 0
        self.sp = 0xFD
        self.p = self.BREAK | self.UNUSED | self.INTERRUPT
        self.nmi_at = NEVER
        self.pc = self.WordAt(self.RESET)

    def set_irq(self, low_at: int) -> None:
        """The interrupt line goes or went low at `low_at`, NEVER for not yet."""
        if low_at > self.now:
            self._irq_was_at = self.irq_at  # released in a cycle that is too late for this instruction
        self.irq_at = low_at
        self.look_up()

    def look_up(self) -> None:
        """Break off after this instruction and consider interrupts and the limit anew."""
        self.stop = 0

    def run(self, until: int) -> None:
        """Run whole instructions until cycle `until` has come. Raises Fault at an undefined opcode."""
        while self.processorCycles < until:
            self._interrupt()
            irq = NEVER if self.p & self.INTERRUPT else self.irq_at + RECOGNITION
            self.stop = min(until, irq, self.nmi_at + RECOGNITION)
            self._run_to_stop()

    def _run_to_stop(self) -> None:
        """At least one instruction, then more until `stop`. Cycles are counted ahead, so that `now` is right."""
        memory, instruct, cycletime, extracycles = self.memory, self.instruct, self.cycletime, self.extracycles
        while True:
            opcode = memory[self.pc]
            self.pc = self.pc + 1 & 0xFFFF
            self.excycles = 0
            self.addcycles = extracycles[opcode]
            self.processorCycles += cycletime[opcode]
            instruct[opcode](self)
            self.processorCycles += self.excycles
            if self.processorCycles >= self.stop:
                break
        self._opcode = opcode

    def run_to(self, marked: bytearray, until: int) -> bool:
        """Run as `run` does, but stop before an instruction whose address is marked; whether it came to one.

        At least one instruction is executed. `marked` has 65538 bytes, not 0 where it is to stop.
        """
        memory, instruct, cycletime, extracycles = self.memory, self.instruct, self.cycletime, self.extracycles
        begun = False
        while self.processorCycles < until:
            self._interrupt()
            if begun and marked[self.pc]:
                return True
            irq = NEVER if self.p & self.INTERRUPT else self.irq_at + RECOGNITION
            self.stop = min(until, irq, self.nmi_at + RECOGNITION)
            while True:
                opcode = memory[self.pc]
                self.pc = self.pc + 1 & 0xFFFF
                self.excycles = 0
                self.addcycles = extracycles[opcode]
                self.processorCycles += cycletime[opcode]
                instruct[opcode](self)
                self.processorCycles += self.excycles
                if self.processorCycles >= self.stop or marked[self.pc]:
                    break
            begun = True
            self._opcode = opcode
        return bool(marked[self.pc])

    def _interrupt(self) -> None:
        """Take the interrupt that the last instruction let through, if there is one."""
        in_page_branch = self._opcode & _BRANCH_MASK == _BRANCH and self.excycles == 1
        seen = self.processorCycles - RECOGNITION - in_page_branch
        late = self._opcode in (_CLI, _SEI, _PLP)
        masked = self._masked_before if late else bool(self.p & self.INTERRUPT)
        if self.nmi_at <= seen:
            self.nmi_at = NEVER
            self._enter(self.NMI)
        elif min(self.irq_at, self._irq_was_at) <= seen and not masked:
            self._enter(self.IRQ)
        self._irq_was_at = NEVER

    def _enter(self, vector: int) -> None:
        self.stPushWord(self.pc & 0xFFFF)
        self.stPush(self.p & ~self.BREAK | self.UNUSED)
        self.p |= self.INTERRUPT
        self.pc = self.WordAt(vector)
        self.processorCycles += INTERRUPT_CYCLES
        self._opcode = 0

    # Called by py65's instructions, under py65's names.

    def ByteAt(self, addr: int) -> int:  # noqa: N802
        """The byte that the processor reads."""
        value: int = self.memory[addr]
        return value if value < CHIP else self.bus.read(addr)

    def FlagsNZ(self, value: int) -> None:  # noqa: N802
        """Set N and Z by a byte."""
        self.p = self.p & _OTHERS | _NZ[value]

    def stPush(self, z: int) -> None:  # noqa: N802
        """Push a byte."""
        self.memory[self.sp + 0x100] = z & 0xFF
        self.sp = self.sp - 1 & 0xFF

    def _store(self, address: int, value: int) -> None:
        if 1 < address < self.plain_end:
            self.memory[address] = value
        else:
            self.bus.write(address, value)

    def opSTA(self, x: Callable[[], int]) -> None:  # noqa: N802
        """STA."""
        address = x()
        if 1 < address < self.plain_end:
            self.memory[address] = self.a
        else:
            self.bus.write(address, self.a)

    def opSTX(self, y: Callable[[], int]) -> None:  # noqa: N802
        """STX."""
        self._store(y(), self.x)

    def opSTY(self, x: Callable[[], int]) -> None:  # noqa: N802
        """STY."""
        self._store(x(), self.y)

    def opASL(self, x: Callable[[], int] | None) -> None:  # noqa: N802
        """ASL."""
        self._modify(super().opASL, x)

    def opLSR(self, x: Callable[[], int] | None) -> None:  # noqa: N802
        """LSR."""
        self._modify(super().opLSR, x)

    def opROL(self, x: Callable[[], int] | None) -> None:  # noqa: N802
        """ROL."""
        self._modify(super().opROL, x)

    def opROR(self, x: Callable[[], int] | None) -> None:  # noqa: N802
        """ROR."""
        self._modify(super().opROR, x)

    def opINCR(self, x: Callable[[], int] | None) -> None:  # noqa: N802
        """INC."""
        self._modify(super().opINCR, x)

    def opDECR(self, x: Callable[[], int] | None) -> None:  # noqa: N802
        """DEC."""
        self._modify(super().opDECR, x)

    def _modify(self, operation: Callable[[None], None], address_of: Callable[[], int] | None) -> None:
        """A read-modify-write instruction. py65's operation works on the accumulator, lent to it for memory."""
        if address_of is None:
            operation(None)
            return
        address = address_of()
        kept = self.a
        if self.memory[address] == CHIP:
            self.processorCycles -= 2
            self.a = self.bus.read(address)
            self.processorCycles += 1
            self.bus.write(address, self.a)
            self.processorCycles += 1
        else:
            self.a = self.ByteAt(address)
        operation(None)
        value, self.a = self.a, kept
        self._store(address, value)

    def opCLR(self, x: int) -> None:  # noqa: N802
        """CLC, CLD, CLI, CLV."""
        if x == self.INTERRUPT:
            self._mask_changes()
        self.p &= ~x

    def opSET(self, x: int) -> None:  # noqa: N802
        """SEC, SED, SEI."""
        if x == self.INTERRUPT:
            self._mask_changes()
        self.p |= x

    def _mask_changes(self) -> None:
        self._masked_before = bool(self.p & self.INTERRUPT)
        self.look_up()

    def _plp(self) -> None:
        self._mask_changes()
        MPU.inst_0x28(self)

    def _rti(self) -> None:
        MPU.inst_0x40(self)
        self.look_up()

    instruct[_PLP] = _plp
    instruct[_RTI] = _rti
