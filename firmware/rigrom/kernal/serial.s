; The serial bus: commands to the drives, and the bytes that follow them. The
; addresses of the entries are published: fast loaders call them directly.

.include "errors.inc"
.include "io.inc"
.include "lowmem.inc"

.export ciout, listen, release_attention, release_bus, second, serial_close
.export serial_open, talk, tksa, turn_round, unlsn, untlk
.import await_time, line_state, pull_data, release_clock, release_data
.import send_command, send_data, send_secondary, set_no_device

LISTEN_COMMAND  = $20
UNLISTEN        = $3F
TALK_COMMAND    = $40
UNTALK          = $5F
CLOSE_COMMAND   = $E0
RELEASE_TURNS   = 10            ; of 5 cycles, from ATN to the other lines
PATIENCE        = 32            ; of 256 turns of 35 cycles: 290 ms

.segment "SERIAL_COMMANDS"      ; $ED09

; TALK, LISTEN: calls a device.
; In:   A = device, 0-30
; Out:  STATUS bit 7: nobody answers
; Uses: A
talk:   jmp talk_to             ; $ED09
listen: ora #LISTEN_COMMAND     ; $ED0C

; Sends A under ATN, first the byte that CIOUT holds back, as the last one.
command:
        pha
        lda C3PO
        beq free
        jsr send_held
free:   pla
        sta BSOUR
        jmp send_command

.segment "SERIAL"

talk_to:
        ora #TALK_COMMAND
        jmp command

send_held:
        lda #$80
        sta LAST_BYTE
        jsr send_data
        lda #0
        sta LAST_BYTE
        sta C3PO
        rts

; Waits until the talker has taken the clock; STATUS bit 7 if it never does.
; In:   C = 1: nobody is there, don't wait
; Uses: A
await_talker:
        bcs taken
        lda #PATIENCE
        sta SERIAL_BYTE
        lda #0
        sta CNTDN
wait:   jsr line_state
        bpl taken
        dec CNTDN
        bne wait
        dec SERIAL_BYTE
        bne wait
        jmp set_no_device
taken:  cli
        rts

.segment "SERIAL_SECOND"        ; $EDB9

; SECOND, TKSA: the secondary address after LISTEN, after TALK.
; In:   A = secondary address with its command bits ($60 data, $F0 open)
; Out:  STATUS
; Uses: A
second: sta BSOUR               ; $EDB9
        jsr send_secondary

; Uses: A
release_attention:              ; $EDBE
        lda #<~ATTENTION_OUT
        and CIA2_PORT_A
        sta CIA2_PORT_A
        rts

tksa:   sta BSOUR               ; $EDC7
        jsr send_secondary

; The talker takes over: we hold DATA, it will hold CLK.
turn_round:                     ; $EDCC
        sei
        jsr pull_data
        jsr release_attention
        jsr release_clock
        jmp await_talker

.segment "SERIAL_OUT"           ; $EDDD

; CIOUT: sends a byte to the listener. It goes when the next one, or the end,
; has come, since the last byte is sent in another way.
; In:   A
; Out:  C = 0, STATUS; keeps A, X, Y
ciout:  bit C3PO
        bpl hold
        pha
        jsr send_data
        pla
hold:   sta BSOUR
        sec
        ror C3PO
        clc
        rts

.segment "SERIAL_END"           ; $EDEF

; UNTLK, UNLSN: ends it. Uses: A
untlk:  lda #UNTALK             ; $EDEF
        jmp end

.segment "SERIAL_UNLISTEN"      ; $EDFE

unlsn:  lda #UNLISTEN
end:    jsr command

; Releases the lines, ATN before the others. Uses: A
release_bus:
        jsr release_attention
        lda #RELEASE_TURNS
        jsr await_time
        jsr release_clock
        jmp release_data

.segment "SERIAL"

; Opens a channel on the drive.
; In:   A = secondary address with its command bits; FA, FNADR, FNLEN
; Out:  C = 1: nobody answers
; Uses: A, Y
serial_open:
        pha
        lda FA
        jsr listen
        pla
        jsr second
        sec
        bit STATUS
        bmi opened
        ldy #0
next:   lda (FNADR),Y
        iny
        jsr ciout
        cpy FNLEN
        bne next
        jsr unlsn
        lda STATUS              ; a device that is not addressed takes commands
        asl                     ; all the same, but no name
opened: rts

; Closes the channel on the drive. In: FA, SA. Uses: A
serial_close:
        lda FA
        jsr listen
        lda SA
        and #$0F
        ora #CLOSE_COMMAND
        jsr second
        jmp unlsn
