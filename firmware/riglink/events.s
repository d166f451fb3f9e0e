; What the program has to tell of its own: kept here until the host has it.

        .include "link.inc"

        .export drop_events, events, events_length, events_lost, frozen, link_event

.segment "LINKBSS"

events:                 .res EVENTS_SIZE ; each with its length before it
events_length:          .res 1
events_lost:            .res 1          ; for which there was no room, modulo 256
frozen:                 .res 1          ; bytes of it that are on their way
size:                   .res 1

.segment "LINKCODE"

; link_event: keeps an event for the host. In: X/Y = where, A = its length (1..EVENTS_SIZE - 1).
; Out: C=1 there is no room: it is counted as lost, and the host will be told. Uses: A, X, Y
link_event:
        stx @from
        sty @from + 1
        sta size
        sec                     ; and its length
        adc events_length
        bcs @lost
        cmp #EVENTS_SIZE + 1
        bcs @lost
        ldx events_length
        sta events_length
        lda size
        sta events,x
        ldy #0
@next:
@from := * + 1
        lda $FFFF,y
        sta events + 1,x
        inx
        iny
        cpy size
        bne @next
        clc
        rts
@lost:  inc events_lost
        sec
        rts

; drop_events: those that were on their way have arrived. Uses: A, X, Y
drop_events:
        ldx frozen
        ldy #0
@next:  cpx events_length
        beq @moved
        lda events,x
        sta events,y
        inx
        iny
        bne @next               ; always
@moved: sty events_length
        rts
