; head.s - what is made of the logits: the choice and the checksum

.include "engine.inc"

.export argmax, checksum, checksum_s1, checksum_s2, logits_lo, logits_hi

.bss
checksum_s1:    .res 2
checksum_s2:    .res 2

.segment "PAGED"
logits_lo:      .res 256        ; by token id
logits_hi:      .res 256

.code

; argmax - the token with the largest logit that the decode rule allows, the lower id of equals
; In: logits   Out: A = token   Uses: X, Y   Cycles: 30 a token
argmax:
        ldx #TOKEN_FIRST_TEXT
.if DECODE_END
        ldy #TOKEN_END
.else
        ldy #TOKEN_FIRST_TEXT
.endif
@compare:                       ; Y = best so far, X = its rival
        lda logits_lo,y
        cmp logits_lo,x
        lda logits_hi,y
        sbc logits_hi,x
        bvc :+
        eor #$80
:       bpl @next_rival
        txa
        tay
@next_rival:
        inx
        cpx #<VOCAB
        bne @compare
        tya
        rts

; checksum - s1 = sum of the logits, s2 = sum of the values that s1 takes, both modulo 2^16
; In: logits   Out: checksum_s1, checksum_s2   Uses: A, X   Cycles: 60 a token
checksum:
        lda #$00
        sta checksum_s1
        sta checksum_s1+1
        sta checksum_s2
        sta checksum_s2+1
        tax
@next_logit:
        clc
        lda checksum_s1
        adc logits_lo,x
        sta checksum_s1
        lda checksum_s1+1
        adc logits_hi,x
        sta checksum_s1+1
        clc
        lda checksum_s2
        adc checksum_s1
        sta checksum_s2
        lda checksum_s2+1
        adc checksum_s1+1
        sta checksum_s2+1
        inx
        cpx #<VOCAB
        bne @next_logit
        rts
