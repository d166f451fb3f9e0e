; The flashing cursor: drawn by the interrupt, taken away before printing.

.include "lowmem.inc"

.export cursor_flash, cursor_hide

FLASH_PERIOD    = 20            ; jiffies

.segment "EDITOR"

; One jiffy of the cursor: does nothing while BLNSW is not 0.
; Uses: A, Y
; Cycles: 12 while it is off, 71 when it flips
cursor_flash:
        lda BLNSW
        bne done
        dec BLNCT
        bne done
        lda #FLASH_PERIOD
        sta BLNCT
        ldy PNTR
        lda BLNON
        bne restore
        inc BLNON
        lda (USER),Y
        sta GDCOL
        lda (PNT),Y
        sta GDBLN
        eor #$80
        sta (PNT),Y
        lda COLOR
        sta (USER),Y
done:   rts

; Puts back what is under the cursor and stops the flashing.
; Uses: A, Y
; Cycles: 64
cursor_hide:
        php
        sei
        lda #1
        sta BLNSW
        lda BLNON
        beq hidden
        ldy PNTR
        jsr restore
hidden: plp
        rts

restore:
        lda #0
        sta BLNON
        lda GDBLN
        sta (PNT),Y
        lda GDCOL
        sta (USER),Y
        rts
