; The jiffy clock and the STOP key.

.include "io.inc"
.include "lowmem.inc"

.export rdtim, settim, stop_key, stop_scan, udtim
.import call_clrchn

JIFFIES_A_DAY   = 24 * 60 * 60 * 60
STOP_PRESSED    = $7F

.segment "CLOCK"                ; $F69B

; UDTIM: one jiffy on, midnight included; looks at the STOP key.
; Out:  TIME, STKEY
; Uses: A
; Cycles: 47
udtim:  inc TIME + 2
        bne compare
        inc TIME + 1
        bne compare
        inc TIME
compare:                        ; with a whole day
        lda TIME + 2
        cmp #<JIFFIES_A_DAY
        lda TIME + 1
        sbc #>JIFFIES_A_DAY
        lda TIME
        sbc #^JIFFIES_A_DAY
        bcc same_day
        lda #0
        sta TIME
        sta TIME + 1
        sta TIME + 2
same_day:
        ; falls through a NOP into stop_scan

.segment "STOP_SCAN"            ; $F6BC: programs with interrupts off call it

; Looks at the STOP key.
; Out:  A and STKEY = the rows of its column
stop_scan:
        lda CIA1_ROWS           ; the scan leaves RUN/STOP's column selected
        cmp CIA1_ROWS
        bne stop_scan
        sta STKEY
        rts

.segment "CLOCK_CALLS"          ; $F6DD: RDTIM, $F6E4: SETTIM

        jmp rdtim
        .res 1, $EA
; Programs switch the STOP key off by POKE 808,225 or 234, which makes ISTOP
; one of the two addresses $F6E1 and $F6EA.
        lda #1
        rts
        jmp settim
        .res 3, $EA
        lda #1
        rts

.segment "STOP"                 ; $F6ED; POKE 808,239 skips the first instruction

; STOP: is RUN/STOP down? If so, channels and keyboard buffer are cleared.
; Out:  Z = 1: yes
; Uses: A; X if it is
; Cycles: 14 if not
stop_key:
        lda STKEY
        cmp #STOP_PRESSED
        bne done
        php
        jsr call_clrchn
        lda #0
        sta NDX
        plp
done:   rts

.segment "START_UP"

; RDTIM: the clock.
; Out:  A, X, Y = low, middle, high byte; I = 0
; Cycles: 19
rdtim:  sei                     ; the three bytes belong together
        lda TIME + 2
        ldx TIME + 1
        ldy TIME
        cli
        rts

; SETTIM: sets the clock.
; In:   A, X, Y = low, middle, high byte
; Cycles: 19
settim: sei
        sta TIME + 2
        stx TIME + 1
        sty TIME
        cli
        rts
