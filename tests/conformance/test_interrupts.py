"""Interrupts, resets and the well-known places where programs leave or enter the ROM.

Source: Programmer's Reference Guide (PRG), chapter 5 and memory map; Mapping the Commodore 64 (MAP), $0314-$0319 and
the KERNAL's entries.
"""

from __future__ import annotations

import pytest
from subject import BREAK, CARRY, HOOK, NO_IRQ, PROGRAM, Subject

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

IRQ, BRK, NMI = 0x0314, 0x0316, 0x0318
NMI_HARDWARE, RESET_HARDWARE, IRQ_HARDWARE = 0xFFFA, 0xFFFC, 0xFFFE
CARTRIDGE, MARK = 0x8000, bytes([0xC3, 0xC2, 0xCD, 0x38, 0x30])
BOOT_CYCLES = 10_000_000
# A line of the CPU pulled: what is on the stack, and where it goes on.
INTERRUPT = """
        lda #>back
        pha
        lda #<back
        pha
        php
        pla
        and #$EF
        pha
        lda #$12
        ldx #$34
        ldy #$56
        jmp (${vector:04X})
back:   rts
"""


def interrupt(c64: Subject, hardware: int) -> None:
    """Run a program in the midst of which the CPU takes an interrupt."""
    c64.program(INTERRUPT.format(vector=hardware))


# IRQ


def test_irq_goes_through_0314(c64: Subject) -> None:
    """PRG: $0314."""
    c64.poke(0x03, 0)
    c64.hook(IRQ, "inc $03\njmp $EA31")
    c64.interrupts(2)
    assert c64.byte(0x03) >= 2


def test_irq_leaves_the_registers_on_the_stack(c64: Subject) -> None:
    """MAP: Y, X and A are pushed before the jump through ($0314), Y last."""
    c64.hook(IRQ, "tsx\nlda $0101,x\nsta $2000\nlda $0102,x\nsta $2001\nlda $0103,x\nsta $2002\njmp $EA81")
    interrupt(c64, IRQ_HARDWARE)
    c64.call(PROGRAM, flags=NO_IRQ)
    assert c64.peek(0x2000, 3) == bytes([0x56, 0x34, 0x12])


@pytest.mark.parametrize(
    "exit_", [0xEA31, 0xEA7E, 0xEA81], ids=lambda address: f"MAP: registers come back through ${address:04X}"
)
def test_irq_exits_restore_the_registers(c64: Subject, exit_: int) -> None:
    c64.hook(IRQ, f"lda #0\ntax\ntay\njmp ${exit_:04X}")
    interrupt(c64, IRQ_HARDWARE)
    before = c64.registers().sp
    found = c64.call(PROGRAM, flags=NO_IRQ)
    assert (found.a, found.x, found.y) == (0x12, 0x34, 0x56)
    assert found.sp == before


def test_irq_exits_restore_the_flags(c64: Subject) -> None:
    """MAP: RTI."""
    c64.hook(IRQ, "clc\nlda #0\njmp $EA81")
    interrupt(c64, IRQ_HARDWARE)
    assert c64.call(PROGRAM, flags=NO_IRQ | CARRY).carry
    c64.hook(IRQ, "sec\njmp $EA81")
    assert not c64.call(PROGRAM, flags=NO_IRQ).carry


@pytest.mark.parametrize(
    ("exit_", "jiffies"),
    [
        pytest.param(0xEA31, 1, id="MAP: $EA31 counts a jiffy"),
        pytest.param(0xEA7E, 0, id="MAP: $EA7E counts none"),
        pytest.param(0xEA81, 0, id="MAP: $EA81 counts none"),
    ],
)
def test_jiffies_of_the_exits(c64: Subject, exit_: int, jiffies: int) -> None:
    c64.poke(0xA0, bytes(3))
    c64.hook(IRQ, f"jmp ${exit_:04X}")
    interrupt(c64, IRQ_HARDWARE)
    c64.call(PROGRAM, flags=NO_IRQ)
    assert c64.byte(0xA2) == jiffies


