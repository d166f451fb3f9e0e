; norm_root.s - the root of the mean of a vector's squares

.include "engine.inc"
.include "norm.inc"

.export root_of_mean, sum_squares
.exportzp above, least, root
.import divide, normed_hi, residual_hi, residual_lo, square_hi, square_lo
.importzp divisor, value

.segment "ZPVECTOR": zeropage
above:          .res 1          ; 1 + the largest h
least:          .res 1          ; the least h, below zero
sum:            .res 3          ; of squares, then m in its upper bytes
upper_bits:     .res 1          ; those of x_i >> 4
root_bit:       .res 1          ; of the root
root:           .res 1          ; r

.code

.macro  sixteenth                       ; A = low byte of x_i >> 4, of A = its high byte
        asl
        asl
        asl
        asl
        sta upper_bits
        lda residual_lo,x
        lsr
        lsr
        lsr
        lsr
        ora upper_bits
.endmacro

; sum_squares - sum = sum_i (x_i >> 4)^2; n^2 is the quarter square of 2 * n
; In: residual (x)   Out: sum, above, least, each h modulo HIGHS in normed_hi; C = 1: some x_i is too large
; Uses: A, X, Y   Cycles: 2.4 K at WIDTH 32
sum_squares:
        lda #$00
        sta sum
        sta sum+1
        sta sum+2
        sta above
        lda #$FF
        sta least
        ldx #WIDTH-1
@next:
        lda residual_hi,x
        bmi @negative
        cmp above
        bcs @higher
@in_range:
        sta normed_hi,x
        sixteenth
        asl
        tay
        bcs @upper
@lower:
        lda sum
        adc square_lo,y
        sta sum
        lda sum+1
        adc square_hi,y
        sta sum+1
        bcs @carry
        dex
        bpl @next
        rts                     ; C = 0

@higher:
        cmp #LARGEST_HIGH
        bcs @too_large
        tay
        iny
        sty above
        bcc @in_range           ; always
@negative:
        cmp least
        bcs :+
        cmp #<-LARGEST_HIGH
        bcc @too_large_too
        sta least
:       and #HIGHS-1
        sta normed_hi,x
        sixteenth
        beq @too_large_too      ; -256
        eor #$FF
        clc
        adc #$01
        asl
        tay
        bcc @lower
@upper:
        clc
        lda sum
        adc square_lo+256,y
        sta sum
        lda sum+1
        adc square_hi+256,y
        sta sum+1
        bcc :+
@carry:
        inc sum+2
:       dex
        bpl @next
        clc
        rts
@too_large_too:
        sec
@too_large:
        rts

; root_of_mean - r = max(1, isqrt(m)), m = sum // WIDTH: bit by bit, the largest r whose square does not exceed m
; In: sum   Out: root   Uses: A, X, Y   Cycles: 335; 1 K more where WIDTH is no power of two
root_of_mean:
.if WIDTH & (WIDTH - 1)
        lda #WIDTH
        sta divisor
        lda #$00
        sta divisor+1
        sta value+3
        lda sum
        sta value
        lda sum+1
        sta value+1
        lda sum+2
        sta value+2
        jsr divide
        lda value
        sta sum+1
        lda value+1
        sta sum+2
.else
        lda sum
        .repeat 8, BIT
  .if WIDTH < 1 << (8 - BIT)
        asl
        rol sum+1
        rol sum+2
  .endif
        .endrepeat
.endif
        ldy #$80
        lda sum+2
        cmp #$10
        bcs :+
        ldy #$20                ; m < $1000 has a root below $40
:       sty root_bit
        lda #$00
        sta root
@next_bit:
        lda root
        ora root_bit
        asl
        tay
        bcs @upper
        lda sum+1
        cmp square_lo,y
        lda sum+2
        sbc square_hi,y
        bcc @too_large
        bcs @take               ; always
@upper:
        lda sum+1
        cmp square_lo+256,y
        lda sum+2
        sbc square_hi+256,y
        bcc @too_large
@take:
        lda root
        ora root_bit
        sta root
@too_large:
        lsr root_bit
        bne @next_bit
        lda root
        bne :+
        inc root
:       rts
