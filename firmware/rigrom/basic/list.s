; LIST, LIST line: the program, or one line of it, as text.

.include "errors.inc"
.include "kernal.inc"
.include "lowmem.inc"
.include "petscii.inc"
.include "tokens.inc"

.export list
.import find_line, keywords, next_link, parse_number, print_number, raise, ready

quotes          = OPPTR         ; bit 7: between quotes
position        = OPPTR + 1     ; in the line

.segment "CODE"

; In:   TXTPTR behind the word; A and flags as chrgot
; Uses: A, X, Y, INDEX, INDEX2, LINNUM, OPPTR
list:   beq from_start
        bcc one
        rts                     ; the caller says that it is wrong
one:    jsr parse_number
        bne wrong
        jsr find_line
        bne listed
        jsr print_line
listed: jmp ready

from_start:
        lda TXTTAB
        sta INDEX
        lda TXTTAB + 1
        sta INDEX + 1
next:   ldy #1
        lda (INDEX),Y
        beq listed
        jsr STOP
        beq stopped
        jsr print_line
        jsr next_link
        jmp next
stopped:
        lda #BREAK
        jmp raise
wrong:  rts

; Prints the line at INDEX.
; Uses: A, X, Y, INDEX2, LINNUM, OPPTR
print_line:
        lda #RETURN
        jsr CHROUT
        ldy #2
        lda (INDEX),Y
        tax
        iny
        lda (INDEX),Y
        sty position
        ldy INDEX               ; print_number needs INDEX
        sty INDEX2
        ldy INDEX + 1
        sty INDEX2 + 1
        jsr print_number
        lda INDEX2
        sta INDEX
        lda INDEX2 + 1
        sta INDEX + 1
        lda #' '
        jsr CHROUT
        lda #0
        sta quotes
char:   inc position
        ldy position
        lda (INDEX),Y
        beq line_end
        cmp #QUOTE
        bne not_quote
        lda quotes
        eor #$80
        sta quotes
        lda #QUOTE
not_quote:
        bit quotes
        bmi as_it_is
        cmp #TOKEN_END
        bcc as_it_is
        cmp #TOKEN_GO + 1
        bcs as_it_is
        jsr print_word
        jmp char
as_it_is:
        jsr CHROUT
        jmp char
line_end:
        rts

; Prints the word of token A. Uses: A, X, Y, INDEX2
print_word:
        ldy #<keywords
        sty INDEX2
        ldy #>keywords
        sty INDEX2 + 1
        sec
        sbc #TOKEN_END
        tax
        ldy #0
seek:   dex
        bmi letters
skip:   lda (INDEX2),Y
        php
        inc INDEX2
        bne same_page
        inc INDEX2 + 1
same_page:
        plp
        bpl skip
        bmi seek
letters:
        lda (INDEX2),Y
        php
        and #$7F
        jsr CHROUT
        iny
        plp
        bpl letters
        rts
