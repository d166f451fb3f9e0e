; The cable: what the program that `soulrig build --wire` makes tells a host, and when it asks what the host wants. The
; agent's core (firmware/riglink) is linked beside.
;
; The line's loop asks, and the longer that takes the less often: a slow line takes a tenth of the time at most. A
; missing host is asked for every few seconds. Interrupts are let in but for the frame of an answer, so keys are seen;
; those that come in a reply wait in their queue.
;
; What a notice takes is left out of a reply's cycles: the lap that is being counted begins that much later.

        .include "hardware.inc"
        .include "config.inc"

.if WIRE

        .include "protocol.inc"

        .export link_program : abs, link_restart, notice, wire_ask, wire_begin, wire_end, wire_start, wire_token
        .import clock_before, clock_now, clock_read, line_present, link_begin, link_event, link_here
        .import link_serve

link_program            = LINKED_SOULPLAYER

SHARE                   = 4             ; the next ask is 2^SHARE times as long away as this one took
PAUSE                   = 15400         ; times 256 cycles, 4 s: the same, where nobody answered
PASSED_BY               = 3             ; notices that are kept unsent where nobody took one, before the next is tried

.segment "WIREBSS"

notice:                 .res NOTICE_SIZE
no_line:                .res 1          ; bit 7: there is no such hardware, so nobody is asked and nothing told
kept:                   .res 1          ; notices that are yet to be passed by
due:                    .res 3          ; clock_now / 256 from which on the host is asked
since:                  .res 4          ; clock_now as the line became busy

.code

; wire_start: opens the line; the host is asked at the first chance.
; Uses: A, X, Y. Cycles: up to 40,000
wire_start:
        jsr line_present
        ror no_line
        lda #BANK_THINKING
        sta link_here           ; where the link reads what it tells first
        jsr link_begin
        jsr clock_read
        lda #0
        sta kept
        tay
        tax
        ; fall through

; ask_in: the next ask is to be in A, X and Y times 256 cycles, high byte first, after clock_now. Uses: A
ask_in:
        pha
        tya
        clc
        adc clock_now + 1
        sta due
        txa
        adc clock_now + 2
        sta due + 1
        pla
        adc clock_now + 3
        sta due + 2
        rts

; wire_ask: when it is time, asks what the host wants and does it, until that is nothing.
; In: no lap is being counted. Uses: A, X, Y. Cycles: 135 when it is not time
wire_ask:
        bit no_line
        bmi @left
        jsr clock_read
        lda clock_now + 1
        cmp due
        lda clock_now + 2
        sbc due + 1
        lda clock_now + 3
        sbc due + 2
        bmi @left               ; the numbers go round: less than half of all ahead is yet to come
        jsr begin
        jsr link_serve
        bcs @nobody
        jsr clock_read
        lda #0
        sta kept
        sec
        lda clock_now + 1
        sbc since + 1
        tay
        lda clock_now + 2
        sbc since + 2
        beq @short
        ldy #$FF                ; it was more than an ask
@short: tya
        .repeat 8 - SHARE
        lsr a
        .endrepeat
        tax
        tya
        .repeat SHARE
        asl a
        .endrepeat
        tay
        lda #0
        beq ask_in              ; always
@nobody:
        jsr clock_read
        lda #0
        ldx #>PAUSE
        ldy #<PAUSE
        bne ask_in              ; always
@left:  rts

; wire_begin, wire_token, wire_end: tell the host that a reply begins, has a token more, is over.
; In: no interrupt. Uses: A, X, Y
wire_begin:
        lda #EVENT_BEGIN
        bne tell                ; always
wire_end:
        lda #0
        sta kept
        lda #EVENT_END
        bne tell                ; always
wire_token:
        lda #EVENT_TOKEN
        ; fall through

; tell: In: A event; of a token the record is in `notice` already. Uses: A, X, Y
tell:   bit no_line
        bmi @none
        sta notice + NOTICE_EVENT
        jsr begin
        ldx #3
@clock: lda since,x
        sta notice + NOTICE_CLOCK,x
        dex
        bpl @clock
        lda TM_BASE + TM_SEQUENCE
        sta notice + NOTICE_SEQUENCE
        lda TM_BASE + TM_STEPS
        sta notice + NOTICE_STEPS
        lda TM_BASE + TM_STOP
        sta notice + NOTICE_STOP
        lda #NOTICE_SIZE
        ldx #<notice
        ldy #>notice
        jsr link_event
        dec kept
        bpl @told
        inc kept
        cli
        jsr link_serve
        sei
        bcc @told
        lda #PASSED_BY
        sta kept
@told:  jsr clock_read
        ldx #0                  ; clock_before += clock_now - since
        ldy #4
        clc
@now:   lda clock_before,x
        adc clock_now,x
        sta clock_before,x
        inx
        dey
        bne @now
        ldx #0
        ldy #4
        sec
@since: lda clock_before,x
        sbc since,x
        sta clock_before,x
        inx
        dey
        bne @since
@none:  rts

; link_restart: the host wants a reset.
link_restart:
        sei
        lda #BANK_BASIC
        sta PROCESSOR_PORT
        jmp (RESET_VECTOR)

; begin: since = now. Uses: A, X, Y
begin:  jsr clock_read
        ldx #3
@since: lda clock_now,x
        sta since,x
        dex
        bpl @since
        rts

.endif
