; matvec.s - matrix times vector, block of rows by block
;
; Fast where the inputs are small enough for sums of 16 bits (`word_block`), exact in every case (`wide_block`).

.include "engine.inc"

.export matvec, matvec_again, block, rows_too_large
.exportzp output_lo, output_hi
.import abandon, engine_poll, tally
.import aim_hi, aim_lo, bias_fraction, bias_high_at, bias_low_at, entries_hi, entries_lo, finish_biased, finish_hi
.import finish_lo, finish_plain, row_entry, row_next, row_order, row_out_hi, row_out_lo, row_shift, rows_biased
.import rows_plain, shifts_hi, shifts_lo
.import first_group, last_group, wide_block, wide_tables, word_tables
.import bias_high_at_17, bias_low_at_17, finish_biased_17, finish_plain_17
.import body_end, body_first, body_rows, body_top, matrix_body, matrix_first
.import block_lo, block_hi, block_bias_lo, block_bias_hi, block_limit, block_shift
.repeat PLANES, T
.import .ident (.sprintf ("block_rows_%d", T))
.endrepeat
.importzp cursor, plane_rows, row_end, sum_top, total

NO_TABLES = 0
WORD_TABLES = 1
WIDE_TABLES = 2

.zeropage
output_lo:      .res 2          ; address of y
output_hi:      .res 2
finish_at:      .res 2          ; address in a body of the address that it goes on to

.bss
matrix:         .res 1
block:          .res 1          ; of rows of a matrix
body:           .res 1          ; the code for its groups of inputs
entries:        .res 1          ; index of the body's entries
tables:         .res 1          ; what the tables of subset sums hold
plane:          .res 1          ; t of a class of rows
class_end:      .res 1          ; the row behind its last
bias:           .res 2          ; address of the block's bias

.code

; matvec - y_i = sat16((sum_j W_ij * x_j + b_i) >> shift)
; matvec_again - for the input of the product before
; In: X = matrix, input (address of x), output (address of y); may be stopped, see `abandon`
; Out: y   Uses: A, X, Y   Cycles: 49 K for 32 x 32; 35 K again
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
        lda tables
        bne tables_made
        ldx body
        lda body_first,x
        sta first_group
        lda body_end,x
        sta last_group
        ldx block
        lda block_limit,x
        beq make_wide          ; no input is small enough
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

; word_block - a block in 16 bits
word_block:
        jsr take_rows
        lda #$00
        sta sum_top
        point_at row_order, cursor
        point_at row_out_lo, output_lo
        point_at row_out_hi, output_hi
        clc                     ; the planes follow the order of rows
        lda cursor
        adc plane_rows
        sta cursor
        bcc :+
        inc cursor+1
:       ldx block
        lda block_bias_lo,x
        sta bias
        lda block_bias_hi,x
        sta bias+1
        beq @plain
        point_at bias_fraction, bias
        lda plane_rows
        jsr next_bias
        point_at bias_low_at, bias
        lda plane_rows
        jsr next_bias
        point_at bias_high_at, bias
        point_to row_next, rows_biased
        point_at bias_low_at_17, bias_low_at+1
        point_at bias_high_at_17, bias
        jsr body_code
        lda body_top,x
        bne @biased_17
        lda #<finish_biased
        ldx #>finish_biased
        bne @aim                ; always
@biased_17:
        lda #<finish_biased_17
        ldx #>finish_biased_17
        bne @aim                ; always
@plain:
        point_to row_next, rows_plain
        jsr body_code
        lda body_top,x
        bne @plain_17
        lda #<finish_plain
        ldx #>finish_plain
        bne @aim                ; always
@plain_17:
        lda #<finish_plain_17
        ldx #>finish_plain_17
@aim:
        sta (finish_at),y
        txa
        iny
        sta (finish_at),y
        jsr aim_body
        lda body
        asl
        asl
        asl
        sta entries
        ldy #PLANES-1
        ldx #$00                ; row
@next_class:
        sty plane
        lda plane_rows,y
        sta class_end
        cpx class_end
        beq @class_done
        stx row_end
        ldx block               ; shift - t, + FRACTION
        lda block_shift,x
        clc
        adc #FRACTION
        sec
        sbc plane
        tax
        lda shifts_lo,x
        sta row_shift+1
        lda shifts_hi,x
        sta row_shift+2
        clc
        lda entries
        adc plane
        tay
        lda entries_lo,y
        sta row_entry+1
        lda entries_hi,y
        sta row_entry+2
        ldx row_end
@next_rows:
        clc
        txa
        ldy body
        adc body_rows,y
        cmp class_end
        bcc :+
        lda class_end
:       sta row_end
        jsr row_next
        stx row_end
        jsr engine_poll
        bcs @stop
        ldx row_end
        cpx class_end
        bne @next_rows
@class_done:
        ldy plane
        dey
        bpl @next_class
        rts
@stop:
        jmp abandon

aim_body:
        jmp $FFFF

; finish_at, aim_body of the body; Y = 0   Uses: A, X
body_code:
        ldx body
        lda finish_lo,x
        sta finish_at
        lda finish_hi,x
        sta finish_at+1
        lda aim_lo,x
        sta aim_body+1
        lda aim_hi,x
        sta aim_body+2
        ldy #$00
        rts

; bias += A
next_bias:
        clc
        adc bias
        sta bias
        bcc :+
        inc bias+1
:       rts
