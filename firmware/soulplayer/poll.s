; What goes on while the engine computes: the sound's next event, and the keys.

        .include "hardware.inc"

        .export poll
        .import ahead_poll, editing, key_rows, keyboard_scan, sound_poll

.code

; poll: called by the engine every some thousand cycles. While the user may type the interrupt looks at the keys, and
; they are obeyed here; while a reply is made they are looked at here and wait.
; Out: C=1 the step is to be abandoned: RUN/STOP is down, or what the user typed makes it wrong. Uses: A, X, Y
; Cycles: in a reply 88, 180 while a chord is on, 550 more while keys are down: by no clock, so that equal replies take
; equal time
poll:
        jsr sound_poll
        lda editing
        bne @edit
        jsr keyboard_scan
        lda key_rows + STOP_COLUMN_NUMBER
        asl a                   ; bit 7 is RUN/STOP
        rts
@edit:  jmp ahead_poll
