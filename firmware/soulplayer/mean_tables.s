; mean_tables.s - the triangular numbers t(n) = n(n-1)/2, by whose tables `means` multiplies
;
; A table has pages of its own, which it does not fill: two of the cache's sums may lie behind.

.include "engine.inc"
.include "cache.inc"

.export make_triangles, rests, triangle_hi, triangle_lo
.importzp quotient

LARGEST_WEIGHT = 255
TRIANGLES = LARGEST_WEIGHT + DIGITS
TABLE = 512                     ; bytes that a table of them takes

tables_segment
triangle_lo:    .res TRIANGLES  ; t(n), n = 0 .. 318
.if SUMS_BESIDE
.export digit_sums_0, digit_sums_1
digit_sums_0:   .res TABLE - TRIANGLES
.else
.import digit_sums_0, digit_sums_1
                .res TABLE - TRIANGLES
.endif
triangle_hi:    .res TRIANGLES
.if SUMS_BESIDE
digit_sums_1:
.endif
                .res TABLE - TRIANGLES

.if RESTS_UNDER_IO
.segment "IOTABLE"
rests:          .res TRIANGLES  ; t(n) modulo 255
.else
tables_segment
rests:          .res TABLE
.endif

.code

; make_triangles - the tables, by t(n + 1) = t(n) + n
; In: RAM under I/O banked in   Out: -   Uses: A, X   Cycles: 22 K
make_triangles:
        lda #$00
        sta quotient
        sta quotient+1
        tax
@first_page:                    ; n = X
        lda quotient
        sta triangle_lo,x
        lda quotient+1
        sta triangle_hi,x
        jsr rest
        sta rests,x
        clc
        txa
        adc quotient
        sta quotient
        bcc :+
        inc quotient+1
:       inx
        bne @first_page
@second_page:                   ; n = 256 + X
        lda quotient
        sta triangle_lo+256,x
        lda quotient+1
        sta triangle_hi+256,x
        jsr rest
        sta rests+256,x
        txa                     ; 256 is added to the high byte
        clc
        adc quotient
        sta quotient
        lda quotient+1
        adc #$01
        sta quotient+1
        inx
        cpx #TRIANGLES - 256
        bne @second_page
        rts

; A = quotient modulo 255: the sum of its bytes is
rest:
        lda quotient
        clc
        adc quotient+1
        adc #$00                ; 256 is 1
        cmp #$FF
        adc #$00                ; 255 is 0
        rts
