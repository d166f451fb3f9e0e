; matvec.s - matrix times vector

.include "engine.inc"

.export matvec
.exportzp output_lo, output_hi
.import acc0, acc1, acc2, acc3
.import begin_offset, scale, set_rows, set_shift, sweep
.import matrix_lo, matrix_hi, matrix_rows, matrix_cols, matrix_shift, bias_lo, bias_hi
.importzp column, column_step, columns, first_row, value

.zeropage
output_lo:      .res 2          ; address of y
output_hi:      .res 2
bias_low_at:    .res 2          ; address of the bias's low bytes, less first_row
bias_high_at:   .res 2          ; of its high bytes

.bss
matrix:         .res 1

.code

; matvec - y_i = sat16((sum_j W_ij * x_j + b_i) >> shift)
; In: X = matrix, input (address of x), output (address of y); may be stopped, see `sweep`
; Out: y   Uses: A, X, Y, output   Cycles: 85-120 K for 32 x 32, by how many |x_j| are 256 or more
matvec:
        stx matrix
        lda matrix_lo,x
        sta column
        lda matrix_hi,x
        sta column+1
        lda matrix_cols,x
        sta columns
        lda matrix_rows,x
        sta column_step
        cmp #$01                ; C = 0 if A = 0: 256 rows
        lda #$00
        sta column_step+1
        bcs :+
        inc column_step+1
:       lda column_step
        jsr set_rows
        jsr begin_offset
        jsr add_bias
        jsr sweep
        ldx matrix
        lda matrix_shift,x
        jsr set_shift
        less_first_row output_lo
        less_first_row output_hi
        ldy first_row
@finish_row:
        lda acc0,y
        sta value
        lda acc1,y
        sta value+1
        lda acc2,y
        sta value+2
        lda acc3,y
        sta value+3
        jsr scale
        lda value
        sta (output_lo),y
        lda value+1
        sta (output_hi),y
        iny
        bne @finish_row
        rts

; add_bias - acc_i += b_i where the matrix has a bias
; In: matrix, first_row, column_step = rows   Out: acc   Uses: A, X, Y
add_bias:
        ldx matrix
        lda bias_lo,x
        sta bias_low_at
        ora bias_hi,x
        beq @no_bias
        lda bias_hi,x
        sta bias_low_at+1
        less_first_row bias_low_at
        clc
        lda bias_low_at
        adc column_step
        sta bias_high_at
        lda bias_low_at+1
        adc column_step+1
        sta bias_high_at+1
        ldy first_row
@bias_row:
        tya
        tax                     ; `inc` and `dec` know no address,y
        clc
        lda acc0,x
        adc (bias_low_at),y
        sta acc0,x
        lda (bias_high_at),y
        bmi @negative
        adc acc1,x
        sta acc1,x
        bcc @next_bias
        inc acc2,x
        bne @next_bias
        inc acc3,x
        jmp @next_bias
@negative:
        adc acc1,x
        sta acc1,x
        bcs @next_bias          ; the sign's $FFFF and the carry make 0
        lda acc2,x
        bne :+
        dec acc3,x
:       dec acc2,x
@next_bias:
        iny
        bne @bias_row
@no_bias:
        rts
