; Reading program text: characters that must be there, line numbers.

.include "lowmem.inc"
.include "workspace.inc"

.export compare_char, is_letter, line_number, step_back
.import syntax_error

FIRST_TOO_BIG   = 25            ; high byte of 6400: line numbers end at 63999

.segment "TEXT"

; The present character must be A.
; Out:  the next one, as CHRGET
; Uses: A, Y
compare_char:
        ldy #0
        cmp (TXTPTR),Y
        bne wrong
        jmp CHRGET
wrong:  jmp syntax_error

; Reads a line number, 0-63999.
; In:   A and flags as CHRGOT
; Out:  LINNUM, 0 if there is no digit; A and flags as CHRGOT behind it
; Uses: A, X, INDEX
; n = 8 n + 2 n + digit
line_number:
        ldx #0
        stx LINNUM
        stx LINNUM + 1
digit:  bcs done
        ldx LINNUM + 1
        cpx #FIRST_TOO_BIG
        bcs wrong
        and #$0F
        asl LINNUM              ; 2 n; no shift carries
        rol LINNUM + 1
        adc LINNUM              ; 2 n + digit
        sta INDEX
        lda LINNUM + 1
        adc #0
        sta INDEX + 1
        asl LINNUM              ; 4 n
        rol LINNUM + 1
        asl LINNUM              ; 8 n
        rol LINNUM + 1
        lda INDEX
        adc LINNUM
        sta LINNUM
        lda INDEX + 1
        adc LINNUM + 1
        sta LINNUM + 1
        jsr CHRGET
        jmp digit
done:   rts

; TXTPTR one back. Uses: A
step_back:
        lda TXTPTR
        bne borrow
        dec TXTPTR + 1
borrow: dec TXTPTR
        rts

; Out: C = 1: A is a letter; keeps A
is_letter:
        cmp #'A'
        bcc no
        cmp #'Z' + 1
        bcs above
        sec
        rts
above:  clc
no:     rts
