; PRINT, PRINT#, CMD, and output.

.include "kernal.inc"
.include "lowmem.inc"
.include "petscii.inc"
.include "tokens.inc"
.include "words.inc"
.include "workspace.inc"

.export close_channel, cmd, new_line, print, print_char, print_file
.export print_number, print_string, print_text, print_word
.import byte_value, check_comma, error, expression, free_string, number_text
.import syntax_error, unsigned_number

LINE_FEED       = $0A
COLUMNS         = 10            ; of a comma

.segment "PRINT"

; PRINT# file, values
print_file:
        jsr cmd

; The screen and the keyboard again.
close_channel:
        jsr CLRCHN
        lda #0
        sta CHANNL
        rts

; CMD file, values
cmd:    jsr byte_value
        beq to_file
        jsr check_comma
to_file:
        stx CHANNL
        jsr CHKOUT
        bcs failed
        jsr CHRGOT
        jmp print
failed: tax
        jmp error

; PRINT values
print:  beq new_line
value:  beq end_of_list
        cmp #TOKEN_TAB
        beq tab
        cmp #TOKEN_SPC
        clc
        beq tab_or_space
        cmp #','
        beq comma
        cmp #';'
        beq separator
        jsr expression
        bit VALTYP
        bpl number
        jsr print_string
        jmp after
number: jsr number_text
        jsr print_text
        jsr right
after:  jsr CHRGOT
        bne value

; RETURN to the output; files above 127 get a line feed, too.
; Out:  A = 0; keeps X, Y
new_line:
        lda #RETURN
        jsr print_char
        bit CHANNL
        bpl line_done
        lda #LINE_FEED
        jsr print_char
line_done:
        lda #0
end_of_list:
        rts

comma:  jsr get_column
        lda #COLUMNS - 1        ; the last column of its field
field:  cmp COUNT
        bcs in_field
        adc #COLUMNS            ; C = 0
        bcc field               ; always
in_field:
        sbc COUNT
        tax
        inx                     ; to the next field's first
        bne rights              ; always

; TAB(column), SPC(n)
tab:    sec
tab_or_space:
        php
        jsr CHRGET
        jsr byte_value
        cmp #')'
        bne wrong
        plp
        bcc rights
        stx COLUMN
        jsr get_column
        lda COLUMN
        sec
        sbc COUNT
        bcc separator
        tax
rights: inx
next_right:
        dex
        beq separator
        jsr right
        jmp next_right
separator:
        jsr CHRGET
        jmp value
wrong:  jmp syntax_error

.segment "OUTPUT"

; Out: COUNT = column of the cursor. Uses: X, Y
get_column:
        sec
        jsr PLOT
        sty COUNT
        rts

; One to the right: on the screen nothing is rubbed out. Keeps X, Y
right:  lda #' '
        ldy CHANNL
        bne print_char
        lda #RIGHT

; A to the output. Out: keeps A, X, Y
print_char:
        jmp CHROUT

; The string in FAC
print_string:
        jsr free_string
        sta COUNT
        ldy #0
character:
        cpy COUNT
        beq printed
        lda (INDEX),Y
        jsr print_char
        iny
        bne character           ; always

; Prints text up to a 0.
; In:   A/Y = address, fewer than 256 characters
; Uses: A, Y, INDEX
print_text:
        sta INDEX
        sty INDEX + 1
        ldy #0
text:   lda (INDEX),Y
        beq printed
        jsr print_char
        iny
        bne text
printed:
        rts

; Prints a number, 0-65535. In: X, A = low, high byte. Uses: A, X, Y, FAC, INDEX
print_number:
        pha
        txa
        tay
        pla
        jsr unsigned_number
        jsr number_text
        lda #<(NUMBER_TEXT + 1)
        ldy #>(NUMBER_TEXT + 1)
        bne print_text          ; always

; Prints an entry of a table of words (words.inc).
; In:   A/Y = address of the table, X = number of the word
; Uses: A, X, Y, INDEX
print_word:
        sta INDEX
        sty INDEX + 1
        ldy #0
seek:   dex
        bmi entry
skip:   inc INDEX
        bne same_page
        inc INDEX + 1
same_page:
        lda (INDEX),Y
        bpl skip
        bmi seek                ; always
entry:  lda (INDEX),Y
        and #<~FIRST_OF_WORD
letter: cmp #'A' | AFTER_SPACE
        bcc no_space
        pha
        lda #' '
        jsr print_char
        pla
        and #<~AFTER_SPACE
no_space:
        jsr print_char
        iny
        lda (INDEX),Y
        bpl letter
        rts
