; tally.s - how often the slow paths were taken

.include "engine.inc"

.export tally, clear_tallies

.code

; tally - count a use, up to 65535
; In: X = field of the telemetry header (a TALLY_ constant)   Out: -   Uses: -   Cycles: 25
tally:
        inc TM_BASE,x
        bne @counted
        inc TM_BASE+1,x
        bne @counted
        dec TM_BASE,x           ; stay at 65535
        dec TM_BASE+1,x
@counted:
        rts

; clear_tallies - for a new reply
; In: -   Out: -   Uses: A, X
clear_tallies:
        lda #$00
        ldx #TALLIES-1
:       sta TM_BASE+TM_WIDE_PRODUCTS,x
        dex
        bpl :-
        rts
