; Who is there: the first thing that the host is told.

        .include "link.inc"

        .export identity, measure
        .import LINE_BLOCK, LINE_DRIVER, LINE_PREAMBLE, link_program

.segment "LINKCODE"

identity:
        .byte PROTOCOL_VERSION
        .byte <link_program
        .byte <LINE_DRIVER
raster_last:
        .byte 0                 ; low byte of the last raster line's number: $37 PAL, $06 or $05 NTSC
        .word LINE_BLOCK
        .byte <LINE_PREAMBLE
        .byte BUFFER_SIZE
        .assert * - identity = IDENTITY_SIZE, error, "the identity is not as the host knows it"

; measure: looks for the last raster line. No interrupt may come. Out: A = raster_last. Uses: A. Cycles: up to 40,000
measure:
@above: bit VIC_CONTROL
        bmi @above
@below: bit VIC_CONTROL
        bpl @below
@line:  lda VIC_RASTER
        bit VIC_CONTROL
        bpl @over
        sta raster_last
        jmp @line
@over:  lda raster_last
        rts
