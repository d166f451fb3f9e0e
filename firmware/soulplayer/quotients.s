; quotients.s - the division of weighted sums of values by the sum of the weights
;
; By a reciprocal, and exact: the quotient found is right or one too small, and the remainder tells.

.include "engine.inc"
.include "products.inc"

.export divide_number, reciprocal
.exportzp number, quotient
.import mirror_hi, mirror_lo, square_hi, square_lo, weight_sum
.importzp divisor, sum_hi, sum_lo

.segment "ZPHEAD": zeropage
number:         .res 4          ; 4 * (64 * high sum + low sum)
quotient:       .res 2
remainder:      .res 2

.bss
half_shifts:    .res 1          ; bits that `number` is shifted right, or left if negative

.code

; With n = weight_sum * 2^s, 2^13 <= n < 2^14: the reciprocal r = floor((2^29 - 1) / n), into the code of divide_number,
; and half_shifts = 4 - s
; In: weight_sum   Out: half_shifts   Uses: A, X, Y   Cycles: 850
reciprocal:
        lda weight_sum
        aim_product "q0w0", 1
        lda weight_sum
        aim_product "q1w0", 0
        lda weight_sum+1
        aim_product "q0w1", 0
        lda weight_sum
        sta divisor
        lda weight_sum+1
        ldx #4
        bne @test               ; always
@double:
        asl divisor
        rol
        dex
@test:
        cmp #$20
        bcc @double
        stx half_shifts
        sta divisor+1
        sec                     ; the first bit is 1: 2^14 - 1 - n remain
        lda #$3F
        sbc divisor+1
        sta remainder+1
        lda divisor
        eor #$FF
        tay
        lda divisor             ; divisor := n - 1
        bne :+
        dec divisor+1
:       dec divisor
        tya
        ldx #%11
        jsr eight_bits
        pha
        lda quotient
        aim_product "v1r1", 1
        lda quotient
        aim_product "v0r1", 1
        pla
        ldx #%1
        jsr eight_bits
        lda quotient
        aim_product "v1r0", 1
        rts

; Restoring division by n, a 1 shifted in for each bit, until a 1 leaves the quotient
; In: A = low byte of the remainder, remainder+1, X = bits of the quotient behind a 1, divisor = n - 1
; Out: quotient (1 byte), A, remainder+1   Uses: X, Y   Cycles: 290
eight_bits:
        stx quotient
@next_bit:
        sec
        rol
        rol remainder+1
        tay
        sbc divisor             ; C = 0
        tax
        lda remainder+1
        sbc divisor+1
        bcc @too_small
        sta remainder+1
        txa
        rol quotient
        bcc @next_bit
        rts
@too_small:
        tya
        rol quotient
        bcc @next_bit
        rts

; quotient := floor(number / 4 / weight_sum) - 2^11
; With m = number >> (12 - s), 16 bits, the quotient is m * r / 2^19 or up to 5/8 more: so much do m, r and the low
; bytes of partial products drop. Where that may reach the next integer, the remainder tells.
; In: number, half_shifts   Out: A = its high byte, quotient = its low byte   Uses: A, X, Y   Cycles: 170 or 270
divide_number:
        ldy number+2
        ldx number+1
        lda half_shifts
        beq @shifted
        stx sum_lo
        sty sum_hi
        tax
        bmi @left
        lda number+3
@right:
        lsr
        ror sum_hi
        ror sum_lo
        dex
        bne @right
        beq @loaded             ; always
@left:
        lda number
:       asl
        rol sum_lo
        rol sum_hi
        inx
        bne :-
@loaded:
        ldy sum_hi
        ldx sum_lo
@shifted:
        sec
        product_low "v1r1"
        sta quotient
        product_high "v1r1"
        sta quotient+1
        product_carry "v1r0"
        product_high "v1r0"
        clc
        adc quotient
        sta quotient
        bcc :+
        inc quotient+1
:       txa
        tay
        sec
        product_carry "v0r1"
        product_high "v0r1"
        clc
        adc quotient
        sta quotient
        lda quotient+1
        adc #$00
        lsr
        ror quotient
        lsr
        ror quotient
        lsr
        ror quotient
        bcs @check              ; the fraction was 4/8 or more
        sbc #$07                ; C = 0: 8
        rts

@check:
        sta quotient+1
        lda number+2            ; remainder = number / 4 - quotient * weight_sum, modulo 2^16
        lsr
        tay
        lda number+1
        ror
        tax
        lda number
        ror
        sta remainder
        tya
        lsr
        txa
        ror
        sta remainder+1
        ror remainder
        ldy quotient
        sec
        product_low "q0w0"
        tax
        product_high "q0w0"
        sta sum_hi
        product_low "q0w1"
        clc
        adc sum_hi
        sta sum_hi
        ldy quotient+1
        sec
        product_low "q1w0"
        clc
        adc sum_hi
        sta sum_hi
        stx sum_lo
        sec
        lda remainder
        sbc sum_lo
        tax
        lda remainder+1
        sbc sum_hi
        cpx weight_sum          ; C = remainder is at least weight_sum
        sbc weight_sum+1
        lda quotient
        adc #$00
        sta quotient
        lda quotient+1
        adc #$00
        sec
        sbc #$08
        rts
