; cache.s - keys and values of all positions, as attention wants them: the layer whose they are, and forgetting
;
; cache_keys.s and cache_values.s keep them, in planes and in digits of 12 bits. A vector with an element outside
; -2^11 .. 2^11 - 1 is kept as it is, low and high bytes, in the same room: then the layer is marked as wide, and its
; attention takes the slow path.

.include "engine.inc"
.include "cache.inc"

.export cache_begin, cache_next_layer, cache_rewind, layer, layer_key_lane, layer_value_lane, layer_wide, row_of_layer
.exportzp element, place
.import digit_sums_0, digit_sums_1, digit_sums_2, keys_wide, position, summed, unsum_behind, values_wide

.zeropage
place:          .res 2          ; address in the cache

.segment "ZPCACHE": zeropage
element:        .res 1          ; of unstored

.bss
layer:          .res 1
layer_key_lane: .res 1          ; of the layer's first head at position 0
layer_value_lane: .res 1
layer_wide:     .res LAYERS     ; not 0: some key or value is kept as it is

.code

; cache_begin, cache_next_layer - choose the layer: the first, the next; at position 0 all is forgotten
; In: position   Out: layer   Uses: A, X   Cycles: 50; 2.5 K at position 0
cache_begin:
        lda #$00
        sta layer
        sta layer_key_lane
        sta layer_value_lane
        ldx position
        beq @forget
        rts
@forget:
        ldx #LAYERS
:       sta layer_wide-1,x
        sta summed-1,x
        dex
        bne :-
        ldx #LAYERS * CONTEXT
:       sta keys_wide-1,x
        sta values_wide-1,x
        dex
        bne :-
        lda #$FF
        ldx #VALUE_LANES
:       sta digit_sums_0,x
        sta digit_sums_1,x
        sta digit_sums_2,x
        dex
        cpx #$FF
        bne :-
        rts

cache_next_layer:
        inc layer
        clc
        lda layer_key_lane
        adc #HEADS * CONTEXT
        sta layer_key_lane
        clc
        lda layer_value_lane
        adc #HEADS * LANES
        sta layer_value_lane
        rts

; cache_rewind - forget the positions from `position` on, those of a step that was abandoned too
; In: position   Out: -   Uses: A, X, Y   Cycles: 500; 4 K a position and layer at WIDTH 32
cache_rewind:
        dec PROCESSOR_PORT      ; RAM under I/O
        lda #$00
        sta layer
        sta layer_key_lane
        sta layer_value_lane
@next_layer:
        jsr unsum_behind
        lda #$00
        jsr row_of_layer
        lda #$00
        ldy position
        beq @marked
:       ora keys_wide,x
        ora values_wide,x
        inx
        dey
        bne :-
@marked:
        ldx layer
        sta layer_wide,x
        jsr cache_next_layer
        lda layer
        cmp #LAYERS
        bne @next_layer
        inc PROCESSOR_PORT
        rts

; row_of_layer - where marks of a position are kept
; In: A = position, layer   Out: X = layer * CONTEXT + A   Uses: A   Cycles: 15, 7 a layer before
row_of_layer:
        add_layer_rows
        tax
        rts
