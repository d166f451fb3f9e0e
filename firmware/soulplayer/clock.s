; The cycle counter: the two timers of CIA 2 chained to 32 bits, running free from the program's start to its end.
; Timer A counts cycles, timer B the underflows of timer A, both down from $FFFF; a latch of $FFFF makes a period of
; $10000. Turned over, the four bytes count cycles up.

        .include "hardware.inc"

        .export clock_before, clock_elapsed, clock_lap, clock_mark, clock_now, clock_read, clock_start

.bss

clock_now:              .res 4          ; cycles, low byte first
clock_before:           .res 4          ; clock_now at the last mark
clock_elapsed:          .res 4          ; cycles between the last two marks

.code

; clock_start: sets the counter to 0 and starts it.
; Uses: A
clock_start:
        lda #CIA_STOPPED
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

; clock_read: clock_now = cycles since clock_start, modulo 2^32.
; High bytes are read before and after the low ones. Timer B steps a few cycles after timer A wraps, but sooner than
; the next reading of it, so a wrap at any point between its two readings makes them differ, and all is read again.
; Out: clock_now. Uses: A, X, Y. Cycles: 91
clock_read:
@again: ldx CIA2_TIMER_B_LOW
        lda CIA2_TIMER_B_HIGH
        eor #$FF
        sta clock_now + 3
        ldy CIA2_TIMER_A_HIGH
        lda CIA2_TIMER_A_LOW
        cpy CIA2_TIMER_A_HIGH
        bne @again
        cpx CIA2_TIMER_B_LOW
        bne @again
        eor #$FF
        sta clock_now
        tya
        eor #$FF
        sta clock_now + 1
        txa
        eor #$FF
        sta clock_now + 2
        rts

; clock_lap: clock_elapsed = cycles since the last mark, and a new mark.
; Out: clock_elapsed. Uses: A, X, Y. Cycles: 219
clock_lap:
        jsr clock_read
        sec
        ldx #0
        ldy #4
@byte:  lda clock_now,x
        sbc clock_before,x
        sta clock_elapsed,x
        inx
        dey
        bne @byte
        beq keep_mark           ; always

; clock_mark: from here the next lap is counted.
; Uses: A, X, Y. Cycles: 131
clock_mark:
        jsr clock_read
keep_mark:
        ldx #3
@byte:  lda clock_now,x
        sta clock_before,x
        dex
        bpl @byte
        rts
