; Tables of the screen, and the text that follows one of them; programs look
; them up at $ECB9, $ECE7 and $ECF0.

.include "petscii.inc"

.export AUTOSTART_LENGTH, autostart, row_high, row_low, vic_defaults

COLUMNS         = 40
ROWS            = 25
LIGHT_BLUE      = 14
BLUE            = 6

.segment "SCREEN_TABLES"        ; $ECB9

; $D000-$D02E: 25 rows of 40 characters, screen at $0400, characters in ROM.
vic_defaults:
        .res 17, 0              ; sprites
        .byte %00011011, 0, 0, 0, 0, %00001000, 0, %00010101
        .byte $0F, 0, 0, 0, 0, 0, 0
        .byte LIGHT_BLUE, BLUE, 1, 2, 3, 4, 0, 1, 2, 3, 4, 5, 6, 7
        ; the last one, grey 12, is the low half of the L that follows
autostart:                      ; $ECE7: what SHIFT with RUN/STOP types
        .byte "LOAD", RETURN, "RUN", RETURN
AUTOSTART_LENGTH = * - autostart
row_low:                        ; $ECF0
.repeat ROWS, n
        .lobytes n * COLUMNS
.endrepeat

        .assert vic_defaults = $ECB9, error, "published address"
        .assert autostart = $ECE7, error, "published address"
        .assert row_low = $ECF0, error, "published address"

.segment "KEYBOARD"

row_high:
.repeat ROWS, n
        .hibytes n * COLUMNS
.endrepeat
