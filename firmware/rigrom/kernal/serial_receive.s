; The serial bus as its listener: a byte from a drive, bit by bit.
;
; The talker says that it is ready by releasing CLK, we that we are by releasing
; DATA. If CLK does not fall within 256 us the byte is the last one: we pull DATA
; for 60 us or more to say that we noticed. A bit, lowest first, is valid while
; CLK is high. After eight of them we take the byte by pulling DATA.

.include "errors.inc"
.include "io.inc"
.include "lowmem.inc"

.export acptr
.import await_time, pull_data, release_clock, release_data, set_status

LAST_BYTE_TURNS = 23            ; of 11 cycles: 256 us
NOTICED_TURNS   = 12            ; of 5 cycles: 60 us

seen_last       = CNTDN         ; not 0: the talker has said that it is the last

.segment "SERIAL_RECEIVE"       ; $EE13, and at $EE14 VICE's entry: A9 00 85

; ACPTR: receives a byte from the talker; waits as long as that is not ready.
; Out:  A and SERIAL_BYTE; STATUS; C = 0, I = 0; keeps X, Y
acptr:  sei
        lda #0
        sta seen_last
        txa
        pha
        jsr release_clock
busy:   bit CIA2_PORT_A
        bvc busy
ready:  jsr release_data
        ldx #LAST_BYTE_TURNS
fall:   bit CIA2_PORT_A
        bvc bits
        dex
        bne fall
        lda seen_last
        bne lost
        jsr pull_data
        lda #NOTICED_TURNS
        jsr await_time
        inc seen_last
        lda #ST_END
        jsr set_status
        bne ready               ; always

bits:   lda #%10000000          ; its 1 leaves with the eighth bit
        sta SERIAL_BYTE
next:   ldx #0
rise:   lda CIA2_PORT_A
        asl                     ; C = DATA, N = CLK, at the same moment
        bmi valid
        dex
        bne rise
        beq lost
valid:  ror SERIAL_BYTE
        ldx #0
end:    bit CIA2_PORT_A
        bvc ended
        dex
        bne end
        beq lost
ended:  bcc next
        jsr pull_data
        lda seen_last
        beq received
        lda #NOTICED_TURNS
        jsr await_time
release:
        jsr release_data
received:
        pla
        tax
        cli
        clc
        lda SERIAL_BYTE
        rts
lost:   lda #ST_TIMEOUT
        jsr set_status
        bne release             ; always
