; What the keys mean: PETSCII codes by key number, as the keyboard is printed.
; Four tables of 64 keys and one entry for "no key"; $FF is no code.

.include "petscii.inc"

.export decode_commodore, decode_control, decode_plain, decode_shifted

NONE            = $FF
F1              = $85
F3              = $86
F5              = $87
F7              = $88
F2              = $89
F4              = $8A
F6              = $8B
F8              = $8C
POUND           = $5C
UP_ARROW        = $5E
LEFT_ARROW      = $5F

.segment "KEY_CODES"            ; $EB81, $EBC2, $EC03: programs look keys up here

decode_plain:
        .byte DEL, RETURN, RIGHT, F7, F1, F3, F5, DOWN
        .byte "3WA4ZSE", NONE
        .byte "5RD6CFTX"
        .byte "7YG8BHUV"
        .byte "9IJ0MKON"
        .byte "+PL-.:@,"
        .byte POUND, "*;", HOME, NONE, "=", UP_ARROW, "/"
        .byte "1", LEFT_ARROW, NONE, "2 ", NONE, "Q", STOP_CODE
        .byte NONE

decode_shifted:
        .byte INST, SHIFT_RETURN, LEFT, F8, F2, F4, F6, UP
        .byte "#", 'W' | $80, 'A' | $80, "$", 'Z' | $80, 'S' | $80, 'E' | $80, NONE
        .byte "%", 'R' | $80, 'D' | $80, "&", 'C' | $80, 'F' | $80, 'T' | $80, 'X' | $80
        .byte "'", 'Y' | $80, 'G' | $80, "(", 'B' | $80, 'H' | $80, 'U' | $80, 'V' | $80
        .byte ")", 'I' | $80, 'J' | $80, "0", 'M' | $80, 'K' | $80, 'O' | $80, 'N' | $80
        .byte $DB, 'P' | $80, 'L' | $80, $DD, ">[", $BA, "<"
        .byte $A9, $C0, "]", CLEAR, NONE, "=", $DE, "?"
        .byte "!", LEFT_ARROW, NONE, QUOTE, $A0, NONE, 'Q' | $80, RUN_CODE
        .byte NONE

decode_commodore:
        .byte INST, SHIFT_RETURN, LEFT, F8, F2, F4, F6, UP
        .byte $96, $B3, $B0, $97, $AD, $AE, $B1, NONE
        .byte $98, $B2, $AC, $99, $BC, $BB, $A3, $BD
        .byte $9A, $B7, $A5, $9B, $BF, $B4, $B8, $BE
        .byte ")", $A2, $B5, "0", $A7, $A1, $B9, $AA
        .byte $A6, $AF, $B6, $DC, ">[", $A4, "<"
        .byte $A8, $DF, "]", CLEAR, NONE, "=", $DE, "?"
        .byte $81, LEFT_ARROW, NONE, $95, $A0, NONE, $AB, RUN_CODE
        .byte NONE

.segment "KEY_CONTROL"          ; $EC78

decode_control:
        .byte NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE
        .byte $1C, $17, $01, $9F, $1A, $13, $05, NONE
        .byte $9C, $12, $04, $1E, $03, $06, $14, $18
        .byte $1F, $19, $07, $9E, $02, $08, $15, $16
        .byte RVS_ON, $09, $0A, RVS_OFF, $0D, $0B, $0F, $0E
        .byte NONE, $10, $0C, NONE, NONE, $1B, NONE, NONE
        .byte $1C, NONE, $1D, NONE, NONE, $1F, $1E, NONE
        .byte $90, $06, NONE, $05, NONE, NONE, $11, NONE
        .byte NONE
