; The line at the user port by the CIAs' shift registers, as UP9600 wires them: 9600 baud, 8 bits, no parity, 1 stop bit.
;
; Received: RXD is FLAG2, which a start bit sets, PB0, and SP2. From a start bit on timer B of CIA 2 makes a pulse at PB7,
; bridged to CNT2, in the midst of each bit, so the video chip delays nothing but the first. The line must be looked at
; from before a byte's stop bit to the next start bit, and what is done with a byte takes longer: so a byte is handed
; over when the next one has begun, or none follows at once.
;
; The cycle counter lacks its upper half meanwhile: timer B is borrowed from it from an answer's first byte to its last.
; What it would have counted shows in timer A, which wraps once in 65,536 cycles and is looked at with every byte.
;
; Sent: TXD is SP1, which CIA 1 shifts at half the pace at which its timer A underflows. That timer is the KERNAL's, so
; it is borrowed for each byte, and what it would have counted meanwhile taken off.

        .include "link.inc"
        .include "userport.inc"

        .export line_begin, line_over, line_receive, line_send
        .export TIMING_SIZE : abs, timing, timings
        .export LINE_BLOCK : abs, LINE_DRIVER : abs, LINE_PAUSE : abs, LINE_PREAMBLE : abs
        .import pins_begin

LINE_DRIVER             = DRIVER_UP9600
LINE_BLOCK              = 256           ; bytes that a frame should have at most
LINE_PAUSE              = 30            ; interrupts between asks while the host has nothing
LINE_PREAMBLE           = 6             ; bytes: see line_receive; and what the KERNAL's interrupt may take

CIA_RUNNING             = $01           ; of control register A
CIA_LOAD                = $10
CIA_SHIFT_OUT           = $40
CIA_TOD_50              = $80
CIA_CHAINED             = $41           ; of control register B: count the underflows of timer A
PULSES_OFF              = $02           ; of control register B: PB7 is the timer's, and low
PULSES_ON               = $13           ; a pulse at PB7 for each underflow, from the latch on
TIMER_A_RAN_OUT         = $01           ; of the interrupt register
BYTE_SHIFTED            = $08
FLAG_FELL               = $10

BIT_PAL                 = 103           ; cycles; 102.63 would be right
BIT_NTSC                = 106           ; 106.53
FIRST_PAL               = 110           ; from the timer's start to the first bit's sample. To that start it is 12 to 24
FIRST_NTSC              = 118           ; cycles from the start bit's edge, and 43 more where the video chip takes them
HALF_PAL                = 50            ; of a bit that is sent; 51.31 would be right, but the second half of a byte may
HALF_NTSC               = 52            ; come some cycles late. 53.26

LINES_HALF              = $04           ; of eight lines, the second
UNDERFLOWS              = 38            ; of timer A, what timer B of CIA 1 counts down from
FIRST_HALF              = 15            ; until the eighth bit begins
SHIFTED_OUT             = 35            ; until the sixteenth is over, whenever the first began
RESTING                 = $7E           ; of what is sent, before the start bit and with it
SENDING                 = SHIFTED_OUT * HALF_PAL + 170 ; cycles that timer A is away

BYTE_PATIENCE           = 12            ; times 3.3 ms

.segment "LINKCODE"

; line_begin: In: A = low byte of the last raster line's number. No interrupt may come. Uses: A, X, Y
line_begin:
        jsr pins_begin
        lda #0
        sta borrowed
        sta shifting
        lda CIA2_PORT_B
        and #$FF - SHIFT_CLOCK
        sta CIA2_PORT_B
        lda CIA2_DIRECTIONS_B
        ora #SHIFT_CLOCK
        sta CIA2_DIRECTIONS_B
        lda CIA2_DIRECTIONS_A   ; SP1 is bridged to it
        and #$FF - TXD
        sta CIA2_DIRECTIONS_A
        lda #PREAMBLE           ; SP1 is what it is when CIA 1 takes it over; from here on it rests high
        ; fall through

