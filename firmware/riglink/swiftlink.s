; The line through a SwiftLink or Turbo232 cartridge: a 6551 at $DE00, 38,400 baud, 8 bits, no parity, 1 stop bit.
; It has no FIFO: a byte that is not taken within 256 cycles of PAL is lost.

        .include "link.inc"

        .export line_await, line_begin, line_listen, line_over, line_present, line_receive, line_send, line_talk
        .export LINE_BLOCK : abs, LINE_DRIVER : abs, LINE_PAUSE : abs, LINE_PREAMBLE : abs

LINE_DRIVER             = DRIVER_SWIFTLINK
LINE_BLOCK              = 1024          ; bytes that a frame should have at most
LINE_PAUSE              = 12            ; interrupts between asks while the host has nothing
LINE_PREAMBLE           = 12            ; bytes: what the KERNAL's interrupt may take

ACIA_DATA               = $DE00
ACIA_STATUS             = $DE01         ; written: reset
ACIA_COMMAND            = $DE02
ACIA_CONTROL            = $DE03
RECEIVED                = $08           ; of the status
TRANSMITTED             = $10
BAUD_38400              = $1F           ; 19200 by the data sheet; the crystal is twice as fast
READY                   = $0B           ; DTR and RTS, no interrupts, no parity

ANSWER_PATIENCE         = 60            ; times 3.4 ms
BYTE_PATIENCE           = 12

.segment "LINKCODE"

; line_present: Out: C=1 there is no such chip. Uses: A
line_present:
        lda #BAUD_38400
        sta ACIA_CONTROL
        cmp ACIA_CONTROL
        bne @missing
        lda ACIA_STATUS
        and #TRANSMITTED
        beq @missing
        clc
        rts
@missing:
        sec
        rts

; line_begin: Uses: A
line_begin:
        sta ACIA_STATUS
        lda #BAUD_38400
        sta ACIA_CONTROL
        lda #READY
        sta ACIA_COMMAND
        rts

; line_talk: before a frame is sent. Uses: A
line_talk:
        lda ACIA_DATA           ; what came late is not for us
; line_listen: after it; line_over: after an answer
line_listen:
line_over:
        rts

; line_send: In: A. Uses: A, X. It is given up after 3 ms, where no chip is or the other side holds CTS
line_send:
        pha
        ldx #0
@wait:  lda ACIA_STATUS
        and #TRANSMITTED
        bne @free
        inx
        bne @wait
@free:  pla
        sta ACIA_DATA
        rts

; line_await: waits for the first byte of an answer. Interrupts are as they are until it comes, then off.
; Out: C=1 none came in 0.2 s. Uses: A, X, Y
line_await:
        ldy #ANSWER_PATIENCE
        jsr wait
        bcs left
        sei
        rts

; line_receive: a byte. Out: A; C=1 none came in 40 ms. Uses: A, X, Y. Cycles: 41 and more
line_receive:
        ldy #BYTE_PATIENCE
        jsr wait
        lda ACIA_DATA
        rts

; wait: for a byte. Out: C=1 none came. In: Y times 256 looks of 13 cycles
wait:   ldx #0
@look:  lda ACIA_STATUS
        and #RECEIVED
        bne @here
        look_again @look
@here:  clc
left:   rts
