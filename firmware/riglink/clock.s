; Starts the cycle counter: the two timers of CIA 2 chained to 32 bits, counting down from $FFFFFFFF.

        .include "link.inc"

        .export clock_start

STOPPED                 = $08

.segment "RESIDENT"

; clock_start: Uses: A
clock_start:
        lda #STOPPED
        sta CIA2_CONTROL_A
        sta CIA2_CONTROL_B
        lda #$FF
        sta CIA2_TIMER_A_LOW
        sta CIA2_TIMER_A_HIGH
        sta CIA2_TIMER_B_LOW
        sta CIA2_TIMER_B_HIGH
        lda #CIA_RUN_CHAINED
        sta CIA2_CONTROL_B
        lda #CIA_RUN_PHI2
        sta CIA2_CONTROL_A
        rts
