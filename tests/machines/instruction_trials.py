"""Trials of the processor: what every documented instruction does to registers, flags and memory, in how many cycles.

Each snippet is timed by timer A of CIA 2, which runs while the snippet does.
"""

from __future__ import annotations

from collections.abc import Iterator

from py65.devices.mpu6502 import MPU
from trials import Trial, asm

TIMED = asm("lda #0; sta $DD0E; lda #$FF; sta $DD04; sta $DD05; lda #$11; sta $DD0E")
# Everything that a snippet can change, after it. Nothing that it left matters to the timing.
SEEN = asm("php; cld; pha; txa; pha; tya; pha; lda $DD04; jsr keep") + asm("pla; jsr keep") * 4
SEEN_NAMES = ("timer", "Y", "X", "A", "P")
# Places that operands point to, and those that they would point to if a carry were lost.
FILL = asm("ldx #$3C; .repeat 4, i; stx $3000 + i; stx $3010 + i; stx $3108 + i; stx $2E + i; .endrepeat")
POINTERS = asm("lda #$00; sta $14; sta $20; lda #$30; sta $15; sta $21; sta $23; lda #$F8; sta $22")
MEMORY = asm("lda $3000; eor $3010; eor $3108; jsr keep; lda $30; jsr keep")
MEMORY_NAMES = ("memory", "zero page")

# Operand and index registers by addressing mode; twice where a page may be crossed.
INDEX = 0x10
OPERANDS: dict[str, tuple[tuple[str, int], ...]] = {
    "imm": (("#$5A", 2),),
    "zpg": (("$30", 2),),
    "zpx": (("$2E,x", 2),),
    "zpy": (("$2E,y", 2),),
    "abs": (("$3000", 2),),
    "acc": (("a", 2),),
    "imp": (("", 2),),
    "inx": (("($10,x)", 4),),
    "abx": (("$3000,x", INDEX), ("$30F8,x", INDEX)),
    "aby": (("$3000,y", INDEX), ("$30F8,y", INDEX)),
    "iny": (("($20),y", INDEX), ("($22),y", INDEX)),
}
# Instructions that change the flow, the stack or the interrupt mask have snippets of their own.
APART = {"BRK", "RTI", "RTS", "JSR", "JMP", "TXS", "TSX", "PLP", "PLA", "PHP", "PHA", "SEI", "CLI", "SED", "???"}
FLAGS = (0x24, 0xE7)  # before an instruction: most clear, and most set


def computing() -> Iterator[tuple[str, str]]:
    """Name and source of a snippet for every instruction that only computes."""
    for opcode, (name, mode) in enumerate(MPU.disassemble):
        if name in APART or mode == "rel":
            continue
        for operand, index in OPERANDS[mode]:
            for flags in FLAGS:
                before = asm(f"lda #{flags}; pha") + TIMED + asm(f"lda #$A7; ldx #{index}; ldy #{index}; plp")
                source = FILL + POINTERS + before + asm(f"{name} {operand}") + SEEN + MEMORY
                yield f"${opcode:02X} {name} {operand}, P = ${flags:02X}", source


def vector(low: int, high: int) -> str:
    return asm(f"lda #<:+; sta {low}; lda #>:+; sta {high}")


FLOW = {
    "nothing": "",
    "JSR, RTS": asm("jsr :+; jmp :++; :; rts; :"),
    "PHA, PLA": asm("lda #$80; pha; lda #1; pla"),
    "PHP of what SED sets": asm("sed; php; pla; cld"),
    "PLP, PHP": asm("lda #$CF; pha; plp; php; cld; pla"),
    "TSX, TXS": asm("tsx; txs; txa"),
    "BRK": vector(0x0316, 0x0317) + asm("brk; nop; jmp :++; :; pla; tay; pla; tax; pla; rti; :"),
    "RTI": asm("lda #>:+; pha; lda #<:+; pha; php; rti; nop; :"),
    "JMP": asm("jmp :+; nop; :"),
    "JMP through a vector": vector(0x30F0, 0x30F1) + asm("jmp ($30F0); nop; :"),
    "JMP through a vector at a page's end": vector(0x30FF, 0x3000) + asm("lda #0; sta $3100; jmp ($30FF); nop; :"),
}
TAKEN = {
    "BCC": "clc",
    "BCS": "sec",
    "BNE": "lda #1",
    "BEQ": "lda #0",
    "BPL": "lda #1",
    "BMI": "lda #$80",
    "BVC": "clv",
    "BVS": "bit all_bits",
}
OPPOSITE = {"BCC": "BCS", "BNE": "BEQ", "BPL": "BMI", "BVC": "BVS"}
OPPOSITE |= {other: name for name, other in OPPOSITE.items()}


def flowing() -> Iterator[tuple[str, str]]:
    """The same for everything else."""
    for name, source in FLOW.items():
        yield name, asm("ldx #1; ldy #2") + TIMED + source + SEEN
    for name, before in TAKEN.items():
        forward = asm(f"{name} :+; nop; :")
        across = asm(f"jmp :+; .align 256; .res 253, $EA; :; {name} :+; nop; :")
        back = asm(f"jmp :++; .align 256; .res 251, $EA; :; jmp :++; .res 2, $EA; :; {name} :--; :")
        yield f"{name} taken", TIMED + asm(before) + forward + SEEN
        yield f"{name} not taken", TIMED + asm(TAKEN[OPPOSITE[name]]) + forward + SEEN
        yield f"{name} into the next page", TIMED + asm(before) + across + SEEN
        yield f"{name} into the page before", TIMED + asm(before) + back + SEEN


def instructions(part: int, parts: int) -> Trial:
    """A part of all snippets; they don't fit into memory at once."""
    trial = Trial("        jmp begin\nall_bits:\n        .byte $FF\nbegin:\n")
    for name, source in list(computing())[part::parts]:
        trial.add(source, "", name, (*SEEN_NAMES, *MEMORY_NAMES))
    for name, source in list(flowing())[part::parts]:
        trial.add(source, "", name, SEEN_NAMES)
    return trial
