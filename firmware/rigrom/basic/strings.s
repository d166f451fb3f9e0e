; Strings: their texts lie in the program, in BUF, or between FRETOP and MEMSIZ.
; Who uses one has a descriptor: length, address. Values on the way have theirs in
; TEMPST.

.include "errors.inc"
.include "lowmem.inc"
.include "petscii.inc"
.include "workspace.inc"

.export compare_strings, concatenate, free_string, get_space, literal
.export literal_until, new_temporary, text_to_string
.import check_string, collect_garbage, error, too_long

.segment "STRINGS"

; A text between quotes, or up to the end of the line.
; In:   TXTPTR at the quote
; Out:  FAC, VALTYP; TXTPTR behind it
literal:
        lda #QUOTE
        sta CHARAC
        sta ENDCHR
        inc TXTPTR
        bne literal_until
        inc TXTPTR + 1

; A text from TXTPTR up to CHARAC, ENDCHR or 0; a quote that ends it is skipped.
; Out:  FAC, VALTYP; TXTPTR behind it; A and flags as CHRGOT
literal_until:
        lda TXTPTR
        ldy TXTPTR + 1
        jsr text_to_string
        lda STRING_END
        sta TXTPTR
        lda STRING_END + 1
        sta TXTPTR + 1
        ldy #0
        lda (TXTPTR),Y
        cmp #QUOTE
        bne behind
        jmp CHRGET
behind: jmp CHRGOT

; The text at A/Y up to CHARAC, ENDCHR or 0 as a string; text at NUMBER_TEXT is
; copied, as another will stand there soon.
; Out:  FAC, VALTYP; STRING_END
text_to_string:
        sta FIRST
        sty FIRST + 1
        ldy #$FF
length: iny
        lda (FIRST),Y
        beq found
        cmp CHARAC
        beq found
        cmp ENDCHR
        bne length
found:  sty FIRST_LENGTH
        tya
        clc
        adc FIRST
        sta STRING_END
        lda FIRST + 1
        adc #0
        sta STRING_END + 1
        tya
        ldx FIRST + 1
        cpx #>NUMBER_TEXT + 1
        bcs in_program
        jsr get_space
        ldy FIRST_LENGTH
        beq copied
copy:   dey
        lda (FIRST),Y
        sta (FRESPC),Y
        tya
        bne copy
copied: lda FIRST_LENGTH

; A new string at FRESPC, of length A, is a temporary value.
; Out:  FAC, VALTYP
new_temporary:
        ldx FRESPC
        ldy FRESPC + 1
        jmp enter
in_program:
        ldx FIRST
        ldy FIRST + 1
enter:  stx SECOND
        ldx TEMPPT
        cpx #TEMPST + 9
        bcs too_complex
        sta $00,X
        sty $02,X
        lda SECOND
        sta $01,X
        stx FAC + 2
        ldy #0
        sty FAC + 3
        sty FAC_FRACTION
        dey
        sty VALTYP
        inx
        inx
        inx
        stx TEMPPT
        rts
too_complex:
        ldx #FORMULA_TOO_COMPLEX
        jmp error

; Room for A characters.
; Out:  FRESPC = FRETOP = its address; A
; Uses: X, Y, and what collect_garbage uses
get_space:
        pha
        jsr take
        bcs taken
        jsr collect_garbage
        pla
        pha
        jsr take
        bcc full
taken:  pla
        rts
full:   ldx #OUT_OF_MEMORY
        jmp error

; Takes A bytes below FRETOP. Out: C = 0: there are too few
take:   eor #$FF
        sec
        adc FRETOP
        tax
        lda FRETOP + 1
        bcs same_page
        sbc #0                  ; C = 0: one less
        bcc no_room
same_page:
        tay
        cpx STREND
        sbc STREND + 1
        bcc no_room
        stx FRETOP
        sty FRETOP + 1
        stx FRESPC
        sty FRESPC + 1
no_room:
        rts

; The string in FAC will be used now: a temporary one is given back.
; Out:  A = length, X/Y = INDEX = address
free_string:
        jsr check_string
        lda FAC + 2
        ldy FAC + 3

; The same for the descriptor at A/Y.
free_descriptor:
        sta INDEX
        sty INDEX + 1
        ldy #2
        lda (INDEX),Y
        pha
        dey
        lda (INDEX),Y
        pha
        dey
        lda (INDEX),Y
        ldx INDEX + 1
        bne gone                ; a variable's
        ldx INDEX
        inx
        inx
        inx
        cpx TEMPPT
        bne gone
        ldx INDEX
        stx TEMPPT
gone:   tax
        pla
        sta INDEX
        pla
        sta INDEX + 1
        tay
        txa
        ldx INDEX
        rts

.segment "TWO_STRINGS"

; FAC = the string of ARG, then that of FAC
concatenate:
        ldy #0
        lda (ARG + 2),Y
        clc
        adc (FAC + 2),Y
        bcs no_string
        jsr get_space
        pha
        lda FRESPC
        sta FIRST
        lda FRESPC + 1
        sta FIRST + 1
        jsr free_both
        jsr append
        clc                     ; behind it
        tya
        adc FIRST
        sta FIRST
        bcc same
        inc FIRST + 1
same:   lda SECOND
        sta INDEX
        lda SECOND + 1
        sta INDEX + 1
        lda SECOND_LENGTH
        jsr append
        pla
        jmp new_temporary
no_string:
        jmp too_long

; Copies A characters from INDEX to FIRST. Out: Y = A. Uses: FIRST_LENGTH
append: sta FIRST_LENGTH
        ldy #0
character:
        cpy FIRST_LENGTH
        beq appended
        lda (INDEX),Y
        sta (FIRST),Y
        iny
        bne character           ; always
appended:
        rts

; The right string is SECOND, SECOND_LENGTH, the left one INDEX, A.
free_both:
        jsr free_string
        sta SECOND_LENGTH
        stx SECOND
        sty SECOND + 1
        lda ARG + 2
        ldy ARG + 3
        jmp free_descriptor

; Out: flags of a comparison of the left string with the right one
compare_strings:
        jsr free_both
        sta FIRST_LENGTH
        ldy #0
pair:   cpy FIRST_LENGTH
        beq left_ends
        cpy SECOND_LENGTH
        beq right_ends
        lda (INDEX),Y
        cmp (SECOND),Y
        bne compared
        iny
        bne pair                ; always
left_ends:
        cpy SECOND_LENGTH
        rts
right_ends:
        lda #1
        cmp #0                  ; greater
compared:
        rts
