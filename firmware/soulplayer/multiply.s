; multiply.s - products by quarter squares, and division
;
; a * b = f(a + b) - f(a - b) with f(n) = floor(n^2 / 4): exact, since a + b and a - b are both odd or both even.
; With a fixed, both terms are tables read at index b: square + a, and mirror + (255 - a), mirror[k] = f(k - 255).
; The tables are page-aligned, so a (or 255 - a) is the low byte of the address read from.

.include "engine.inc"

.export make_squares, set_multiplier, multiply, divide
.export square_lo, square_hi, mirror_lo, mirror_hi
.exportzp value, factor, divisor

LAST_BYTE = 255                 ; largest byte: mirror's middle, where f is 0

; Offsets of four pointers for one byte a of the multiplier
SQUARE_LO = 0
SQUARE_HI = 2
MIRROR_LO = 4
MIRROR_HI = 6

.zeropage
value:           .res 5         ; the product, or what is to be scaled; the fifth byte guards against overflow
factor:          .res 2         ; int16
divisor:         .res 2
times_low:       .res 8         ; pointers for the low byte of the multiplier's magnitude
times_high:      .res 8         ; for its high byte

.bss
multiplier_sign: .res 1         ; bit 7
middle_low:     .res 2          ; products of low and high bytes
middle_high:    .res 2
product_sign:   .res 1          ; bit 7
square:         .res 2          ; f(n) while the tables are made

tables_segment
square_lo:      .res 512        ; f(n), n = 0..511
square_hi:      .res 512
mirror_lo:      .res 512        ; f(k - 255), k = 0..510
mirror_hi:      .res 512

.code

; make_squares - the quarter-square tables, by f(n) = f(n - 1) + floor(n / 2)
; In: -   Out: -   Uses: A, X, Y, times_low, times_high   Cycles: 26 K
make_squares:
        lda #$00
        sta square
        sta square+1
        tax
        ldy #LAST_BYTE          ; Y = 255 - X
@first_page:                    ; n = X
        txa
        lsr
        clc
        adc square
        sta square
        sta square_lo,x
        sta mirror_lo+LAST_BYTE,x
        sta mirror_lo,y
        bcc :+
        inc square+1
:       lda square+1
        sta square_hi,x
        sta mirror_hi+LAST_BYTE,x
        sta mirror_hi,y
        dey
        inx
        bne @first_page
@second_page:                   ; n = 256 + X
        txa
        sec
        ror                     ; 128 + X / 2
        clc
        adc square
        sta square
        sta square_lo+256,x
        bcc :+
        inc square+1
:       lda square+1
        sta square_hi+256,x
        inx
        bne @second_page

        lda #>square_lo
        sta times_low+SQUARE_LO+1
        sta times_high+SQUARE_LO+1
        lda #>square_hi
        sta times_low+SQUARE_HI+1
        sta times_high+SQUARE_HI+1
        lda #>mirror_lo
        sta times_low+MIRROR_LO+1
        sta times_high+MIRROR_LO+1
        lda #>mirror_hi
        sta times_low+MIRROR_HI+1
        sta times_high+MIRROR_HI+1
        rts

.macro  point_tables pointers           ; pointers := tables for the byte A
        sta pointers+SQUARE_LO
        sta pointers+SQUARE_HI
        eor #LAST_BYTE          ; 255 - A
        sta pointers+MIRROR_LO
        sta pointers+MIRROR_HI
.endmacro

; set_multiplier - fix the multiplier of `multiply`
; In: A, X = low, high byte of an int16   Out: -   Uses: A, X, Y   Cycles: 60
set_multiplier:
        stx multiplier_sign
        cpx #$00
        bpl @positive
        eor #$FF
        clc
        adc #$01
        tay
        txa
        eor #$FF
        adc #$00
        tax
        tya
@positive:
        point_tables times_low
        txa
        point_tables times_high
        rts

.macro  byte_product pointers, product  ; product (word) := pointers' byte * Y; C = 1 before and after
        lda (pointers+SQUARE_LO),y
        sbc (pointers+MIRROR_LO),y
        sta product
        lda (pointers+SQUARE_HI),y
        sbc (pointers+MIRROR_HI),y
        sta product+1
.endmacro

.macro  add_middle product              ; value += 256 * product
        clc
        lda value+1
        adc product
        sta value+1
        lda value+2
        adc product+1
        sta value+2
        bcc :+
        inc value+3
:
.endmacro

; multiply - value := multiplier * factor, int16 * int16 to int32
; In: factor, set_multiplier before   Out: value (4 bytes)   Uses: A, Y, factor   Cycles: 230
multiply:
        lda factor+1
        eor multiplier_sign
        sta product_sign
        lda factor+1
        bpl @magnitudes
        sec
        lda #$00
        sbc factor
        sta factor
        lda #$00
        sbc factor+1
        sta factor+1
@magnitudes:
        sec
        ldy factor
        byte_product times_low, value
        byte_product times_high, middle_high
        ldy factor+1
        byte_product times_low, middle_low
        byte_product times_high, value+2
        add_middle middle_low
        add_middle middle_high
        bit product_sign
        bmi @negate
        rts
@negate:
        sec
        .repeat 4, I
        lda #$00
        sbc value+I
        sta value+I
        .endrepeat
        rts

; divide - quotient, remainder := value / divisor, unsigned 32 / 16 bits, by restoring division
; In: value (4 bytes), divisor < 2^15, value < divisor * 2^16
; Out: value, value+1 = quotient; value+2, value+3 = remainder   Uses: A, X   Cycles: 770
divide:
        ldx #16
@next_bit:
        asl value
        rol value+1
        rol value+2
        rol value+3
        lda value+2
        cmp divisor
        lda value+3
        sbc divisor+1
        bcc @too_small
        sta value+3
        lda value+2
        sbc divisor
        sta value+2
        inc value
@too_small:
        dex
        bne @next_bit
        rts
