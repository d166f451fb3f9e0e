; The clock: a cycle counter that runs free from the program's start to its end, and laps taken by it.

        .include "cycle_counter.inc"
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
        start_counter
        rts

; clock_read: clock_now = cycles since clock_start, modulo 2^32.
; Out: clock_now. Uses: A, X, Y. Cycles: 91
clock_read:
        read_counter clock_now
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
