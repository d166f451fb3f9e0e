; CRC-32 as zlib and Ethernet have it (polynomial $EDB88320, reflected, begun with ones, complemented at the end): what
; stands in memory or on a disk is compared without sending it over the line.

        .include "disk.inc"

        .export disk_crc, crc_of_buffer, crc, range, size
        .import buffer

POLYNOMIAL              = $EDB88320
POSITIVE                = $7FFFFFFF     ; ca65 shifts with the sign

; The remainders of the bytes $00-$0F, or $00-$F0: byte number `part` of each, 0 the lowest.
.macro remainders step, part
        .repeat 16, index
value           .set index * step
                .repeat 8
                        .if value & 1
value           .set ((value >> 1) & POSITIVE) ^ POLYNOMIAL
                        .else
value           .set (value >> 1) & POSITIVE
                        .endif
                .endrep
                .byte (value >> (8 * part)) & $FF
        .endrep
.endmacro

.rodata

; The remainder of a byte is that of its lower half xor that of its upper half.
lower_0:        remainders 1, 0
lower_1:        remainders 1, 1
lower_2:        remainders 1, 2
lower_3:        remainders 1, 3
upper_0:        remainders 16, 0
upper_1:        remainders 16, 1
upper_2:        remainders 16, 2
upper_3:        remainders 16, 3

.bss

range:          .res 2                  ; where it begins
size:           .res 2                  ; bytes, 0: 65,536
crc:            .res 4                  ; lowest byte first

.code

; crc_of_buffer: the CRC-32 of the buffer to crc. Uses: A, X, Y. Cycles: 28,400
crc_of_buffer:
        lda #<buffer
        sta range
        lda #>buffer
        sta range + 1
        lda #0
        sta size
        lda #1
        sta size + 1
; disk_crc: the CRC-32 of the range as the processor sees it, to crc. In: range, size. Uses: A, X, Y
; Cycles: about 111 a byte
disk_crc:
        lda range
        sta @byte + 1
        lda range + 1
        sta @byte + 2
        ldx #3
        lda #$FF
@begin: sta crc,x
        dex
        bpl @begin
        sec                     ; counted upwards to zero
        lda #0
        sbc size
        sta size
        lda #0
        sbc size + 1
        sta size + 1
@byte:  lda $FFFF               ; the address is put here
        eor crc
        tax
        and #$0F
        tay
        txa
        lsr
        lsr
        lsr
        lsr
        tax
        lda crc + 1
        eor lower_0,y
        eor upper_0,x
        sta crc
        lda crc + 2
        eor lower_1,y
        eor upper_1,x
        sta crc + 1
        lda crc + 3
        eor lower_2,y
        eor upper_2,x
        sta crc + 2
        lda lower_3,y
        eor upper_3,x
        sta crc + 3
        inc @byte + 1
        bne @count
        inc @byte + 2
@count: inc size
        bne @byte
        inc size + 1
        bne @byte
        ldx #3
@turn:  lda crc,x
        eor #$FF
        sta crc,x
        dex
        bpl @turn
        rts
