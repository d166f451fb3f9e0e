; What the keys type, by number: row 0 to 7 of column 0, of column 1, and so on; 0 is a key without a code.
; STOP, the function keys and the keys that only change others have none.

        .include "petscii.inc"

        .export keys_commodore, keys_plain, keys_shifted

POUND                   = $5C
UP_ARROW                = $5E
LEFT_ARROW              = $5F
QUOTE                   = $22
SPACE_SHIFTED           = $A0
PI                      = $DE

.rodata

keys_plain:
        .byte KEY_DELETE, KEY_RETURN, KEY_RIGHT, 0, 0, 0, 0, KEY_DOWN
        .byte $33, $57, $41, $34, $5A, $53, $45, 0                      ; 3 W A 4 Z S E
        .byte $35, $52, $44, $36, $43, $46, $54, $58                    ; 5 R D 6 C F T X
        .byte $37, $59, $47, $38, $42, $48, $55, $56                    ; 7 Y G 8 B H U V
        .byte $39, $49, $4A, $30, $4D, $4B, $4F, $4E                    ; 9 I J 0 M K O N
        .byte $2B, $50, $4C, $2D, $2E, $3A, $40, $2C                    ; + P L - . : @ ,
        .byte POUND, $2A, $3B, KEY_HOME, 0, $3D, UP_ARROW, $2F          ; * ; = /
        .byte $31, LEFT_ARROW, 0, $32, KEY_SPACE, 0, $51, 0             ; 1 2 Q

keys_shifted:
        .byte KEY_INSERT, KEY_RETURN_SHIFTED, KEY_LEFT, 0, 0, 0, 0, KEY_UP
        .byte $23, $D7, $C1, $24, $DA, $D3, $C5, 0                      ; # W A $ Z S E
        .byte $25, $D2, $C4, $26, $C3, $C6, $D4, $D8                    ; % R D & C F T X
        .byte $27, $D9, $C7, $28, $C2, $C8, $D5, $D6                    ; ' Y G ( B H U V
        .byte $29, $C9, $CA, $30, $CD, $CB, $CF, $CE                    ; ) I J 0 M K O N
        .byte $DB, $D0, $CC, $DD, $3E, $5B, $BA, $3C                    ; P L > [ <
        .byte $A9, $C0, $5D, KEY_CLEAR, 0, $3D, PI, $3F                 ; ] = ?
        .byte $21, LEFT_ARROW, 0, QUOTE, SPACE_SHIFTED, 0, $D1, 0       ; ! Q

keys_commodore:                                                         ; the graphics on the keys' left
        .byte KEY_INSERT, KEY_RETURN_SHIFTED, KEY_LEFT, 0, 0, 0, 0, KEY_UP
        .byte 0, $B3, $B0, 0, $AD, $AE, $B1, 0
        .byte 0, $B2, $AC, 0, $BC, $BB, $A3, $BD
        .byte 0, $B7, $A5, 0, $BF, $B4, $B8, $BE
        .byte 0, $A2, $B5, $30, $A7, $A1, $B9, $AA
        .byte $A6, $AF, $B6, $DC, $3E, $5B, $A4, $3C
        .byte $A8, $DF, $5D, KEY_CLEAR, 0, $3D, PI, $3F
        .byte 0, LEFT_ARROW, 0, 0, SPACE_SHIFTED, 0, $AB, 0