; line_send: In: A. Interrupts are off meanwhile. Of CIA 1's interrupts only timer A's is not lost.
; Uses: A, X. Cycles: 2,200
line_send:
        php
        sei
        jsr turn_over
@line:  lda VIC_RASTER          ; so that the video chip won't stop the processor as it hands over the second half: in
        sbc VIC_CONTROL         ; 14 lines. It does at the start of every eighth, the one whose last bits are those of
        and #LINES_HALF         ; its control register
        beq @line
        lda CIA1_CONTROL_A
        sta control
        and #CIA_TOD_50
        ora #CIA_SHIFT_OUT
        sta CIA1_CONTROL_A
        ldx CIA1_INTERRUPT
        stx due
        ldx CIA1_TIMER_A_LOW
        stx rest
        ldx CIA1_TIMER_A_HIGH
        stx rest + 1
        ora #CIA_LOAD           ; shows what the latch holds
        sta CIA1_CONTROL_A
        ldx CIA1_TIMER_A_LOW
        stx period
        ldx CIA1_TIMER_A_HIGH
        stx period + 1
        ldx half_bit
        stx CIA1_TIMER_A_LOW
        ldx #UNDERFLOWS
        stx CIA1_TIMER_B_LOW
        ldx #0
        stx CIA1_TIMER_A_HIGH
        stx CIA1_TIMER_B_HIGH
        ora #CIA_RUN_PHI2
        sta CIA1_CONTROL_A
        sec
        rol byte                ; all bits but the first, and the stop bit
        lda #RESTING
        rol a                   ; in front of them six at rest, the start bit, and the first
        sta CIA1_SHIFT
        lda #CIA_RUN_CHAINED
        sta CIA1_CONTROL_B
        ldx #UNDERFLOWS - FIRST_HALF
        jsr underflows
        lda control
        and #CIA_TOD_50
        ora #CIA_SHIFT_OUT
        sta CIA1_CONTROL_A      ; for VICE 3.7.1, which takes a byte rightly when the timer has been started after the
        ora #CIA_RUNNING        ; one before. The chip takes it in any case, and the bit lasts 8 cycles longer
        sta CIA1_CONTROL_A
        lda byte
        sta CIA1_SHIFT
        ldx #UNDERFLOWS - SHIFTED_OUT
        jsr underflows
        lda control
        and #CIA_TOD_50
        ora #CIA_SHIFT_OUT
        sta CIA1_CONTROL_A
        sec
        lda rest
        sbc #<SENDING
        sta CIA1_TIMER_A_LOW
        lda rest + 1
        sbc #>SENDING
        bcs @rest
        ldx #TIMER_A_RAN_OUT
        stx due
        adc period + 1
        bcs @rest
        lda period + 1
@rest:  sta CIA1_TIMER_A_HIGH   ; it stands, so this is loaded
        lda due
        lsr a                   ; TIMER_A_RAN_OUT
        bcs @due                ; and is so still, by the underflows of what was sent
        lda CIA1_INTERRUPT
@due:   lda control
        ora #CIA_SHIFT_OUT
        sta CIA1_CONTROL_A
        lda period
        sta CIA1_TIMER_A_LOW
        lda period + 1
        sta CIA1_TIMER_A_HIGH   ; it runs, so this is for later
        plp
        rts

; underflows: waits until timer B of CIA 1 has come down to X. Uses: nothing
underflows:
        cpx CIA1_TIMER_B_LOW
        bcc underflows
        rts

; turn_over: In: A = a byte. Out: A = byte = the same with its last bit first. Uses: X. Cycles: 120
turn_over:
        ldx #8
@bit:   lsr a
        rol byte
        dex
        bne @bit
        lda byte
        rts

; line_receive: a byte. No interrupt may come. Of the preamble after line_await one byte may go by while timer B is
; borrowed. Out: A; C=1 none came in 40 ms, or not whole. Uses: A, X, Y
line_receive:
        lda shifting
        bne @coming
        lda borrowed
        bne @ready
        jsr borrow
@ready: ldy #BYTE_PATIENCE
        jsr catch
        bcs @none
@coming:
        ldx #0
