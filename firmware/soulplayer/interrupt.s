; The program's own interrupt. All ROMs are banked out, so the processor takes its vectors from RAM; the interrupt comes
; from CIA 1's timer A, sixty times a second, as BASIC's does. It is let in only while the user may type.

        .include "hardware.inc"

        .export interrupt
        .import keyboard_repeat, keyboard_scan

.code

; interrupt: looks at the keys. What it needs lies in memory of its own, and it may come in any banking.
; Uses: nothing. Cycles: 135 with no key down, 690 with one, 560 more for one that goes down
interrupt:
        pha
        txa
        pha
        tya
        pha
        lda PROCESSOR_PORT
        pha
        lda #BANK_THINKING
        sta PROCESSOR_PORT
        lda CIA1_INTERRUPT      ; taken note of
        jsr keyboard_scan
        jsr keyboard_repeat
        pla
        sta PROCESSOR_PORT
        pla
        tay
        pla
        tax
        pla
        rti
