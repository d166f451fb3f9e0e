; A reset that the agent survives. A KERNAL looks for the mark of a cartridge at $8004; the agent puts it there just
; before, and what was there back when it is called. What it does then is what a KERNAL does without a cartridge.

        .include "link.inc"
        .include "kernal.inc"

        .export link_restart
        .import hook

CARTRIDGE               = $8000         ; vectors: reset, NMI; then the mark
MARK_SIZE               = 9

.segment "RESIDENT"

mark:   .addr revive, no_nmi
        .byte $C3, $C2, $CD, "80"       ; CBM in PETSCII with bit 7 set
        .assert * - mark = MARK_SIZE, error, "a mark of another size"

link_restart:
        sei
        lda #BANK_BASIC
        sta PROCESSOR_PORT
        jsr swap
        jmp (RESET_VECTOR)

revive: jsr swap
        jsr IOINIT
        jsr RAMTAS
        jsr RESTOR
        jsr CINT
        jsr hook
        cli
        jmp (BASIC_COLD)

no_nmi: rti

; swap: the mark, and what is at its place. Uses: A, X, Y
swap:   ldx #MARK_SIZE - 1
@next:  ldy CARTRIDGE,x
        lda mark,x
        sta CARTRIDGE,x
        tya
        sta mark,x
        dex
        bpl @next
        rts
