; Rows that move: the screen scrolls up, a row is opened.

.include "lowmem.inc"

.export insert_row, scroll_up
.import copy_row, new_row

ROWS            = 25
CTRL_ALONE      = $FB           ; STKEY

.segment "SCROLL"               ; $E8EA

; Scrolls the screen up by its top line: one row or two. The cursor's row and
; the row where line input began move along.
; Uses: A, X, Y, PNT, USER, SAL
; Cycles: 35,200 a row
scroll_up:
        ldx #0
up:     txa
        tay
        iny
        jsr copy_row
        inx
        cpx #ROWS - 1
        bne up
        jsr new_row
        dec TBLX
        dec LXSP
        lda LDTB1               ; the rest of a line of two rows goes as well
        bpl scroll_up
        jmp slow_down

; CTRL held down makes a listing slow.
; Uses: A, X, Y
; Cycles: 9, or 200,000
slow_down:
        lda STKEY
        cmp #CTRL_ALONE
        bne full_speed
        lda #0
        sta NDX                 ; CTRL with a letter is not meant
        ldx #156
        tay
pause:  dey
        bne pause
        dex
        bne pause
full_speed:
        rts

.segment "INSERT_ROW"           ; $E965

; Opens a blank row X; the rows from there on move down, the last is lost.
; In:   X = row
; Uses: A, X, Y, PNT, USER, SAL, SCHAR
; Cycles: 1,020 + 1,425 (24 - row)
insert_row:
        stx SCHAR
        ldx #ROWS - 1
down:   cpx SCHAR
        beq opened
        txa
        tay
        dey
        jsr copy_row
        dex
        bpl down                ; always
opened: jmp new_row