def test_ea7e_acknowledges_the_timer(c64: Subject) -> None:
    """MAP: it reads $DC0D, so that the same interrupt comes but once."""
    c64.hook(IRQ, "inc $02\njmp $EA7E")
    c64.run("""
        lda $02
wait:   cmp $02
        beq wait
        lda #0                  ; one has come; none follows within 5,000 cycles
        sta $02
        ldy #4
outer:  ldx #0
inner:  dex
        bne inner
        dey
        bne outer
        rts
    """)
    assert c64.byte(0x02) == 0


def test_ea31_scans_the_keyboard(c64: Subject) -> None:
    """MAP: the key found is in $CB, 64 for none."""
    c64.poke(0xCB, 12)
    interrupt(c64, IRQ_HARDWARE)
    c64.call(PROGRAM, flags=NO_IRQ)
    assert c64.byte(0xCB) == 64


def test_decimal_mode_survives_an_interrupt(c64: Subject) -> None:
    """MAP: RTI brings the flags back."""
    interrupt(c64, IRQ_HARDWARE)
    assert c64.call(PROGRAM, flags=NO_IRQ | 0x08).decimal


def test_the_clock_runs(c64: Subject) -> None:
    """PRG: $A0-$A2 count interrupts."""
    c64.poke(0xA0, bytes(3))
    c64.interrupts(5)
    assert c64.byte(0xA2) in (5, 6)


def test_the_cursor_flashes_every_20_interrupts(c64: Subject) -> None:
    """MAP: $CD counts down from 20, $CF is the phase, $CE the character below; $CC=0 turns it on."""
    c64.poke(0xCC, 0)
    c64.poke(0xCD, 1)
    c64.poke(0xCF, 0)
    c64.interrupts(1)
    assert c64.codes(0, 0, 1) == b"\xa0"
    assert c64.byte(0xCF) == 1
    assert c64.byte(0xCE) == 0x20
    assert 18 <= c64.byte(0xCD) <= 20
    c64.interrupts(20)
    assert c64.codes(0, 0, 1) == b" "
    assert c64.byte(0xCF) == 0


def test_the_cursor_stands_still_when_cc_is_not_0(c64: Subject) -> None:
    """PRG, $CC."""
    c64.poke(0xCC, 1)
    c64.poke(0xCD, 1)
    c64.interrupts(25)
    assert c64.codes(0, 0, 1) == b" "


def test_the_cursor_shows_the_colour_of_the_text(c64: Subject) -> None:
    """MAP: $0287 keeps the colour below."""
    c64.print(b"\x05A\x9d\x1c")
    c64.poke(0xCC, 0)
    c64.poke(0xCD, 1)
    c64.poke(0xCF, 0)
    c64.interrupts(1)
    assert c64.codes(0, 0, 1) == b"\x81"
    assert c64.colour(0, 0) == 2
    assert c64.byte(0x0287) & 0x0F == 1


# BRK


def test_brk_goes_through_0316(c64: Subject) -> None:
    """PRG: $0316; MAP: A, X, Y, flags and the address are on the stack."""
    c64.hook(BRK, "tsx\nldy #0\nnext: lda $0101,x\nsta $2000,y\ninx\niny\ncpy #6\nbne next\njmp $EA81")
    c64.run("lda #$12\nldx #$34\nldy #$56\nbrk\nnop\nrts")
    assert c64.peek(0x2000, 3) == bytes([0x56, 0x34, 0x12])
    assert c64.byte(0x2003) & BREAK
    assert c64.word(0x2004) == PROGRAM + 8


def test_brk_is_no_irq(c64: Subject) -> None:
    """MAP: the B flag on the stack tells one from the other."""
    c64.hook(IRQ, "inc $03\njmp $EA31")
    c64.poke(0x03, 0)
    c64.program("inc $02\njmp $EA81", HOOK + 0x80)
    c64.poke_word(BRK, HOOK + 0x80)
    c64.run("brk\nnop\nrts", flags=NO_IRQ)
    assert c64.byte(0x02) == 1
    assert c64.byte(0x03) == 0


