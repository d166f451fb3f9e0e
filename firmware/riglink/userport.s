; The line at the user port, bit by bit: 2400 baud, 8 bits, no parity, 1 stop bit. RXD is PB0, TXD PA2. Bits are timed by
; timer B of CIA 1, by its count: its flag lies in a register whose reading would take the KERNAL's interrupt away.

        .include "link.inc"
        .include "userport.inc"

        .export line_begin, line_over, line_receive, line_send
        .export TIMING_SIZE : abs, timing, timings
        .export LINE_BLOCK : abs, LINE_DRIVER : abs, LINE_PAUSE : abs, LINE_PREAMBLE : abs
        .import pins_begin

LINE_DRIVER             = DRIVER_USERPORT
LINE_BLOCK              = 256
LINE_PAUSE              = 60            ; interrupts between asks while the host has nothing
LINE_PREAMBLE           = 3

BIT_PAL                 = 410           ; cycles
BIT_NTSC                = 426
LATE                    = 30            ; cycles from a start bit's edge to the timer's start, on average

BYTE_PATIENCE           = 15            ; times 3.4 ms

.segment "LINKBSS"

byte:                   .res 1

.segment "LINKCODE"

; line_begin: In: A = low byte of the last raster line's number. Uses: A, X, Y
line_begin:
        jsr pins_begin
        lda CIA2_DIRECTIONS_A
        ora #TXD
        sta CIA2_DIRECTIONS_A
        lda CIA2_PORT_A
        ora #TXD
        sta CIA2_PORT_A
; line_over: after an answer
line_over:
        rts

; line_send: In: A. Interrupts are off meanwhile. Uses: A, X. Cycles: 10 bits, 4,200 on PAL
line_send:
        php
        sei
        sta byte
        jsr bits_begin
        jsr low
        ldx #8
@bit:   jsr bit_over
        lsr byte
        bcs @one
        jsr low
        bcc @sent               ; always
@one:   jsr high
@sent:  dex
        bne @bit
        jsr bit_over
        jsr high
        jsr bit_over
        plp
        rts

low:    lda CIA2_PORT_A
        and #$FF - TXD
        sta CIA2_PORT_A
        rts

high:   lda CIA2_PORT_A
        ora #TXD
        sta CIA2_PORT_A
        rts

; line_receive: a byte. No interrupt may come. Out: A; C=1 none came in 50 ms. Uses: A, X, Y
line_receive:
        ldy #BYTE_PATIENCE
        ldx #0
@rest:  lda CIA2_PORT_B         ; the bit before may still be low
        lsr a
        bcs @look
        look_again @rest
@look:  lda CIA2_PORT_B
        lsr a
        bcc @start
        look_again @look
@start: lda first_bit           ; one and a half, to its middle
        sta CIA1_TIMER_B_LOW
        lda first_bit + 1
        jsr bits_begin_with
        ldx #8
@bit:   jsr bit_over
        lda CIA2_PORT_B
        lsr a
        ror byte
        dex
        bne @bit
        lda byte
        clc
        rts

; bits_begin: starts the timer, for bits. Uses: A
bits_begin:
        lda one_bit
        sta CIA1_TIMER_B_LOW
        lda one_bit + 1

; bits_begin_with: the same with a first one of A * 256 and what the low latch holds
bits_begin_with:
        sta CIA1_TIMER_B_HIGH
        lda #CIA_RUN_PHI2
        sta CIA1_CONTROL_B
        lda one_bit
        sta CIA1_TIMER_B_LOW
        lda one_bit + 1
        sta CIA1_TIMER_B_HIGH
        rts

; bit_over: waits until the timer begins anew. The count's high byte is 0 for the last 256 cycles of a bit and 1 before,
; longer than the video chip ever stops the processor. Uses: A
bit_over:
        lda CIA1_TIMER_B_HIGH
        bne bit_over
@last:  lda CIA1_TIMER_B_HIGH
        beq @last
        rts

timings:
        .word BIT_PAL - 1, BIT_PAL * 3 / 2 - LATE
TIMING_SIZE             = * - timings
        .word BIT_NTSC - 1, BIT_NTSC * 3 / 2 - LATE
timing:
one_bit:                .word 0         ; what the timer's latch takes
first_bit:              .word 0