@look:  lda CIA2_INTERRUPT
        and #BYTE_SHIFTED
        bne @here
        inx
        bne @look
        stx shifting
@none:  jsr reckon
        sec
        rts
@here:  lda #PULSES_OFF
        sta CIA2_CONTROL_B
        lda first_bit
        sta CIA2_TIMER_B_LOW
        lda CIA2_SHIFT
        pha
        ldy #1
        jsr catch
        jsr reckon
        pla
        jsr turn_over
        clc
        rts

; catch: waits for a start bit, and has its byte shifted in. In: Y times 3.3 ms. Out: C=1 none came; shifting.
; Uses: A, X, Y
catch:  ldx #0
        stx shifting
@look:  lda CIA2_INTERRUPT
        and #FLAG_FELL
        bne @edge
        look_again @look
@edge:  lda #PULSES_ON
        sta CIA2_CONTROL_B
        sta shifting            ; not 0
        lda one_bit
        sta CIA2_TIMER_B_LOW
        lda CIA2_PORT_B         ; for VICE, which takes eight pulses without a look at the port for a test of the wiring
        clc
        rts

; borrow: takes timer B from the counter. Uses: A. Cycles: up to 370
borrow: jsr steady
        lda #PULSES_OFF
        sta CIA2_CONTROL_B
        sta borrowed            ; not 0
        lda CIA2_TIMER_B_LOW
        sta upper
        lda CIA2_TIMER_B_HIGH
        sta upper + 1
        lda CIA2_TIMER_A_HIGH
        sta passed
        lda first_bit
        sta CIA2_TIMER_B_LOW
        lda #0
        sta CIA2_TIMER_B_HIGH
        lda CIA2_CONTROL_A      ; there and back: bits that the shift register has seen are forgotten
        ora #CIA_SHIFT_OUT
        sta CIA2_CONTROL_A
        and #$FF - CIA_SHIFT_OUT
        sta CIA2_CONTROL_A
        lda CIA2_INTERRUPT
        rts

; line_over: an answer has come, or none will: gives timer B back. Uses: A. Cycles: up to 350
line_over:
        lda borrowed
        beq @left
        php
        sei
        jsr steady
        jsr reckon
        lda #PULSES_OFF
        sta CIA2_CONTROL_B
        lda upper
        sta CIA2_TIMER_B_LOW
        lda upper + 1
        sta CIA2_TIMER_B_HIGH   ; it stands, so this is loaded
        lda #CIA_CHAINED
        sta CIA2_CONTROL_B
        lda #$FF
        sta CIA2_TIMER_B_LOW
        sta CIA2_TIMER_B_HIGH   ; it runs, so this is for later
        lda #0
        sta borrowed
        sta shifting
        plp
@left:  rts

; steady: waits until timer A won't wrap in the next 250 cycles. Uses: A
steady: lda CIA2_TIMER_A_HIGH
        beq steady
        rts

; reckon: what timer B would count. To be called within 65,000 cycles of the last time. Uses: A
reckon: lda CIA2_TIMER_A_HIGH
        cmp passed
        sta passed
        beq @left
        bcc @left               ; it counts down
        lda upper
        bne @low
        dec upper + 1
@low:   dec upper
@left:  rts

timings:
        .byte BIT_PAL - 1, FIRST_PAL - 1, HALF_PAL - 1
TIMING_SIZE             = * - timings
        .byte BIT_NTSC - 1, FIRST_NTSC - 1, HALF_NTSC - 1
timing:
one_bit:                .byte 0         ; what the timers' latches take
first_bit:              .byte 0
half_bit:               .byte 0
borrowed:               .byte 0         ; not 0: timer B of CIA 2 is not the counter's
shifting:               .byte 0         ; not 0: a byte is coming in
upper:                  .word 0         ; the counter's upper half while it is kept here
passed:                 .byte 0         ; high byte of timer A as it was last seen
byte:                   .byte 0
control:                .byte 0         ; of CIA 1: timer A as it was
due:                    .byte 0         ; bit 0: its interrupt is to come
rest:                   .word 0         ; its count
period:                 .word 0         ; its latch
