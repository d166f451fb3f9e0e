; cache.s - keys and values of all positions, as attention wants them
;
; A head's place is 8-dimensional. Keys: u = k + 2^11 as 12 bit planes, each two nibbles of four dimensions, in 24
; streams; a stream holds a byte a layer, head and position, at `lane of keys` = (layer * HEADS + head) * CONTEXT +
; position. Values: u = v + 2^11 as two digits of six bits, a position's in a row of its own, at `lane of values` =
; (layer * HEADS + head) * 16 + 2 * dimension, the high digit first; and beside them minus the sums of t(digit) over
; all positions, less 1, t(n) = n * (n - 1) / 2: so the sum of the three bytes is minus that sum modulo 255. A position that is stored again (after
; a stop, or because the prompt was edited) is first taken out of them, and so are those behind it.
; A vector with an element outside -2^11 .. 2^11 - 1 is kept as it is, low and high bytes, in the same room: then the
; layer is marked as wide, and its attention takes the slow path.

.include "engine.inc"
.include "cache.inc"

.export cache_begin, cache_next_layer, cache_rewind, store_key, store_value
.export keys, values, digit_sums_2
.export layer_wide, keys_wide, values_wide, layer, layer_key_lane, layer_value_lane
.import position, triangle_lo, triangle_hi
.import unstored_lo, unstored_hi

LIMIT_HIGH = $08                ; high byte of 2^11

.segment "ZPCACHE": zeropage
place:          .res 2          ; address in the cache
bits_lo:        .res 4          ; four elements: eight bits
bits_hi:        .res 4          ; and above them four, at the top
element:        .res 1

.bss
layer:          .res 1
layer_key_lane: .res 1          ; of the layer's first head at position 0
layer_value_lane: .res 1
position_row:   .res 1          ; layer * CONTEXT + position
lane:           .res 1
streams:        .res 1          ; left
summed:         .res LAYERS     ; positions in digit_sums
layer_wide:     .res LAYERS     ; not 0: some key or value is kept as it is
keys_wide:      .res LAYERS * CONTEXT ; $80: this one
values_wide:    .res LAYERS * CONTEXT
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

.segment "KEYS"
keys:           .res KEY_STREAMS * KEY_LANES

.segment "VALUES"
values:         .res CONTEXT * VALUE_ROW

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

; C = 1: an element of `unstored` is outside -2^11 .. 2^11 - 1   Uses: A, X
is_wide:
        ldx #WIDTH-1
        clc
@next_element:
        lda unstored_hi,x
        adc #LIMIT_HIGH         ; C = 0
        cmp #LIMIT_HIGH * 2
        bcs @wide
        dex
        bpl @next_element
@wide:
        rts

; X = layer * CONTEXT + A
row_of_layer:
        add_layer_rows
        tax
        rts

; The nibbles of four dimensions, all planes; to `wide` if an element is outside -2^11 .. 2^11 - 1
; In: element (of unstored), lane, C = 0   Out: C = 0   Uses: A, X   Cycles: 560
.macro  key_nibbles group, wide
        ldx element
        .repeat 4, I
        lda unstored_lo + 4 * group + I,x
        sta bits_lo+I
        lda unstored_hi + 4 * group + I,x
        adc #LIMIT_HIGH
        cmp #LIMIT_HIGH * 2
        bcc :+
        jmp wide
:       asl                     ; C = 0 after each
        asl
        asl
        asl
        sta bits_hi+I
        .endrepeat
        ldx lane
        .repeat KEY_PLANES, T
        lda #$00
          .repeat 4, I
            .if T < KEY_PLANES - 8
        asl bits_hi+3-I
            .else
        asl bits_lo+3-I
            .endif
        rol
          .endrepeat
        sta keys + (KEY_PLANES * group + T) * KEY_LANES,x
        .endrepeat
.endmacro

; store_key - keep unstored as the key of `position`
; In: unstored (WIDTH int16), position, layer   Out: -   Uses: A, X, Y   Cycles: 4.6 K at WIDTH 32
store_key:
        lda position
        jsr row_of_layer
        lda #$00
        sta keys_wide,x
        jsr first_head
@next_head:
        key_nibbles 0, store_wide_key
        key_nibbles 1, store_wide_key
        lda element             ; C = 0
        adc #HEAD_DIM
        sta element
        lda lane
        adc #CONTEXT
        sta lane
        lda element
        cmp #WIDTH
        beq :+
        jmp @next_head          ; C = 0
:       rts

; lane, element := those of the first head; C = 0   Uses: A
first_head:
        lda #$00
        sta element
        clc
        lda layer_key_lane
        adc position
        sta lane
        rts

store_wide_key:
        jsr first_head
        lda position
        jsr row_of_layer
        lda #$80
        sta keys_wide,x
        ldx layer
        sta layer_wide,x
@wide_head:
        jsr place_key
        ldx element
        ldy #$00
@wide_element:
        lda unstored_lo,x
        sta (place),y
        jsr next_stream
        lda unstored_hi,x
        sta (place),y
        jsr next_stream
        inx
        txa
        and #HEAD_DIM-1
        bne @wide_element
        stx element
        clc
        lda lane
        adc #CONTEXT
        sta lane
        cpx #WIDTH
        bne @wide_head
        rts

; place = address in the first stream   Uses: A
place_key:
        clc
        lda lane
        adc #<keys
        sta place
        lda #>keys
        adc #$00
        sta place+1
        rts

; place := the same in the next stream   Uses: A
next_stream:
        clc
        lda place
        adc #<KEY_LANES
        sta place
        lda place+1
        adc #>KEY_LANES
        sta place+1
        rts

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
        sta bits_lo
        lda unstored_hi,x
        clc
        adc #LIMIT_HIGH
        asl bits_lo             ; the high digit is the upper six of twelve bits
        rol
        asl bits_lo
        rol
        tax
        sta (place),y
        take_from_sums
        iny
        lda bits_lo
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
        clc
        lda place
        adc #<VALUE_ROW
        sta place
        lda place+1
        adc #>VALUE_ROW
        sta place+1
        dex
        bne @next_row
@row_found:
        rts

; Take the positions of the layer from `position` on out of digit_sums   Out: A = position, X = layer   Uses: Y
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
