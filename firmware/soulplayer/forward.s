; forward.s - one position through the layers

.include "engine.inc"

.export engine_init, engine_poll, engine_reset, engine_step, abandon, position
.export attended_lo, attended_hi, hidden_lo, hidden_hi, normed_lo, normed_hi, query_lo, query_hi
.export residual_lo, residual_hi, unstored_lo, unstored_hi
.import attention, attention_init, cache_begin, cache_next_layer, clear_tallies, make_inverses, make_squares
.import make_triangles
.import matvec, matvec_again, rms_norm, store_key, store_value, subsets_init
.import multiply, poll, saturate, set_multiplier
.import logits_lo, logits_hi
.import token_embedding, position_embedding
.importzp factor, input_lo, input_hi, output_lo, output_hi, value

; Matrices of a layer, and norms
Q = 0
K = 1
V = 2
PROJ = 3
FC1 = 4
FC2 = 5
MATRICES = 6
N1 = 0
N2 = 1
NORMS = 2

POLL_TURNS = 2

; Two bytes shifted left by this much add up to int16, without saturation
LARGEST_SHORT = 6
EVEN = (TOKEN_UP = POSITION_UP) .and (TOKEN_UP >= 0) .and (TOKEN_UP <= LARGEST_SHORT)
SHORT = (TOKEN_UP <= LARGEST_SHORT) .and (POSITION_UP <= LARGEST_SHORT)

.segment "ZPCACHE": zeropage
token_row:      .res 2          ; address of the token's embedding
position_row:   .res 2          ; of the position's

.bss
.if .not EVEN
te:             .res 4          ; up(te_i)
.endif
poll_turn:      .res 1          ; calls of engine_poll that are passed over
position:       .res 1          ; how many positions the keys and values hold
token:          .res 1
with_logits:    .res 1          ; bit 7
step_stack:     .res 1          ; stack pointer of engine_step
layer_matrix:   .res 1          ; the layer's first matrix
layer_norm:     .res 1          ; its first norm
residual_lo:    .res WIDTH      ; x
residual_hi:    .res WIDTH
normed_lo:      .res WIDTH      ; rms_norm(x)
normed_hi:      .res WIDTH
query_lo:       .res WIDTH      ; q
query_hi:       .res WIDTH
attended_lo:    .res WIDTH      ; attention(...)
attended_hi:    .res WIDTH
unstored_lo:                    ; a key or a value before it is stored
change_lo:      .res WIDTH      ; what is added to x
unstored_hi:
change_hi:      .res WIDTH

vectors_segment
hidden_lo:      .res FFN        ; relu(fc1(...))
hidden_hi:      .res FFN

.code

; engine_init - make the tables; once, before anything else
; In: -   Out: -   Uses: A, X, Y   Cycles: 250 K
engine_init:
        lda #$00
        sta poll_turn
        jsr make_squares
        dec PROCESSOR_PORT      ; RAM under I/O
        jsr make_triangles
        inc PROCESSOR_PORT
        jsr make_inverses
        jsr subsets_init
        jmp attention_init

; engine_reset - empty the context
; In: -   Out: position = 0   Uses: A
engine_reset:
        lda #$00
        sta position
        jmp clear_tallies

.macro  multiply_matrix number, product ; product (matvec or matvec_again) by a matrix of the layer
        lda layer_matrix
        clc
        adc #number
        tax
        jsr product
.endmacro

.macro  normalise number                ; rms_norm by a norm of the layer
        lda layer_norm
        clc
        adc #number
        tax
        jsr rms_norm
.endmacro

.macro  up term, shift                  ; term (4 bytes) := A << shift, A >> -shift if the shift is negative
.if shift < 0
        .repeat -(shift)
        cmp #$80                ; C = sign
        ror
        .endrepeat
.endif
        sta term
        asl
        lda #$FF
        adc #$00
        eor #$FF
.if shift > 0 .and shift <= LARGEST_SHORT
        .repeat shift
        asl term
        rol
        .endrepeat
.endif
        sta term+1
.if SHORT = 0
        asl
        lda #$FF
        adc #$00
        eor #$FF
        sta term+2
        sta term+3
  .if shift > LARGEST_SHORT
        ldx #shift
:       asl term
        rol term+1
        rol term+2
        rol term+3
        dex
        bne :-
  .endif
.endif
.endmacro

; engine_step - append a token to the context
; In: A = token; C = 1: compute the logits, C = 0: only what later positions need
; Out: C = 0: position + 1, logits; C = 1: stopped by `poll`, position as before   Uses: A, X, Y
; Cycles: 2.2 M at context 1, 2.7 M at 20; 1.2 M and 1.4 M without logits
engine_step:
        dec PROCESSOR_PORT      ; RAM under I/O
        sta token
        ror with_logits
        tsx
        stx step_stack
        jsr embed
        jsr cache_begin
        lda #$00
        sta layer_matrix
        sta layer_norm
