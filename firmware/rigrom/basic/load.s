; LOAD "name", device, secondary address

.include "errors.inc"
.include "kernal.inc"
.include "lowmem.inc"
.include "petscii.inc"

.export load
.import byte_value, chrget, chrgot, clear_variables, raise, ready, relink
.import restart_program

NO_FILE         = 0
DEFAULT_DEVICE  = 1

name            = INDEX2
device          = OPPTR

.segment "CODE"

; In:   TXTPTR behind the word
; Out:  VARTAB = end of what was loaded; does not return: READY., an error, or,
;       in a program, the program that was loaded from its start
load:   jsr parse_name
        ldx #DEFAULT_DEVICE
        stx device
        jsr chrgot              ; Y = 0
        beq parameters
        jsr comma
        jsr byte_value
        stx device
        jsr chrgot              ; Y = 0
        beq parameters
        jsr comma
        jsr byte_value
        txa
        tay
parameters:
        ldx device
        lda #NO_FILE
        jsr SETLFS
        jsr chrgot
        bne syntax
        ldx TXTTAB
        ldy TXTTAB + 1
        lda #0
        jsr LOAD
        bcs failed
        lda CURLIN + 1
        cmp #$FF
        bne chained
        stx VARTAB
        sty VARTAB + 1
        jsr relink
        jsr clear_variables
        jmp ready

chained:
        jsr relink
        jmp restart_program     ; a program that loads the next one

failed: jmp raise
syntax: lda #SYNTAX
        jmp raise

comma:  cmp #','
        bne syntax
        jmp chrget

; "name", or nothing. Out: SETNAM called; TXTPTR behind it
; Uses: A, X, Y, INDEX2
parse_name:
        jsr chrgot
        bne quoted
        lda #0
        jmp SETNAM
quoted: cmp #QUOTE
        bne syntax
        clc                     ; name = TXTPTR + 1
        lda TXTPTR
        adc #1
        sta name
        lda TXTPTR + 1
        adc #0
        sta name + 1
        ldy #0
letter: lda (name),Y
        beq ends                ; the closing quote may be missing
        cmp #QUOTE
        beq ends
        iny
        bne letter
ends:   tya
        pha
        clc                     ; TXTPTR to the closing quote or the 0
        adc name
        sta TXTPTR
        lda #0
        adc name + 1
        sta TXTPTR + 1
        pla
        ldx name
        ldy name + 1
        jsr SETNAM
        ldy #0
        lda (TXTPTR),Y
        beq at_end
        jmp chrget
at_end: rts
