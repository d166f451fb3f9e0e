; means.s - weighted means of values
;
; For a digit d of six bits of a value, w * d = t(w + d) - t(w) - t(d) with the triangular numbers t(n) = n(n-1)/2.
; The sum over the keys of t(d) is kept with the cache, that of t(w) is the sum over a lane of zeros, and each key
; costs one reading of the table: its code, a `unit`, has its weight as the low byte of the table's address.
; Division is by a reciprocal, and exact: the quotient found is right or one too small, and the remainder tells.

.include "engine.inc"
.include "cache.inc"
.include "products.inc"

.export means, make_triangles, triangle_lo, triangle_hi, weights, write_weights
.import abandon, engine_poll
.import attended_hi, attended_lo, digit_sums_0, digit_sums_1, digit_sums_2, head, head_value_lane, position, values
.import mirror_hi, mirror_lo, square_hi, square_lo, weight_sum
.importzp divisor, sum_hi, sum_lo, sum_top

DIGITS = 64
LARGEST_WEIGHT = 255
TRIANGLES = LARGEST_WEIGHT + DIGITS

.segment "ZPHEAD": zeropage
number:         .res 4          ; 4 * (64 * high sum + low sum)
quotient:       .res 2
remainder:      .res 2
less_weights:   .res 3          ; minus the sum of t(w)

.bss
dimension:      .res 1          ; of attended
lane:           .res 1
half_shifts:    .res 1          ; bits that `number` is shifted right, or left if negative
weights:        .res CONTEXT    ; w_k

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

FIRST_WEIGHT = 4                ; offsets in a unit of the bytes that take the weight
SECOND_OF_LOW_FIRST = 11
SECOND_OF_HIGH_FIRST = 16

; write_weights - into the units of keys 0 .. t
; In: weights, position (t)   Out: -   Uses: A, X   Cycles: 12 a key
write_weights:
        ldx position
        lda writers_lo,x
        sta writers_from+1
        lda writers_hi,x
        sta writers_from+2
writers_from:
        jmp $FFFF
        .repeat CONTEXT, I
.ident (.sprintf ("writer_%d", CONTEXT-1-I)):
        lda weights + CONTEXT-1-I
        sta .ident (.sprintf ("unit_%d", CONTEXT-1-I)) + FIRST_WEIGHT
          .if (CONTEXT-1-I) .mod 2 = 0
        sta .ident (.sprintf ("unit_%d", CONTEXT-1-I)) + SECOND_OF_LOW_FIRST
          .else
        sta .ident (.sprintf ("unit_%d", CONTEXT-1-I)) + SECOND_OF_HIGH_FIRST
          .endif
        .endrepeat
        rts

; sum over the keys of w_k * d_k for a lane of values
; In: X = lane, less_weights   Out: A = high byte, sum_lo, sum_top   Uses: Y   Cycles: 60, and 25 a key
digit_sum:
        sec
        lda less_weights
        sbc digit_sums_0,x
        sta sum_lo
        lda less_weights+1
        sbc digit_sums_1,x
        sta sum_hi
        lda less_weights+2
        sbc digit_sums_2,x
        sta sum_top
units_begin:                    ; sum += sum over the keys of t(w_k + d_k)
        lda sum_lo              ; or sum_hi, if that is what the first unit wants
        clc
units_from:
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
; Cycles: 6 K + 400 a key
means:
        ldx position
        lda units_lo,x
        sta units_from+1
        lda units_hi,x
        sta units_from+2
        txa
        lsr
        lda #sum_lo
        bcc :+
        lda #sum_hi
:       sta units_begin+1
        jsr reciprocal
        ldx #VALUE_LANES        ; zeros
        lda #$00
        sta sum_lo
        sta sum_hi
        sta sum_top
        jsr units_begin
        tay
        sec
        lda #$00
        sbc sum_lo
        sta less_weights
        tya
        eor #$FF
        adc #$00
        sta less_weights+1
        lda #$00
        sbc sum_top
        sta less_weights+2
        lda head
        asl
        asl
        asl
        sta dimension
        ldx head_value_lane
@next_dimension:
        jsr digit_sum
        sta number+2            ; high digit's sum * 256
        lda sum_lo
        sta number+1
        lda sum_top
        sta number+3
        inx
        jsr digit_sum
        asl sum_lo              ; low digit's sum * 4
        rol
        rol sum_top
        asl sum_lo
        rol
        rol sum_top
        clc
        adc number+1
        sta number+1
        lda sum_lo
        sta number
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
        and #HEAD_DIM-1
        beq @done
        cmp #HEAD_DIM/2
        bne :+
        jsr engine_poll
        bcs @stop
:       ldx lane
        jmp @next_dimension
@done:
        rts
@stop:
        jmp abandon

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

.rodata

.macro  address_table part, name
        .repeat CONTEXT, K
        .byte part .ident (.sprintf (name, K))
        .endrepeat
.endmacro

units_lo:       address_table <, "unit_%d"
units_hi:       address_table >, "unit_%d"
writers_lo:     address_table <, "writer_%d"
writers_hi:     address_table >, "writer_%d"
