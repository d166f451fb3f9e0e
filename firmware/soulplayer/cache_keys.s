; cache_keys.s - the keys of all positions
;
; A head's place is 8-dimensional: u = k + 2^11 as 12 bit planes, each two nibbles of four dimensions, in 24 streams; a
; stream holds a byte a layer, head and position, at `lane` = (layer * HEADS + head) * CONTEXT + position.

.include "engine.inc"
.include "cache.inc"

.export keys, keys_wide, place_key, store_key
.import layer, layer_key_lane, layer_wide, position, row_of_layer, unstored_hi, unstored_lo
.importzp element, place

.segment "ZPCACHE": zeropage
bits_lo:        .res 4          ; four elements: eight bits
bits_hi:        .res 4          ; and above them four, at the top

.bss
lane:           .res 1
keys_wide:      .res LAYERS * CONTEXT ; $80: this one is kept as it is

.segment "KEYS"
keys:           .res KEY_STREAMS * KEY_LANES

.code

; The nibbles of four dimensions, all planes; to `wide` if an element is outside -2^11 .. 2^11 - 1
; In: element (of unstored), lane, C = 0   Out: C = 0   Uses: A, X   Cycles: 560
.macro  key_nibbles group, wide
        ldx element
        .repeat 4, I
        lda unstored_lo + 4 * group + I,x
        sta bits_lo+I
        lda unstored_hi + 4 * group + I,x
        adc #OFFSET_HIGH
        cmp #OFFSET_HIGH * 2
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
        lda lane
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

; place_key - the address of a key in its first stream
; In: A = lane   Out: place   Uses: A   Cycles: 24
place_key:
        clc
        adc #<keys
        sta place
        lda #>keys
        adc #$00
        sta place+1
        rts

; place := the same in the next stream   Uses: A
next_stream:
        add_constant place, KEY_LANES
        rts
