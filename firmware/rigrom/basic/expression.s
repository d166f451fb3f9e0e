; Expressions: operands, and operators by precedence.

.include "errors.inc"
.include "petscii.inc"
.include "tokens.inc"
.include "workspace.inc"

.export address_byte, byte_value, check_number, check_string, comma_byte
.export evaluate_text, operand, parenthesis
.import add, and_bits, check_close, check_comma, check_open, compare
.import concatenate, divide, error, expression, function, illegal_quantity
.import integer_to_number, is_letter, literal, multiply, negate
.import number_address, number_in_text, or_bits, power, signed_integer
.import step_back, subtract, syntax_error, type_mismatch, variable_value

COMPARISON      = TOKEN_GREATER - TOKEN_PLUS    ; the first of three
BEFORE_NOT      = 3             ; precedences
BEFORE_SIGN     = 7

.segment "EXPRESSION"

; Number or string from the text.
; Out:  VALTYP; FAC; TXTPTR behind it
; Uses: all scratch cells
evaluate_text:
        jsr step_back
        lda #0

; Operators of a higher precedence than A. In: TXTPTR before the operand.
evaluate:
        pha
        tsx
        cpx #STACK_ROOM
        bcc deep
        jsr get_operand
operator:
        lda #0
        sta OPMASK
        jsr CHRGOT
        sec
        sbc #TOKEN_PLUS
        bcc no_operator
        cmp #COMPARISON + 3
        bcs no_operator
        tax
        pla                     ; the precedence that ends this
        pha
        cmp precedence,X
        bcs no_operator
        cpx #COMPARISON
        bcc keep_left
collect:
        lda comparison_bit - COMPARISON,X
        eor OPMASK
        cmp OPMASK
        bcc twice
        sta OPMASK
        jsr CHRGET
        sec
        sbc #TOKEN_GREATER
        cmp #3
        bcs collected
        adc #COMPARISON         ; C = 0
        tax
        bne collect             ; always
collected:
        jsr step_back           ; evaluate goes on from before the operand
        ldx #COMPARISON
keep_left:
        lda VALTYP
        pha
        ldy #FAC_SIZE - 1
push:   lda FAC_FRACTION,Y
        pha
        dey
        bpl push
        txa
        pha
        lda OPMASK
        pha
        lda precedence,X
        jsr evaluate
        pla
        sta OPMASK
        pla
        tax
        ldy #0
pull:   pla
        sta ARG_FRACTION,Y
        iny
        cpy #FAC_SIZE
        bne pull
        pla
        eor VALTYP
        bmi mixed               ; a number and a string
        jsr operate
        jmp operator
no_operator:
        pla
        rts
twice:  jmp syntax_error
deep:   ldx #OUT_OF_MEMORY
        jmp error

get_operand:
        jmp (IEVAL)

; Calls the operation of operator X.
operate:
        bit VALTYP
        bpl call
        cpx #COMPARISON         ; strings are compared
        beq call
        cpx #0
        bne mixed
        jmp concatenate         ; or put together
call:   lda operations_high,X
        pha
        lda operations_low,X
        pha
        rts

mixed:  jmp type_mismatch

check_number:
        bit VALTYP
        bmi mixed
        rts
check_string:
        bit VALTYP
        bpl mixed
        rts

.segment "OPERAND"

; An operand. In: A and flags as CHRGOT
operand:
        bcc number
        cmp #'.'
        beq number
        cmp #QUOTE
        beq string
        cmp #'('
        beq parenthesis
        cmp #TOKEN_PLUS
        beq next_operand
        cmp #TOKEN_MINUS
        beq minus
        cmp #TOKEN_NOT
        beq complement
        cmp #TOKEN_FN
        beq no_such_function
        cmp #TOKEN_SGN
        bcs a_function
        jsr is_letter
        bcc nothing_known
        jmp variable_value
next_operand:
        jmp get_operand
no_such_function:
        ldx #UNDEFINED_FUNCTION ; there is no DEF
        jmp error
nothing_known:
        jmp syntax_error
number: jmp number_in_text
string: jmp literal
a_function:
        jmp function

; ( number or string )
parenthesis:
        jsr check_open
        jsr expression
        jmp check_close

; - number: -(n + fraction) = (-n - 1) + the rest of the fraction
minus:  lda #BEFORE_SIGN
        jsr evaluate
        jsr check_number
        ldx #FAC
        lda FAC_FRACTION
        bne invert
        jmp negate
invert: ldx #3
next:   lda FAC,X
        eor #$FF
        sta FAC,X
        dex
        bpl next
        rts

; NOT number
complement:
        lda #BEFORE_NOT
        jsr evaluate
        jsr check_number
        jsr signed_integer
        eor #$FF
        pha
        tya
        eor #$FF
        tay
        pla
        jmp integer_to_number

.segment "ARGUMENTS"

; Number 0-65535, comma, number 0-255.
; Out:  LINNUM, X
address_byte:
        jsr expression
        jsr check_number
        jsr number_address
comma_byte:
        jsr check_comma

; Number 0-255 from the text.
; Out:  X; A and flags as CHRGOT
byte_value:
        jsr expression
        jsr check_number
        lda FAC
        ora FAC + 1
        ora FAC + 2
        bne too_big
        ldx FAC + 3
        jmp CHRGOT
too_big:
        jmp illegal_quantity

.segment "OPERATORS"

precedence:                     ; + - * / ^ AND OR > = <
        .byte 5, 5, 6, 6, 8, 2, 1, 4, 4, 4
comparison_bit:
        .byte 1, 2, 4
.define OPERATIONS_1 add - 1, subtract - 1, multiply - 1, divide - 1, power - 1
.define OPERATIONS_2 and_bits - 1, or_bits - 1, compare - 1
operations_low:
        .lobytes OPERATIONS_1
        .lobytes OPERATIONS_2
operations_high:
        .hibytes OPERATIONS_1
        .hibytes OPERATIONS_2
