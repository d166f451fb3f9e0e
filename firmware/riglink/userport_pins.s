; What both lines at the user port have in common: RXD is PB0; DTR, PB2, is up; RTS, PB1, is down while the C64 sends,
; since it can't hear then. An answer's first byte is a preamble, low for its start bit alone.

        .include "link.inc"
        .include "userport.inc"

        .export line_await, line_listen, line_present, line_talk, pins_begin
        .import TIMING_SIZE, timing, timings

ANSWER_PATIENCE         = 90            ; times 3.4 ms

.segment "LINKCODE"

; pins_begin: sets `timing` to the standard's part of `timings`, PAL's or, TIMING_SIZE bytes on, NTSC's; and the pins
; but for TXD. In: A = low byte of the last raster line's number. Uses: A, X, Y
pins_begin:
        cmp #PAL_LAST
        ldx #0
        bcs @pal
        ldx #<TIMING_SIZE
@pal:   ldy #0
@timing:
        lda timings,x
        sta timing,y
        inx
        iny
        cpy #<TIMING_SIZE
        bne @timing
        lda CIA2_DIRECTIONS_B
        ora #RTS_ON | DTR
        and #$FF - RXD
        sta CIA2_DIRECTIONS_B

; line_listen: after a frame was sent. Uses: A
line_listen:
        lda CIA2_PORT_B
        ora #RTS_ON | DTR
        sta CIA2_PORT_B
        rts

; line_talk: before it. Uses: A
line_talk:
        lda CIA2_PORT_B
        and #$FF - RTS_ON
        sta CIA2_PORT_B
        rts

; line_await: waits for an answer's first byte, which is not looked at. Interrupts are as they are until it comes, then
; off. Out: C=1 none came in 0.3 s. Uses: A, X, Y
line_await:
        ldy #ANSWER_PATIENCE
        ldx #0
@look:  lda CIA2_PORT_B
        lsr a
        bcc @here
        look_again @look
@here:  sei
        rts

; line_present: Out: C=0: nothing tells. Uses: nothing
line_present:
        clc
        rts
