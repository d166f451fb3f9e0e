; matvec.s - matrix times vector, block of rows by block
;
; Fast where the inputs are small enough for sums of 16 bits (`word_block`), exact in every case (`wide_block`).

.include "engine.inc"
.include "planes.inc"

.export matvec, matvec_again, block, body, chunk, code, order, plane, rows_too_large
.exportzp output_lo, output_hi
.import abandon, engine_poll, tally
.import aim_body, rows, set_bias, set_class, set_frame
.import first_group, last_group, wide_block, wide_tables, word_tables
.import body_chunks, body_end, body_first, body_inputs, body_last, body_rows, body_whole, matrix_body, matrix_first
.import block_lo, block_hi, block_limit
.repeat PLANES, T
.import .ident (.sprintf ("block_rows_%d", T))
.endrepeat
.importzp cursor, frame, input_hi, input_lo, plane_rows, row_end, total

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
plane:          .res 1          ; t of a class of rows
class_end:      .res 1          ; the row behind its last
order:          .res 2          ; address of the block's order of rows
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
