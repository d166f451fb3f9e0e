; What goes on while the program thinks: the sound's next event and the look for RUN/STOP.

        .include "hardware.inc"

        .export poll
        .import sound_poll

.code

; poll: called by the engine every some thousand cycles.
; Out: C=1 RUN/STOP is down. Uses: A, X, Y. Cycles: 47, 150 while a chord is on
poll:
        jsr sound_poll
        lda #STOP_COLUMN
        sta CIA1_COLUMNS
        lda CIA1_ROWS           ; a key held down reads as 0
        eor #$80
        asl a
        rts
