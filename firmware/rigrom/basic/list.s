; LIST: the program, or some lines of it, as text.

.include "lowmem.inc"
.include "petscii.inc"
.include "tokens.inc"
.include "workspace.inc"

.export list, list_word
.import check_stop, find_line, keywords, line_number, new_line, next_link
.import print_char, print_number, print_word, ready

place           = FORPNT        ; in the line
last_line       = LINNUM

.segment "LIST"

; LIST, LIST line, LIST first-last, LIST first-, LIST -last
; In:   A and flags as CHRGOT
list:   beq all
        bcc lines
        cmp #TOKEN_MINUS
        bne wrong
lines:  jsr line_number
        jsr find_line
        jsr CHRGOT
        beq next                ; one line
        cmp #TOKEN_MINUS
        bne wrong
        jsr CHRGET
        beq to_end
        jsr line_number
        beq next
wrong:  rts                     ; the caller finds that something is left

all:    sta LINNUM
        sta LINNUM + 1
        jsr find_line
to_end: lda #$FF
        sta last_line
        sta last_line + 1

next:   ldy #1
        lda (LOWTR),Y
        beq listed
        jsr check_stop
        jsr new_line
        sta QUOTED
        ldy #2
        lda last_line
        cmp (LOWTR),Y
        iny
        lda last_line + 1
        sbc (LOWTR),Y
        bcc listed
        jsr print_line
        jsr next_link
        jmp next
listed: jmp ready

.segment "LIST_LINE"

; Prints the line at LOWTR. In: QUOTED = 0
; Uses: A, X, Y, INDEX, FAC
print_line:
        ldy #2
        lda (LOWTR),Y
        tax
        iny
        sty place
        lda (LOWTR),Y
        jsr print_number
        lda #' '
print:  jsr list_char
        inc place
        ldy place
        lda (LOWTR),Y
        beq line_end
        cmp #QUOTE
        bne print
        lda QUOTED
        eor #$80
        sta QUOTED
        lda #QUOTE
        bne print               ; always
line_end:
        rts

list_char:
        jmp (IQPLOP)

; What IQPLOP holds: prints character or token A; between quotes (QUOTED) all
; are characters.
; Uses: A, X, Y, INDEX
list_word:
        bit QUOTED
        bmi char
        cmp #TOKEN_END
        bcc char
        cmp #TOKEN_GO + 1
        bcs char
        sbc #TOKEN_END - 1      ; C = 0
        tax
        lda #<keywords
        ldy #>keywords
        jmp print_word
char:   jmp print_char
