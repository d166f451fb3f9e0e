; cache_values.s - the values of all positions, and sums over them
;
; u = v + 2^11 as two digits of six bits, a position's in a row of its own, at `lane` = (layer * HEADS + head) * 16 +
; 2 * dimension, the high digit first; and beside them minus the sums of t(digit) over all positions, less 1, t(n) =
; n * (n - 1) / 2: so the sum of the three bytes is minus that sum modulo 255. A position that is stored again (after a
; stop, or because the prompt was edited) is first taken out of them, and so are those behind it.

.include "engine.inc"
.include "cache.inc"

.export digit_sums_2, store_value, summed, unsum_behind, values, values_wide
.import layer, layer_value_lane, layer_wide, position, row_of_layer, triangle_hi, triangle_lo, unstored_hi, unstored_lo
.importzp element, place

.segment "ZPCACHE": zeropage
digits:         .res 1          ; the lower bits of an element

.bss
summed:         .res LAYERS     ; positions in digit_sums
values_wide:    .res LAYERS * CONTEXT ; $80: this one is kept as it is
.if SUMS_UNDER_IO
.segment "IOREST"
.endif
digit_sums_2:   .res VALUE_LANES + 1 ; top bytes; of the lane of zeros too
.if SUMS_BESIDE
.import digit_sums_0, digit_sums_1
.else
.export digit_sums_0, digit_sums_1
digit_sums_0:   .res VALUE_LANES + 1
digit_sums_1:   .res VALUE_LANES + 1
.endif

.segment "VALUES"
values:         .res CONTEXT * VALUE_ROW

.code

; digit_sums of lane Y -= t(X); C = 1 after
.macro  take_from_sums
        sec
        lda digit_sums_0,y
        sbc triangle_lo,x
        sta digit_sums_0,y
        lda digit_sums_1,y
        sbc triangle_hi,x
        sta digit_sums_1,y
        bcs :+
        lda digit_sums_2,y
        sbc #$00
        sta digit_sums_2,y
:
.endmacro

; store_value - keep unstored as the value of `position`
; In: unstored (WIDTH int16), position, layer   Out: -   Uses: A, X, Y   Cycles: 4.6 K at WIDTH 32
store_value:
        jsr unsum_behind
        inc summed,x
        jsr find_value          ; of position A
        ldy #VALUE_LANES        ; a lane of zeros behind the others
        lda #$00
        sta (place),y
        sta element
        lda position
        jsr row_of_layer
        lda #$00
        sta values_wide,x
        ldy layer_value_lane
        jsr is_wide
        ldx #$00
        bcs @wide
@next_element:
        stx element
        lda unstored_lo,x
        sta digits
        lda unstored_hi,x
        clc
        adc #OFFSET_HIGH
        asl digits              ; the high digit is the upper six of twelve bits
        rol
        asl digits
        rol
        tax
        sta (place),y
        take_from_sums
        iny
        lda digits
        lsr
        lsr
        tax
        sta (place),y
        take_from_sums
        iny
        ldx element
        inx
        cpx #WIDTH
        bne @next_element
        rts

@wide:
        lda unstored_hi,x
        sta (place),y
        iny
        lda unstored_lo,x
        sta (place),y
        iny
        inx
        cpx #WIDTH
        bne @wide
        lda position
        jsr row_of_layer
        lda #$80
        sta values_wide,x
        ldx layer
        sta layer_wide,x
        rts

; place = the values of position A   Uses: A, X
find_value:
        ldx #<values
        stx place
        ldx #>values
        stx place+1
        tax
        beq @row_found
@next_row:
        add_constant place, VALUE_ROW
        dex
        bne @next_row
@row_found:
        rts

; unsum_behind - take the positions of the layer from `position` on out of digit_sums
; In: position, layer   Out: A = position, X = layer   Uses: Y   Cycles: 21; 4 K a position
unsum_behind:
        ldx layer
        lda position
        cmp summed,x
        bcs @not_summed
        dec summed,x
        lda summed,x
        jsr unsum
        jmp unsum_behind
@not_summed:
        rts

; Take position A of the layer out of digit_sums   Uses: A, X, Y
unsum:
        pha
        jsr find_value
        pla
        jsr row_of_layer
        lda values_wide,x
        bne @never_summed
        lda #2 * WIDTH
        sta element             ; lanes left
        ldy layer_value_lane
@next_lane:
        lda (place),y
        tax
        clc
        lda digit_sums_0,y
        adc triangle_lo,x
        sta digit_sums_0,y
        lda digit_sums_1,y
        adc triangle_hi,x
        sta digit_sums_1,y
        lda digit_sums_2,y
        adc #$00
        sta digit_sums_2,y
        iny
        dec element
        bne @next_lane
@never_summed:
        rts

; C = 1: an element of `unstored` is outside -2^11 .. 2^11 - 1   Uses: A, X
is_wide:
        ldx #WIDTH-1
        clc
@next_element:
        lda unstored_hi,x
        adc #OFFSET_HIGH        ; C = 0
        cmp #OFFSET_HIGH * 2
        bcs @wide
        dex
        bpl @next_element
@wide:
        rts
