; CHRIN, CHROUT and GETIN: which device they mean.

.include "lowmem.inc"
.include "petscii.inc"

.export chrin, chrout, getin
.import acptr, ciout, key_fetch, read_keyboard, read_screen, screen_put

SCREEN          = 3

.segment "GETIN"                ; $F13E

; GETIN: a character from the input device; from the keyboard, a key.
; Out:  A = 0: no key; C = 0; keeps X, Y
getin:  lda DFLTN
        beq keys
        jmp chrin
keys:   jsr key_fetch
        clc
        rts

.segment "CHRIN"                ; $F157

; CHRIN: a character from the input device; from the keyboard, of a line.
; Out:  A, C = 0; keeps X, Y
chrin:  lda DFLTN               ; 0: the keyboard
        bne not_keys
        jmp read_keyboard
not_keys:
        cmp #SCREEN
        bne serial
        jmp read_screen
serial: lda STATUS
        bne ended
        jsr acptr
        clc
        rts
ended:  lda #RETURN
        clc
        rts

.segment "CHROUT"               ; $F1CA

; CHROUT: a character to the output device.
; In:   A
; Out:  C = 0; keeps A, X, Y
chrout: pha
        lda DFLTO
        cmp #SCREEN
        bne to_serial
        pla
        jmp screen_put
to_serial:
        pla
        pha
        jsr ciout
        pla
        clc
        rts
