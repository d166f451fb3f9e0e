"""Trials of the chips: the CIAs' timers and interrupts, what banking shows, what the video chip's registers read as."""

from __future__ import annotations

from itertools import product

from trials import Trial, asm

STOP = asm("lda #0; sta $DD0E; sta $DD0F; lda $DD0D")
ALL_ON = 0x37  # $01: both ROMs and the chips


def delay(cycles: int) -> str:
    """Source that takes 0 or from 2 cycles."""
    odd = cycles % 2
    return asm("bit $02") * odd + asm("nop") * ((cycles - 3 * odd) // 2)


def latched(register: int, latch: int) -> str:
    return asm(f"lda #<{latch}; sta {register}; lda #>{latch}; sta {register} + 1")


def put(register: str, value: str | int) -> str:
    return asm(f"lda #{value}; sta {register}")


def kept(*registers: str) -> str:
    return "".join(asm(f"lda {register}; jsr keep") for register in registers)


def one_timer() -> Trial:
    """Timer A started in every way, looked at and stopped after every delay."""
    trial = Trial()
    cases = product((0, 1, 2, 3, 5, 9), ("$11", "$01", "$19", "$09"), (0, 2, 3, 4, 5, 6, 7, 8, 9))
    for latch, control, cycles in cases:
        trial.add(
            STOP + latched(0xDD04, latch) + put("$DD0E", control) + delay(cycles),
            kept("$DD04", "$DD0D", "$DD0E") + put("$DD0E", 0) + asm("nop") + kept("$DD04", "$DD0D"),
            f"{latch}, {control}, {cycles}",
            ("A", "flags", "control", "stopped", "flags then"),
        )
    return trial


CHANGES = {
    "force load": put("$DD0E", "$11"),
    "latch low": put("$DD04", 4),
    "latch high 0": put("$DD05", 0),
    "latch high 1": put("$DD05", 1),
    "start again": put("$DD0E", 1),
    "one-shot": put("$DD0E", 9),
    "stop, start": put("$DD0E", 0) + put("$DD0E", 1),
    "count CNT": put("$DD0E", "$21"),
    "count CNT, φ2": put("$DD0E", "$21") + put("$DD0E", 1),
}


def running_timer() -> Trial:
    """What is written to a timer while it runs."""
    trial = Trial()
    for name, latch, before, after in product(CHANGES, (3, 12), (0, 2, 3, 4, 5), (0, 3)):
        trial.add(
            STOP + latched(0xDD04, latch) + put("$DD0E", "$11") + delay(before) + CHANGES[name] + delay(after),
            kept("$DD04", "$DD0D", "$DD0E"),
            f"{name}, {latch}, {before}, {after}",
            ("A", "flags", "control"),
        )
    return trial


def chained_timers(control: int, latches: tuple[int, ...]) -> Trial:
    """Timer B counting timer A's underflows, which don't come in every cycle."""
    trial = Trial()
    for latch_a, latch_b, cycles in product(latches, (0, 1, 2, 3), (0, 2, 4, 5, 6, 7, 8, 9, 10, 11, 13, 16)):
        set_up = latched(0xDD04, latch_a) + latched(0xDD06, latch_b) + put("$DD0F", control) + put("$DD0E", "$11")
        trial.add(
            STOP + set_up + delay(cycles),
            kept("$DD06", "$DD0D", "$DD0F") + put("$DD0E", 0) + asm("nop") + kept("$DD06", "$DD0D"),
            f"{latch_a}, {latch_b}, {cycles}",
            ("B", "flags", "control", "stopped", "flags then"),
        )
    return trial


def timer_b() -> Trial:
    """Timer B counting cycles, then underflows that don't come."""
    trial = Trial()
    for latch, cycles in product((0, 3, 6), (0, 2, 3, 4, 5, 6, 7)):
        trial.add(
            STOP + latched(0xDD06, latch) + put("$DD0F", "$11") + delay(cycles),
            kept("$DD06", "$DD0D") + put("$DD0F", "$41") + kept("$DD06"),
            f"{latch}, {cycles}",
            ("B", "flags", "chained"),
        )
    return trial


def masked_flags() -> Trial:
    """Bit 7 of the flags, the source let through before the timer starts or after; the processor doesn't listen."""
    trial = Trial()
    let = put("$DC0D", "$81")
    for latch, cycles, late in product(range(5, 13), (0, 2, 3, 4), (False, True)):
        start = latched(0xDC04, latch) + (let * (not late)) + put("$DC0E", "$11") + let * late
        trial.add(
            put("$DC0E", 0) + put("$DC0D", "$7F") + asm("lda $DC0D") + start + delay(cycles),
            kept("$DC0D", "$DC0D"),
            f"{latch}, {cycles}, {late}",
            ("flags", "flags then"),
        )
    return trial


def modified_registers() -> Trial:
    """Read-modify-write instructions on a timer that runs."""
    trial = Trial()
    for name, latch in product(("inc", "dec", "asl", "lsr", "rol", "ror"), (20, 21, 40, 200)):
        start = STOP + latched(0xDD04, latch) + put("$DD0E", "$11")
        wait = delay(latch - 15 if latch < 100 else 5)
        trial.add(start + asm(f"{name} $DD04") + wait, kept("$DD04"), f"{name}, {latch}", ("A",))
    return trial


# What runs when an interrupt comes: instructions of every length, and those that the 6502 treats specially.
SLEDS = {
    "NOP": asm("cli") + asm("nop") * 30,
    "branches in the page": asm("cli; clc") + asm("bcc :+; :") * 20,
    "branches not taken": asm("cli; sec") + asm("bcc :+; :") * 30,
    "INC absolute,X": asm("cli; ldx #0") + asm("inc $3000,x") * 10,
    "CLI late": asm("nop") * 12 + asm("cli; inc $3000") + asm("nop") * 12,
    "SEI, CLI": asm("cli; nop; sei; nop; cli; nop") * 10,
    "CLI, SEI": asm("cli; sei") * 20 + asm("cli") + asm("nop") * 20,
    "PLP": asm("php; cli; php; sei") + asm("nop") * 8 + asm("plp; inc $3000; plp; cli") + asm("nop") * 12,
    "PLP that masks": asm("sei; php; php; php") + asm("cli; plp") * 3 + asm("cli") + asm("nop") * 20,
    "flags read": asm("cli") + asm("lda $DC0D; lda $DD0D") * 10,
    "mask late": put("$DC0D", "$7F") + asm("sta $DD0D; cli; ldx #$81; nop; stx $DC0D; stx $DD0D") + asm("nop") * 4,
    "RTI": asm("lda #>next; pha; lda #<next; pha; lda #$20; pha; rti; next:") + asm("nop") * 20,
}
HANDLER = """
        jmp begin
handler:
        lda $DC06
        sta seen
        tsx
        lda $0104,x
        sta seen + 1
        lda $0105,x
        sec
        sbc sled
        sta seen + 2
        lda $DC0D
        lda $DD0D
        jmp $EA81
nmi:    pha
        txa
        pha
        tya
        pha
        jmp handler
seen:   .res 3
sled:   .res 1
begin:  lda #<handler
        sta $0314
        lda #>handler
        sta $0315
        lda #<nmi
        sta $0318
        lda #>nmi
        sta $0319
"""


def interrupts(kind: str, sled: str) -> Trial:
    """When an interrupt is taken: the time at its handler, the status and return address that it finds.

    `kind` is "IRQ", from timer A of CIA 1, or "NMI", from timer A of CIA 2. Timer B of CIA 1 tells the time.
    """
    base = 0xDC00 if kind == "IRQ" else 0xDD00
    trial = Trial(HANDLER)
    for latch in range(10, 40):
        quiet = asm(f"sei; lda #0; sta {base} + $0E; sta $DC0F; sta seen; sta seen + 1; sta seen + 2; sta $3000")
        start = asm(f"lda #$81; sta {base} + $0D; lda #$11; sta $DC0F; lda #$19; sta {base} + $0E")
        times = asm("lda #<sled_start; sta sled") + latched(0xDC06, 0xFFFF) + latched(base + 4, latch)
        run = asm(".scope") + quiet + times + start + "sled_start:\n" + SLEDS[sled] + asm(".endscope")
        end = asm(f"sei; lda #$7F; sta {base} + $0D; lda {base} + $0D")
        trial.add(run + end, kept("seen", "seen + 1", "seen + 2"), f"{latch}", ("time", "status", "place"))
    return trial


PLACES = ("$9FFF", "$A000", "$BFFF", "$CFFF", "$D001", "$E000", "$FFFF")


def banking() -> Trial:
    """Under every arrangement: what is written goes where, what is read comes from where, and the port itself."""
    trial = Trial("        jmp begin\nseen:   .res 8\nbegin:\n")
    look = "".join(asm(f"lda {place}; sta seen + {number}") for number, place in enumerate(PLACES))
    seen = [f"seen + {number}" for number in range(len(PLACES) + 1)]
    for mode in range(0x30, 0x38):
        write = "".join(asm(f"lda #{mode + 8 * number}; sta {place}") for number, place in enumerate(PLACES))
        trial.add(
            asm(f"ldx #{mode}; stx $01") + write + look + asm(f"lda $01; sta seen + 7; ldx #{ALL_ON}; stx $01"),
            kept(*seen),
            f"${mode:02X}",
            (*(f"at {place}" for place in PLACES), "port"),
        )
        trial.add(
            asm("ldx #$34; stx $01") + look + asm(f"ldx #{ALL_ON}; stx $01"),
            kept(*seen[:-1]),
            f"${mode:02X}",
            tuple(f"RAM at {place}" for place in PLACES),
        )
    for direction, data in product((0x2F, 0x00, 0x07, 0x3F), (0x37, 0x30, 0x15)):
        port = asm(f"lda #{data}; ldx #{direction}; sta $01; stx $00; lda $01; ldx $00; and #$3F")
        restored = asm(f"ldy #{ALL_ON}; sty $01; ldy #$2F; sty $00; sta seen; stx seen + 1")
        case = f"direction ${direction:02X}, data ${data:02X}"
        trial.add(port + restored, kept("seen", "seen + 1"), case, ("port", "direction"))
    return trial


# Bits that move by themselves, or that would switch something on, are left out.
READ_BITS = {0x11: 0x7F, 0x12: 0x00, 0x13: 0x00, 0x14: 0x00, 0x1E: 0x00, 0x1F: 0x00, 0x19: 0x7E}
WRITTEN_BITS = {0x11: 0x6F, 0x15: 0x00, 0x1A: 0x00}


def video_registers() -> Trial:
    """What the video chip's registers read as in one of their many places."""
    trial = Trial()
    for register, value in product(range(0x40), (0x00, 0xFF)):
        written = asm(f"lda #{value & WRITTEN_BITS.get(register, 0xFF)}; sta $D000 + {register}")
        read = asm(f"lda $D0C0 + {register}; and #{READ_BITS.get(register, 0xFF)}; jsr keep")
        trial.add(written, read, f"${register:02X}, ${value:02X}", ("register",))
    trial.add(put("$D011", "$0B") + put("$D016", "$C8") + put("$D018", "$15"), "", "as it was", ())
    return trial


RASTER_HANDLER = """
        jmp begin
handler:
        lda $D012
        sta seen
        lda $D011
        and #$80
        sta seen + 1
        lda $D019
        sta seen + 2
        sta $D019
        lda $D019
        sta seen + 3
        inc count
        jmp $EA81
seen:   .res 4
count:  .res 1
begin:  lda #<handler
        sta $0314
        lda #>handler
        sta $0315
"""


def raster_interrupts(lines: tuple[int, ...]) -> Trial:
    """The lines in which raster interrupts come, and what their flag reads as."""
    trial = Trial(RASTER_HANDLER)
    for line in lines:
        compare = put("$D012", line & 0xFF) + put("$D011", 0x0B | line >> 8 << 7)
        trial.add(
            put("count", 0)
            + compare
            + put("$D019", "$0F")
            + put("$D01A", "$01")
            + asm("cli; :; lda count; cmp #2; bne :-"),
            asm("sei") + put("$D01A", 0) + put("$D019", "$0F") + kept("seen", "seen + 1", "seen + 2", "seen + 3"),
            f"line {line}",
            ("low", "high", "flag", "flag then"),
        )
    trial.add(put("$D011", "$0B"), "", "as it was", ())
    return trial


def decimal(first: int, last: int) -> Trial:
    """ADC and SBC in decimal mode, results and flags, with the accumulators `first` to before `last`."""
    trial = Trial()
    others = (0x00, 0x01, 0x09, 0x0A, 0x0F, 0x49, 0x50, 0x51, 0x99, 0x9A, 0xA0, 0xFF)
    for name, one, other, carry in product(("adc", "sbc"), range(first, last), others, ("clc", "sec")):
        sums = asm(f"sed; {carry}; lda #{one}; {name} #{other}; php; cld; jsr keep; pla; jsr keep")
        trial.add(sums, "", f"{carry}, ${one:02X} {name} ${other:02X}", ("A", "P"))
    return trial
