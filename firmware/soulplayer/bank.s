; The two bankings of the program.

        .include "hardware.inc"

        .export bank_editing, bank_thinking

.code

; bank_editing: the KERNAL is there and scans the keyboard.
; Uses: A. Cycles: 13
bank_editing:
        lda #BANK_EDITING
        sta PROCESSOR_PORT
        cli
        rts

; bank_thinking: RAM everywhere but I/O, no interrupt.
; Uses: A. Cycles: 13
bank_thinking:
        sei
        lda #BANK_THINKING
        sta PROCESSOR_PORT
        rts
