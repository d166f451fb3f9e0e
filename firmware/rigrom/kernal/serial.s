; The serial bus. VICE serves its virtual drives at five entries, which it finds
; by these bytes; they are an interoperability requirement and the only bytes
; here that are chosen by others. A trap does the work and goes on at $EDAB,
; which must be RTS. Where no trap is installed the bytes run as code, find that
; nobody answers, and say "device not present".
;
;   $ED24 20 97 EE   send BSOUR as a command (LISTEN, TALK, UNLISTEN, UNTALK)
;   $ED37 20 8E EE   send BSOUR as a secondary address
;   $ED41 20 97 EE   send BSOUR as data
;   $EE14 A9 00 85   receive into A and SERIAL_BYTE
;   $EEA9 AD 00 DD   read the state of the lines
;
; A trap sets bits of STATUS and clears C and I.

.include "errors.inc"
.include "io.inc"
.include "lowmem.inc"

.export acptr, ciout, listen, second, send_name, talk, tksa, unlsn, untlk
.export serial_close

LISTEN_COMMAND  = $20
UNLISTEN        = $3F
TALK_COMMAND    = $40
UNTALK          = $5F
CLOSE_COMMAND   = $E0

.segment "TRAP_ATTENTION"       ; $ED24
send_command:
        jsr no_answer
        rts

.segment "TRAP_SECONDARY"       ; $ED37
send_secondary:
        jsr release_no_answer
        rts

.segment "TRAP_SEND"            ; $ED41
send_data:
        jsr no_answer
        rts

.segment "TRAP_RESUME"          ; $EDAB
        rts

.segment "TRAP_RECEIVE"         ; $EE14
receive:
        lda #0
        sta SERIAL_BYTE
        jmp receive_nothing

.segment "NO_ANSWER"            ; $EE8E and, nine bytes on, $EE97
release_no_answer:
        pha
        lda #ST_NO_DEVICE
        jsr set_status
        pla
        rts
        .res 1, $EA
no_answer:
        pha
        lda #ST_NO_DEVICE
        jsr set_status
        pla
        rts

.segment "TRAP_READY"           ; $EEA9
line_state:
        lda CIA2_PORT_A
        rts

.segment "SERIAL"

receive_nothing:
        lda #ST_TIMEOUT
        jsr set_status
        lda #0
        clc
        rts

set_status:
        ora STATUS
        sta STATUS
        rts

; TALK, LISTEN: calls a device.
; In:   A = device, 0-31
; Out:  STATUS bit 7: nobody answers
; Uses: A
talk:   ora #TALK_COMMAND
        bne command
listen: ora #LISTEN_COMMAND
        bne command

; UNTLK, UNLSN: ends it. Uses: A
untlk:  lda #UNTALK
        bne command
unlsn:  lda #UNLISTEN
command:
        sta BSOUR
        jmp send_command

; TKSA, SECOND: the secondary address after TALK or LISTEN.
; In:   A = secondary address with its command bits ($60 data, $F0 open)
; Uses: A
tksa:
second: sta BSOUR
        jmp send_secondary

; CIOUT: sends a byte to the listener. In: A. Uses: nothing
ciout:  sta BSOUR
        jmp send_data

; ACPTR: receives a byte from the talker. Out: A, STATUS. Uses: A
acptr:  jmp receive

; Sends the file name. In: FNADR, FNLEN. Uses: A, Y
send_name:
        ldy #0
next:   cpy FNLEN
        beq done
        lda (FNADR),Y
        jsr ciout
        iny
        bne next
done:   rts

; Closes the channel on the drive. In: FA, SA. Uses: A
serial_close:
        lda FA
        jsr listen
        lda SA
        and #$0F
        ora #CLOSE_COMMAND
        jsr second
        jmp unlsn
