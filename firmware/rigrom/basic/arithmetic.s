; What operators do with two numbers: ARG on the left, FAC on the right; the
; result is FAC.

.include "errors.inc"
.include "workspace.inc"

.export add, and_bits, compare, divide, divide_unsigned, multiply, or_bits
.export power, subtract
.import check_whole, compare_strings, error, integer_to_number, negate
.import overflow, signed_integer, whole_numbers_only, zero

GREATER         = 1             ; bits of OPMASK
EQUAL           = 2
LESS            = 4

.segment "ARITHMETIC"

; FAC = ARG - FAC
subtract:
        jsr check_whole
        ldx #FAC
        jsr negate

; FAC = ARG + FAC
add:    jsr both_whole
        ldx #3
        clc
next:   lda ARG,X
        adc FAC,X
        sta FAC,X
        dex
        bpl next
        bvs too_big
        rts
too_big:
        jmp overflow

both_whole:
        lda ARG_FRACTION
        bne fraction
        jmp check_whole
fraction:
        jmp whole_numbers_only

; FAC = ARG * FAC
multiply:
        jsr magnitudes
        ldy #32
bit_by_bit:
        asl RESULT + 3
        rol RESULT + 2
        rol RESULT + 1
        rol RESULT
        bcs too_big
        asl ARG + 3
        rol ARG + 2
        rol ARG + 1
        rol ARG
        bcc zero_bit
        clc
        ldx #3
sum:    lda RESULT,X
        adc FAC,X
        sta RESULT,X
        dex
        bpl sum
        bcs too_big
zero_bit:
        dey
        bne bit_by_bit
        ldx #3
copy:   lda RESULT,X
        sta FAC,X
        dex
        bpl copy
        lda FAC
        bmi too_big

; FAC = - FAC if SIGN says so
        bit SIGN
        bpl done
        ldx #FAC
        jmp negate

; Both operands as magnitudes, RESULT = 0.
; Out:  SIGN
magnitudes:
        jsr both_whole
        lda FAC
        eor ARG
        sta SIGN
        ldx #FAC
        lda FAC
        jsr magnitude
        ldx #ARG
        lda ARG
        jsr magnitude
        lda #0
        ldx #3
empty:  sta RESULT,X
        dex
        bpl empty
        rts
magnitude:
        bpl done
        jmp negate
done:   rts

; FAC = the whole number at or below ARG / FAC
divide: jsr magnitudes
        jsr divide_unsigned
        bit SIGN
        bpl remainder
        ldx #FAC
        jsr negate
        jsr has_remainder
        beq done
        ldx #3                  ; one lower
borrow: dec FAC,X
        lda FAC,X
        cmp #$FF
        bne remainder
        dex
        bpl borrow
remainder:
        jsr has_remainder
        beq exact
        lda #$80
exact:  sta FAC_FRACTION
        rts

has_remainder:
        lda RESULT
        ora RESULT + 1
        ora RESULT + 2
        ora RESULT + 3
        rts

; FAC = ARG / FAC, unsigned. In: RESULT = 0. Out: RESULT = remainder
divide_unsigned:
        lda FAC
        ora FAC + 1
        ora FAC + 2
        ora FAC + 3
        beq by_zero
        ldy #32
quotient:
        asl ARG + 3
        rol ARG + 2
        rol ARG + 1
        rol ARG
        rol RESULT + 3
        rol RESULT + 2
        rol RESULT + 1
        rol RESULT
        ldx #3                  ; is there another FAC in it?
        sec
try:    lda RESULT,X
        sbc FAC,X
        sta SECOND,X
        dex
        bpl try
        bcc not_in_it
        ldx #3
take:   lda SECOND,X
        sta RESULT,X
        dex
        bpl take
        inc ARG + 3
not_in_it:
        dey
        bne quotient
        ldx #3
result: lda ARG,X
        sta FAC,X
        dex
        bpl result
        rts
by_zero:
        ldx #DIVISION_BY_ZERO
        jmp error

.segment "POWER"

; FAC = ARG to the power of FAC, which is 0 or more
power:  jsr both_whole
        lda FAC
        bmi no_whole
        ora FAC + 1
        ora FAC + 2
        bne too_high
        lda FAC + 3
        sta COUNT
        ldx #3
base:   lda ARG,X
        sta FIRST,X
        dex
        bpl base
        jsr zero
        inc FAC + 3
again:  lda COUNT
        beq raised
        dec COUNT
        ldx #3
restore_base:
        lda FIRST,X
        sta ARG,X
        dex
        bpl restore_base
        jsr multiply
        jmp again
raised: rts
no_whole:
        jmp whole_numbers_only
too_high:
        jmp overflow

; FAC = ARG AND FAC, ARG OR FAC, in 16 bits; x OR y = NOT(NOT x AND NOT y)
and_bits:
        ldx #0
        .byte $2C               ; BIT: skips the next instruction
or_bits:
        ldx #$FF
        stx SIGN
        jsr signed_integer
        eor SIGN
        sta FIRST + 1
        tya
        eor SIGN
        sta FIRST
        ldx #FAC_SIZE - 1
left:   lda ARG_FRACTION,X
        sta FAC_FRACTION,X
        dex
        bpl left
        jsr signed_integer
        eor SIGN
        and FIRST + 1
        eor SIGN
        pha
        tya
        eor SIGN
        and FIRST
        eor SIGN
        tay
        pla
        jmp integer_to_number

.segment "COMPARE"

; FAC = -1 if the comparison of OPMASK holds, otherwise 0
compare:
        bit VALTYP
        bmi strings
        lda FAC
        eor #$80
        sta FAC
        lda ARG
        eor #$80
        sta ARG
        ldx #0
byte:   lda ARG,X
        cmp FAC,X
        bne compare_result
        inx
        cpx #4
        bne byte
        lda ARG_FRACTION
        cmp FAC_FRACTION
        bne compare_result
        tax
        beq compare_result
        jmp whole_numbers_only  ; two fractions that nobody knows

strings:
        jsr compare_strings

; In:   flags of a comparison of left with right
compare_result:
        beq equal
        lda #GREATER
        bcs holds
        lda #LESS
        .byte $2C               ; BIT: skips the next instruction
equal:  lda #EQUAL
holds:  and OPMASK
        beq false
        lda #$FF
false:  tay
        jmp integer_to_number
