; attention.s - attention of the newest position over all, a head at a time
;
; score_k = sum of 8 products q * k;  f_k = score_k >> 14;  w_k = EXP[min(127, max(f) - f_k)]
; out_j = floor(sum_k w_k * v_kj / sum_k w_k)
; The scores are products by subset sums, as in planes.s: q is the input, a cached key a row of 12 bits. Sums are
; 2^11 times too small then, and `rounding` makes up for total's low bits, so that three bits more give f.

.include "engine.inc"
.include "cache.inc"
.include "planes.inc"

.export attention, attention_init, head, head_key_lane, head_value_lane, positions, scores, score_hi, score_lo, weight_sum
.import abandon, engine_poll, tally
.import attended_hi, attended_lo, query_hi, query_lo
.import begin_means, means, wide_head
.import exp_table, keys, layer, layer_key_lane, layer_value_lane, layer_wide, position
.import first_group, last_group, word_tables, subset_hi, subset_lo
.import unit_lo, unit_hi, unit_second
.importzp input_hi, input_lo, negative, row_end, sum_hi, sum_lo, total

KEY_TABLE_0 = 0                 ; the groups' tables, where group_table has them
KEY_TABLE_1 = 16
LARGEST_TOTAL = $7F             ; high byte: sums of rows stay below 2^16
KEYS_A_POLL = 16
UNIT_FIRST = 4                  ; offset in a key's unit of the first byte to write its weight to

.segment "ZPHEAD": zeropage
rounding:       .res 1          ; -total mod 8
best:           .res 2          ; the largest score, its three lowest bits 0
weight:         .res 1
unit:           .res 2          ; address of a key's unit in `means`

.bss
head:           .res 1
head_key_lane:  .res 1          ; lane of position 0
head_value_lane: .res 1
positions:      .res 1          ; t + 1
last_lane:      .res 1          ; behind the last key
score_lo:       .res CONTEXT    ; (score_k >> 11) + total + rounding
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
; Cycles: 30 K + 9 K a position at WIDTH 32
attention:
        ldx position
        inx
        stx positions
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
        lda #GROUPS_HEAD_FIRST
        sta first_group
        lda #GROUPS_HEAD_FIRST + 2
        sta last_group
        jsr word_tables
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

; score = (score_k >> 11) + total + rounding, k = 0 .. t
; In: tables of q, negative, total, head_key_lane, positions   Out: score   Uses: A, X, Y   Cycles: 650 a key
scores:
        sec
        lda #$00
        sbc total
        and #%00000111
        sta rounding
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

key_rows:
        lda negative+1
        sta sum_hi
        lda negative
        clc
        sum_planes "KEY", KEY_PLANES, 2, 0, 0
        tay
        clc
        lda sum_lo
        adc rounding
score_lo_at:
        sta $FFFF,x
        tya
        adc #$00
score_hi_at:
        sta $FFFF,x
        inx
        cpx row_end
        beq :+
        jmp key_rows
:       rts

; The weights, written into `means`; weight_sum
; In: score, positions   Out: weight_sum   Uses: A, X, Y   Cycles: 120 a key
softmax:
        ldy #$00
        ldx positions
        dex
@take:
        lda score_lo,x
        sta best
        lda score_hi,x
        sta best+1
@next_score:
        dex
        bmi @found
        lda best
        cmp score_lo,x
        lda best+1
        sbc score_hi,x
        bcs @next_score
        bcc @take               ; always
@found:
        lda best
        and #%11111000
        sta best
        jsr begin_means
        ldy positions
        dey
@next_weight:
        lda score_lo,y
        and #%11111000
        sta weight
        sec
        lda best
        sbc weight
        tax
        lda best+1
        sbc score_hi,y
        beq @near
        cmp #4
        bcs @nothing
        sta weight
        txa
        lsr
        lsr
        lsr
        ldx weight
        adc thirty_twos,x       ; C = 0: the difference's low bits are 0
        tax
        lda exp_table,x
        bcc @weigh              ; always
@nothing:
        lda #$00
        beq @weigh              ; always
@near:
        txa
        lsr
        lsr
        lsr
        tax
        lda exp_table,x
@weigh:
        jsr weigh_position
        dey
        bpl @next_weight
        rts

; w_k := A: into the unit of key k in `means`, and to weight_sum
; In: A = w_k, Y = k   Out: -   Uses: A, X   Cycles: 65
weigh_position:
        sta weight
        clc
        adc weight_sum
        sta weight_sum
        bcc :+
        inc weight_sum+1
:       tya
        tax
        lda unit_lo,x
        sta unit
        lda unit_hi,x
        sta unit+1
        ldy #UNIT_FIRST
        lda weight
        sta (unit),y
        ldy unit_second,x
        sta (unit),y
        txa
        tay
        rts

.rodata

thirty_twos:
        .byte 0, 32, 64, 96
