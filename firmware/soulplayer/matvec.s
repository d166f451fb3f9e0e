; matvec.s - matrix times vector, block of rows by block
;
; Fast where the inputs are small enough for sums of 16 bits (`word_block`), exact in every case (`wide_block`).

.include "engine.inc"
.include "planes.inc"

.export matvec, matvec_again, block, body, floors, rows_too_large
.exportzp output_lo, output_hi
.import abandon, engine_poll, tally
.import add_bias, aim_hi, aim_lo, bias_high_at, bias_low_at, bias_round, bits_kept, entries_hi, entries_lo, frames_hi
.import frames_lo, keep, keep_bits, last_lows, row_shift, rows, shifts_hi, shifts_lo, store_high, store_low, store_next
.import store_order
.import first_group, last_group, wide_block, wide_tables, word_tables
.import body_chunks, body_end, body_first, body_inputs, body_last, body_rows, body_whole, matrix_body, matrix_first
.import block_lo, block_hi, block_bias_lo, block_bias_hi, block_limit, block_shift
.repeat PLANES, T
.import .ident (.sprintf ("block_rows_%d", T))
.endrepeat
.importzp cursor, frame, input_hi, input_lo, negative, plane_rows, row_end, total
.if CHUNKS > 1
.import partial
.endif

NO_TABLES = 0
WORD_TABLES = 1
WIDE_TABLES = 2

.zeropage
output_lo:      .res 2          ; address of y
output_hi:      .res 2

.bss
matrix:         .res 1
block:          .res 1          ; of rows of a matrix
body:           .res 1          ; what is known of its groups of inputs
code:           .res 1          ; the body whose code sums them
chunk:          .res 1          ; of a row's inputs
tables:         .res 1          ; what the tables of subset sums hold
floors:         .res 1          ; whether the body halves by floors
plane:          .res 1          ; t of a class of rows
class_end:      .res 1          ; the row behind its last
order:          .res 2          ; address of the block's order of rows
bias:           .res 2          ; address of its biases, high byte 0 if it has none
finish:         .res 2          ; where rows of a class go on
entry:          .res 1          ; where in the frame the entry's address stands
.if CHUNKS > 1
next_planes:    .res 2          ; address of the next chunk's
whole_lo:       .res 2          ; input of the first chunk
whole_hi:       .res 2
.endif

.code

; matvec - y_i = sat16((sum_j W_ij * x_j + b_i) >> shift)
; matvec_again - for the input of the product before
; In: X = matrix, input (address of x), output (address of y); may be stopped, see `abandon`
; Out: y   Uses: A, X, Y   Cycles: 45 K for 32 x 32; 23 K again
matvec:
        lda #NO_TABLES
        sta tables
matvec_again:
        stx matrix
        lda matrix_body,x
        sta body
        lda matrix_first,x
        sta block
@next_block:
        jsr product
        inc block
        ldx matrix
        lda block
        cmp matrix_first+1,x
        bne @next_block
        rts

; product - a block of rows
product:
        lda #$00
        sta chunk
.if CHUNKS > 1
        copy_word whole_lo, input_lo
        copy_word whole_hi, input_hi
.endif
        lda tables
        bne tables_made
make_tables:
        ldx body
        lda body_first,x
        sta first_group
        lda body_end,x
        sta last_group
        ldx block
        lda block_limit,x
        beq make_wide           ; no input is small enough
        jsr word_tables
        bcs make_wide
        lda #WORD_TABLES
        sta tables
tables_made:
        cmp #WIDE_TABLES
        beq wide
        ldx block
        lda total+1
        cmp block_limit,x
        bcc word_block
make_wide:
rows_too_large:
.if CHUNKS > 1
        copy_word input_lo, whole_lo
        copy_word input_hi, whole_hi
.endif
        ldx body
        lda body_whole,x
        sta last_group
        lda #WIDE_TABLES
        sta tables
        jsr wide_tables
wide:
        ldx #TALLY_PRODUCTS
        jsr tally
        jsr take_rows
        jmp wide_block

; take_rows - plane_rows and cursor of the block
; In: block   Out: plane_rows, cursor (address of the block's order of rows)   Uses: A, X
take_rows:
        ldx block
        .repeat PLANES, T
        lda .ident (.sprintf ("block_rows_%d", T)),x
        sta plane_rows+T
        .endrepeat
        lda block_lo,x
        sta cursor
        lda block_hi,x
        sta cursor+1
        rts

.macro  frame_byte distance             ; A into the frame
        ldy #distance
        sta (frame),y
.endmacro

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

; word_block - a block in 16 bits
; In: block, body, chunk, input, output, tables of `word_tables`   Out: y   Uses: A, X, Y
; Cycles: 800, 220 a class of rows of equal bits, 15 a plane and group, 100 a poll, and those of the rows
word_block:
        jsr take_rows
        copy_word order, cursor
        ldx body
        stx code
.if CHUNKS > 1
        ldy chunk
        iny
        tya
        cmp body_chunks,x
        bne :+
        lda body_last,x
        sta code
:       dey
        beq @first_planes
        copy_word cursor, next_planes
        jmp @planes_found
@first_planes:
.endif
        clc                     ; the planes follow the order of rows
        lda cursor
        adc plane_rows
        sta cursor
        bcc @planes_found
        inc cursor+1
@planes_found:
        jsr set_frame
        jsr set_bias
        jsr aim_body
.if CHUNKS > 1
        sta next_planes
        stx next_planes+1
.endif
        ldy #PLANES-1
        ldx #$00                ; row
@next_class:
        sty plane
        lda plane_rows,y
        sta class_end
        cpx class_end
        beq @class_done
        stx row_end
        jsr set_class
@next_rows:
        clc
        lda row_end
        tax
        ldy body
        adc body_rows,y
        cmp class_end
        bcc :+
        lda class_end
:       sta row_end
        frame_byte FRAME_END
        clc
        jsr rows
        jsr engine_poll
        bcs @stop
        lda row_end
        cmp class_end
        bne @next_rows
        tax
@class_done:
        ldy plane
        dey
        bpl @next_class
.if CHUNKS > 1
        inc chunk
        ldx body
        lda chunk
        cmp body_chunks,x
        beq @whole
        clc
        lda input_lo
        adc body_inputs,x
        sta input_lo
        bcc :+
        inc input_lo+1
        clc
:       lda input_hi
        adc body_inputs,x
        sta input_hi
        bcc :+
        inc input_hi+1
:       jmp make_tables
@whole:
.endif
        rts
@stop:
        jmp abandon

; What is the same for all rows of a block, into the frame and the code behind it
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

; The block's bias into the code, or the sums of the chunks before
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

; What is the same for rows of equal bits
; In: plane   Uses: A, X, Y
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

aim_body:
        jmp $FFFF
