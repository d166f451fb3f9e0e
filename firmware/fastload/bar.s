; What is seen: a bar of as many cells as stand below, which fills with the sectors.

        .include "bus.inc"
        .include "fastload.inc"

        .export bar_step, draw_bar, slowly
        .import print

CELLS                   = 32
KEY_CLEAR               = $93
KEY_UP                  = $91
KEY_RETURN              = $0D
KEY_REVERSE             = $12
SHADE                   = $A6

.rodata

heading:                .byte KEY_CLEAR, KEY_RETURN, " LOADING ", NAME, KEY_RETURN, KEY_RETURN, " ", 0
first_cell:             .byte KEY_RETURN, KEY_UP, " ", KEY_REVERSE, 0

.code

; draw_bar: clears the screen and draws the empty bar; the cursor is at its first cell. Uses: A, X, Y
draw_bar:
        lda #<heading
        ldy #>heading
        jsr print
        ldx #CELLS
        lda #SHADE
@cell:  jsr CHROUT
        dex
        bne @cell
        lda #<first_cell
        ldy #>first_cell
        jmp print

.segment "RESIDENT"

slowly:                 .byte KEY_RETURN, KEY_RETURN, " NOT THE FAST WAY: A MINUTE OR TWO", KEY_RETURN, 0

; bar_step: a sector more. Uses: A
bar_step:
        clc
filled := * + 1
        lda #0
        adc #CELLS
cell:   cmp #BLOCKS
        bcc kept
        sbc #BLOCKS
        pha
        lda #' '
        jsr CHROUT
        pla
        jmp cell
kept:   sta filled
        rts
        .assert BLOCKS <= $100 - CELLS, error, "a sum of 8 bits"
