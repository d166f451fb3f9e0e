; Frequencies of the chords' notes, a row of seven a voice:
;       round(f * 2^24 / clock),  f = 440 * 2^((-21 + 12 * (step / 5) + [0, 2, 4, 7, 9][step % 5]) / 12),
; step = 3..23 (G3 to G7), clock = 985,248 Hz PAL, 1,022,727 Hz NTSC. The assembler has no powers; a test recomputes them.

        .export chord_pal_low, chord_pal_high, chord_ntsc_low, chord_ntsc_high

.rodata

chord_pal_low:
        .byte $0A, $A2, $67, $89, $ED, $13, $45
        .byte $CE, $11, $DA, $26, $89, $9C, $23
        .byte $B4, $4C, $12, $39, $45, $68, $99
chord_pal_high:
        .byte $0D, $0E, $11, $13, $15, $1A, $1D
        .byte $22, $27, $2B, $34, $3A, $45, $4E
        .byte $57, $68, $75, $8B, $9C, $AF, $D0
chord_ntsc_low:
        .byte $8F, $19, $C4, $D1, $1F, $1E, $32
        .byte $88, $A3, $3F, $3D, $64, $0F, $46
        .byte $7D, $7A, $C8, $1E, $8B, $FB, $F4
chord_ntsc_high:
        .byte $0C, $0E, $10, $12, $15, $19, $1C
        .byte $21, $25, $2A, $32, $38, $43, $4B
        .byte $54, $64, $70, $86, $96, $A8, $C8
