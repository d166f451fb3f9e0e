; attention.s - keys and values of all positions, and attention of the newest over them
;
; Keys and values are matrices of words to `sweep_words`: a head's keys have a row a position and a column a
; dimension, its values a row a dimension and a column a position. Their high bytes are kept + 128.

.include "engine.inc"

.export attention, cache_reset, cache_next_layer, store_key, store_value
.import acc0, acc1, acc2, acc3
.import attended_lo, attended_hi, query_lo, query_hi, unstored_lo, unstored_hi
.import begin_offset, begin_zero, divide, set_rows, sweep_words
.import exp_table, position
.importzp column_step, columns, divisor, first_row, high_plane, input_lo, input_hi, low_plane, value

LAYER_CACHE = WIDTH * CONTEXT   ; bytes of a plane for a layer
HEAD_KEYS = HEAD_DIM * CONTEXT  ; of them for a head's keys
LARGEST_D = 127
SIGN = $80

.zeropage
store_lo:       .res 2          ; address of the element to store
store_hi:       .res 2
best:           .res 3          ; max(score_k) >> 8
below:          .res 2          ; (max(f) - f_k) << 6, its low two bytes
element:        .res 1          ; index kept from X

.bss
layer_cache:    .res 2          ; offset of the layer's keys, and of its values
head_keys:      .res 2          ; offset of the head's keys
head_values:    .res 2          ; offset of the head's values
head_first:     .res 1          ; first element of the head: 8 * head
positions:      .res 1          ; t + 1
weights_lo:     .res CONTEXT    ; w_k
weights_hi:     .res CONTEXT    ; 0
weight_sum:     .res 2

.segment "HIGH"
keys_lo:        .res LAYERS * LAYER_CACHE ; layer, dimension, position
keys_hi:        .res LAYERS * LAYER_CACHE
values_lo:      .res LAYERS * LAYER_CACHE ; layer, position, dimension
values_hi:      .res LAYERS * LAYER_CACHE

.code

; cache_reset, cache_next_layer - choose the layer: the first, the next
; In: -   Out: layer_cache   Uses: A
cache_reset:
        load_word layer_cache, 0
        rts
cache_next_layer:
        add_constant layer_cache, LAYER_CACHE
        rts

.macro  store_planes step               ; store unstored at store_lo, store_hi and on, `step` apart
        .local  next_element
        ldx #$00
next_element:
        ldy #$00
        lda unstored_lo,x
        sta (store_lo),y
        lda unstored_hi,x
        eor #SIGN
        sta (store_hi),y
        add_constant store_lo, step
        add_constant store_hi, step
        inx
        cpx #WIDTH
        bne next_element
        rts
.endmacro

; store_key - keep unstored as the key of `position`
; In: unstored (WIDTH int16), position, layer_cache   Out: -   Uses: A, X, Y   Cycles: 2.2 K at WIDTH 32
store_key:
        lda position
        ldx #$00
        jsr in_layer
        add_base store_hi, store_lo, keys_hi
        add_constant store_lo, keys_lo
        store_planes CONTEXT

; store_value - keep unstored as the value of `position`
; In: unstored (WIDTH int16), position, layer_cache   Out: -   Uses: A, X, Y   Cycles: 2.5 K at WIDTH 32
store_value:
        lda #$00
        sta store_lo
        sta store_lo+1
        ldx position
        beq @row_found
@next_row:
        add_constant store_lo, WIDTH
        dex
        bne @next_row
@row_found:
        lda store_lo
        ldx store_lo+1
        jsr in_layer
        add_base store_hi, store_lo, values_hi
        add_constant store_lo, values_lo
        store_planes 1

; store_lo := layer_cache + A, X (low, high byte)
in_layer:
        clc
        adc layer_cache
        sta store_lo
        txa
        adc layer_cache+1
        sta store_lo+1
        rts

; attention - out = softmax(q * keys) * values, a head at a time, over positions 0..t
; In: query (q), position (t), layer_cache; may be stopped, see `sweep`   Out: attended   Uses: A, X, Y
; Cycles: 46 K + 12 K a position at WIDTH 32
attention:
        ldx position
        inx
        stx positions
        copy_word head_keys, layer_cache
        copy_word head_values, layer_cache
        lda #$00
        sta head_first
@next_head:
        jsr scores
        jsr softmax
        jsr weighted_means
        add_constant head_keys, HEAD_KEYS
        add_constant head_values, HEAD_DIM
        clc
        lda head_first
        adc #HEAD_DIM
        sta head_first
        cmp #WIDTH
        bne @next_head
        rts

; acc_k = score_k = sum of 8 products q * k
scores:
        lda positions
        jsr set_rows
        lda #HEAD_DIM
        sta columns
        load_word column_step, CONTEXT
        lda head_first
        clc
        adc #<query_lo
        sta input_lo
        lda #>query_lo
        adc #$00
        sta input_lo+1
        lda head_first
        clc
        adc #<query_hi
        sta input_hi
        lda #>query_hi
        adc #$00
        sta input_hi+1
        jsr begin_offset
        add_base high_plane, head_keys, keys_hi
        add_base low_plane, head_keys, keys_lo
        jmp sweep_words

; weights = w_k = EXP[min(127, max(f) - f_k)], weight_sum = sum_k w_k; f_k = score_k >> 14
softmax:
        jsr best_score
        lda #$00
        sta weight_sum
        sta weight_sum+1
        tay
        ldx first_row
@weigh:
        lda acc1,x              ; f << 6 is the score's upper three bytes without their six lowest bits
        and #%11000000
        sta below
        sec
        lda best
        sbc below
        sta below
        lda best+1
        sbc acc2,x
        sta below+1
        lda best+2
        sbc acc3,x
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
        stx element             ; the row
        tax
        lda exp_table,x
        ldx element
        sta weights_lo,y
        clc
        adc weight_sum
        sta weight_sum
        lda #$00
        sta weights_hi,y
        adc weight_sum+1
        sta weight_sum+1
        iny
        inx
        bne @weigh
        rts

; best = max(score_k) >> 8, which is max(f) << 6 and six more bits: too few to change a difference of f
best_score:
        ldx first_row
@take:
        lda acc1,x
        sta best
        lda acc2,x
        sta best+1
        lda acc3,x
        sta best+2
@next_score:
        inx
        beq @best_found
        lda best
        cmp acc1,x
        lda best+1
        sbc acc2,x
        lda best+2
        sbc acc3,x
        bvc :+
        eor #SIGN
:       bmi @take
        bpl @next_score
@best_found:
        rts

; attended_j = floor(sum_k w_k * v_kj / sum_k w_k) for the head's 8 dimensions. The values' offset stays in: it makes
; every v_kj + 2^15 non-negative, and the mean of those is attended_j + 2^15. No saturation: a mean fits.
weighted_means:
        lda #HEAD_DIM
        jsr set_rows
        lda positions
        sta columns
        load_word column_step, WIDTH
        input_from weights
        jsr begin_zero
        add_base high_plane, head_values, values_hi
        add_base low_plane, head_values, values_lo
        jsr sweep_words
        copy_word divisor, weight_sum
        lda head_first
        sta element             ; of attended
        ldy first_row
@mean:
        lda acc0,y
        sta value
        lda acc1,y
        sta value+1
        lda acc2,y
        sta value+2
        lda acc3,y
        sta value+3
        jsr divide
        ldx element
        lda value
        sta attended_lo,x
        lda value+1
        eor #SIGN
        sta attended_hi,x
        inc element
        iny
        bne @mean
        rts
