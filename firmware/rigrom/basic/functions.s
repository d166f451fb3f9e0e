; Functions of numbers, and those that give a number.

.include "kernal.inc"
.include "lowmem.inc"
.include "tokens.inc"
.include "workspace.inc"

.export function
.import asc, check_comma, check_number, check_open, check_string, check_whole
.import chr, collect_garbage, expression, integer_to_number, left_string, len
.import mid_string, negate, number_address, parenthesis, right_string
.import small_number, str, syntax_error, val

.segment "FUNCTIONS"

; In:   A = token of a function, TXTPTR there
; Out:  FAC, VALTYP
function:
        cmp #TOKEN_MID + 1
        bcs unknown
        sbc #TOKEN_SGN - 1      ; C = 0
        tax
        pha
        jsr CHRGET
        pla
        cmp #TOKEN_LEFT - TOKEN_SGN
        bcs several
        pha
        jsr parenthesis
        pla
        tax
        lda takes,X
        bmi of_string
        jsr check_number
        jmp call
of_string:
        jsr check_string
call:   lda functions_high,X
        pha
        lda functions_low,X
        pha
        rts

; string, number: the descriptor stays on the stack
several:
        pha
        jsr check_open
        jsr expression
        jsr check_string
        jsr check_comma
        pla
        tax
        lda FAC + 3
        pha
        lda FAC + 2
        pha
        jmp call
unknown:
        jmp syntax_error

; SGN: -1, 0 or 1
sgn:    ldy #$FF
        lda FAC
        bmi minus
        iny
        ora FAC + 1
        ora FAC + 2
        ora FAC + 3
        ora FAC_FRACTION
        beq nothing
        iny
nothing:
        jmp small_number
minus:  tya
        jmp integer_to_number

; INT: the whole number below
int:    lda #0
        sta FAC_FRACTION
        rts

abs:    bit FAC
        bpl positive
        jsr check_whole
        ldx #FAC
        jmp negate
positive:
        rts

; USR: the person's machine program, with the number in FAC
usr:    jmp USRPOK

; FRE: bytes that are free; above 32767 it comes out negative, as published
fre:    jsr collect_garbage
        sec
        lda FRETOP
        sbc STREND
        tay
        lda FRETOP + 1
        sbc STREND + 1
        jmp integer_to_number

; POS: column of the cursor
pos:    sec
        jsr PLOT
        jmp small_number

peek:   lda LINNUM              ; POKE's address stays
        pha
        lda LINNUM + 1
        pha
        jsr number_address
        ldy #0
        lda (LINNUM),Y
        tay
        pla
        sta LINNUM + 1
        pla
        sta LINNUM
        jmp small_number

takes:                          ; $80: a string
        .byte 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
        .byte $80, 0, $80, $80, 0
.define FUNCTIONS_1 sgn - 1, int - 1, abs - 1, usr - 1, fre - 1, pos - 1, syntax_error - 1
.define FUNCTIONS_2 syntax_error - 1, syntax_error - 1, syntax_error - 1, syntax_error - 1
.define FUNCTIONS_3 syntax_error - 1, syntax_error - 1, syntax_error - 1, peek - 1
.define FUNCTIONS_4 len - 1, str - 1, val - 1, asc - 1, chr - 1
.define FUNCTIONS_5 left_string - 1, right_string - 1, mid_string - 1
functions_low:                  ; from SGN to MID$
        .lobytes FUNCTIONS_1
        .lobytes FUNCTIONS_2
        .lobytes FUNCTIONS_3
        .lobytes FUNCTIONS_4
        .lobytes FUNCTIONS_5
functions_high:
        .hibytes FUNCTIONS_1
        .hibytes FUNCTIONS_2
        .hibytes FUNCTIONS_3
        .hibytes FUNCTIONS_4
        .hibytes FUNCTIONS_5
