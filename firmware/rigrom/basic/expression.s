; Whole numbers: what SYS and the numbers behind LOAD may say.
;   expression = term { (+|-) term }
;   term       = factor { * factor }
;   factor     = number | ( expression ) | PEEK ( expression )

.include "errors.inc"
.include "lowmem.inc"
.include "tokens.inc"

.export byte_value, expression
.import chrget, chrgot, parse_number, raise

.segment "CODE"

; Out:  LINNUM, modulo 65536; A and flags as chrgot
; Uses: A, X, Y, INDEX, INDEX2
expression:
        jsr term
sum:    jsr chrgot
        cmp #TOKEN_PLUS
        beq plus
        cmp #TOKEN_MINUS
        beq minus
        jmp chrgot
plus:   jsr push_left
        jsr term
        jsr pop_left
        clc
        lda INDEX2
        adc LINNUM
        sta LINNUM
        lda INDEX2 + 1
        adc LINNUM + 1
        sta LINNUM + 1
        jmp sum
minus:  jsr push_left
        jsr term
        jsr pop_left
        sec
        lda INDEX2
        sbc LINNUM
        sta LINNUM
        lda INDEX2 + 1
        sbc LINNUM + 1
        sta LINNUM + 1
        jmp sum

term:   jsr factor
product:
        jsr chrgot
        cmp #TOKEN_TIMES
        bne factored
        jsr push_left
        jsr factor
        jsr pop_left
        jsr multiply
        jmp product

factor: jsr chrgot
        bcc number
        cmp #'('
        beq parenthesis
        cmp #TOKEN_PEEK
        bne wrong
        jsr chrget
        cmp #'('
        bne wrong
        jsr parenthesis
        ldy #0
        lda (LINNUM),Y
        sta LINNUM
        sty LINNUM + 1
factored:
        rts
number: jmp parse_number
parenthesis:
        jsr chrget
        jsr expression
        cmp #')'
        bne wrong
        jmp chrget
wrong:  lda #SYNTAX
        jmp raise

; Keeps LINNUM on the stack, under the return address, and skips the operator.
push_left:
        pla
        tax
        pla
        tay
        lda LINNUM
        pha
        lda LINNUM + 1
        pha
        tya
        pha
        txa
        pha
        jmp chrget

; Out: INDEX2 = what push_left kept
pop_left:
        pla
        tax
        pla
        tay
        pla
        sta INDEX2 + 1
        pla
        sta INDEX2
        tya
        pha
        txa
        pha
        rts

; LINNUM = LINNUM * INDEX2 modulo 65536. Uses: A, X, Y, INDEX, INDEX2
multiply:
        lda LINNUM
        sta INDEX
        lda LINNUM + 1
        sta INDEX + 1
        lda #0
        sta LINNUM
        sta LINNUM + 1
        ldx #16
shift:  asl LINNUM
        rol LINNUM + 1
        asl INDEX
        rol INDEX + 1
        bcc zero
        clc
        lda LINNUM
        adc INDEX2
        sta LINNUM
        lda LINNUM + 1
        adc INDEX2 + 1
        sta LINNUM + 1
zero:   dex
        bne shift
        rts

; Out:  X = an expression of 0-255
byte_value:
        jsr expression
        lda LINNUM + 1
        bne too_big
        ldx LINNUM
        rts
too_big:
        lda #ILLEGAL_QUANTITY
        jmp raise
