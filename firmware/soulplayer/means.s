; means.s - weighted means of values
;
; For a digit d of six bits of a value, w * d = t(w + d) - t(w) - t(d) with the triangular numbers t(n) = n(n-1)/2.
; The sum over the keys of t(d) is kept with the cache, that of t(w) is the sum over a lane of zeros, and each key
; costs one reading of the table: its code, a `unit`, has its weight as the low byte of the table's address.
; Division is by a reciprocal, and exact: the quotient found is right or one too small, and the remainder tells.

.include "engine.inc"
.include "cache.inc"
.include "products.inc"

.export begin_means, means, make_triangles, triangle_lo, triangle_hi, unit_lo, unit_hi, unit_second
.import abandon, engine_poll, divide
.import attended_hi, attended_lo, digit_sums_0, digit_sums_1, digit_sums_2, head, head_value_lane, position, values
.import mirror_hi, mirror_lo, square_hi, square_lo, weight_sum
.importzp divisor, sum_hi, sum_lo, sum_top, value

DIGITS = 64
LARGEST_WEIGHT = 255
TRIANGLES = LARGEST_WEIGHT + DIGITS

.segment "ZPHEAD": zeropage
number:         .res 4          ; 4 * (64 * high sum + low sum)
quotient:       .res 2
remainder:      .res 2

.bss
dimension:      .res 1          ; of attended
lane:           .res 1
weights_sum:    .res 3          ; sum of t(w)
half_shifts:    .res 1          ; bits that `number` is shifted right, or left if negative
scaled:         .res 2          ; weight_sum, doubled until it has 14 bits
low_sum:        .res 3

tables_segment
triangle_lo:    .res 512        ; t(n), n = 0 .. 318
triangle_hi = triangle_lo + 512
                .res 512

.code

; make_triangles - the table, by t(n + 1) = t(n) + n
; In: -   Out: -   Uses: A, X, Y   Cycles: 13 K
make_triangles:
        lda #$00
        sta quotient
        sta quotient+1
        tax
@first_page:                    ; n = X
        lda quotient
        sta triangle_lo,x
        lda quotient+1
        sta triangle_hi,x
        clc
        txa
        adc quotient
        sta quotient
        bcc :+
        inc quotient+1
:       inx
        bne @first_page
@second_page:                   ; n = 256 + X
        lda quotient
        sta triangle_lo+256,x
        lda quotient+1
        sta triangle_hi+256,x
        sec                     ; 256 is added to the high byte
        txa
        clc
        adc quotient
        sta quotient
        lda quotient+1
        adc #$01
        sta quotient+1
        inx
        cpx #TRIANGLES - 256
        bne @second_page
        rts

; begin_means - before the weights
; In: -   Out: weight_sum = 0   Uses: A
begin_means:
        lda #$00
        sta weight_sum
        sta weight_sum+1
        rts

.macro  low_digit_first key             ; In: A = low byte of the sum   Out: A = high byte; 23 cycles
        ldy values + (key) * VALUE_ROW,x
        adc triangle_lo,y
        sta sum_lo
        lda sum_hi
        adc triangle_hi,y
        bcc :+
        inc sum_top
        clc
:
.endmacro

.macro  high_digit_first key            ; In: A = high byte   Out: A = low byte; 28 cycles
        ldy values + (key) * VALUE_ROW,x
        adc triangle_hi,y
        bcc :+
        inc sum_top
        clc
:       sta sum_hi
        lda sum_lo
        adc triangle_lo,y
        bcc :++
        inc sum_hi
        bne :+
        inc sum_top
:       clc
:
.endmacro

SECOND_OF_LOW_FIRST = 11        ; offset of the second byte that takes the weight
SECOND_OF_HIGH_FIRST = 16

; sum over the keys of t(w_k + d_k) for a lane of values
; In: X = lane   Out: A = high byte, sum_lo, sum_top   Uses: Y   Cycles: 25 a key
lane_sum:
        lda #$00
        sta sum_lo
        sta sum_hi
        sta sum_top
        clc
first_unit:
        jmp $FFFF
        .repeat CONTEXT, I
.ident (.sprintf ("unit_%d", CONTEXT-1-I)):
          .if (CONTEXT-1-I) .mod 2 = 0
        low_digit_first CONTEXT-1-I
          .else
        high_digit_first CONTEXT-1-I
          .endif
        .endrepeat
        rts

