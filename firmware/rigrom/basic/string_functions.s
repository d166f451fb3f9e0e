; Functions of strings, and those that give a string.

.include "lowmem.inc"
.include "workspace.inc"

.export asc, chr, left_string, len, mid_string, right_string, str, val
.import byte_value, check_close, check_comma, free_string, get_space
.import illegal_quantity, new_temporary, number_text, signed_number
.import small_number, text_to_string

LONGEST_NUMBER  = 40            ; characters that VAL looks at

.segment "STRING_FUNCTIONS"

; LEN
len:    jsr free_string
        tay
        jmp small_number

; ASC
asc:    jsr free_string
        tay
        beq wrong
        ldy #0
        lda (INDEX),Y
        tay
        jmp small_number
wrong:  jmp illegal_quantity

; CHR$
chr:    lda FAC
        ora FAC + 1
        ora FAC + 2
        bne wrong
        lda FAC + 3
        pha
        lda #1
        jsr get_space
        ldy #0
        pla
        sta (FRESPC),Y
        lda #1
        jmp new_temporary

; STR$
str:    jsr number_text
        ldx #0
        stx CHARAC
        stx ENDCHR
        jmp text_to_string

; VAL
val:    jsr free_string
        sta FIRST_LENGTH
        ldy #0
copy:   cpy FIRST_LENGTH
        beq copied
        cpy #LONGEST_NUMBER
        beq copied
        lda (INDEX),Y
        sta NUMBER_TEXT,Y
        iny
        bne copy                ; always
copied: lda #0
        sta NUMBER_TEXT,Y
        lda TXTPTR
        pha
        lda TXTPTR + 1
        pha
        lda #<NUMBER_TEXT
        sta TXTPTR
        lda #>NUMBER_TEXT
        sta TXTPTR + 1
        jsr CHRGOT
        jsr signed_number
        pla
        sta TXTPTR + 1
        pla
        sta TXTPTR
        rts

.segment "PARTS"

; LEFT$(string, n): the string's descriptor is on the stack
left_string:
        jsr byte_value
        jsr check_close
        pla
        sta FAC + 2
        pla
        sta FAC + 3
        txa
        ldx #0
        beq part                ; always

; RIGHT$(string, n)
right_string:
        jsr byte_value
        jsr check_close
        pla
        sta FAC + 2
        pla
        sta FAC + 3
        stx COUNT
        ldy #0
        lda (FAC + 2),Y
        sec
        sbc COUNT
        bcs inside
        tya                     ; all of it
inside: tax
        lda COUNT
        jmp part

; MID$(string, first) or (string, first, n)
mid_string:
        jsr byte_value
        txa
        beq no_first
        pha
        ldx #$FF
        jsr CHRGOT
        cmp #')'
        beq to_the_end
        jsr check_comma
        jsr byte_value
to_the_end:
        stx COUNT
        jsr check_close
        pla
        tax
        dex
        pla
        sta FAC + 2
        pla
        sta FAC + 3
        lda COUNT
        jmp part

no_first:
        jmp illegal_quantity

; A characters of the string, from offset X on, or as many as there are.
part:   stx SECOND
        sta COUNT
        ldy #$FF
        sty VALTYP
        iny
        sty FAC_FRACTION
        lda (FAC + 2),Y
        sec
        sbc SECOND
        bcs rest
        tya                     ; nothing is left there
rest:   cmp COUNT
        bcc all_of_it
        lda COUNT
all_of_it:
        sta COUNT
        lda SECOND              ; collect_garbage uses SECOND
        pha
        lda COUNT
        jsr get_space
        jsr free_string
        pla
        clc
        adc INDEX
        sta INDEX
        bcc same_page
        inc INDEX + 1
same_page:
        ldy COUNT
        beq taken
letter: dey
        lda (INDEX),Y
        sta (FRESPC),Y
        tya
        bne letter
taken:  lda COUNT
        jmp new_temporary
