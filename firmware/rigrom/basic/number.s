; Numbers: read from text, written as text, to and from 16 bits. A number is 32
; bits, two's complement, and says whether it is exact: FAC_FRACTION is $80 if
; the true value is greater, by less than 1.

.include "lowmem.inc"
.include "tokens.inc"
.include "workspace.inc"

.export check_whole, integer_to_number, negate, number_address, number_in_text
.export number_text, signed_integer, signed_number, small_number
.export unsigned_number, zero
.import illegal_quantity, overflow, whole_numbers_only

.segment "NUMBER"

; FAC = 0. Out: A = 0. Uses: X
zero:   lda #0
        ldx #FAC_SIZE - 1
next:   sta FAC_FRACTION,X
        dex
        bpl next
        rts

; Y (0-255) to number
small_number:
        lda #0

; A high byte, Y low byte, -32768 to 32767, to number. Uses: A, X
integer_to_number:
        jsr unsigned_number
        lda FAC + 2
        bpl done
        dec FAC
        dec FAC + 1
done:   rts

; The same, 0 to 65535. Uses: A, X
unsigned_number:
        pha
        jsr zero
        sta VALTYP
        pla
        sta FAC + 2
        sty FAC + 3
        rts

; FAC must fit 16 bits with sign; a fraction is cut off downwards.
; Out:  A = FAC + 2 = high byte, Y = FAC + 3 = low byte
signed_integer:
        lda FAC + 2
        asl
        lda FAC
        bcs negative
        ora FAC + 1
        bne out_of_range
        beq fits
negative:
        and FAC + 1
        cmp #$FF
        bne out_of_range
fits:   lda FAC + 2
        ldy FAC + 3
        rts

; FAC must be 0-65535.
; Out:  Y = LINNUM = low byte, A = LINNUM + 1 = high byte
number_address:
        lda FAC
        ora FAC + 1
        bne out_of_range
        lda FAC + 2
        ldy FAC + 3
        sta LINNUM + 1
        sty LINNUM
        rts
out_of_range:
        jmp illegal_quantity

; FAC must have no fraction. Uses: A
check_whole:
        lda FAC_FRACTION
        beq done
        jmp whole_numbers_only

; The four bytes at zero page X = - the same. Uses: A
negate: sec
        lda #0
        sbc $03,X
        sta $03,X
        lda #0
        sbc $02,X
        sta $02,X
        lda #0
        sbc $01,X
        sta $01,X
        lda #0
        sbc $00,X
        sta $00,X
        rts

.segment "NUMBER_IN"

; Number with a sign or none, as a person or DATA gives it.
; In:   A and flags as CHRGOT
; Out:  FAC; TXTPTR behind it, A and flags as CHRGOT
; Uses: A, X, RESULT, SIGN
signed_number:
        ldx #0
        stx SIGN
        bcc number_in_text
        cmp #'+'
        beq sign
        cmp #TOKEN_PLUS
        beq sign
        cmp #'-'
        beq minus
        cmp #TOKEN_MINUS
        bne digits_only
minus:  dec SIGN
sign:   jsr CHRGET
digits_only:
        jsr number_in_text
        bit SIGN
        bpl read
        jsr check_whole
        ldx #FAC
        jsr negate
        jmp CHRGOT

; Number without a sign. In, Out, Uses: as signed_number
number_in_text:
        jsr zero
        sta VALTYP
        jsr CHRGOT
digit:  bcs point
        and #$0F
        pha
        jsr times_ten
        pla
        clc
        adc FAC + 3
        sta FAC + 3
        ldx #2
carry:  bcc next_digit
        lda FAC,X
        adc #0
        sta FAC,X
        dex
        bpl carry
next_digit:
        lda FAC
        bmi too_big
        jsr CHRGET
        jmp digit
point:  cmp #'.'
        bne no_point
decimal:
        jsr CHRGET
        bcs no_point
        cmp #'0'
        beq decimal
        lda #$80
        sta FAC_FRACTION
        bne decimal             ; always
no_point:
        cmp #'E'
        bne read
        lda FAC
        ora FAC + 1
        ora FAC + 2
        ora FAC + 3
        beq read
        jmp whole_numbers_only  ; no powers of ten
read:   jmp CHRGOT

; FAC = 10 FAC. Uses: A, X, RESULT
times_ten:
        ldx #3
keep:   lda FAC,X
        sta RESULT,X
        dex
        bpl keep
        jsr twice
        jsr twice
        clc
        ldx #3
add:    lda FAC,X
        adc RESULT,X
        sta FAC,X
        dex
        bpl add
twice:  asl FAC + 3
        rol FAC + 2
        rol FAC + 1
        rol FAC
        bcs too_big
        bmi too_big
        rts
too_big:
        jmp overflow

.segment "NUMBER_OUT"

; FAC as text: a space or "-", digits, 0.
; Out:  A/Y = its address
; Uses: X, FAC, RESULT
number_text:
        jsr check_whole
        lda #' '
        bit FAC
        bpl positive
        ldx #FAC
        jsr negate
        lda #'-'
positive:
        sta NUMBER_TEXT
        ldy #0
        sty NUMBER_TEXT + 11
        ldy #10
digit_back:
        jsr divide_by_ten
        ora #'0'
        sta NUMBER_TEXT,Y
        dey
        lda FAC
        ora FAC + 1
        ora FAC + 2
        ora FAC + 3
        bne digit_back
        ldx #0                  ; to the front
front:  inx
        iny
        lda NUMBER_TEXT,Y
        sta NUMBER_TEXT,X
        bne front
        lda #<NUMBER_TEXT
        ldy #>NUMBER_TEXT
        rts

; FAC = FAC / 10, unsigned.
; Out:  A = the remainder
; Uses: X
divide_by_ten:
        lda #0
        ldx #32
bit_by_bit:
        asl FAC + 3
        rol FAC + 2
        rol FAC + 1
        rol FAC
        rol
        cmp #10
        bcc smaller
        sbc #10
        inc FAC + 3
smaller:
        dex
        bne bit_by_bit
        rts
