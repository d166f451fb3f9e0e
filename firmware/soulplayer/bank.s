; The two bankings of the program, and what RESTORE does in both: nothing.

        .include "hardware.inc"

        .export bank_editing, bank_thinking, nmi_return

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

; nmi_return: where RESTORE ends; touches no I/O, so it is right in any banking.
nmi_return:
        rti