def test_brk_warm_starts(prompt: Subject) -> None:
    """MAP: $0316 leads to the warm start: vectors, chips and screen anew, and READY."""
    prompt.type("10 END\r")
    prompt.poke(0xD020, 0, bank="io")
    prompt.type(b"\x93")
    prompt.hook(0x0326)
    prompt.poke(PROGRAM, 0x00)
    prompt.jump(PROGRAM)
    prompt.to_ready()
    assert prompt.io(0xD020) & 0x0F == 14
    assert [row for row in prompt.rows() if row] == ["READY."]
    assert "10 END" in prompt.direct("LIST")


# NMI


def test_nmi_goes_through_0318(c64: Subject) -> None:
    """PRG: $0318; MAP: with the registers as they were, and interrupts off."""
    c64.hook(NMI, "sta $2000\nstx $2001\nsty $2002\nphp\npla\nsta $2003\nrti")
    interrupt(c64, NMI_HARDWARE)
    c64.call(PROGRAM)
    assert c64.peek(0x2000, 3) == bytes([0x12, 0x34, 0x56])
    assert c64.byte(0x2003) & NO_IRQ


def test_restore_alone_does_nothing(c64: Subject) -> None:
    """UG: RESTORE works only with RUN/STOP; the program goes on with its registers."""
    interrupt(c64, NMI_HARDWARE)
    found = c64.call(PROGRAM, flags=CARRY)
    assert (found.a, found.x, found.y, found.carry) == (0x12, 0x34, 0x56, True)


def test_restore_with_stop_warm_starts(c64: Subject) -> None:
    """UG: RUN/STOP and RESTORE; MAP: the NMI asks STOP, by way of ($0328), and goes where BRK goes."""
    c64.print(b"\x05ABC")
    c64.poke(0xD020, 0, bank="io")
    c64.hook(0x0328, "lda #0\nrts")
    interrupt(c64, NMI_HARDWARE)
    c64.jump(PROGRAM)
    c64.to_ready()
    assert c64.io(0xD020) & 0x0F == 14
    assert c64.byte(0x0286) == 14
    assert [row for row in c64.rows() if row] == ["READY."]
    assert c64.word(0x0328) != HOOK


def test_nmi_of_the_second_cia_goes_through_0318(c64: Subject) -> None:
    """PRG: CIA 2's interrupts are NMIs."""
    c64.hook(NMI, "pha\nlda $DD0D\ninc $02\npla\nrti")
    c64.run("""
        lda #$7F
        sta $DD0D
        lda #$20
        sta $DD04
        lda #0
        sta $DD05
        lda #$81
        sta $DD0D
        lda #$19
        sta $DD0E
        ldx #0
wait:   dex
        bne wait
        rts
    """)
    assert c64.byte(0x02) == 1


def test_febc_returns_from_an_nmi(c64: Subject) -> None:
    """MAP: $FEBC takes Y, X and A from the stack and returns."""
    c64.hook(NMI, "pha\ntxa\npha\ntya\npha\nlda #0\ntax\ntay\njmp $FEBC")
    interrupt(c64, NMI_HARDWARE)
    before = c64.registers().sp
    found = c64.call(PROGRAM, flags=CARRY)
    assert (found.a, found.x, found.y, found.carry, found.sp) == (0x12, 0x34, 0x56, True, before)


def test_nmi_of_a_cartridge(c64: Subject) -> None:
    """MAP: where $8004 says CBM80, an NMI goes to ($8002)."""
    c64.poke(CARTRIDGE + 2, HOOK.to_bytes(2, "little") + MARK)
    c64.program("inc $2000\npla\ntay\npla\ntax\npla\nrti", HOOK)
    c64.poke(0x2000, 0)
    interrupt(c64, NMI_HARDWARE)
    c64.call(PROGRAM)
    assert c64.byte(0x2000) == 1


