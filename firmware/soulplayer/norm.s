; norm.s - rms_norm, with tables
;
; m = max(1, (sum_i (x_i >> 4)^2) // WIDTH), r = max(1, isqrt(m)), inv = min(32767, 2^19 // r),
; t_i = (x_i * inv) >> 15, y_i = sat16((t_i * g_i) >> s_g)
; Signs are kept apart: for a negative product p, p >> n = -ceil(|p| / 2^n). |x_i| >> 4 must be a byte and s_g in 4..8,
; so that nothing saturates; all else is done by `wide_norm`.

.include "engine.inc"
.include "products.inc"

.export make_inverses, rms_norm, inverse_hi, inverse_lo
.import divide, mirror_hi, mirror_lo, square_hi, square_lo, tally, wide_norm
.import norm_hi, norm_lo, norm_shift, normed_hi, normed_lo, residual_hi, residual_lo
.importzp divisor, value

LARGEST_INV = 32767
LARGEST_R_CLIPPED = 16          ; up to here 2^19 // r is more than LARGEST_INV
LARGEST_HIGH = $10              ; |x| < 2^12, by its high byte
SHIFTS = 4                      ; s_g is 8 less 0..4 shifts to the left
SHIFT_STEP = 6                  ; bytes of code each

.segment "ZPVECTOR": zeropage
gains:          .res 2          ; address of g
part:           .res 4          ; bytes of a product
sign:           .res 1          ; bit 7
root_bit:       .res 1          ; of the root
root:           .res 1          ; r
sum:            .res 3          ; of squares, then m

.bss
norm:           .res 1
element:        .res 1
multiple_0:     .res LARGEST_HIGH ; inv * n, 24 bits
multiple_1:     .res LARGEST_HIGH
multiple_2:     .res LARGEST_HIGH

tables_segment
inverse_lo:     .res 256        ; inv by r
inverse_hi:     .res 256

.code

; make_inverses - the table
; In: -   Out: -   Uses: A, X, Y   Cycles: 210 K
make_inverses:
        ldy #$00
        sty divisor+1
@next:
        lda #<LARGEST_INV
        sta value
        lda #>LARGEST_INV
        sta value+1
        cpy #LARGEST_R_CLIPPED+1
        bcc @made
        sty divisor
        lda #$00
        sta value
        sta value+1
        sta value+3
        lda #^(1 << 19)
        sta value+2
        jsr divide
@made:
        lda value
        sta inverse_lo,y
        lda value+1
        sta inverse_hi,y
        iny
        bne @next
        rts

; rms_norm - y = normalised x
; In: X = norm, residual (x)   Out: normed (y)   Uses: A, X, Y   Cycles: 12 K at WIDTH 32
rms_norm:
        stx norm
        lda norm_shift,x
        sec
        sbc #8 - SHIFTS
        cmp #SHIFTS + 1
        bcs @wide
        jsr shift_code
        jsr sum_squares
        bcs @wide
        jsr mean
        jsr square_root
        jsr aim_inverse
        jmp normalise
@wide:
        ldx #TALLY_NORMS
        jsr tally
        ldx norm
        jmp wide_norm

; The entry into the shifts for s_g = A + 8 - SHIFTS
; In: A, norm   Out: gains   Uses: A, X
shift_code:
        tax
        lda shift_entries,x
        clc
        adc #<shifts
        sta shift_entry+1
        lda #>shifts
        adc #$00
        sta shift_entry+2
        ldx norm
        lda norm_lo,x
        sta gains
        lda norm_hi,x
        sta gains+1
        rts

; sum = sum_i (x_i >> 4)^2; C = 1: some x_i is too large. n^2 is the quarter square of 2 * n
sum_squares:
        lda #$00
        sta sum
        sta sum+1
        sta sum+2
        ldy #WIDTH-1
@next:
        lda residual_hi,y
        bmi @negative
        cmp #LARGEST_HIGH
        bcs @too_large
        asl
        asl
        asl
        asl
        sta part
        lda residual_lo,y
        lsr
        lsr
        lsr
        lsr
        ora part
        asl
        tax
        bcs @upper
@lower:
        lda sum
        adc square_lo,x
        sta sum
        lda sum+1
        adc square_hi,x
        jmp @added
@negative:
        cmp #<-LARGEST_HIGH
        bcc @too_large_too
        asl
        asl
        asl
        asl
        sta part
        lda residual_lo,y
        lsr
        lsr
        lsr
        lsr
        ora part
        beq @too_large_too      ; -256
        eor #$FF
        clc
        adc #$01
        asl
        tax
        bcc @lower
@upper:
        clc
        lda sum
        adc square_lo+256,x
        sta sum
        lda sum+1
        adc square_hi+256,x
@added:
        sta sum+1
        bcc :+
        inc sum+2
:       dey
        bpl @next
        clc
        rts
@too_large_too:
        sec
@too_large:
        rts

; m = sum // WIDTH, 16 bits, in sum
mean:
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
        sta sum
        lda value+1
        sta sum+1
        rts
.else
        ldx #WIDTH
:       txa
        lsr
        tax
        bcs @divided            ; WIDTH was 1 by now
        lsr sum+2
        ror sum+1
        ror sum
        jmp :-
@divided:
        rts
.endif

; r = max(1, isqrt(m)), in root: bit by bit, the largest r whose square does not exceed m
square_root:
        lda #$00
        sta root
        lda #$80
        sta root_bit
@next_bit:
        lda root
        ora root_bit
        asl
        tax
        bcs @upper
        lda sum
        cmp square_lo,x
        lda sum+1
        sbc square_hi,x
        bcc @too_large
        bcs @take               ; always
@upper:
        lda sum
        cmp square_lo+256,x
        lda sum+1
        sbc square_hi+256,x
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

; inv, into the code of `normalise`, and its multiples
aim_inverse:
        ldx root
        lda inverse_lo,x
        sta part
        aim_product "il", 1
        lda inverse_hi,x
        sta part+1
        aim_product "ih", 1
        lda #$00
        sta multiple_0
        sta multiple_1
        sta multiple_2
        tax
@next:
        clc
        lda multiple_0,x
        adc part
        sta multiple_0+1,x
        lda multiple_1,x
        adc part+1
        sta multiple_1+1,x
        lda multiple_2,x
        adc #$00
        sta multiple_2+1,x
        inx
        cpx #LARGEST_HIGH-1
        bne @next
        rts

; y_i, i = WIDTH-1 .. 0
normalise:
        ldx #WIDTH-1
normalise_next:
        stx element
        lda residual_hi,x
        sta sign
        bmi normalise_negate
        sta part+3
        ldy residual_lo,x
        jmp normalise_magnitude
normalise_negate:
        sec
        lda #$00
        sbc residual_lo,x
        tay
        lda #$00
        sbc residual_hi,x
        sta part+3
normalise_magnitude:
        sec                     ; |x| * inv, its low byte in part, the others in part+1 .. part+3
        product_low "il"
        sta part
        product_high "il"
        sta part+1
        product_low "ih"
        sta part+2
        product_high "ih"
        tax
        ldy part+3
        clc
        lda part+1
        adc part+2
        sta part+1
        txa
        adc multiple_1,y
        sta part+2
        lda multiple_2,y
        adc #$00
        sta part+3
        clc
        lda part+1
        adc multiple_0,y
        bcc :+
        inc part+2
        bne :+
        inc part+3
:       asl                     ; |t| = what is above bit 15, and one more if t < 0 and bits are set below
        rol part+2
        rol part+3
        bit sign
        bpl normalise_rounded
        ora part
        beq normalise_rounded
        inc part+2
        bne normalise_rounded
        inc part+3
normalise_rounded:
        ldy element
        lda (gains),y
        bpl normalise_gain
        lda sign
        eor #$80
        sta sign
        sec
        lda #$00
        sbc (gains),y
normalise_gain:
        aim_product "gain", 1
        ldy part+3              ; |t| * |g| in part, part+1, part+3
        jsr times_gain
        sta part+3
        lda part
        sta part+1
        ldy part+2
        jsr times_gain
        clc
        adc part+1
        sta part+1
        bcc :+
        inc part+3
:       bit sign
        bpl normalise_positive
        lda part
        bne :++
        lda part+1
        bne :+
        dec part+3
:       dec part+1
:       dec part
normalise_positive:
shift_entry:
        jmp shifts
shifts:
        .repeat SHIFTS          ; SHIFT_STEP bytes each
        asl part
        rol part+1
        rol part+3
        .endrepeat
        ldx element
        lda sign
        asl
        lda #$00
        bcc :+
        lda #$FF                ; below zero: 255 less each byte
:       tay
        eor part+1
        sta normed_lo,x
        tya
        eor part+3
        sta normed_hi,x
        dex
        bmi :+
        jmp normalise_next
:       rts

; part, A = low, high byte of Y * |g|
times_gain:
        sec
        product_low "gain"
        sta part
        product_high "gain"
        rts

.rodata

shift_entries:
        .repeat SHIFTS + 1, I
        .byte I * SHIFT_STEP
        .endrepeat
