; norm.s - rms_norm, with tables
;
; m = max(1, (sum_i (x_i >> 4)^2) // WIDTH), r = max(1, isqrt(m)), inv = min(32767, 2^19 // r),
; t_i = (x_i * inv) >> 15, y_i = sat16((t_i * g_i) >> s_g)
; inv is taken twofold, so that both shifts are by whole bytes: t_i = (x_i * 2 * inv) >> 16, and with u_i = |g_i| * 2,
; y_i = (t_i * u_i * 2^(7 - s_g)) >> 8. A number x of two bytes is 256 * h + l, h with the sign and l without: multiples
; of 2 * inv by h are tabled, products with l come from quarter squares, and floors are right for either sign.
; |x_i| >> 4 must be a byte, s_g in 4..8 and g_i not -128, so that nothing saturates; all else is done by `wide_norm`.

.include "engine.inc"
.include "products.inc"

.export make_inverses, rms_norm
.import divide, mirror_hi, mirror_lo, square_hi, square_lo, tally, wide_norm
.import norm_hi, norm_lo, norm_shift, normed_hi, normed_lo, residual_hi, residual_lo
.importzp divisor, value

LARGEST_INV = 32767
LARGEST_R_CLIPPED = 16          ; up to here 2^19 // r is more than LARGEST_INV
LARGEST_HIGH = $10              ; |x| < 2^12, by its high byte
HIGHS = 2 * LARGEST_HIGH        ; high bytes, of either sign
SHIFTS = 3                      ; s_g is 7 less 0..3 shifts to the left, or 8
SHIFT_STEP = 5                  ; bytes of code each
OP_ASL = $0A                    ; opcodes
OP_NOP = $EA

.segment "ZPVECTOR": zeropage
above:          .res 1          ; 1 + the largest h
least:          .res 1          ; the least h, below zero
sum:            .res 3          ; of squares, then m in its upper bytes
part:           .res 3          ; bytes of a product
t:              .res 2          ; t_i, or -t_i where g_i < 0
root_bit:       .res 1          ; of the root
root:           .res 1          ; r
inverse:        .res 2          ; 2 * inv

.bss
norm:           .res 1
multiple_0:     .res HIGHS + 1  ; 2 * inv * h - 1 at h modulo HIGHS, 24 bits; h = 0 at both ends
multiple_1:     .res HIGHS + 1
multiple_2:     .res HIGHS + 1

tables_segment
inverse_lo:     .res 256        ; 2 * inv by r
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
        invert_divisor
@made:
        lda value
        asl
        sta inverse_lo,y
        lda value+1
        rol
        sta inverse_hi,y
        iny
        bne @next
        rts

; rms_norm - y = normalised x
; In: X = norm, residual (x)   Out: normed (y)   Uses: A, X, Y   Cycles: 10 K at WIDTH 32
rms_norm:
        stx norm
        jsr aim_gains
        bcs too_wide
        jsr sum_squares
        bcs too_wide
        jsr mean
        jsr square_root
        jsr aim_inverse
        jmp normalise

too_wide:
        ldx #TALLY_NORMS
        jsr tally
        ldx norm
        jmp wide_norm

; The norm's gains and its shift, into the code of `normalise`
; In: X = norm   Out: C = 1: the shift is out of range   Uses: A, X, Y
aim_gains:
        lda norm_lo,x
        sta gain_read+1
        lda norm_hi,x
        sta gain_read+2
        ldy #OP_ASL
        lda #8
        sec
        sbc norm_shift,x        ; A = 8 - s_g: the doubling of g, and shifts
        bne @doubled
        ldy #OP_NOP
        lda #$01
@doubled:
        sty gain_double
        tax
        dex
        cpx #SHIFTS + 1
        bcs @out
        lda shift_entries,x
        sta shift_entry+1
        lda shift_entries_hi,x
        sta shift_entry+2
@out:
        rts

.macro  sixteenth                       ; A = low byte of x_i >> 4, of A = its high byte
        asl
        asl
        asl
        asl
        sta part
        lda residual_lo,x
        lsr
        lsr
        lsr
        lsr
        ora part
.endmacro

; In: residual   Out: sum = sum_i (x_i >> 4)^2, above, least, each h modulo HIGHS in normed_hi; C = 1: some x_i is too large
; n^2 is the quarter square of 2 * n
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

; m = sum // WIDTH, in sum+1 and sum+2
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
        sta sum+1
        lda value+1
        sta sum+2
        rts
.else
        lda sum
        .repeat 8, BIT
  .if WIDTH < 1 << (8 - BIT)
        asl
        rol sum+1
        rol sum+2
  .endif
        .endrepeat
        rts
.endif

; r = max(1, isqrt(m)), in root: bit by bit, the largest r whose square does not exceed m
square_root:
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

; inv, into the code of `normalise`, and its multiples by all h that occur
aim_inverse:
        ldx root
        lda inverse_lo,x
        sta inverse
        aim_product "il", 1
        lda inverse_hi,x
        sta inverse+1
        aim_product "ih", 1
        lda #$FF
        sta multiple_0
        sta multiple_1
        sta multiple_2
        sta multiple_0+HIGHS
        sta multiple_1+HIGHS
        sta multiple_2+HIGHS
        ldx #$00
        clc
@up:
        lda multiple_0,x
        adc inverse
        sta multiple_0+1,x
        lda multiple_1,x
        adc inverse+1
        sta multiple_1+1,x
        lda multiple_2,x
        adc #$00
        sta multiple_2+1,x
        inx
        cpx above
        bcc @up
        lda least
        and #HIGHS-1
        sta least
        ldx #HIGHS
        sec
@down:
        lda multiple_0,x
        sbc inverse
        sta multiple_0-1,x
        lda multiple_1,x
        sbc inverse+1
        sta multiple_1-1,x
        lda multiple_2,x
        sbc #$00
        sta multiple_2-1,x
        dex
        cpx least
        bne @down
        rts

; y_i, i = WIDTH-1 .. 0
normalise:
        ldx #WIDTH-1
normalise_next:                 ; X = i; t = (x * 2 * inv) >> 16
        ldy residual_lo,x       ; l * 2 * inv without its lowest byte, which nothing is added to: two bytes in ...
        sec
        product_low "ih"
        sta part+1
        product_high "ih"
        sta part+2
        product_carry "il"
        product_high "il"       ; ... part+1, part+2, and one to be added here
        ldy normed_hi,x         ; h modulo HIGHS
        adc part+1              ; C = 1: one too many, but the multiples have one less
        bcc :+
        inc part+2
        clc
:       adc multiple_0,y
        lda part+2
        adc multiple_1,y
        sta t
        lda multiple_2,y
        adc #$00
        sta t+1
gain_read:
        lda $FFFF,x             ; g
        bmi negative_gain
gain_double:
        asl                     ; or no operation
        aim_product "gain", 1
u = gain_square_low + 1         ; where u is written
        ldy t                   ; (low byte of t) * u in part, A
        sec
        product_low "gain"
        sta part
        product_high "gain"
        ldy t+1                 ; and u for each 256 of t, where these are not none
        sty part+2
        beq shift_entry
        iny
        beq @minus_one
        ldy #$00
        sty part+2
        ldy t+1
        bmi @below
@above:
        clc
        adc u
        bcc :+
        inc part+2
:       dey
        bne @above
        beq shift_entry         ; always
@minus_one:
        sec
        sbc u
        bcc shift_entry
        inc part+2              ; u is 0
        bcs shift_entry         ; always
@below:
        sec
        sbc u
        bcs :+
        dec part+2
:       iny
        bne @below
shift_entry:
        jmp shifts
shifts:
        .repeat SHIFTS          ; SHIFT_STEP bytes each
        asl part
        rol
        rol part+2
        .endrepeat
        sta normed_lo,x
        lda part+2
        sta normed_hi,x
        dex
        bmi :+
        jmp normalise_next
:       rts

negative_gain:                  ; A = g: -t times -g
        eor #$FF
        clc
        adc #$01
        bmi @least
        sta part
        sec
        lda #$00
        sbc t
        sta t
        lda #$00
        sbc t+1
        sta t+1
        lda part
        jmp gain_double
@least:                         ; -128 can't be doubled
        jmp too_wide

.rodata

shift_entries:
        .repeat SHIFTS + 1, STEPS
        .byte <(shifts + (SHIFTS - STEPS) * SHIFT_STEP)
        .endrepeat
shift_entries_hi:
        .repeat SHIFTS + 1, STEPS
        .byte >(shifts + (SHIFTS - STEPS) * SHIFT_STEP)
        .endrepeat
