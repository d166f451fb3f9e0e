; POKE, WAIT, SYS.

.include "lowmem.inc"
.include "workspace.inc"

.export poke, sys, wait
.import address_byte, check_number, comma_byte, expression, number_address

.segment "MEMORY"

; POKE address, byte
poke:   jsr address_byte
        txa
        ldy #0
        sta (LINNUM),Y
        rts

; WAIT address, mask, inverted: until (memory XOR inverted) AND mask is not 0
wait:   jsr address_byte
        stx FORPNT + 1          ; the mask
        ldx #0
        jsr CHRGOT
        beq look
        jsr comma_byte
look:   stx FORPNT
        ldy #0
again:  lda (LINNUM),Y
        eor FORPNT
        and FORPNT + 1
        beq again
        rts

.segment "SYS"

; SYS address: a machine program, with the registers from SAREG and on.
; Out:  the same cells, as the program left the registers
; Uses: all that the program uses
sys:    jsr expression
        jsr check_number
        jsr number_address
        jsr enter
        php                     ; what the program leaves
        sta SAREG
        stx SXREG
        sty SYREG
        pla
        sta SPREG
        rts

enter:  lda SPREG
        pha
        lda SAREG
        ldx SXREG
        ldy SYREG
        plp
        jmp (LINNUM)
