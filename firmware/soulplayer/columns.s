; columns.s - sums of columns: the one loop that the engine spends its time in
;
; acc_i += u_ij * x_j over the columns j of a matrix of bytes, u = 0..255, and int16 inputs x. A column at a time: x_j
; is fixed, so the tables of its products can be written into the loop over the rows. Signed weights are stored as
; w + 128; sum_j w_ij * x_j then begins with acc_i = -128 * sum_j x_j (`begin_offset`).

.include "engine.inc"

.export set_rows, begin_zero, begin_offset, sweep, sweep_words
.export acc0, acc1, acc2, acc3
.exportzp first_row, column, column_step, columns, input_lo, input_hi, low_plane, high_plane
.import abandon, poll
.import square_lo, square_hi, mirror_lo, mirror_hi

ADD = 0
SUBTRACT = 1

.zeropage
first_row:      .res 1          ; index of row 0
column:         .res 2          ; address of the column, less first_row in `sweep`
column_step:    .res 2          ; from a column to the next
columns:        .res 1          ; how many, 0 = 256
column_index:   .res 1          ; j
input_lo:       .res 2          ; address of x
input_hi:       .res 2
low_plane:      .res 2          ; address of the low bytes of a matrix of words
high_plane:     .res 2          ; of its high bytes, each + 128
x_low:          .res 1          ; |x_j|
x_high:         .res 1
product:        .res 3          ; u_ij * |x_j|
high_product:   .res 2          ; u_ij * x_high
begin:          .res 4          ; what every row's sum begins with

.segment "PAGED"
acc0:           .res 256        ; the rows' sums, 32 bits
acc1:           .res 256
acc2:           .res 256
acc3:           .res 256

.code

; set_rows - how many rows the next sums have
; In: A = rows, 0 = 256   Out: first_row   Uses: A   Cycles: 15
set_rows:
        eor #$FF
        clc
        adc #$01
        sta first_row
        rts

; begin_zero - acc_i := 0
; In: first_row   Out: acc   Uses: A, X, begin   Cycles: 25 + 37 a row
begin_zero:
        lda #$00
        sta begin
        sta begin+1
        sta begin+2
        sta begin+3
        beq fill

; begin_offset - acc_i := -128 * sum_j x_j
; In: first_row, columns, input   Out: acc   Uses: A, X, Y, begin   Cycles: 60 + 43 a column + 37 a row
begin_offset:
        lda #$00
        sta begin
        sta begin+1
        sta begin+2
        sta begin+3
        tay
@subtract_input:                ; begin+1.. -= x_j
        sec
        lda begin+1
        sbc (input_lo),y
        sta begin+1
        lda (input_hi),y
        bmi @minus_negative
        lda begin+2
        sbc (input_hi),y
        sta begin+2
        bcs @next_input
        dec begin+3
        bcc @next_input
@minus_negative:
        lda begin+2
        sbc (input_hi),y
        sta begin+2
        bcc @next_input         ; the sign's $FF and the borrow make 0
        inc begin+3
@next_input:
        iny
        cpy columns
        bne @subtract_input
        lda begin+3             ; 256 * sum / 2
        asl
        ror begin+3
        ror begin+2
        ror begin+1
        ror begin
        ; on into fill

; acc_i := begin
fill:
        ldx first_row
@next_row:
        lda begin
        sta acc0,x
        lda begin+1
        sta acc1,x
        lda begin+2
        sta acc2,x
        lda begin+3
        sta acc3,x
        inx
        bne @next_row
        rts

; sweep_words - acc_i := 256 * (acc_i + sum_j h_ij * x_j) + sum_j l_ij * x_j, for a matrix of words 256 * h + l
; In: as `sweep`, high_plane and low_plane in place of column   Out: acc   Uses: A, X, Y, column
; Cycles: two sweeps, and 44 a row
sweep_words:
        copy_word column, high_plane
        jsr sweep
        ldx first_row
@times_256:
        lda acc2,x
        sta acc3,x
        lda acc1,x
        sta acc2,x
        lda acc0,x
        sta acc1,x
        lda #$00
        sta acc0,x
        inx
        bne @times_256
        copy_word column, low_plane
        ; on into sweep

; sweep - acc_i += sum_j u_ij * x_j; leaves the step by `abandon` if `poll` wants a stop
; In: first_row, column (address of column 0), column_step, columns, input   Out: acc
; Uses: A, X, Y, column   Cycles: 135 a column with `poll`, and its products: 64 a row where |x_j| < 256, 113 where not
sweep:
        less_first_row column
        lda #$00
        sta column_index
