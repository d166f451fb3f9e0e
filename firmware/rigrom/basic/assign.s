; LET, and what else puts a value into a variable.

.include "lowmem.inc"
.include "tokens.inc"
.include "workspace.inc"

.export assign, let, target
.import check_char, check_number, check_string, check_whole, expression
.import free_string, get_space, set_clock, signed_integer, syntax_error
.import variable_address

.segment "ASSIGN"

; LET variable = value
let:    jsr target
        lda #TOKEN_EQUAL
        jsr check_char
        jsr expression

; Puts the value into the variable of target.
assign: lda TARGET_TYPE
        bmi assign_string
        jsr check_number
        ldy #0
        bit TARGET_INTEGER
        bmi integer
        jsr check_whole
        ldy #FAC_SIZE - 1
copy:   lda FAC_FRACTION,Y
        sta (FORPNT),Y
        dey
        bpl copy
        rts
integer:
        jsr signed_integer
        ldy #0
        sta (FORPNT),Y
        iny
        lda FAC + 3
        sta (FORPNT),Y
        rts

assign_string:
        jsr check_string
        lda FORPNT + 1
        bne variable
        jmp set_clock
variable:
        ldy #2
        lda (FAC + 2),Y
        cmp #>BUF + 1
        bcc copy_text           ; in BUF, where the next line will stand
        ldy FAC + 3
        beq take                ; a temporary one: its text is nobody else's
        cmp FRETOP + 1
        bcc take                ; in the program
copy_text:                      ; another variable's
        ldy #0
        lda (FAC + 2),Y
        jsr get_space
        jsr free_string
        pha
        tay
        beq copied
letter: dey
        lda (INDEX),Y
        sta (FRESPC),Y
        tya
        bne letter
copied: pla
        ldx FRESPC
        ldy FRESPC + 1
        jmp describe
take:   jsr free_string

; The variable's string is A characters at X/Y.
describe:
        sty SECOND
        ldy #0
        sta (FORPNT),Y
        iny
        txa
        sta (FORPNT),Y
        iny
        lda SECOND
        sta (FORPNT),Y
        rts

.segment "TARGET"

; The variable in the text, to be assigned to.
; Out:  FORPNT, TARGET_TYPE, TARGET_INTEGER; FORPNT + 1 = 0: TI$
target: jsr variable_address
        sta FORPNT
        sty FORPNT + 1
        lda VALTYP
        sta TARGET_TYPE
        lda INTFLG
        sta TARGET_INTEGER
        lda VARNAM
        ldx VARNAM + 1
        cmp #'S'
        beq status
        cmp #'T'
        bne is_set
        cpx #'I'
        beq machines
        cpx #'I' | $80
        bne is_set
        lda #0
        sta FORPNT + 1
is_set: rts
status: cpx #'T'
        bne is_set
machines:
        jmp syntax_error        ; TI and ST go their own way
