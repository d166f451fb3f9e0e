; The program's code and tables are squeezed in the file: here they are made, from the last byte down, where the stream
; that tells of them lies at first. What the stream is like stands in buildtools/squeeze.py, which writes it.

        .export expand, stream_end
        .import __CODE_LOAD__, __RODATA_LOAD__, __RODATA_SIZE__, __SPARE_LOAD__

SPARE                   = 8             ; bytes that are made last, from fewer: so the stream is never overwritten unread
LAST                    = __RODATA_LOAD__ + __RODATA_SIZE__ - 1
BITS_EMPTY              = $80           ; no bit is left: only the 1 behind them

.macro  next_bit                        ; C = the stream's next bit; Uses: A, X, Y; 10 cycles, every eighth bit 46
        asl bits
        bne :+
        jsr more_bits
:
.endmacro

.segment "ZPSTART": zeropage

source:                 .res 2          ; address of the next byte to read, downwards
target:                 .res 2          ; of the next byte to make, downwards
from:                   .res 2          ; of the next byte to copy, downwards
distance:               .res 2          ; of the latest repetition, less 1
count:                  .res 1          ; bytes of an item
bits:                   .res 1          ; of the stream, the next on top

.segment "SPARE"

        .res SPARE
        .assert __SPARE_LOAD__ + SPARE = __CODE_LOAD__, lderror, "the code does not follow the spare bytes"

.segment "STUB"

stream_end:             .word 0         ; behind the stream; 0: nothing is squeezed, or no longer

; expand: makes the program's code and tables, if they are not there yet.
; Uses: A, X, Y. Cycles: 1.2 M for 18 KB
expand:
        lda stream_end
        ora stream_end + 1
        bne :+
        rts
:       sec
        lda stream_end
        sbc #1
        sta source
        lda stream_end + 1
        sbc #0
        sta source + 1
        lda #<LAST
        sta target
        lda #>LAST
        sta target + 1
        lda #0
        sta stream_end
        sta stream_end + 1
        lda #BITS_EMPTY
        sta bits

item:
        next_bit
        bcs new_distance
        jsr next_number
        lda source
        sta from
        lda source + 1
        sta from + 1
        jsr copy
        lda from
        sta source
        lda from + 1
        sta source + 1
        ldx count
        inx
        beq item                ; the most bytes of an item
        next_bit
        bcs new_distance
        jsr next_number
        bne repeat              ; always
new_distance:
        jsr next_number
        dec count
        lda count
        sta distance + 1
        jsr next_byte
        sta distance
        jsr next_number
        inc count
repeat:
        sec
        lda target
        adc distance
        sta from
        lda target + 1
        adc distance + 1
        sta from + 1
        jsr copy
        lda target
        cmp #<(__SPARE_LOAD__ - 1)
        bne item
        lda target + 1
        cmp #>(__SPARE_LOAD__ - 1)
        bne item
        rts

; copy: `count` bytes. Out: from, target behind them. Uses: A, Y. Cycles: 52 + 16 a byte
copy:
        sec
        lda from
        sbc count
        sta from
        bcs :+
        dec from + 1
        sec
:       lda target
        sbc count
        sta target
        bcs :+
        dec target + 1
:       ldy count
@next:  lda (from),y
        sta (target),y
        dey
        bne @next
        rts

; next_number: Out: count = the stream's next number, 1..255, Z=0. Uses: A, X, Y
next_number:
        lda #1
        sta count
@more:  next_bit
        bcc @read
        next_bit
        rol count
        bne @more               ; always
@read:  lda count
        rts

; more_bits: Out: C = the next bit, bits = the others of a byte of the stream. In: C=1, to mark their end. Uses: A, X, Y
more_bits:
        jsr next_byte
        rol
        sta bits
        rts

; next_byte: Out: A = the stream's next byte. C is kept. Uses: X, Y
next_byte:
        ldy #0
        lda (source),y
        ldx source
        bne :+
        dec source + 1
:       dec source
        rts
