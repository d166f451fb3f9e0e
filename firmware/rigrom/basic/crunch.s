; Words to tokens, in place, from TXTPTR to the end of the line.

.include "lowmem.inc"
.include "petscii.inc"
.include "tokens.inc"
.include "words.inc"

.export crunch
.import keywords

in_data         = INDEX         ; not 0: between DATA and ":"

.segment "CRUNCH"

; In:   TXTPTR in page BUF
; Out:  BUF = the line with tokens, 0 behind it; Y = its length with the 0;
;       TXTPTR = BUF - 1
; Uses: A, X, INDEX, INDEX2, OPPTR
crunch: ldx TXTPTR              ; reads at BUF + X, writes at BUF + Y
        ldy #0
        sty in_data
next:   lda BUF,X
        bpl plain
        cmp #PI
        beq put
        inx                     ; shifted characters are left out
        bne next                ; always
plain:  beq put_last
        cmp #QUOTE
        beq quoted
        cmp #' '
        beq put
        bit in_data
        bvs put
        cmp #'?'
        bne not_question
        lda #TOKEN_PRINT
        bne put
not_question:
        cmp #'0'
        bcc match
        cmp #'<'
        bcc put                 ; digits, ":" and ";"
match:  jsr find_word
put:    inx
        sta BUF,Y
        iny
        cmp #':'
        beq statement
        cmp #TOKEN_DATA
        bne not_data
        lda #$40
        .byte $2C               ; BIT: skips the next instruction
statement:
        lda #0
        sta in_data
        jmp next
not_data:
        cmp #TOKEN_REM
        bne next

rest:   lda BUF,X               ; a remark stays as it is
        beq put_last
        sta BUF,Y
        inx
        iny
        bne rest

quoted: sta BUF,Y               ; so does text between quotes
        inx
        iny
        lda BUF,X
        beq put_last
        cmp #QUOTE
        bne quoted
        beq put

put_last:
        sta BUF,Y
        iny
        lda #<(BUF - 1)
        sta TXTPTR
        lda #>(BUF - 1)
        sta TXTPTR + 1
        rts

.segment "FIND_WORD"

; The word at BUF + X, abbreviated by a shifted letter or not.
; Out:  A = its token, X at its last character; or A = the character
; Uses: A, X, INDEX2, OPPTR
first_char      = OPPTR
token           = OPPTR + 1
find_word:
        stx first_char
        tya
        pha
        lda #<keywords
        sta INDEX2
        lda #>keywords
        sta INDEX2 + 1
        lda #TOKEN_END
        sta token
        ldy #0
word:   ldx first_char
        lda (INDEX2),Y          ; Y = 0
        eor #FIRST_OF_WORD
        beq none                ; WORDS_END
letter: eor BUF,X
        beq more
        asl
        beq found               ; the same letter, shifted
        jsr skip_word
        inc token
        bne word                ; always
more:   inx
        iny
        lda (INDEX2),Y
        bpl letter
        dex                     ; the whole word
found:  pla
        tay
        lda token
        rts
none:   pla
        tay
        ldx first_char
        lda BUF,X
        rts

; INDEX2 to the next word. In: Y = offset in this one. Out: Y = 0
skip_word:
        iny
        lda (INDEX2),Y
        bpl skip_word
        tya
        clc
        adc INDEX2
        sta INDEX2
        bcc same_page
        inc INDEX2 + 1
same_page:
        ldy #0
        rts
