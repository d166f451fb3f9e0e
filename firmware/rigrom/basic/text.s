; Reading program text: the character under TXTPTR, and numbers.

.include "errors.inc"
.include "kernal.inc"
.include "lowmem.inc"

.export chrget, chrgot, parse_number, print_number
.import raise

.segment "CODE"

; The next, or the present, character of the text; spaces are skipped.
; Out:  A = character; Z = 1: end of the statement (0 or ":"); C = 0: a digit
; Uses: A, Y
chrget: inc TXTPTR
        bne chrgot
        inc TXTPTR + 1
chrgot: ldy #0
        lda (TXTPTR),Y
        cmp #' '
        beq chrget
        cmp #':'
        beq end                 ; C = 1
        bcs other
        cmp #'0'
        bcc below
        clc                     ; a digit; Z = 0: it is not 0
        cmp #0
        clc
        rts
below:  sec
        cmp #0
        sec
end:    rts
other:  cmp #0                  ; Z = 0, C = 1
        rts

; Reads a decimal number, 0-65535.
; In:   TXTPTR at its first digit
; Out:  LINNUM; TXTPTR behind it, A and flags as chrgot
; Uses: A, X, Y, INDEX
; n = 10 n + digit
parse_number:
        lda #0
        sta LINNUM
        sta LINNUM + 1
        jsr chrgot
digit:  bcs done
        and #$0F
        pha
        ldx LINNUM
        stx INDEX
        ldx LINNUM + 1
        stx INDEX + 1
        jsr double              ; 2 n
        jsr double              ; 4 n
        clc
        lda LINNUM              ; 5 n
        adc INDEX
        sta LINNUM
        lda LINNUM + 1
        adc INDEX + 1
        sta LINNUM + 1
        bcs too_big
        jsr double              ; 10 n
        pla
        adc LINNUM              ; C = 0
        sta LINNUM
        bcc next
        inc LINNUM + 1
        beq overflow
next:   jsr chrget
        jmp digit
done:   rts

double: asl LINNUM
        rol LINNUM + 1
        bcs too_big
        rts
too_big:
overflow:
        lda #ILLEGAL_QUANTITY
        jmp raise

; Prints a number. In: X, A = low, high byte. Uses: A, X, Y, LINNUM
print_number:
        stx LINNUM
        sta LINNUM + 1
        ldx #4                  ; powers of ten from 10,000 down
        ldy #0                  ; 1: a digit has been printed
power:  lda #'0'
        sta INDEX
subtract:
        lda LINNUM
        cmp powers_low,X
        lda LINNUM + 1
        sbc powers_high,X
        bcc too_small
        sta LINNUM + 1
        lda LINNUM
        sbc powers_low,X        ; C = 1
        sta LINNUM
        inc INDEX
        bne subtract
too_small:
        lda INDEX
        cmp #'0'
        bne print
        cpy #1
        beq print
        cpx #0                  ; the last digit is always printed
        bne skip
print:  jsr CHROUT
        ldy #1
skip:   dex
        bpl power
        rts

powers_low:
        .lobytes 1, 10, 100, 1000, 10000
powers_high:
        .hibytes 1, 10, 100, 1000, 10000
