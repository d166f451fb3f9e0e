; wide_attention.s - a head's attention for any query, keys and values: exact, slow, and counted
;
; Keys and values are read back from the cache, products are those of multiply.s.

.include "engine.inc"
.include "cache.inc"

.export wide_head, wide_scores
.import abandon, divide, multiply, engine_poll, set_multiplier
.import attended_hi, attended_lo, query_hi, query_lo
.import head, head_key_lane, head_value_lane, keys_wide, layer, positions, values, values_wide, weight_sum
.import exp_table, place_key
.importzp divisor, factor, place, value

LARGEST_D = 127
SIGN = $80

.zeropage
best:           .res 3          ; max(score_k) >> 8
below:          .res 2          ; (max(f) - f_k) << 6, its low two bytes

.bss
key:            .res 1          ; k
first:          .res 1          ; first dimension of the head
dimension:      .res 1          ; in the head
row:            .res 1          ; layer * CONTEXT + k
lane:           .res 1
vector_lo:      .res HEAD_DIM   ; a key
vector_hi:      .res HEAD_DIM
sum:            .res 4
score1:         .res CONTEXT    ; scores, without their low bytes
score2:         .res CONTEXT
score3:         .res CONTEXT
weights:        .res CONTEXT

.code

; wide_head - a head's attention
; In: query (q), positions (t + 1), layer, head, its lanes; may be stopped, see `abandon`   Out: attended
; Uses: A, X, Y   Cycles: 7 K a position
wide_head:
        lda head
        asl
        asl
        asl
        sta first
        jsr wide_scores
        jsr wide_softmax
        jmp wide_means

; row of position 0
first_row:
        lda #$00
        add_layer_rows
        sta row
        lda #$00
        sta key
        rts

stop:
        jmp abandon

; next position; Z = 1 after the last
next_position:
        jsr engine_poll
        bcs stop
        inc row
        inc key
        lda key
        cmp positions
        rts

; score_k = sum of 8 products q * k
wide_scores:
        jsr first_row
        lda head_key_lane
        sta lane
@next_key:
        jsr read_key
        lda #$00
        .repeat 4, I
        sta sum+I
        .endrepeat
        lda #HEAD_DIM-1
        sta dimension
@next_dimension:
        clc
        lda dimension
        adc first
        tay
        lda query_lo,y
        ldx query_hi,y
        jsr set_multiplier
        ldx dimension
        lda vector_lo,x
        sta factor
        lda vector_hi,x
        sta factor+1
        jsr multiply
        jsr add_value
        dec dimension
        bpl @next_dimension
        ldx key
        lda sum+1
        sta score1,x
        lda sum+2
        sta score2,x
        lda sum+3
        sta score3,x
        inc lane
        jsr next_position
        bne @next_key
        rts

; sum += value
add_value:
        add_long sum, value
        rts

; vector := the key of lane `lane`, row `row`
read_key:
        lda lane
        jsr place_key
        ldx row
        lda keys_wide,x
        bmi @as_it_is
        ldx #HEAD_DIM-1
:       lda #$00
        sta vector_lo,x
        sta vector_hi,x
        dex
        bpl :-
        ldx #KEY_PLANES
:       jsr next_byte
        .repeat 4, J
        lsr
        rol vector_lo+J
        rol vector_hi+J
        .endrepeat
        dex
        bne :-
        ldx #KEY_PLANES
:       jsr next_byte
        .repeat 4, J
        lsr
        rol vector_lo+4+J
        rol vector_hi+4+J
        .endrepeat
        dex
        bne :-
        ldx #HEAD_DIM-1
:       sec                     ; the offset of 2^11
        lda vector_hi,x
        sbc #OFFSET_HIGH
        sta vector_hi,x
        dex
        bpl :-
        rts
@as_it_is:
        ldx #$00
:       jsr next_byte
        sta vector_lo,x
        jsr next_byte
        sta vector_hi,x
        inx
        cpx #HEAD_DIM
        bne :-
        rts

; A = the byte at place; place := the same in the next stream   Uses: Y
next_byte:
        ldy #$00
        lda (place),y
        pha
        add_constant place, KEY_LANES
        pla
        rts

; weights = w_k = EXP[min(127, max(f) - f_k)], weight_sum = sum_k w_k; f_k = score_k >> 14
wide_softmax:
        ldx positions
        dex
@take:
        lda score1,x
        sta best
        lda score2,x
        sta best+1
        lda score3,x
        sta best+2
@next_score:
        dex
        bmi @found
        lda best
        cmp score1,x
        lda best+1
        sbc score2,x
        lda best+2
        sbc score3,x
        bvc :+
        eor #SIGN
:       bmi @take
        bpl @next_score
@found:
        lda best
        and #%11000000          ; f << 6 is the score's upper three bytes without their six lowest bits
        sta best
        lda #$00
        sta weight_sum
        sta weight_sum+1
        ldy positions
        dey
@weigh:
        lda score1,y
        and #%11000000
        sta below
        sec
        lda best
        sbc below
        sta below
        lda best+1
        sbc score2,y
        sta below+1
        lda best+2
        sbc score3,y
        bne @far_below
        lda below+1
        cmp #(LARGEST_D + 1) >> 2
        bcs @far_below
        asl below
        rol
        asl below
        rol
        bcc @weight             ; always
@far_below:
        lda #LARGEST_D
@weight:
        tax
        lda exp_table,x
        sta weights,y
        clc
        adc weight_sum
        sta weight_sum
        bcc :+
        inc weight_sum+1
:       dey
        bpl @weigh
        rts

; attended_j = floor(sum_k w_k * v_kj / sum_k w_k). With 2^15 added to every v it is a mean of non-negative numbers.
wide_means:
        lda #HEAD_DIM-1
        sta dimension
@next_dimension:
        jsr first_row
        lda #<values
        sta place
        lda #>values
        sta place+1
        lda #$00
        .repeat 4, I
        sta sum+I
        .endrepeat
        lda dimension
        asl
        adc head_value_lane     ; C = 0
        sta lane
@next_key:
        ldx key
        lda weights,x
        ldx #$00
        jsr set_multiplier
        jsr read_value
        jsr multiply
        jsr add_value
        add_constant place, VALUE_ROW
        jsr next_position
        bne @next_key

        lda weight_sum          ; value = sum + 2^15 * weight_sum
        sta divisor
        lda weight_sum+1
        sta divisor+1
        lda #$00
        sta value
        lda weight_sum+1
        lsr
        sta value+3
        lda weight_sum
        ror
        sta value+2
        lda #$00
        ror
        sta value+1
        clc
        .repeat 4, I
        lda value+I
        adc sum+I
        sta value+I
        .endrepeat
        jsr divide
        clc
        lda dimension
        adc first
        tax
        lda value
        sta attended_lo,x
        lda value+1
        eor #SIGN
        sta attended_hi,x
        dec dimension
        bmi :+
        jmp @next_dimension
:       rts

; factor := the value at place, in lanes `lane` and the next, row `row`
read_value:
        ldy lane
        ldx row
        lda values_wide,x
        bmi @as_it_is
        lda (place),y
        sta factor+1            ; 64 * high digit + low digit - 2^11
        lda #$00
        lsr factor+1
        ror
        lsr factor+1
        ror
        iny
        ora (place),y
        sta factor
        sec
        lda factor+1
        sbc #OFFSET_HIGH
        sta factor+1
        rts
@as_it_is:
        lda (place),y
        sta factor+1
        iny
        lda (place),y
        sta factor
        rts
