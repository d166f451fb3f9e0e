; What goes on while the engine computes: the sound's next event, and the keys.

        .include "hardware.inc"

        .export poll
        .import ahead_poll, editing, key_rows, keyboard_scan, sound_poll

SCAN_TIME               = %11000000     ; of CIA2_TIMER_A_HIGH: these bits change every 16,384 cycles

.segment "LOWBSS"

scan_time:              .res 1

.code

; poll: called by the engine every some thousand cycles. While the user may type the interrupt looks at the keys, and
; they are obeyed here; while a reply is made they are looked at here and wait.
; Out: C=1 the step is to be abandoned: RUN/STOP is down, or what the user typed makes it wrong. Uses: A, X, Y
; Cycles: in a reply 58, 150 while a chord is on; 41 more every 16,384 cycles, 590 while keys are down
poll:
        jsr sound_poll
        lda editing
        bne @edit
        lda CIA2_TIMER_A_HIGH
        and #SCAN_TIME
        cmp scan_time
        beq @scanned
        sta scan_time
        jsr keyboard_scan
@scanned:
        lda key_rows + STOP_COLUMN_NUMBER
        asl a                   ; bit 7 is RUN/STOP
        rts
@edit:  jmp ahead_poll
