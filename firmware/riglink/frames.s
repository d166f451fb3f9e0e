; A frame out, a frame in. Its layout: docs/riglink.md.

        .include "link.inc"

        .export as_caller, ask, drain, header, hear, link_data, link_there, put, put_to, refusal, send_frame, source
        .export source_port
        .import crc, crc_add, crc_begin, link_flags, link_here
        .import line_await, line_listen, line_over, line_receive, line_send, line_talk

ON                      = (COMMAND_WRITE_ON - COMMAND_WRITE) << 3
        .assert ON & (COMMAND_WRITE << 3) = 0, error, "the two writes differ in more than a bit"
MOST_DRAINED            = 16            ; times 256 bytes: a line where nothing is connected may never be silent

.segment "LINKBSS"

ask:                    .res FIELDS     ; the header that is sent
header:                 .res FIELDS     ; the header that was received
source:                 .res 2          ; of the ask's payload
source_port:            .res 1          ; the processor port for reading that
link_there:             .res 1          ; the processor port that the command asks for
link_data:              .res BUFFER_SIZE ; a short payload
refusal:                .res 1
field:                  .res 1          ; of a header
left:                   .res 2          ; minus the bytes of a payload that are to come
port:                   .res 1          ; for the payload that comes
kept:                   .res 1

.segment "LINKCODE"

; send_frame: sends `ask` with its payload. In: ask, source, source_port. Uses: A, X, Y
send_frame:
        jsr as_caller
        jsr line_talk
        lda #FRAME_START
        jsr line_send
        jsr crc_begin
        ldx #0
@header:
        stx field
        lda ask,x
        jsr send_counted
        ldx field
        inx
        cpx #FIELDS
        bne @header
        jsr send_crc
        ldx #0
        jsr count_from
        beq @over
        lda source
        sta from
        lda source + 1
        sta from + 1
@payload:
        jsr fetch
        jsr send_counted
        jsr counted
        bne @payload
        jsr send_crc
        lda #FRAME_END
        jsr line_send
@over:  jmp line_listen

send_counted:
        pha
        jsr crc_add
        pla
        jmp line_send

send_crc:
        lda crc
        jsr line_send
        lda crc + 1
        jmp line_send

; fetch: Out: A = the next byte of the payload. Uses: A, X, Y. Without KERNAL there must be no interrupt.
fetch:
        php
        sei
        ldx source_port
        ldy link_here
        stx PROCESSOR_PORT
from := * + 1
        lda $FFFF
        sty PROCESSOR_PORT
        plp
        inc from
        bne @same_page
        inc from + 1
@same_page:
        rts

; put: stores A at put_to, with `port` banked in, and moves on. No interrupt may come. Uses: X, Y. Cycles: 33
put:
        ldx port
        ldy link_here
        stx PROCESSOR_PORT
put_to := * + 1
        sta $FFFF
        sty PROCESSOR_PORT
        inc put_to
        bne @same_page
        inc put_to + 1
@same_page:
        rts

; count_from: left = -length. In: X = 0, the length of `ask`, or header - ask, that of `header`. Out: Z=1 it is 0.
; Uses: A
count_from:
        sec
        lda #0
        sbc ask + FIELD_LENGTH,x
        sta left
        lda #0
        sbc ask + FIELD_LENGTH + 1,x
        sta left + 1
        ora left
        rts

; counted: one byte less is left. Out: Z=1 none is
counted:
        inc left
        bne @more
        inc left + 1
@more:  rts

; hear: waits for an answer. Interrupts are the caller's until its first byte, off from there on.
; Out: A = HEARD_..., and its flags; header, link_data. Uses: A, X, Y
hear:
        jsr line_await
        lda #HEARD_SILENCE
        bcs @left
        lda #0
        sta left
@hunt:  jsr line_receive
        bcs @broken
        cmp #PREAMBLE
        bne @first
        dec left                ; not for ever
        bne @hunt
@broken:
        lda #HEARD_BROKEN
@left:  rts
@first: cmp #FRAME_START
        bne @broken
        jsr crc_begin
        ldx #0
@header:
        stx field
        jsr line_receive
        bcs @broken
        ldx field
        sta header,x
        jsr crc_add
        ldx field
        inx
        cpx #FIELDS
        bne @header
        jsr receive_crc
        bne @broken
        lda header + FIELD_SEQUENCE
        cmp ask + FIELD_SEQUENCE
        beq @mine
        lda #HEARD_OTHER
        rts
@mine:  lda link_here
        eor header + FIELD_CODE
        and #$FF - PORT_BITS
        eor header + FIELD_CODE ; bits of the code below, of the port above
        sta link_there
        ldx #header - ask
        jsr count_from
        beq @whole              ; there is no payload
        jsr direct
        bcs @long
@payload:
        jsr line_receive
        bcs @damaged
        sta kept
        jsr put
        lda kept
        jsr crc_add
        jsr counted
        bne @payload
        jsr receive_crc
        bne @damaged
        jsr line_receive
        bcs @damaged
        cmp #FRAME_END          ; after a byte too many the CRC is here
        bne @damaged
@whole: jsr line_over
        lda #HEARD_ANSWER
        rts
@long:  lda #REFUSAL_TOO_LONG
        bne @refused            ; always
@damaged:
        lda #REFUSAL_DAMAGED
@refused:
        sta refusal
        lda #HEARD_REFUSED
        rts

; direct: where a payload goes: what link_data takes, there; what is longer and a WRITE, to its place at once, since its
; header is known to be right. Out: put_to, port; C=1 it is neither. Uses: A
direct:
        lda header + FIELD_LENGTH + 1
        bne @long
        lda header + FIELD_LENGTH
        cmp #BUFFER_SIZE + 1
        bcs @long
        lda #<link_data
        sta put_to
        lda #>link_data
        sta put_to + 1
        lda link_here
        sta port                ; C=0
        rts
@long:  lda header + FIELD_CODE
        and #$FF - PORT_BITS - ON
        cmp #COMMAND_WRITE << 3
        sec
        bne @left
        lda header + FIELD_ADDRESS
        sta put_to
        lda header + FIELD_ADDRESS + 1
        sta put_to + 1
        lda link_there
        sta port
        clc
@left:  rts

; receive_crc: Out: Z=1 the CRC that comes is the one counted. Uses: A, X, Y
receive_crc:
        jsr line_receive
        bcs @wrong
        cmp crc
        bne @wrong
        jsr line_receive
        bcs @wrong
        cmp crc + 1
        rts
@wrong: lda #1                  ; Z=0
        rts

; drain: waits until the line is silent. Uses: A, X, Y
drain:
        jsr as_caller
        lda #MOST_DRAINED
        sta left + 1
@next:  jsr line_receive
        bcs @left
        dec left
        bne @next
        dec left + 1
        bne @next
@left:  jmp line_over

; as_caller: lets interrupts in where whoever called the link does. Uses: A
as_caller:
        lda link_flags
        and #FLAG_INTERRUPTS_OFF
        bne @left
        cli
@left:  rts
