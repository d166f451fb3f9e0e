; means.s - weighted means of values
;
; For a digit d of six bits of a value, w * d = t(w + d) - t(w) - t(d) with the triangular numbers t(n) = n(n-1)/2.
; They are tabled, in mean_tables.s. The sum over the keys of t(d) is kept with the cache, that of t(w) is the sum over
; a lane of zeros, and each key costs a reading of the table: its code, a `unit`, has its weight as the low byte of the
; table's address.
; A digit's sum is at most 63 * sum w. Where that is below 255 * 256, it is known by what it leaves divided by 256 and
; by 255, and both are sums of single bytes. Else it is summed in 24 bits.

.include "engine.inc"
.include "cache.inc"

.export aim_units, means, weights, write_weights
.import abandon, engine_poll
.import attended_hi, attended_lo, digit_sums_0, digit_sums_1, digit_sums_2, head, head_value_lane, position, positions
.import divide_number, reciprocal, rests, triangle_hi, triangle_lo, values, weight_sum
.importzp number, quotient, sum_hi, sum_lo, sum_top

LARGE_SUM = (255 * 256 - 1) / (DIGITS - 1) + 1 ; the first weight_sum that wants 24 bits

.segment "ZPHEAD": zeropage
less_weights:   .res 3          ; minus the sum of t(w): in 24 bits, or plus one modulo 256 and then modulo 255
less_modulo_256 = less_weights
less_modulo_255 = less_weights + 1
product = number                ; bytes of code before a unit's end

.bss
dimension:      .res 1          ; of attended
lane:           .res 1
weights:        .res CONTEXT    ; w_k

.code

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

UNIT_256 = 7                    ; bytes
UNIT_255 = 6
WRITER = 9

.macro  units_at place, end             ; place := `product` bytes before the end
        sec
        lda #<end
        sbc product
        sta place+1
        lda #>end
        sbc product+1
        sta place+2
.endmacro

; aim_units - let writers and units begin at the newest position
; In: positions   Out: -   Uses: A, X   Cycles: 110
aim_units:
        lda positions
        asl
        adc positions           ; at most 192
        ldx #$00
        asl
        bcc :+
        inx
:       sta product             ; positions * 6
        stx product+1
        units_at units_255_from, units_255_end
        lda positions
        jsr @longer
        units_at units_256_from, units_256_end
        lda positions
        asl
        jsr @longer
        units_at writers_from, writers_end
        rts
@longer:
        clc
        adc product
        sta product
        bcc :+
        inc product+1
:       rts

; write_weights - into the units of keys 0 .. t
; In: weights, position (t)   Out: -   Uses: A   Cycles: 12 a key
write_weights:
writers_from:
        jmp $FFFF
        .repeat CONTEXT, I
        lda weights + CONTEXT-1-I
        sta .ident (.sprintf ("unit_256_%d", CONTEXT-1-I)) + FIRST_WEIGHT
        sta .ident (.sprintf ("unit_255_%d", CONTEXT-1-I)) + FIRST_WEIGHT
        .endrepeat
writers_end:
        .assert writers_end - writers_from = 3 + CONTEXT * WRITER, error, "a writer is longer than it is said to be"
        rts

; into those of 24 bits   Uses: A, X, Y   Cycles: 60 a key
write_long_units:
        ldx position
@next_key:
        lda units_lo,x
        sta product
        lda units_hi,x
        sta product+1
        txa
        lsr
        lda weights,x
        ldy #FIRST_WEIGHT
        sta (product),y
        ldy #SECOND_OF_LOW_FIRST
        bcc :+
        ldy #SECOND_OF_HIGH_FIRST
:       sta (product),y
        dex
        bpl @next_key
        rts

; sum over the keys of w_k * d_k for a lane of values, where it is below 255 * 256; of a lane of zeros sum of t(w_k)
; In: X = lane, less_modulo_256, less_modulo_255   Out: A = high byte, sum_lo, sum_top = 0   Uses: Y
; Cycles: 80, and 18 a key
short_digit_sum:
        clc
        lda less_modulo_256
        adc digit_sums_0,x
        clc
