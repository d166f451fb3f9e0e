; The commands on memory and processor.

        .include "link.inc"

        .import header, leave_for, leaving, link_data, link_flags, link_here, link_there, put, put_to, source, source_port
        .import tell, tell_data, ask, link_restart

REGISTERS               = 4             ; A, X, Y, flags

.segment "LINKCODE"

; read: tells memory, as it is when it is sent. In: link_data = count (2)
read:   ldx header + FIELD_ADDRESS
        ldy header + FIELD_ADDRESS + 1
        lda link_data
        jsr tell
        lda link_data + 1
        sta ask + FIELD_LENGTH + 1
        lda link_there
        sta source_port
        rts

; write: a long payload is in its place already.
write:  lda header + FIELD_LENGTH + 1
        bne @done
        ldx header + FIELD_LENGTH
        beq @done
        cpx #BUFFER_SIZE + 1
        bcs @done
        lda header + FIELD_ADDRESS
        sta @to
        lda header + FIELD_ADDRESS + 1
        sta @to + 1
        ldy #0
@next:  lda link_data,y
        ldx link_there
        stx PROCESSOR_PORT
@to := * + 1
        sta $FFFF,y
        ldx link_here
        stx PROCESSOR_PORT
        iny
        cpy header + FIELD_LENGTH
        bne @next
@done:  jmp tell_nothing

; call: JSR with registers, interrupts as with the link's caller. In: link_data = A, X, Y
call:   lda header + FIELD_ADDRESS
        sta @to
        lda header + FIELD_ADDRESS + 1
        sta @to + 1
        ldx link_data + 1
        ldy link_data + 2
        lda link_there
        sta PROCESSOR_PORT
        lda link_flags
        pha
        lda link_data
        plp
@to := * + 1
        jsr $FFFF
        php
        sei
        cld
        sta link_data
        stx link_data + 1
        sty link_data + 2
        pla
        sta link_data + 3
        lda link_here
        sta PROCESSOR_PORT
        lda #REGISTERS
        jmp tell_data

; jump: once the host knows of it.
jump:   lda link_there
        ldx header + FIELD_ADDRESS
        ldy header + FIELD_ADDRESS + 1
leave_later:
        sta leaving
        stx leave_for
        sty leave_for + 1
tell_nothing:
        lda #0
        jmp tell_data

; reset: likewise; what a reset is, is the program's business.
reset:  lda link_here
        ldx #<link_restart
        ldy #>link_restart
        jmp leave_later

; keys: into the mailbox, if that is empty, as others do who type for the user. Tells how many were taken
keys:   ldx #0
        lda KEY_COUNT
        bne @taken
        ldx header + FIELD_LENGTH
        cpx #KEYS_MOST + 1
        bcc @fit
        ldx #KEYS_MOST
@fit:   stx KEY_COUNT
        ldy #0
@next:  cpy KEY_COUNT
        beq @taken
        lda link_data,y
        sta KEYS,y
        iny
        bne @next               ; always
@taken: stx link_data
        lda #1
        jmp tell_data

.segment "LINKTABLE"

        .byte COMMAND_READ
        .addr read
        .byte COMMAND_WRITE
        .addr write
        .byte COMMAND_WRITE_ON
        .addr write
        .byte COMMAND_CALL
        .addr call
        .byte COMMAND_JUMP
        .addr jump
        .byte COMMAND_KEYS
        .addr keys
        .byte COMMAND_RESET
        .addr reset
