; matvec_frame.s - what rows of a block in 16 bits have in common, into the code of planes.s and the frame in it

.include "engine.inc"
.include "planes.inc"

.export aim_body, floors, set_bias, set_class, set_frame
.import add_bias, aim_hi, aim_lo, bias_high_at, bias_low_at, bias_round, bits_kept, entries_hi, entries_lo, frames_hi
.import frames_lo, keep, keep_bits, last_lows, row_shift, rows, shifts_hi, shifts_lo, store_high, store_low, store_next
.import store_order
.import block, block_bias_hi, block_bias_lo, block_shift, body, body_chunks, chunk, code, order, plane
.importzp frame, negative, output_hi, output_lo, plane_rows, total
.if CHUNKS > 1
.import partial
.endif

.bss
floors:         .res 1          ; whether the body halves by floors
bias:           .res 2          ; address of the block's biases, high byte 0 if it has none
finish:         .res 2          ; where rows of a class go on
entry:          .res 1          ; where in the frame the entry's address stands

.code

.macro  frame_word distance, address    ; a word into the frame
        lda address
        frame_byte distance
        lda address+1
        iny
        sta (frame),y
.endmacro

.macro  point_at place, address         ; write a word into the code
        lda address
        sta place+1
        lda address+1
        sta place+2
.endmacro

.macro  point_to place, label           ; a label's address
        lda #<label
        sta place+1
        lda #>label
        sta place+2
.endmacro

.macro  point_into place, distance      ; an address in the frame
        clc
        lda frame
        adc #distance
        sta place+1
        lda frame+1
        adc #$00
        sta place+2
.endmacro

; set_frame - what is the same for all rows of a block
; In: code, total, negative, output, order   Out: frame, floors   Uses: A, X, Y   Cycles: 260
set_frame:
        ldx code
        sec
        lda frames_lo,x
        sbc last_lows,x
        sta frame
        lda frames_hi,x
        sbc #$00
        sta frame+1
        lda total               ; + 1 is a multiple of 256, or one less
        lsr
        lda #CLEAR_C
        bcs :+
        lda #SET_C
:       ldy #$00
        sta (frame),y
        lda frames_lo,x
        sta frame
        lda frames_hi,x
        sta frame+1
        lda total+1
        eor #$FF
        frame_byte FRAME_MINUS
        lda aim_lo,x
        sta aim_body+1
        lda aim_hi,x
        sta aim_body+2
        frame_word FRAME_HIGH, output_hi
        frame_word FRAME_LOW, output_lo
        point_at store_high, output_hi
        point_at store_low, output_lo
        point_at store_order, order
        point_into store_next, FRAME_NEXT
        point_into rows, FRAME_ROWS
        lda negative+1
        frame_byte FRAME_START_HIGH
        lda body_chunks,x
        cmp #$02                ; C = floors
        lda #$00
        rol
        sta floors
        eor #$01                ; one more where ceilings follow
        clc
        adc negative
        frame_byte FRAME_START_LOW
        rts

; set_bias - the block's bias, or the sums of the chunks before
; In: block, chunk, plane_rows, floors   Out: -   Uses: A, X, Y   Cycles: 50; 190 where there is one
set_bias:
.if CHUNKS > 1
        lda chunk
        beq @first
        load_word bias, partial
        jmp @biased
@first:
.endif
        ldx block
        lda block_bias_lo,x
        sta bias
        lda block_bias_hi,x
        sta bias+1
        bne @biased
        lda #JUMP
        frame_byte FRAME_ENTRY
        lda #FRAME_ENTRY + 1
        sta entry
        rts
@biased:
        lda #ADD_X
        frame_byte FRAME_ENTRY
        frame_word FRAME_ENTRY + 1, bias
        lda #FRAME_BIASED + 1
        sta entry
        jsr next_biases
        point_at bias_low_at, bias
        jsr next_biases
        point_at bias_high_at, bias
        ldx #CLEAR_C
        lda floors
        beq :+
        ldx #SET_C
:       stx bias_round
        lda #JUMP
        frame_byte FRAME_FINISH
        load_word finish, add_bias
        frame_word FRAME_FINISH + 1, finish
        rts

; bias += rows
next_biases:
        clc
        lda bias
        adc plane_rows
        sta bias
        bcc :+
        inc bias+1
:       rts

; set_class - what is the same for rows of equal bits
; In: plane, code, block, chunk   Out: -   Uses: A, X, Y   Cycles: 135
set_class:
        lda code
        asl
        asl
        asl
        adc plane
        tax
        lda entries_lo,x
        ldy entry
        sta (frame),y
        lda entries_hi,x
        iny
        sta (frame),y
.if CHUNKS > 1
        ldx body
        clc
        lda chunk
        adc #$01
        cmp body_chunks,x
        bne @keep               ; there is another chunk
.endif
        ldx block               ; shift - t, + FRACTION
        lda block_shift,x
        clc
        adc #FRACTION
        sec
        sbc plane
        tax
        lda shifts_lo,x
        sta finish
        lda shifts_hi,x
        sta finish+1
        lda bias+1
        bne @biased
        cpx #FRACTION + 1
        beq @by_one
        lda #JUMP
        frame_byte FRAME_FINISH
        frame_word FRAME_FINISH + 1, finish
        rts
@by_one:
        lda #LOAD_Y_X
        frame_byte FRAME_FINISH
        frame_word FRAME_FINISH + 1, order
        rts
@biased:
        point_at row_shift, finish
        rts
.if CHUNKS > 1
@keep:
        point_to row_shift, keep
        clc                     ; t bits are kept
        lda #<(bits_kept - PLANES)
        adc plane
        sta keep_bits+1
        lda #>(bits_kept - PLANES)
        adc #$00
        sta keep_bits+2
        rts
.endif

; aim_body - the body's `aim` of planes.s, to which set_frame leads it
aim_body:
        jmp $FFFF
