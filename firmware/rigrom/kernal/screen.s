; The screen as memory: rows, the lines they form, scrolling, cursor position.
; A logical line is one row or two. Bit 7 of LDTB1 says that a row starts one;
; PNT and USER point to its first cell, PNTR counts its columns, TBLX is the row
; where the cursor is.

.include "io.inc"
.include "lowmem.inc"

.export cint, first_row, home, insert_row, next_line, plot, screen
.export screen_clear, scroll_up, select_row
.import clrchn, find_standard, jiffy_start, keyboard_init

COLUMNS         = 40
ROWS            = 25
LINE_START      = $80
SPACE           = $20
LIGHT_BLUE      = 14
BLUE            = 6
VIC_REGISTERS   = $2F

.segment "EDITOR"

; CINT: video chip, editor and keyboard as after a reset; clears the screen.
; Cycles: 26,000 and up to a picture and a half for its last line
; Finds out whether the picture is PAL or NTSC.
; Uses: A, X, Y
cint:   ldx #VIC_REGISTERS - 1
next:   lda vic_defaults,X
        sta VIC,X
        dex
        bpl next
        jsr find_standard
        jsr jiffy_start
        jsr clrchn
        jsr keyboard_init
        lda #LIGHT_BLUE
        sta COLOR
        lda #0
        sta CRSW
        sta AUTODN
        sta RVS
        sta QTSW
        sta INSRT
        sta BLNON
        lda #1
        sta BLNSW
        sta BLNCT

; Clears the screen, one row a line, cursor home.
; Uses: A, X, Y
; Cycles: 24,900
screen_clear:
        ldx #ROWS - 1
row:    jsr clear_row
        dex
        bpl row
home:   lda #0
        sta TBLX
        sta PNTR

; Makes PNT, USER, LNMX and PNTR agree with the cursor at row TBLX, column
; PNTR modulo 40.
; Uses: A, X, Y
; Cycles: 94 for a line of one row
select_row:
        lda PNTR
reduce: cmp #COLUMNS
        bcc reduced
        sbc #COLUMNS
        bcs reduce
reduced:
        sta PNTR
        ldx TBLX
        jsr first_row
        cpx TBLX
        beq on_first
        adc #COLUMNS            ; C = 0: X < TBLX; A = PNTR
        sta PNTR
on_first:
        lda #COLUMNS - 1
        cpx #ROWS - 1
        beq length
        ldy LDTB1 + 1,X
        bmi length
        lda #2 * COLUMNS - 1
length: sta LNMX
        ; falls into row_pointers

; Points PNT and USER to row X. Keeps X. Uses: A
row_pointers:
        lda row_low,X
        sta PNT
        sta USER
        lda row_high,X
        clc
        adc HIBASE
        sta PNT + 1
        and #$03                ; colour RAM lies like the screen in its 1 KB
        ora #>COLOUR_RAM
        sta USER + 1
        rts

; X = the row that starts the logical line of row X. Out: A = PNTR. Uses: A
first_row:
        lda LDTB1,X
        bmi first
        dex
        bpl first_row
        inx
first:  lda PNTR
        rts

; Fills row X with spaces and makes it a line. Keeps X. Uses: A, Y, PNT, USER
; Cycles: 978
clear_row:
        jsr row_pointers
        lda PNT + 1
        ora #LINE_START
        sta LDTB1,X
        ldy #COLUMNS - 1
blank:  lda #SPACE
        sta (PNT),Y
        lda COLOR
        sta (USER),Y
        dey
        bpl blank
        rts

; Copies row Y to row X with its link. Keeps X. Uses: A, Y, PNT, USER, SAL
copy_row:
        lda LDTB1,Y
        eor LDTB1,X
        and #LINE_START
        eor LDTB1,X
        sta LDTB1,X
        lda row_low,Y
        sta SAL
        lda row_high,Y
        clc
        adc HIBASE
        sta SAL + 1
        jsr row_pointers
        ldy #COLUMNS - 1
text:   lda (SAL),Y
        sta (PNT),Y
        dey
        bpl text
        lda SAL + 1
        and #$03
        ora #>COLOUR_RAM
        sta SAL + 1
        ldy #COLUMNS - 1
tint:   lda (SAL),Y
        sta (USER),Y
        dey
        bpl tint
        rts

; Scrolls the screen up by its top line: one row or two. The cursor's row and
; the row where line input began move along.
; Uses: A, X, Y, PNT, USER, SAL
; Cycles: 34,700 a row
scroll_up:
        ldx #0
up:     txa
        tay
        iny
        jsr copy_row
        inx
        cpx #ROWS - 1
        bne up
        jsr clear_row
        dec TBLX
        dec LXSP
        lda LDTB1               ; the rest of a line of two rows goes as well
        bpl scroll_up
        rts

; Opens a blank row X; the rows from there on move down, the last is lost.
; In:   X = row
; Uses: A, X, Y, PNT, USER, SAL, SCHAR
; Cycles: 1,000 + 1,410 (24 - row)
insert_row:
        stx SCHAR
        ldx #ROWS - 1
down:   cpx SCHAR
        beq clear_row
        txa
        tay
        dey
        jsr copy_row
        dex
        bpl down                ; always

; The cursor goes to the start of the line below the present one.
; Uses: A, X, Y
next_line:
        ldx TBLX
skip:   inx
        cpx #ROWS
        bcs bottom
        lda LDTB1,X
        bpl skip
bottom: stx TBLX
        lda #0
        sta PNTR
        cpx #ROWS
        bcc placed
        jsr scroll_up
placed: jmp select_row

; PLOT: reads or sets the cursor.
; In:   C = 1: read, C = 0: set to row X, column Y
; Out:  X, Y = row, column
; Uses: A
plot:   bcs read
        stx TBLX
        sty PNTR
        jsr select_row
read:   ldx TBLX
        ldy PNTR
        rts

; SCREEN. Out: X, Y = columns, rows
screen: ldx #COLUMNS
        ldy #ROWS
        rts

row_low:
.repeat ROWS, n
        .lobytes n * COLUMNS
.endrepeat
row_high:
.repeat ROWS, n
        .hibytes n * COLUMNS
.endrepeat

; $D000-$D02E: 25 rows of 40 characters, screen at $0400, characters in ROM.
vic_defaults:
        .res 17, 0              ; sprites
        .byte %00011011, 0, 0, 0, 0, %00001000, 0, %00010101
        .byte $0F, 0, 0, 0, 0, 0, 0
        .byte LIGHT_BLUE, BLUE, 1, 2, 3, 4, 0, 1, 2, 3, 4, 5, 6, 7, 12
        .assert * - vic_defaults = VIC_REGISTERS, error, "video chip table"