units_256_from:
        jmp $FFFF
        .repeat CONTEXT, I
.ident (.sprintf ("unit_256_%d", CONTEXT-1-I)):
        ldy values + (CONTEXT-1-I) * VALUE_ROW,x
        adc triangle_lo,y
        clc
        .endrepeat
units_256_end:
        .assert units_256_end - units_256_from = 3 + CONTEXT * UNIT_256, error, "a unit is not as long as it is said to be"
        sta sum_lo
        lda #$00
        sta sum_top
        lda less_modulo_255
        adc digit_sums_0,x      ; a carry of 256 is the 1 that it adds to the next sum
        adc digit_sums_1,x
        adc digit_sums_2,x
units_255_from:
        jmp $FFFF
        .repeat CONTEXT, I
.ident (.sprintf ("unit_255_%d", CONTEXT-1-I)):
        ldy values + (CONTEXT-1-I) * VALUE_ROW,x
        adc rests,y
        .endrepeat
units_255_end:
        .assert units_255_end - units_255_from = 3 + CONTEXT * UNIT_255, error, "a unit is not as long as it is said to be"
        adc #$00                ; high * 256 + low is high + low modulo 255
        sec
        sbc sum_lo
        sbc #$00
        cmp #$FF
        adc #$00                ; 255 is 0
        rts

; the same in 24 bits, for any weights
; In: X = lane, less_weights   Out: A = high byte, sum_lo, sum_top   Uses: Y   Cycles: 60, and 25 a key
long_digit_sum:
        sec                     ; digit_sums has minus the sum, less 1
        lda less_weights
        adc digit_sums_0,x
        sta sum_lo
        lda less_weights+1
        adc digit_sums_1,x
        sta sum_hi
        lda less_weights+2
        adc digit_sums_2,x
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
; In: weights and the units', weight_sum, position (t), head, head_value_lane   Out: attended   Uses: A, X, Y
; Cycles: 5 K + 310 a key; 6 K + 460 where the weights are large
means:
        jsr reciprocal
        lda weight_sum
        cmp #<LARGE_SUM
        lda weight_sum+1
        sbc #>LARGE_SUM
        bcs @large
        ldx #VALUE_LANES        ; zeros
        ldy #$01
        sty less_modulo_256
        dey
        sty less_modulo_255
        jsr short_digit_sum
        clc
        adc sum_lo
        adc #$00
        eor #$FF                ; is minus, modulo 255
        sta less_modulo_255
        sec
        lda #$01
        sbc sum_lo
        sta less_modulo_256
        lda #<short_digit_sum
        ldx #>short_digit_sum
        bne @sum_digits         ; always
@large:
        jsr write_long_units
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
        lda #<long_digit_sum
        ldx #>long_digit_sum
@sum_digits:
        sta high_digit_sum+1
        stx high_digit_sum+2
        sta low_digit_sum+1
        stx low_digit_sum+2
        lda head
        asl
        asl
        asl
        sta dimension
        ldx head_value_lane
next_dimension:
high_digit_sum:
        jsr $FFFF
        sta number+2            ; high digit's sum * 256
        lda sum_lo
        sta number+1
        lda sum_top
        sta number+3
        inx
low_digit_sum:
        jsr $FFFF
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
        beq means_done
        cmp #HEAD_DIM/2
        bne :+
        jsr engine_poll
        bcs means_stopped
:       ldx lane
        jmp next_dimension
means_done:
        rts
means_stopped:
        jmp abandon

.rodata

.macro  address_table part, name
        .repeat CONTEXT, K
        .byte part .ident (.sprintf (name, K))
        .endrepeat
.endmacro

units_lo:       address_table <, "unit_%d"
units_hi:       address_table >, "unit_%d"
