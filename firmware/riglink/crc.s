; The CRC of frames: CRC-16 with the polynomial x^16 + x^12 + x^5 + 1, high bit first, from $FFFF, nothing inverted.

        .include "link.inc"

        .export crc, crc_add, crc_begin

.segment "LINKBSS"

crc:                    .res 2          ; high byte first, as it is sent

.segment "LINKCODE"

; crc_begin: the CRC of nothing. Uses: A
crc_begin:
        lda #CRC_BEGIN
        sta crc
        sta crc + 1
        rts

; crc_add: the CRC with one byte more. With x = high ^ byte and x ^= x >> 4, the CRC becomes
; (low << 8) ^ (x << 12) ^ (x << 5) ^ x.
; In: A. Out: crc. Uses: A, X. Cycles: 88, its RTS included
crc_add:
        eor crc
        sta crc
        lsr a
        lsr a
        lsr a
        lsr a
        eor crc
        tax
        asl a
        asl a
        asl a
        asl a
        eor crc + 1
        sta crc
        txa
        lsr a
        lsr a
        lsr a
        eor crc
        sta crc
        txa
        asl a
        asl a
        asl a
        asl a
        asl a
        stx crc + 1
        eor crc + 1
        sta crc + 1
        rts
