; The jiffy clock and the STOP key.

.include "io.inc"
.include "lowmem.inc"

.export rdtim, settim, stop_key, udtim
.import call_clrchn

JIFFIES_A_DAY   = 24 * 60 * 60 * 60
STOP_PRESSED    = $7F

.segment "CLOCK"

; UDTIM: one jiffy on, midnight included; looks at the STOP key.
; Out:  TIME, STKEY
; Uses: A
; Cycles: 36
udtim:  inc TIME + 2
        bne compare
        inc TIME + 1
        bne compare
        inc TIME
compare:
        lda TIME + 2
        cmp #<JIFFIES_A_DAY
        lda TIME + 1
        sbc #>JIFFIES_A_DAY
        lda TIME
        sbc #^JIFFIES_A_DAY
        bcc keys
        lda #0
        sta TIME
        sta TIME + 1
        sta TIME + 2
keys:   lda CIA1_ROWS           ; the scan leaves RUN/STOP's column selected
        cmp CIA1_ROWS
        bne keys
        sta STKEY
        rts

; RDTIM: the clock.
; Out:  A, X, Y = low, middle, high byte
; Cycles: 24
rdtim:  php
        sei                     ; the three bytes belong together
        lda TIME + 2
        ldx TIME + 1
        ldy TIME
        plp
        rts

; SETTIM: sets the clock.
; In:   A, X, Y = low, middle, high byte
; Cycles: 24
settim: php
        sei
        sta TIME + 2
        stx TIME + 1
        sty TIME
        plp
        rts

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
