; attention.s - attention of the newest position over all, a head at a time
;
; score_k = sum of 8 products q * k;  f_k = score_k >> 14;  w_k = EXP[min(127, max(f) - f_k)]
; out_j = floor(sum_k w_k * v_kj / sum_k w_k)
; The scores are products by subset sums, as in planes.s: q is the input, a cached key a row of 12 bits. Sums are
; 2^11 times too small then, and three bits more give f.

.include "engine.inc"
.include "cache.inc"

.export attention, attention_init, head, head_key_lane, head_value_lane, positions, scores, score_hi, score_lo, weight_sum
.import abandon, engine_poll, tally
.import attended_hi, attended_lo, query_hi, query_lo
.import aim_units, means, wide_head, weights, write_weights
.import exp_table, keys, layer, layer_key_lane, layer_value_lane, layer_wide, position
.import query_tables, subset_hi, subset_lo
.importzp input_hi, input_lo, negative, row_end, sum_hi, sum_lo, total

KEY_TABLE_0 = 0                 ; the groups' tables, where query_tables makes them
KEY_TABLE_1 = 16
LARGEST_TOTAL = $7F             ; high byte: sums of rows stay below 2^16
KEYS_A_POLL = 16
LOW_BITS = %00000111            ; of a score: what score >> 14 lacks of score >> 11

.segment "ZPHEAD": zeropage
start:          .res 2          ; negative + 1: what the sum of a key begins with
best:           .res 2          ; the largest score; then the bound that f's differences are counted from
below:          .res 1          ; how far a score is below that, low byte

.bss
head:           .res 1
head_key_lane:  .res 1          ; lane of position 0
head_value_lane: .res 1
positions:      .res 1          ; t + 1
last_lane:      .res 1          ; behind the last key
score_lo:       .res CONTEXT    ; (score_k >> 11) + total + 1
score_hi:       .res CONTEXT
weight_sum:     .res 2

.code

; attention_init - once: write the addresses of the keys' streams into the code
; In: -   Out: -   Uses: A, X, Y
attention_init:
        lda #<keys
        ldx #>keys
        clc
        .repeat 2, G
          .repeat KEY_PLANES, T
        sta .ident (.sprintf ("KEY_%d_%d", T, G)) + 1
        stx .ident (.sprintf ("KEY_%d_%d", T, G)) + 2
        adc #<KEY_LANES
        bcc :+
        inx
        clc
:
          .endrepeat
        .endrepeat
        rts

; attention - out = softmax(q * keys) * values, over positions 0 .. t
; In: query (q), position (t), layer, the cache; may be stopped, see `abandon`   Out: attended   Uses: A, X, Y
; Cycles: 30 K + 8 K a position at WIDTH 32
attention:
        ldx position
        inx
        stx positions
        jsr aim_units
        lda #$00
        sta head
        lda layer_key_lane
        sta head_key_lane
        lda layer_value_lane
        sta head_value_lane
@next_head:
        jsr attend_head
        jsr engine_poll
        bcs @stop
        clc
        lda head_key_lane
        adc #CONTEXT
        sta head_key_lane
        clc
        lda head_value_lane
        adc #LANES
        sta head_value_lane
        inc head
        lda head
        cmp #HEADS
        bne @next_head
        rts
@stop:
        jmp abandon

attend_head:
        ldx layer
        lda layer_wide,x
        bne @wide
        lda head
        asl
        asl
        asl
        pha
        clc
        adc #<query_lo
        sta input_lo
        lda #>query_lo
        adc #$00
        sta input_lo+1
        pla
        clc
        adc #<query_hi
        sta input_hi
        lda #>query_hi
        adc #$00
        sta input_hi+1
        jsr query_tables
        bcs @wide
        lda total+1
        cmp #LARGEST_TOTAL
        bcs @wide
        jsr scores
        jsr softmax
        jsr engine_poll
        bcs @stop
        jmp means
@wide:
        ldx #TALLY_HEADS
        jsr tally
        jmp wide_head
@stop:
        jmp abandon

; The sum over a plane's two nibbles, added to the sum so far
; In: A = low byte of the sum, or for the lowest plane none   Out: A = low byte, C to be added to sum_hi   43 cycles
.macro  key_plane plane
.ident (.sprintf ("KEY_%d_0", plane)):
        ldy $FFFF,x
