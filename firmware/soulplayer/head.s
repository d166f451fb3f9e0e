; head.s - what is made of the logits: the choice and the checksum, in one pass

.include "engine.inc"

.export choose, logits_lo, logits_hi
.exportzp checksum_s1, checksum_s2

.if DECODE_END
FIRST_ALLOWED = TOKEN_END
.else
FIRST_ALLOWED = TOKEN_FIRST_TEXT
.endif

.segment "ZPLOGITS": zeropage
checksum_s1:    .res 2
checksum_s2:    .res 2
best:           .res 1          ; the token with the largest logit so far
best_high:      .res 1          ; its logit's high byte, $80 turned so that signed bytes compare as unsigned ones

.segment "LOGITS"
logits_lo:      .res VOCAB      ; by token id
logits_hi:      .res VOCAB

.code

.macro  sum_logit                       ; s1 += logit of X, s2 += s1; Y = low byte of s1
        tya
        clc
        adc logits_lo,x
        tay
        lda checksum_s1+1
        adc logits_hi,x
        sta checksum_s1+1
        tya
        clc
        adc checksum_s2
        sta checksum_s2
        lda checksum_s2+1
        adc checksum_s1+1
        sta checksum_s2+1
.endmacro

; choose - the token with the largest logit that the decode rule allows, the lower id of equals; and s1 = sum of the
;   logits, s2 = sum of the values that s1 takes, both modulo 2^16
; In: logits   Out: A = token, checksum_s1, checksum_s2   Uses: X, Y   Cycles: 57 a token
choose:
        ldy #$00
        sty checksum_s1+1
        sty checksum_s2
        sty checksum_s2+1
        ldx #$00
@forbidden:
        sum_logit
        inx
        cpx #FIRST_ALLOWED
        bne @forbidden
        stx best
        lda logits_hi,x
        eor #$80
        sta best_high
@allowed:
        sum_logit
        lda logits_hi,x
        eor #$80
        cmp best_high
        bcs @high_enough
@next:
        inx
        cpx #<VOCAB
        bne @allowed
        sty checksum_s1
        lda best
        rts

@high_enough:
        bne @better
        sty checksum_s1
        ldy best
        lda logits_lo,y
        cmp logits_lo,x         ; C = 0: the rival's is larger
        ldy checksum_s1
        bcs @next
        lda best_high
@better:
        sta best_high
        stx best
        jmp @next
