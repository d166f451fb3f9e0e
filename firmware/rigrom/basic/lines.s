; The program in memory: lines of link, number, text, 0; a link of 0 ends it.

.include "errors.inc"
.include "lowmem.inc"
.include "workspace.inc"

.export clear_lines, clear_variables, find_line, move_up, next_link, relink
.export set_text_start, store_line
.import clear, error

LINE_TEXT       = 4             ; offset of the text in a line

length          = OPPTR         ; of the text to be stored
gap             = OPPTR + 1     ; of the whole line

.segment "LINES"

; An empty program. Uses: A, Y
clear_lines:
        ldy #0
        tya
        sta (TXTTAB),Y
        iny
        sta (TXTTAB),Y
        clc
        lda TXTTAB
        adc #2
        sta VARTAB
        lda TXTTAB + 1
        adc #0
        sta VARTAB + 1
        rts

; Variables forgotten. Uses: A
clear_variables:
        lda VARTAB
        sta ARYTAB
        sta STREND
        lda VARTAB + 1
        sta ARYTAB + 1
        sta STREND + 1
        lda MEMSIZ
        sta FRETOP
        lda MEMSIZ + 1
        sta FRETOP + 1
        rts

; TXTPTR to before the program's first byte. Uses: A
set_text_start:
        sec
        lda TXTTAB
        sbc #1
        sta TXTPTR
        lda TXTTAB + 1
        sbc #0
        sta TXTPTR + 1
        rts

.segment "LINKS"

; Sets all links: a program may have been saved at another address.
; Uses: A, X, Y, INDEX
relink: lda TXTTAB
        sta INDEX
        lda TXTTAB + 1
        sta INDEX + 1
line:   ldy #1
        lda (INDEX),Y
        beq done
        ldy #LINE_TEXT - 1
text:   iny
        beq done                ; no end within 256 bytes: this is no BASIC
        lda (INDEX),Y
        bne text
        tya
        sec                     ; past the 0
        adc INDEX
        tax
        ldy #0
        txa
        sta (INDEX),Y
        iny
        lda INDEX + 1
        adc #0
        sta (INDEX),Y
        stx INDEX
        sta INDEX + 1
        bcc line                ; always
done:   rts

.segment "FIND_LINE"

; LOWTR to the line after it. Uses: A, X, Y
next_link:
        ldy #0
        lda (LOWTR),Y
        tax
        iny
        lda (LOWTR),Y
        stx LOWTR
        sta LOWTR + 1
        rts

; The first line whose number is LINNUM or more.
; Out:  LOWTR = its address, or the program's end; C = 1: exactly LINNUM
; Uses: A, X, Y
find_line:
        lda TXTTAB
        sta LOWTR
        lda TXTTAB + 1
        sta LOWTR + 1
seek:   ldy #1
        lda (LOWTR),Y
        beq absent
        ldy #3
        lda (LOWTR),Y
        cmp LINNUM + 1
        bne differs
        dey
        lda (LOWTR),Y
        cmp LINNUM
        beq seen                ; C = 1
differs:
        bcs absent
        jsr next_link
        jmp seek
absent: clc
seen:   rts

.segment "STORE_LINE"

; Enters the line in BUF under the number LINNUM; an empty one is taken out.
; In:   Y = length of the text with its 0
; Uses: A, X, Y, INDEX, INDEX2, OPPTR
store_line:
        sty length
        jsr find_line
        lda LOWTR
        sta INDEX
        lda LOWTR + 1
        sta INDEX + 1
        bcc gone
        jsr remove_line
gone:   ldy length
        lda BUF
        beq stored
        jsr open_gap
        ldy #1                  ; a link that is not 0 until relink sets it
        tya
        sta (INDEX),Y
        iny
        lda LINNUM
        sta (INDEX),Y
        iny
        lda LINNUM + 1
        sta (INDEX),Y
        ldx #0
copy:   lda BUF,X
        iny
        sta (INDEX),Y
        inx
        cpx length
        bne copy
stored: jsr relink
        jmp clear

; Takes the line at INDEX out: everything behind it moves down.
; Uses: A, X, Y, INDEX2, VARTAB
remove_line:
        ldy #0                  ; INDEX2 = the next line
        lda (INDEX),Y
        sta INDEX2
        iny
        lda (INDEX),Y
        sta INDEX2 + 1
        lda INDEX
        pha
        lda INDEX + 1
        pha
        ldy #0
down:   lda INDEX2
        cmp VARTAB
        lda INDEX2 + 1
        sbc VARTAB + 1
        bcs moved
        lda (INDEX2),Y
        sta (INDEX),Y
        inc INDEX
        bne same_page
        inc INDEX + 1
same_page:
        inc INDEX2
        bne down
        inc INDEX2 + 1
        bne down
moved:  lda INDEX
        sta VARTAB
        lda INDEX + 1
        sta VARTAB + 1
        pla
        sta INDEX + 1
        pla
        sta INDEX
        rts

.segment "MAKE_ROOM"

; Makes room for a line of length Y and its head at INDEX.
; Uses: A, X, Y, INDEX2, VARTAB
open_gap:
        tya
        clc
        adc #LINE_TEXT
        sta gap
        lda VARTAB
        sta INDEX2
        clc
        adc gap
        tax
        lda VARTAB + 1
        sta INDEX2 + 1
        adc #0
        cmp MEMSIZ + 1
        bcs full
        stx VARTAB
        sta VARTAB + 1
        ldy gap

; Moves memory from INDEX to INDEX2 up by Y bytes.
; Uses: A, INDEX2, OPPTR + 1
move_up:
        sty gap
up:     lda INDEX2              ; from the end down to INDEX
        cmp INDEX
        bne move
        lda INDEX2 + 1
        cmp INDEX + 1
        beq open
move:   lda INDEX2
        bne borrow
        dec INDEX2 + 1
borrow: dec INDEX2
        ldy #0
        lda (INDEX2),Y
        ldy gap
        sta (INDEX2),Y
        jmp up
open:   rts
full:   ldx #OUT_OF_MEMORY
        jmp error
