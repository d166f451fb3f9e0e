; The CRC of memory: so that much of it is compared without going over the line.

        .include "link.inc"

        .import as_caller, crc, crc_add, crc_begin, header, link_data, link_here, link_there, tell_data

CRC_SIZE                = 2

.segment "LINKMORE"

; memory_crc: In: link_data = count (2), 0 for 65,536. Cycles: 135 a byte
memory_crc:
        lda header + FIELD_ADDRESS
        sta @from
        lda header + FIELD_ADDRESS + 1
        sta @from + 1
        jsr crc_begin
        jsr as_caller
@next:  php
        sei
        ldx link_there
        ldy link_here
        stx PROCESSOR_PORT
@from := * + 1
        lda $FFFF
        sty PROCESSOR_PORT
        plp
        jsr crc_add
        inc @from
        bne @same_page
        inc @from + 1
@same_page:
        lda link_data
        bne @low
        dec link_data + 1
@low:   dec link_data
        lda link_data
        ora link_data + 1
        bne @next
        sei
        lda crc + 1
        sta link_data
        lda crc
        sta link_data + 1
        lda #CRC_SIZE
        jmp tell_data

.segment "LINKTABLE"

        .byte COMMAND_CRC
        .addr memory_crc
