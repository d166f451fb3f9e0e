; Screen output of the program's own, so that its cycles do not depend on the KERNAL: cells in reading order, wrap
; at the right edge, scrolling at the bottom.

        .include "hardware.inc"
        .include "palette.inc"

        .export screen_clear, screen_fresh_line, screen_goto, screen_newline, screen_put
        .export screen_reverse, screen_scroll, screen_store, screen_text
        .exportzp cursor_column, cursor_row, text_colour

SPACE                   = $20           ; screen code
REVERSE                 = $80
LAST_ROW                = ROWS - 1
CELLS                   = ROWS * COLUMNS
CLEAR_STRIP             = CELLS / 4                     ; what a loop over a byte index reaches
SCROLL_STRIP            = LAST_ROW * COLUMNS / 4
SCREEN_TO_COLOUR        = >COLOUR_RAM - >SCREEN_RAM

.zeropage

cursor_row:             .res 1          ; 0..24
cursor_column:          .res 1          ; 0..39
text_colour:            .res 1          ; of what is drawn next
screen_row:             .res 2          ; address of the cursor's row
colour_row:             .res 2          ; the same row in colour RAM
text_pointer:           .res 2
text_left:              .res 1

.code

; screen_clear: blanks the screen, sets the colours, cursor to the top left.
; Uses: A, X, Y. Cycles: 16.3 K
screen_clear:
        lda #COLOUR_BACKGROUND
        sta VIC_BACKGROUND
        lda #BORDER_EDITING
        sta VIC_BORDER
        lda #COLOUR_TYPED
        sta text_colour
        ldx #CLEAR_STRIP
@next:
        .repeat CELLS / CLEAR_STRIP, strip
        lda #SPACE
        sta SCREEN_RAM + strip * CLEAR_STRIP - 1,x
        lda text_colour
        sta COLOUR_RAM + strip * CLEAR_STRIP - 1,x
        .endrepeat
        dex
        bne @next
        txa
        tay
        ; fall through

; screen_goto: cursor to row A, column Y.
; In: A row 0..24, Y column 0..39. Uses: A, X. Cycles: 38
screen_goto:
        sta cursor_row
        sty cursor_column
        tax
        lda row_low,x
        sta screen_row
        sta colour_row
        lda row_high,x
        sta screen_row + 1
        clc
        adc #SCREEN_TO_COLOUR
        sta colour_row + 1
        rts

; screen_store: draws one cell at the cursor and leaves the cursor there.
; In: A screen code. Out: Y column. Uses: A. Cycles: 24
screen_store:
        ldy cursor_column
        sta (screen_row),y
        lda text_colour
        sta (colour_row),y
        rts

; screen_reverse: turns the cell at the cursor to its reverse or back.
; Uses: A, Y. Cycles: 22
screen_reverse:
        ldy cursor_column
        lda (screen_row),y
        eor #REVERSE
        sta (screen_row),y
        rts

; screen_put: draws one cell and moves on, to the next row after the last column.
; In: A screen code. Uses: A, X, Y. Cycles: 48, at a row's end 98, 25.4 K when the screen scrolls
screen_put:
        jsr screen_store
        ; fall through

; advance: moves on by one cell.
; Uses: A, X, Y
advance:
        inc cursor_column
        lda cursor_column
        cmp #COLUMNS
        beq screen_newline
        rts

; screen_fresh_line: to the start of the next row, unless the cursor is at the start of a row.
; Uses: A, X, Y
screen_fresh_line:
        lda cursor_column
        bne screen_newline
        rts

; screen_newline: to the start of the next row; scrolls at the bottom.
; Uses: A, X, Y
screen_newline:
        ldy #0
        lda cursor_row
        cmp #LAST_ROW
        bne @down
        jsr screen_scroll
        lda #LAST_ROW - 1
@down:  clc
        adc #1
        jmp screen_goto

; screen_scroll: moves all rows up by one and blanks the last one; the cursor stays where it is.
; Uses: A, X. Cycles: 25.3 K
screen_scroll:
        .repeat LAST_ROW * COLUMNS / SCROLL_STRIP, strip        ; one after the other, for they overlap
        .scope
        ldx #0
next:   lda SCREEN_RAM + COLUMNS + strip * SCROLL_STRIP,x
        sta SCREEN_RAM + strip * SCROLL_STRIP,x
        lda COLOUR_RAM + COLUMNS + strip * SCROLL_STRIP,x
        sta COLOUR_RAM + strip * SCROLL_STRIP,x
        inx
        cpx #SCROLL_STRIP
        bne next
        .endscope
        .endrepeat
        ldx #COLUMNS - 1
@blank: lda #SPACE
        sta SCREEN_RAM + LAST_ROW * COLUMNS,x
        lda text_colour
        sta COLOUR_RAM + LAST_ROW * COLUMNS,x
        dex
        bpl @blank
        rts

; screen_text: draws a text.
; In: A, X address (low, high) of the length and that many screen codes. Uses: A, X, Y
screen_text:
        sta text_pointer
        stx text_pointer + 1
        ldy #0
        lda (text_pointer),y
        sta text_left
        beq @done
@next:  inc text_pointer
        bne @same_page
        inc text_pointer + 1
@same_page:
        ldy #0
        lda (text_pointer),y
        jsr screen_put
        dec text_left
        bne @next
@done:  rts

.rodata

row_low:
        .repeat ROWS, row
        .byte <(SCREEN_RAM + row * COLUMNS)
        .endrepeat
row_high:
        .repeat ROWS, row
        .byte >(SCREEN_RAM + row * COLUMNS)
        .endrepeat
