; The free-running cycle counter: the timers of CIA 2, chained, which the program has started.

        .include "link.inc"

        .import link_data, tell_data

CYCLES_SIZE             = 4

.segment "LINKCODE"

; cycles: tells the counter, low byte first. High bytes are read before and after the low ones, and all again where a
; wrap came between. Uses: A, X, Y
cycles:
@again: ldx CIA2_TIMER_B_LOW
        lda CIA2_TIMER_B_HIGH
        eor #$FF
        sta link_data + 3
        ldy CIA2_TIMER_A_HIGH
        lda CIA2_TIMER_A_LOW
        cpy CIA2_TIMER_A_HIGH
        bne @again
        cpx CIA2_TIMER_B_LOW
        bne @again
        eor #$FF
        sta link_data
        tya
        eor #$FF
        sta link_data + 1
        txa
        eor #$FF
        sta link_data + 2
        lda #CYCLES_SIZE
        jmp tell_data

.segment "LINKTABLE"

        .byte COMMAND_CYCLES
        .addr cycles
