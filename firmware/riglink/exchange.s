; The C64 asks, the host answers. An ask keeps its number and its content until it is answered, so nothing that it tells
; is lost or told twice; an answer with the number of the ask is obeyed once.

        .include "link.inc"

        .export leave_for, leaving, link_begin, link_busy, link_flags, link_here, link_serve, refuse, tell, tell_data
        .import __LINKTABLE_RUN__, __LINKTABLE_SIZE__
        .import as_caller, ask, drain, drop_events, header, hear, identity, link_data, link_there, refusal, send_frame, source
        .import source_port
        .import events_length, events_lost, frozen, events, line_begin, measure

TRIES                   = 6

.segment "LINKBSS"

link_flags:             .res 1          ; the processor's, of the caller
link_here:              .res 1          ; the processor port of the caller
link_busy:              .res 1          ; not 0 while the link is served
command:                .res 1          ; the latest
tries:                  .res 1
streaming:              .res 1          ; not 0: the next answer comes without an ask
absent:                 .res 1          ; not 0: nobody answered the latest ask
start:                  .res 2          ; a number of this start
leaving:                .res 1          ; not 0: leave_for is jumped to, with this as the processor port

.segment "LINKCODE"

; link_begin: readies line and link; the first ask will tell that all begins anew. To be called with I/O banked in.
; In: link_here = the processor port with which the link will be served. Uses: A, X, Y. Cycles: up to 40,000
link_begin:
        php
        sei
        jsr measure
        jsr line_begin
        lda #0
        sta ask + FIELD_SEQUENCE
        sta absent
        sta leaving
        sta streaming
        sta link_busy
        sta events_length
        sta events_lost
        jsr tell_identity
        clc
        lda start               ; whatever it is: it has to be another one than the last time
        adc CIA1_TIMER_A_LOW
        sta start
        sta ask + FIELD_ADDRESS
        lda start + 1
        adc VIC_RASTER
        sta start + 1
        sta ask + FIELD_ADDRESS + 1
        lda #ASK_HELLO
        sta ask + FIELD_CODE
        plp
        rts

; link_serve: asks, and does what the host answers, until that has nothing more. To be called with I/O banked in; while it
; waits interrupts are as they are with the caller. It does not come back from a jump or a reset.
; Out: C=1 nobody answered; what was to be told will be told the next time. Uses: A, X, Y
link_serve:
        php
        pla
        sta link_flags
        cld
        lda PROCESSOR_PORT
        sta link_here
        sta link_busy           ; never 0
@next:  jsr exchange
        bcs @over
        lda command
        ora events_length
        bne @next
        clc
@over:  lda #0
        sta link_busy
        lda leaving
        bne leave
        lda link_flags          ; C stays as it is
        and #FLAG_INTERRUPTS_OFF
        bne @off
        cli
        rts
@off:   sei
        rts

leave:  sta PROCESSOR_PORT
        ldx #0
        stx leaving
        dex
        txs
        lda link_flags
        pha
        plp
leave_for := * + 1
        jmp $FFFF

; exchange: one ask and its answer. Out: C=1 there is none, else command. Uses: A, X, Y
exchange:
        lda ask + FIELD_CODE
        bne @composed           ; one that was not answered stays as it was
        jsr compose
@composed:
        lda #TRIES
        ldx absent
        beq @sure
        lda #1
@sure:  sta tries
@again: jsr send_frame
@hear:  jsr hear
        beq @answer
        cmp #HEARD_SILENCE
        beq @missing
        pha
        jsr drain
        pla
@missing:
        ldx streaming
        bne @gap
        cmp #HEARD_OTHER
        beq @hear
        cmp #HEARD_REFUSED
        bne @in_vain
        jsr settle
        lda refusal
        jsr refuse
@in_vain:
        dec tries
        bne @again
        inc absent
        sec
        rts

@gap:   lda #0
        sta streaming
        ldy #ASK_GAP
        ldx ask + FIELD_SEQUENCE
        dex
        txa
        jsr tell_apart
        jmp @again

@answer:
        lda #0
        sta absent
        sta streaming
        lda header + FIELD_CODE
        lsr a
        lsr a
        lsr a
        sta command
        cmp #COMMAND_REPEAT
        beq @in_vain
        jsr settle
        jsr obey
        lda command
        cmp #COMMAND_WRITE_ON
        bne @obeyed
        sta streaming           ; not 0
        lda #TRIES
        sta tries
        jsr as_caller
        jmp @hear
@obeyed:
        clc
        rts

; settle: the ask was answered. Uses: A, X, Y
settle: lda ask + FIELD_CODE
        cmp #ASK_EVENT
        bne @told
        jsr drop_events
@told:  inc ask + FIELD_SEQUENCE
        lda #0
        sta ask + FIELD_CODE
        rts

; compose: an ask where the latest command left nothing to tell. Uses: A, X, Y
compose:
        lda events_length
        sta frozen
        beq @plain
        ldx #<events
        ldy #>events
        jsr tell
        lda #ASK_EVENT
        bne @is                 ; always
@plain: jsr tell
        lda #ASK_ASK
@is:    sta ask + FIELD_CODE
        lda events_lost
        sta ask + FIELD_ADDRESS
        rts

; obey: does the command. Uses: A, X, Y
obey:   lda command
        ldx #0
@find:  cmp __LINKTABLE_RUN__,x
        beq @found
        inx
        inx
        inx
        cpx #<__LINKTABLE_SIZE__
        bne @find
        lda #REFUSAL_UNKNOWN
        bne refuse              ; always
@found: lda __LINKTABLE_RUN__ + 1,x
        sta @routine
        lda __LINKTABLE_RUN__ + 2,x
        sta @routine + 1
@routine := * + 1
        jmp $FFFF

; refuse: the next ask tells that the command was not done. In: A = REFUSAL_.... Uses: A, Y
refuse: ldy #ASK_REFUSED

; tell_apart: an ask whose number no answer has that may be under way still. In: Y = its code, A = its address, low byte.
; Uses: A
tell_apart:
        pha
        lda #0
        jsr tell
        sty ask + FIELD_CODE
        pla
        sta ask + FIELD_ADDRESS
        lda ask + FIELD_SEQUENCE
        clc
        adc #SKIP
        sta ask + FIELD_SEQUENCE
        rts

tell_identity:
        ldx #<identity
        ldy #>identity
        lda #IDENTITY_SIZE
        bne tell                ; always

; tell_data: the command's result, from link_data. In: A = length. Uses: A, X, Y
tell_data:
        ldx #<link_data
        ldy #>link_data

; tell: the command's result, which stays where it is until it is told. In: X/Y = where, A = length. Uses: A
tell:   stx source
        sty source + 1
        sta ask + FIELD_LENGTH
        lda #0
        sta ask + FIELD_LENGTH + 1
        sta ask + FIELD_ADDRESS
        sta ask + FIELD_ADDRESS + 1
        lda link_here
        sta source_port
        lda #ASK_RESULT
        sta ask + FIELD_CODE
        rts

nothing:
        rts

.segment "LINKTABLE"

        .byte COMMAND_NOTHING
        .addr nothing
        .byte COMMAND_IDENTIFY
        .addr tell_identity