; means - attended_j = floor(sum_k w_k * v_kj / sum_k w_k) for the head's 8 dimensions
; In: the units' weights, weight_sum, position (t), head, head_value_lane   Out: attended   Uses: A, X, Y
; Cycles: 10 K + 410 a key
means:
        ldx position
        lda unit_lo,x
        sta first_unit+1
        lda unit_hi,x
        sta first_unit+2
        jsr reciprocal
        ldx #VALUE_LANES        ; zeros
        jsr lane_sum
        sta weights_sum+1
        lda sum_lo
        sta weights_sum
        lda sum_top
        sta weights_sum+2
        lda head
        asl
        asl
        asl
        sta dimension
        ldx head_value_lane
@next_dimension:
        jsr digit_sum
        sty number+3            ; high digit's sum * 256
        sta number+2
        lda sum_lo
        sta number+1
        inx
        jsr digit_sum
        asl sum_lo              ; low digit's sum * 4
        rol
        sty sum_top
        rol sum_top
        asl sum_lo
        rol
        rol sum_top
        tay
        lda sum_lo
        sta number
        clc
        tya
        adc number+1
        sta number+1
        lda sum_top
        adc number+2
        sta number+2
        bcc :+
        inc number+3
:       inx
        stx lane
        jsr divide_number
        ldx dimension
        sta attended_hi,x
        lda quotient
        sta attended_lo,x
        inc dimension
        lda dimension
        and #3
        bne :+
        jsr engine_poll
        bcs @stop
:       ldx lane
        lda dimension
        and #HEAD_DIM-1
        bne @next_dimension
        rts
@stop:
        jmp abandon

; sum_k w_k * d_k of lane X, 24 bits in sum_lo, A, Y
digit_sum:
        jsr lane_sum
        sta sum_hi
        sec
        lda sum_lo
        sbc weights_sum
        sta sum_lo
        lda sum_hi
        sbc weights_sum+1
        sta sum_hi
        lda sum_top
        sbc weights_sum+2
        sta sum_top
        sec
        lda sum_lo
        sbc digit_sums_0,x
        sta sum_lo
        lda sum_top
        tay
        lda sum_hi
        sbc digit_sums_1,x
        sta sum_hi
        tya
        sbc digit_sums_2,x
        tay
        lda sum_hi
        rts

; With n = weight_sum * 2^s, 2^13 <= n < 2^14: the reciprocal r = floor((2^29 - 1) / n), into the code of divide_number,
; and half_shifts = 4 - s
; In: weight_sum   Out: half_shifts   Uses: A, X, Y   Cycles: 1.1 K
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
        sta divisor+1
        ldx #4
        bne @test               ; always
@double:
        asl divisor
        rol divisor+1
        dex
@test:
        lda divisor+1
        cmp #$20
        bcc @double
        stx half_shifts
        lda #$FF
        sta value
        sta value+1
        sta value+2
        lda #$1F
        sta value+3
        jsr divide
        lda value
        aim_product "v1r0", 1
        lda value+1
        aim_product "v1r1", 1
        lda value+1
        aim_product "v0r1", 1
        rts

; quotient := floor(number / 4 / weight_sum) - 2^11
; With m = number >> (12 - s), 16 bits, the quotient is floor(m * r / 2^19) or one more: what m, r and the low bytes of
; partial products drop is less than 5/8 in all.
; In: number, half_shifts   Out: A = its high byte, quotient = its low byte   Uses: A, X, Y   Cycles: 290
divide_number:
        lda number              ; two low bytes of number / 4, for the remainder
        sta remainder
        lda number+2
        lsr
        tax
        lda number+1
        ror
        ror remainder
        sta remainder+1
        txa
        lsr
        ror remainder+1
        ror remainder
        ldx half_shifts
        beq @shifted
        bmi @left
@right:
        lsr number+3
        ror number+2
        ror number+1
        dex
        bne @right
        beq @shifted            ; always
@left:
        asl number
        rol number+1
        rol number+2
        inx
        bne @left
@shifted:
        ldy number+2
        sec
        product_low "v1r1"
        sta quotient
        product_high "v1r1"
        sta quotient+1
        product_low "v1r0"
        product_high "v1r0"
        clc
        adc quotient
        sta quotient
        bcc :+
        inc quotient+1
:       ldy number+1
        sec
        product_low "v0r1"
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
        sta quotient+1

        ldy quotient            ; remainder -= quotient * weight_sum, modulo 2^16
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

.rodata

.macro  unit_table part
        .repeat CONTEXT, K
        .byte part .ident (.sprintf ("unit_%d", K))
        .endrepeat
.endmacro

unit_lo:        unit_table <
unit_hi:        unit_table >
unit_second:
        .repeat CONTEXT, K
          .if K .mod 2 = 0
        .byte SECOND_OF_LOW_FIRST
          .else
        .byte SECOND_OF_HIGH_FIRST
          .endif
        .endrepeat