@next_column:
        ldy column_index
        lda (input_lo),y
        sta x_low
        lda (input_hi),y
        sta x_high
        jsr add_column
        clc
        lda column
        adc column_step
        sta column
        lda column+1
        adc column_step+1
        sta column+1
        jsr poll
        bcs @stop
        inc column_index
        lda column_index
        cmp columns
        bne @next_column
        rts
@stop:
        jmp abandon

; Write the low byte A of the address into the loop: tables of square are read at A, those of mirror at 255 - A
.macro  patch_tables square_low, square_high, mirror_low, mirror_high
        sta square_low+1
        sta square_high+1
        eor #$FF
        sta mirror_low+1
        sta mirror_high+1
.endmacro

; acc_i += or -= product, A = its top byte, C clear for ADD, set for SUBTRACT. `last` is that byte's index: 1 for a
; product of 16 bits, 2 for 24.
.macro  combine direction, last
        .local  next_row
.if direction = ADD
        tay
        lda acc0,x
        adc product
        sta acc0,x
  .if last = 2
        lda acc1,x
        adc product+1
        sta acc1,x
        tya
        adc acc2,x
        sta acc2,x
        bcc next_row
        inc acc3,x
  .else
        tya
        adc acc1,x
        sta acc1,x
        bcc next_row
        inc acc2,x
        bne next_row
        inc acc3,x
  .endif
.else
        sta product+last
        lda acc0,x
        sbc product
        sta acc0,x
        lda acc1,x
        sbc product+1
        sta acc1,x
  .if last = 2
        lda acc2,x
        sbc product+2
        sta acc2,x
        bcs next_row
        dec acc3,x
  .else
        bcs next_row
        lda acc2,x
        bne :+
        dec acc3,x
:       dec acc2,x
  .endif
.endif
next_row:
.endmacro

; A column where |x_j| < 256: one product of bytes a row
.macro  byte_column direction
        .local  row, square_low, square_high, mirror_low, mirror_high
        copy_word row+1, column
        lda x_low
        patch_tables square_low, square_high, mirror_low, mirror_high
        ldx first_row
row:
        ldy $FFFF,x             ; u_ij
        sec
square_low:
        lda square_lo,y
mirror_low:
        sbc mirror_lo,y
        sta product
square_high:
        lda square_hi,y
mirror_high:
        sbc mirror_hi,y         ; a product has no borrow: C is set
.if direction = ADD
        clc
.endif
        combine direction, 1
        inx
        bne row
        rts
.endmacro

; A column where |x_j| >= 256: two products of bytes a row
.macro  word_column direction
        .local  row, square_low, square_high, mirror_low, mirror_high
        .local  square_low_h, square_high_h, mirror_low_h, mirror_high_h
        copy_word row+1, column
        lda x_low
        patch_tables square_low, square_high, mirror_low, mirror_high
        lda x_high
        patch_tables square_low_h, square_high_h, mirror_low_h, mirror_high_h
        ldx first_row
row:
        ldy $FFFF,x             ; u_ij
        sec
square_low_h:
        lda square_lo,y
mirror_low_h:
        sbc mirror_lo,y
        sta high_product
square_high_h:
        lda square_hi,y
mirror_high_h:
        sbc mirror_hi,y
        sta high_product+1
square_low:
        lda square_lo,y         ; a product has no borrow: C is still set
mirror_low:
        sbc mirror_lo,y
        sta product
square_high:
        lda square_hi,y
mirror_high:
        sbc mirror_hi,y
        clc
        adc high_product
        sta product+1
        lda high_product+1
        adc #$00                ; 24 bits hold it: C is clear
.if direction = SUBTRACT
        sec
.endif
        combine direction, 2
        inx
        bne row
        rts
.endmacro

; add_column - acc_i += u_ij * x_j for one column j
; In: x_low, x_high = x_j, column (less first_row), first_row   Out: acc   Uses: A, X, Y, x_low, x_high
add_column:
        lda x_high
        bmi @minus
        beq :+
        jmp add_words
:       lda x_low
        bne add_bytes
        rts
@minus:
        sec
        lda #$00
        sbc x_low
        sta x_low
        lda #$00
        sbc x_high
        sta x_high
        beq subtract_bytes
        jmp subtract_words

add_bytes:
        byte_column ADD
subtract_bytes:
        byte_column SUBTRACT
add_words:
        word_column ADD
subtract_words:
        word_column SUBTRACT