@next_layer:
        normalise N1
        jsr remember
        bit with_logits
        bmi :+
        lda layer_norm
        cmp #NORMS * (LAYERS - 1)
        beq @done               ; the rest of the last layer reaches no later position
:       jsr attend
        jsr feed_forward
        jsr cache_next_layer
        clc
        lda layer_matrix
        adc #MATRICES
        sta layer_matrix
        lda layer_norm
        adc #NORMS
        sta layer_norm
        cmp #NORMS * LAYERS
        bne @next_layer

        normalise N1            ; the final norm and `out` follow those of the last layer
        input_from normed
        output_to logits
        multiply_matrix Q, matvec
@done:
        inc position
        inc PROCESSOR_PORT
        clc
        rts

; engine_poll - `poll`, with I/O banked in, at every POLL_TURNS-th call: those come 8 K cycles apart, a frame has 17-20 K
; In: -   Out: C = 1: a stop is wanted   Uses: A, X, Y   Cycles: 20 where it is not yet time
engine_poll:
        dec poll_turn
        bmi @now
        clc
        rts
@now:
        lda #POLL_TURNS-1
        sta poll_turn
        inc PROCESSOR_PORT
        jsr poll
        dec PROCESSOR_PORT
        rts

; abandon - leave engine_step at once, however deep: poll wants a stop
abandon:
        ldx step_stack
        txs
        inc PROCESSOR_PORT
        sec
        rts

; Keep k and v of normed
remember:
        input_from normed
        output_to unstored
        multiply_matrix K, matvec
        jsr store_key
        output_to unstored
        multiply_matrix V, matvec_again
        jmp store_value

; x += proj(attention(q)), q of normed; over one position attention is its value
attend:
        lda position
        beq @first
        output_to query
        multiply_matrix Q, matvec_again
        jsr attention
        jmp @attended
@first:
        ldx #WIDTH-1
:       lda unstored_lo,x
        sta attended_lo,x
        lda unstored_hi,x
        sta attended_hi,x
        dex
        bpl :-
@attended:
        input_from attended
        output_to change
        multiply_matrix PROJ, matvec
        jmp add_change

; x += fc2(relu(fc1(norm2(x))))
feed_forward:
        normalise N2
        input_from normed
        output_to hidden
        multiply_matrix FC1, matvec
        jsr relu
        input_from hidden
        output_to change
        multiply_matrix FC2, matvec
        jmp add_change

; residual_i = sat16(up(te_i) + up(pe_i)), te = token_embedding[token], pe = position_embedding[position]
embed:
        lda token
        jsr row_offset
        add_base token_row, value, token_embedding
        lda position
        jsr row_offset
        add_base position_row, value, position_embedding
        ldy #WIDTH-1
@next_element:
.if EVEN
        lda (token_row),y       ; te + 128 + pe + 128 in nine bits
        eor #$80
        sta value
        lda (position_row),y
        eor #$80
        clc
        adc value
        sta value
        lda #$FF                ; less 256
        adc #$00
        .repeat TOKEN_UP
        asl value
        rol
        .endrepeat
        sta residual_hi,y
        lda value
        sta residual_lo,y
        dey
        bpl @next_element
.else
        lda (token_row),y
        up      te, TOKEN_UP
        lda (position_row),y
        up      value, POSITION_UP
        clc
  .if SHORT
        lda value
        adc te
        sta residual_lo,y
        lda value+1
        adc te+1
        sta residual_hi,y
  .else
        .repeat 4, I
        lda value+I
        adc te+I
        sta value+I
        .endrepeat
        jsr saturate
        lda value
        sta residual_lo,y
        lda value+1
        sta residual_hi,y
  .endif
        dey
        bmi :+
        jmp @next_element
:
.endif
        rts

; value = A * WIDTH
row_offset:
        sta factor
        lda #$00
        sta factor+1
        lda #WIDTH
        ldx #$00
        jsr set_multiplier
        jmp multiply

; residual_i = sat16(residual_i + change_i)
add_change:
        ldx #WIDTH-1
@add_element:
        clc
        lda residual_lo,x
        adc change_lo,x
        sta residual_lo,x
        lda residual_hi,x
        adc change_hi,x
        bvc @fits
        asl                     ; C = the wrong sign
        lda #$00
        sbc #$00
        eor #$FF                ; $FF of $7FFF, or $00 of $8000
        sta residual_lo,x
        eor #$80
@fits:
        sta residual_hi,x
        dex
        bpl @add_element
        rts

; hidden_i = max(0, hidden_i)
relu:
        ldx #$00
@next_hidden:
        lda hidden_hi,x
        bpl @not_negative
        lda #$00
        sta hidden_lo,x
        sta hidden_hi,x
@not_negative:
        inx
        cpx #<FFN
        bne @next_hidden
        rts