.if plane = KEY_PLANES - 1
        lda start
.endif
        adc subset_lo + KEY_TABLE_0,y
        sta sum_lo
.if plane = KEY_PLANES - 1
        lda start+1
.else
        lda sum_hi
.endif
        adc subset_hi + KEY_TABLE_0,y
.ident (.sprintf ("KEY_%d_1", plane)):
        ldy $FFFF,x
        adc subset_hi + KEY_TABLE_1,y
        sta sum_hi
        lda sum_lo
        adc subset_lo + KEY_TABLE_1,y
.endmacro

.macro  halve_up                        ; sum := ceil(sum / 2) once C, the bit that is dropped, has been added
        bcc :+
        inc sum_hi
:       lsr sum_hi
        ror
.endmacro

; score = (score_k >> 11) + total + 1, k = 0 .. t, and the largest
; The bit that a halving drops goes along as carry with the next addition. So sums are rounded up, not down; they
; nest as well, and floor(n / 2^11) + 1 = ceil((n + 1) / 2^11).
; In: tables of q, negative, total, head_key_lane, positions   Out: score, best   Uses: A, X, Y   Cycles: 600 a key
scores:
        clc
        lda negative
        adc #$01
        sta start
        lda negative+1
        adc #$00
        sta start+1
        lda #$00
        sta best
        sta best+1
        sec                     ; where lane head_key_lane's score belongs at score[0]
        lda #<score_lo
        sbc head_key_lane
        sta score_lo_at+1
        lda #>score_lo
        sbc #$00
        sta score_lo_at+2
        sec
        lda #<score_hi
        sbc head_key_lane
        sta score_hi_at+1
        lda #>score_hi
        sbc #$00
        sta score_hi_at+2
        clc
        lda head_key_lane
        tax
        adc positions
        sta last_lane
@next_keys:
        txa
        clc
        adc #KEYS_A_POLL
        bcs @rest
        cmp last_lane
        bcc :+
@rest:
        lda last_lane
:       sta row_end
        clc
        jsr key_rows
        cpx last_lane
        beq @done
        stx row_end
        jsr engine_poll
        ldx row_end
        bcc @next_keys
        jmp abandon
@done:
        rts

key_rows:                       ; C = 0
        .repeat KEY_PLANES - 1, I
        key_plane KEY_PLANES-1-I
        halve_up
        .endrepeat
        key_plane 0
score_lo_at:
        sta $FFFF,x
        tay
        lda sum_hi
        adc #$00
score_hi_at:
        sta $FFFF,x
        cmp best+1
        bcc @lower
        bne @higher
        cpy best
        bcc @lower
@higher:
        sty best
        sta best+1
@lower:
        inx
        cpx row_end
        beq :+
        jmp key_rows
:       rts

; The weights, and their sum
; With score = (score_k >> 11) + total + 1 and bound = the largest score, its three low bits (less total + 1) all set:
; max(f) - f_k = (bound - score) >> 3.
; In: score, best, total, positions   Out: weights, weight_sum   Uses: A, X, Y   Cycles: 85 a key
softmax:
        lda total               ; bound, in `best`
        and #LOW_BITS
        sta below
        eor #LOW_BITS
        clc
        adc best
        bcc :+
        inc best+1
:       and #<~LOW_BITS
        ora below
        sta best
        lda #$00
        sta weight_sum
        sta weight_sum+1
        ldy positions
        dey
@next_weight:
        sec
        lda best
        sbc score_lo,y
        sta below
        lda best+1
        sbc score_hi,y
        cmp #4
        bcs @nothing
        tax
        lda below
        lsr
        lsr
        lsr
        ora thirty_twos,x
        tax
        lda exp_table,x
        sta weights,y
        clc
        adc weight_sum
        sta weight_sum
        bcc @weighed
        inc weight_sum+1
        bcs @weighed            ; always
@nothing:
        lda #$00
        sta weights,y
@weighed:
        dey
        bpl @next_weight
        jmp write_weights

.rodata

thirty_twos:
        .byte 0, 32, 64, 96
