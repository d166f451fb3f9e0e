; The serial bus as its talker: a byte to the drives, bit by bit.
;
; Timing, as the bus is published: devices have 1 ms to answer ATN by pulling
; DATA. The talker says that it is ready by releasing CLK, every listener that
; it is by releasing DATA, however long that takes. Then CLK falls within 200 us,
; or, where the byte is the last one, stays up until a listener has said by a
; short pull of DATA that it has noticed. A bit, lowest first, is set up for at
; least 20 us while CLK is low and valid for at least 20 us while it is high.
; After eight of them a listener takes the byte by pulling DATA within 1 ms.
;
; Three entries are VICE's (see serial_lines.s): it knows them by their first
; three bytes, an interoperability requirement. Where it serves a device itself
; it takes the byte from BSOUR, sets bits of STATUS, clears C and I and goes on
; at $EDAB, which must be RTS. They are called by JSR only.

.include "errors.inc"
.include "io.inc"
.include "lowmem.inc"

.export send_command, send_data, send_secondary, set_no_device
.import await_time, millisecond, pull_clock, release_bus, release_clock
.import release_data, set_status

SET_UP_TURNS    = 8             ; with what is around them 75 cycles
VALID_TURNS     = 2             ; 45 cycles
ANSWER_TURNS    = 120           ; of 11 cycles: more than 1 ms

.segment "SERIAL_ATTENTION"     ; $ED24: 20 97 EE

; Sends BSOUR as a command to all devices, ATN stays low.
; Out:  STATUS; C = 1: nobody is there
; Uses: A
send_command:
        jsr release_data
        lda CIA2_PORT_A
        ora #ATTENTION_OUT
        sta CIA2_PORT_A
        ; falls through NOPs into send_secondary

.segment "SERIAL_SECONDARY"     ; $ED37: 20 8E EE

; Sends BSOUR while ATN is low.
send_secondary:
        jsr pull_clock
        jsr millisecond         ; by then all devices hold DATA
        ; falls through a NOP into send_data

.segment "SERIAL_DATA"          ; $ED41: 20 97 EE

; Sends BSOUR; LAST_BYTE says whether another one follows.
send_data:
        jsr release_data
        sei
        bit CIA2_PORT_A
        bmi nobody              ; DATA is high although they should not be ready
        jsr release_clock
        bit LAST_BYTE
        bpl listeners
all:    bit CIA2_PORT_A
        bpl all
        lda #0                  ; 256 turns of 11 cycles
        sec
notice: bit CIA2_PORT_A
        bpl listeners
        sbc #1
        bne notice
        beq broken
listeners:
        bit CIA2_PORT_A
        bpl listeners
        lda #8
        sta CNTDN
bits:   lda CIA2_PORT_A
        and #<~DATA_OUT
        ora #CLOCK_OUT
        sta CIA2_PORT_A
        lsr BSOUR
        bcs one
        ora #DATA_OUT
        sta CIA2_PORT_A
one:    lda #SET_UP_TURNS
        jsr await_time
        jsr release_clock
        lda #VALID_TURNS
        jsr await_time
        dec CNTDN
        bne bits
        jsr pull_clock
        jsr release_data
        lda #ANSWER_TURNS
        sec
taken:  bit CIA2_PORT_A
        bpl sent
        sbc #1
        bne taken
broken: jmp set_lost
nobody: jmp set_no_device
sent:   cli
        clc
        ; falls through NOPs into the RTS

.segment "SERIAL_RESUME"        ; $EDAB
        rts

.segment "SERIAL"

set_lost:
        lda #ST_TIMEOUT | ST_WRITE_TIMEOUT
        bne failed
set_no_device:
        lda #ST_NO_DEVICE
failed: jsr set_status
        jsr release_bus
        cli
        sec
        rts
