; norm.s - rms_norm, with tables
;
; m = max(1, (sum_i (x_i >> 4)^2) // WIDTH), r = max(1, isqrt(m)), inv = min(32767, 2^19 // r),
; t_i = (x_i * inv) >> 15, y_i = sat16((t_i * g_i) >> s_g)
; inv is taken twofold, so that both shifts are by whole bytes: t_i = (x_i * 2 * inv) >> 16, and with u_i = |g_i| * 2,
; y_i = (t_i * u_i * 2^(7 - s_g)) >> 8. A number x of two bytes is 256 * h + l, h with the sign and l without: multiples
; of 2 * inv by h are tabled, products with l come from quarter squares, and floors are right for either sign.
; |x_i| >> 4 must be a byte, s_g in 4..8 and g_i not -128, so that nothing saturates; all else is done by `wide_norm`.

.include "engine.inc"
.include "norm.inc"
.include "products.inc"

.export make_inverses, rms_norm
.import divide, mirror_hi, mirror_lo, root_of_mean, square_hi, square_lo, sum_squares, tally, wide_norm
.import norm_hi, norm_lo, norm_shift, normed_hi, normed_lo, residual_hi, residual_lo
.importzp above, divisor, least, root, value

LARGEST_INV = 32767
LARGEST_R_CLIPPED = 16          ; up to here 2^19 // r is more than LARGEST_INV
SHIFTS = 3                      ; s_g is 7 less 0..3 shifts to the left, or 8
SHIFT_STEP = 5                  ; bytes of code each
OP_ASL = $0A                    ; opcodes
OP_NOP = $EA

.segment "ZPVECTOR": zeropage
part:           .res 3          ; bytes of a product
t:              .res 2          ; t_i, or -t_i where g_i < 0
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
        jsr root_of_mean
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