# Reset


def test_a_reset_ends_at_ready(c64: Subject) -> None:
    """PRG: power-up."""
    c64.jump(c64.rom_word(RESET_HARDWARE))
    c64.to_ready()


def test_fce2_is_a_reset(c64: Subject) -> None:
    """MAP: SYS 64738."""
    c64.print("ABC")
    c64.poke(0xD020, 0, bank="io")
    c64.jump(0xFCE2)
    c64.to_ready()
    assert c64.io(0xD020) & 0x0F == 14
    assert c64.byte(0x0286) == 14
    assert not c64.row(0).startswith("ABC")


def test_fce2_by_sys(prompt: Subject) -> None:
    """MAP: SYS 64738 from direct mode forgets the program."""
    prompt.type("10 END\r")
    prompt.type(b"\x93SYS64738\r")
    prompt.to_ready()
    assert prompt.word(0x2D) == 0x0803


def test_a_reset_starts_a_cartridge(c64: Subject) -> None:
    """PRG, appendix on cartridges: where $8004 says CBM80, a reset jumps through ($8000)."""
    c64.poke(CARTRIDGE, HOOK.to_bytes(2, "little") * 2 + MARK)
    c64.go(0xFCE2, HOOK, cycles=BOOT_CYCLES)


@pytest.mark.parametrize("place", range(5), ids=lambda place: f"MAP: letter {place + 1} of CBM80 must be right")
def test_a_reset_wants_the_whole_mark(c64: Subject, place: int) -> None:
    mark = bytearray(MARK)
    mark[place] ^= 1
    c64.poke(CARTRIDGE, HOOK.to_bytes(2, "little") * 2 + mark)
    c64.jump(0xFCE2)
    c64.to_ready()


def test_a_cartridge_starts_with_a_stack_and_no_interrupts(c64: Subject) -> None:
    """MAP: SEI, and the stack pointer is set, before the jump."""
    c64.poke(CARTRIDGE, HOOK.to_bytes(2, "little") * 2 + MARK)
    found = c64.go(0xFCE2, HOOK, cycles=BOOT_CYCLES)
    assert found.no_irq
    assert found.sp == 0xFF
    assert not found.decimal


def test_a_cartridge_may_start_the_rest(c64: Subject) -> None:
    """PRG, appendix on cartridges: IOINIT, RAMTAS, RESTOR, CINT, and BASIC through ($A000)."""
    c64.poke(CARTRIDGE, HOOK.to_bytes(2, "little") * 2 + MARK)
    start = "jsr $FF84\njsr $FF87\njsr $FF8A\njsr $FF81\ncli\njmp ($A000)"
    c64.program("stx $D016\n" + start, HOOK)
    c64.jump(0xFCE2)
    c64.to_ready()


# Entries


def test_e544_clears_the_screen(c64: Subject) -> None:
    """MAP: $E544."""
    c64.print("ABC\rDEF")
    c64.call(0xE544)
    assert c64.peek(0x0400, 1000) == b" " * 1000
    assert c64.cursor == (0, 0)


@pytest.mark.parametrize(
    "start", [0xA474, None], ids=["MAP: $A474 says READY.", "MAP: ($A002) is the warm start and says READY."]
)
def test_ready(prompt: Subject, start: int | None) -> None:
    prompt.type("10 END\r")
    prompt.type(b"\x93")
    address = start or prompt.rom_word(0xA002)
    prompt.jump(address)
    prompt.to_ready()
    assert "10 END" in prompt.direct("LIST")


def test_the_cold_start_forgets_the_program(prompt: Subject) -> None:
    """MAP: ($A000)."""
    prompt.type("10 END\r")
    prompt.type(b"\x93")
    prompt.jump(prompt.rom_word(0xA000))
    prompt.to_ready()
    assert prompt.word(0x2D) == 0x0803
