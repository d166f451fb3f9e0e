; The screen as memory: rows, the lines they form, scrolling, cursor position.
; A logical line is one row or two. Bit 7 of LDTB1 says that a row starts one;
; PNT and USER point to its first cell, PNTR counts its columns, TBLX is the row
; where the cursor is. The addresses of most routines are published.

.include "io.inc"
.include "lowmem.inc"

.export copy_row, first_row, home, iobase, new_row, next_line, plot
.export row_pointers, screen, screen_clear, screen_init, select_row
.import keyboard_init, scroll_up, vic_defaults, row_high, row_low

COLUMNS         = 40
ROWS            = 25
LINE_START      = $80
SPACE           = $20
LIGHT_BLUE      = 14
KEYBOARD        = 0
SCREEN          = 3
VIC_REGISTERS   = $2F

.segment "SCREEN_CALLS"         ; $E500

; IOBASE. Out: X/Y = address of CIA 1
iobase: ldy #>CIA1
        ldx #<CIA1
        rts

; SCREEN. Out: X, Y = columns, rows
screen: ldy #ROWS               ; $E505
        ldx #COLUMNS
        rts

; PLOT: reads or sets the cursor.
; In:   C = 1: read, C = 0: set to row X, column Y
; Out:  X, Y = row, column
; Uses: A
plot:   bcs read                ; $E50A
        sty PNTR
        stx TBLX
        jsr select_row
read:   ldy PNTR
        ldx TBLX
        rts

; Screen, editor and keyboard as after a reset.
; Uses: A, X, Y
; Cycles: 26,500
screen_init:                    ; $E518
        jsr chip_defaults
        jsr keyboard_init
        jsr editor_init

.segment "SCREEN_CLEAR"         ; $E544, after NOPs

; Clears the screen, one row a line, cursor home.
; Uses: A, X, Y
; Cycles: 25,600
screen_clear:
        ldx #ROWS - 1
row:    jsr new_row
        dex
        bpl row
        jmp home

; X = the row that starts the logical line of row X. Out: A = PNTR. Uses: A
first_row:
        lda LDTB1,X
        bmi first
        dex
        bpl first_row
        inx
first:  lda PNTR
        rts

.segment "SCREEN_HOME"          ; $E566

home:   lda #0
        sta TBLX
        sta PNTR

; Makes PNT, USER, LNMX and PNTR agree with the cursor at row TBLX, column
; PNTR modulo 40.
; Uses: A, X, Y
; Cycles: 116 for a line of one row
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
        jmp row_pointers

.segment "SCREEN_CHIP"          ; $E5A0

; The video chip, input from the keyboard, output to the screen.
; Uses: A, X
chip_defaults:
        ldx #VIC_REGISTERS - 1
next:   lda vic_defaults,X
        sta VIC,X
        dex
        bpl next
        lda #KEYBOARD
        sta DFLTN
        lda #SCREEN
        sta DFLTO
        rts

.segment "SCREEN_ROWS"

editor_init:
        lda #LIGHT_BLUE
        sta COLOR
        lda #0
        sta CRSW
        sta AUTODN
        sta RVS
        sta QTSW
        sta INSRT
        sta BLNON
        sta C3PO                ; no byte on its way to a drive
        lda #1
        sta BLNSW
        sta BLNCT
        rts

; The cursor goes to the start of the line below the present one.
; Uses: A, X, Y
next_line:
        lsr LXSP                ; another line than where input began
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

; Makes row X a blank line. Keeps X. Uses: A, Y, PNT, USER
; Cycles: 1,009
new_row:
        jsr clear_row
        lda PNT + 1
        ora #LINE_START
        sta LDTB1,X
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

; Points PNT and USER to row X. Keeps X. Uses: A
row_pointers:
        jsr row_start
        jmp row_colours

.segment "ROW_ADDRESS"          ; $E9F0

; Points PNT to row X. Keeps X. Uses: A
row_start:
        lda row_low,X
        sta PNT
        lda row_high,X
        ora HIBASE
        sta PNT + 1
        rts

        .res 1, $EA

; Fills row X with spaces. Keeps X. Uses: A, Y, PNT, USER
clear_row:                      ; $E9FF
        jsr row_pointers
        ldy #COLUMNS - 1
blank:  lda #SPACE
        sta (PNT),Y
        lda COLOR
        sta (USER),Y
        dey
        bpl blank
        rts

.segment "ROW_CELLS"            ; $EA13

; Draws a character at the cursor.
; In:   A = screen code, X = colour
; Uses: A, Y
        pha
        jsr row_colours
        pla
        .res 4, $EA
draw:   ldy PNTR                ; $EA1C
        sta (PNT),Y
        txa
        sta (USER),Y
        rts

; Points USER to the colour cells that belong to PNT. Uses: A
row_colours:                    ; $EA24
        lda PNT + 1
        and #$03                ; colour RAM lies like the screen in its 1 KB
        ora #>COLOUR_RAM
        sta USER + 1
        lda PNT
        sta USER
        rts

        .assert screen = $E505, error, "published address"
        .assert plot = $E50A, error, "published address"
        .assert screen_init = $E518, error, "published address"
        .assert select_row = $E56C, error, "published address"
        .assert clear_row = $E9FF, error, "published address"
        .assert draw = $EA1C, error, "published address"
        .assert row_colours = $EA24, error, "published address"
