; The BASIC ROM: cold start with the banner, warm start.

.include "kernal.inc"
.include "lowmem.inc"
.include "petscii.inc"

.export print_text
.import clear_program, direct_mode, error_exit, ready

.segment "VECTORS"
        .addr cold_start        ; $A000: after a reset
        .addr warm_start        ; $A002: after RUN/STOP and RESTORE

.segment "CODE"

cold_start:
        ldx #vectors_end - vectors - 1
next:   lda vectors,X
        sta IERROR,X
        dex
        bpl next
        lda MEMSTR              ; the byte below the program is 0
        sta TXTTAB
        lda MEMSTR + 1
        sta TXTTAB + 1
        ldy #0
        tya
        sta (TXTTAB),Y
        inc TXTTAB
        bne first_byte
        inc TXTTAB + 1
first_byte:
        lda MEMEND
        sta MEMSIZ
        lda MEMEND + 1
        sta MEMSIZ + 1
        lda #<banner
        ldy #>banner
        jsr print_text
        jsr clear_program

warm_start:
        jsr CLRCHN
        cli
        jmp ready

vectors:
        .addr error_exit        ; IERROR
        .addr direct_mode       ; IMAIN
vectors_end:

banner: .byte CLEAR, RETURN
        .byte "     ", $A6, $A6, " SOULRIG FREE ROM 1 ", $A6, $A6, RETURN
        .byte RETURN
        .byte "  BASIC STUB: LOAD RUN LIST NEW SYS", RETURN, 0

; Prints text up to a 0.
; In:   A/Y = address, fewer than 256 characters
; Uses: A, Y, INDEX
print_text:
        sta INDEX
        sty INDEX + 1
        ldy #0
text:   lda (INDEX),Y
        beq printed
        jsr CHROUT
        iny
        bne text
printed:
        rts
