; SYS address: a machine program, with the registers from SAREG and on.

.include "lowmem.inc"

.export sys
.import expression

.segment "CODE"

; In:   TXTPTR behind the word; SAREG, SXREG, SYREG, SPREG
; Out:  the same cells, as the program left the registers
; Uses: all that the program uses
sys:    jsr expression
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
