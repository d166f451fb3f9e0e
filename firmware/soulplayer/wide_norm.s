; wide_norm.s - rms_norm for any input: exact, slow, and counted

.include "engine.inc"

.export wide_norm
.import divide, multiply, scale, set_multiplier, set_shift
.import norm_lo, norm_hi, norm_shift
.import residual_lo, residual_hi, normed_lo, normed_hi
.importzp divisor, factor, value

LARGEST_INV = 32767
LARGEST_R_CLIPPED = 16          ; up to here 2^19 // r is more than LARGEST_INV
BITS_OF_R = 12                  ; r <= 2048, since m <= 2048^2

.zeropage
gains:          .res 2
remainder:      .res 2
element:        .res 1          ; i

.bss
sum:            .res 4          ; sum_i (x_i >> 4)^2, then m in its low three bytes, then the root's remainder above
root:           .res 2          ; r
trial:          .res 2
norm:           .res 1

.code

; wide_norm - y = normalised x: m = max(1, (sum_i (x_i >> 4)^2) // WIDTH), r = max(1, isqrt(m)),
;   inv = min(32767, 2^19 // r), t_i = (x_i * inv) >> 15, y_i = sat16((t_i * g_i) >> s_g)
; In: X = norm, residual (x)   Out: normed (y)   Uses: A, X, Y   Cycles: 41 K at WIDTH 32
wide_norm:
        stx norm
        jsr sum_squares
        jsr mean
        jsr square_root
        jsr inverse
        jsr set_multiplier
        jsr normalise
        ; on into apply_gains

; y_i = sat16((t_i * g_i) >> s_g), in place
apply_gains:
        ldx norm
        lda norm_lo,x
        sta gains
        lda norm_hi,x
        sta gains+1
        lda norm_shift,x
        jsr set_shift
        ldy #WIDTH-1
@gain:
        sty element
        lda normed_lo,y
        sta factor
        lda normed_hi,y
        sta factor+1
        ldx #$00
        lda (gains),y
        bpl :+
        dex
:       jsr set_multiplier
        jsr multiply
        jsr scale
        ldy element
        lda value
        sta normed_lo,y
        lda value+1
        sta normed_hi,y
        dey
        bpl @gain
        rts

; sum = sum_i (x_i >> 4)^2
sum_squares:
        lda #$00
        sta sum
        sta sum+1
        sta sum+2
        sta sum+3
        ldy #WIDTH-1
@next_square:
        sty element
        lda residual_lo,y
        sta factor
        lda residual_hi,y
        .repeat 4
        cmp #$80                ; C = sign
        ror
        ror factor
        .endrepeat
        sta factor+1
        tax
        lda factor
        jsr set_multiplier
        jsr multiply
        add_long sum, value
        ldy element
        dey
        bpl @next_square
        rts

; m = sum // WIDTH, in sum: the quotient's high word first, then its low word
mean:
        load_word divisor, WIDTH
        lda #$00
        sta value+2
        sta value+3
        copy_word value, sum+2
        jsr divide
        copy_word sum+2, value
        copy_word value, sum    ; under the remainder of the high word
        jsr divide
        copy_word sum, value
        rts

; r = max(1, isqrt(m)), in root; m = 0 gives the same as m = 1. Bit by bit: what two more bits of m leave beyond
; root^2 is `remainder`, and 2 * root + 1 is the next root if 4 * root + 1 does not exceed it.
square_root:
        lda #$00
        sta root
        sta root+1
        sta remainder
        sta remainder+1
        ldx #BITS_OF_R
@next_bit:
        .repeat 2
        asl sum
        rol sum+1
        rol sum+2
        rol remainder
        rol remainder+1
        .endrepeat
        asl root
        rol root+1
        lda root
        asl
        ora #$01
        sta trial               ; 4 * root + 1 for the root before it was doubled
        lda root+1
        rol
        sta trial+1
        lda remainder
        cmp trial
        lda remainder+1
        sbc trial+1
        bcc @too_large
        sta remainder+1
        lda remainder
        sbc trial
        sta remainder
        inc root
@too_large:
        dex
        bne @next_bit
        lda root
        ora root+1
        bne :+
        inc root
:       rts

; A, X = low, high byte of inv = min(32767, 2^19 // r)
inverse:
        lda root+1
        bne @no_clip
        lda root
        cmp #LARGEST_R_CLIPPED+1
        bcs @no_clip
        lda #<LARGEST_INV
        ldx #>LARGEST_INV
        rts
@no_clip:
        copy_word divisor, root
        invert_divisor
        lda value
        ldx value+1
        rts

; t_i = (x_i * inv) >> 15
normalise:
        ldy #WIDTH-1
@next_element:
        sty element
        lda residual_lo,y
        sta factor
        lda residual_hi,y
        sta factor+1
        jsr multiply
        ldy element
        asl value+1             ; the bit below the high word
        lda value+2
        rol
        sta normed_lo,y
        lda value+3
        rol
        sta normed_hi,y
        dey
        bpl @next_element
        rts
