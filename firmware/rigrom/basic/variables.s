; Variables: seven bytes each from VARTAB on: two characters of the name, whose
; bits 7 tell number, string ($, second) and integer (%, both); five of the value.

.include "errors.inc"
.include "kernal.inc"
.include "lowmem.inc"
.include "workspace.inc"

.export check_room, parse_name, variable_address, variable_value
.import array_element, clock_text, collect_garbage, error, integer_to_number
.import is_letter, move_up, syntax_error, zero

VARIABLE_SIZE   = 7

.segment "VARIABLES"

; Reads a variable's name.
; Out:  VARNAM, VALTYP, INTFLG; A and flags as CHRGOT behind it
; Uses: X
parse_name:
        ldx #0
        stx VALTYP
        stx INTFLG
        jsr CHRGOT
        jsr is_letter
        bcc wrong
        sta VARNAM
        jsr CHRGET
        bcc second
        jsr is_letter
        bcc suffix
second: tax
skip:   jsr CHRGET
        bcc skip
        jsr is_letter
        bcs skip
suffix: stx VARNAM + 1
        cmp #'$'
        beq is_string
        cmp #'%'
        bne named
        lda #$80
        sta INTFLG
        ora VARNAM
        sta VARNAM
        bne high                ; always
is_string:
        dec VALTYP
high:   lda #$80
        ora VARNAM + 1
        sta VARNAM + 1
        jmp CHRGET
named:  jmp CHRGOT
wrong:  jmp syntax_error

; The variable in the text; a new one is made.
; Out:  A/Y = VARPNT = address of its value, VALTYP, INTFLG
; Uses: X and scratch cells
variable_address:
        lda #0
        sta DIMFLG
        jsr parse_name
        cmp #'('
        bne scalar
        jmp array_element
scalar: jsr find_variable
        bcs found
        lda #VARIABLE_SIZE
        ldx #0
        jsr check_room
        lda ARYTAB              ; the arrays move up
        sta INDEX
        lda ARYTAB + 1
        sta INDEX + 1
        lda STREND
        sta INDEX2
        lda STREND + 1
        sta INDEX2 + 1
        ldy #VARIABLE_SIZE
        jsr move_up
        lda ARYTAB
        ldy ARYTAB + 1
        jsr value_at
        ldy #0
        lda VARNAM
        sta (INDEX),Y
        iny
        lda VARNAM + 1
        sta (INDEX),Y
        lda #0
clear:  iny
        sta (INDEX),Y
        cpy #VARIABLE_SIZE - 1
        bne clear
        ldx #ARYTAB
        jsr one_more
        ldx #STREND
        jsr one_more
found:  lda VARPNT
        ldy VARPNT + 1
        rts

; The pointer at zero page X up by a variable
one_more:
        lda #VARIABLE_SIZE
        clc
        adc $00,X
        sta $00,X
        bcc no_carry
        inc $01,X
no_carry:
        rts

.segment "FIND_VARIABLE"

; Looks for variable VARNAM.
; Out:  C = 1: VARPNT
; Uses: A, X, Y, LOWTR
find_variable:
        lda VARTAB
        ldy VARTAB + 1
look:   sta LOWTR
        sty LOWTR + 1
        cpy ARYTAB + 1
        bne compare
        cmp ARYTAB
        beq absent
compare:
        ldy #0
        lda (LOWTR),Y
        cmp VARNAM
        bne other
        iny
        lda (LOWTR),Y
        cmp VARNAM + 1
        beq here
other:  lda LOWTR
        ldy LOWTR + 1
        clc
        adc #VARIABLE_SIZE
        bcc look
        iny
        bne look                ; always
absent: clc
        rts
here:   lda LOWTR
        ldy LOWTR + 1

; VARPNT = A/Y + 2. Out: C = 1
value_at:
        clc
        adc #2
        bcc same_page
        iny
same_page:
        sta VARPNT
        sty VARPNT + 1
        sec
        rts

.segment "CHECK_ROOM"

; Room for X/A (high, low) bytes at STREND.
; Uses: A, X, Y, EXTENT, and what collect_garbage uses
check_room:
        clc
        adc STREND
        sta EXTENT
        txa
        adc STREND + 1
        sta EXTENT + 1
        bcs full
        jsr fits
        bcc room
        lda EXTENT
        pha
        lda EXTENT + 1
        pha
        jsr collect_garbage
        pla
        sta EXTENT + 1
        pla
        sta EXTENT
        jsr fits
        bcs full
room:   rts
full:   ldx #OUT_OF_MEMORY
        jmp error
fits:   lda FRETOP
        cmp EXTENT
        lda FRETOP + 1
        sbc EXTENT + 1
        lda #0
        rol
        eor #1
        lsr                     ; C = 1: EXTENT is above FRETOP
        rts

.segment "VALUE"

; The value of the variable in the text; TI, TI$ and ST are the machine's.
; Out:  FAC, VALTYP
variable_value:
        lda #0
        sta DIMFLG
        jsr parse_name
        cmp #'('
        beq element
        lda VARNAM
        ldx VARNAM + 1
        cmp #'T'
        bne not_time
        cpx #'I'
        beq time
        cpx #'I' | $80
        bne stored
        jmp clock_text
not_time:
        cmp #'S'
        bne stored
        cpx #'T'
        bne stored
        lda #0
        ldy STATUS
        bpl status
        lda #$FF                ; bit 7 is a sign
status: jmp integer_to_number
time:   jsr zero
        jsr RDTIM
        sta FAC + 3
        stx FAC + 2
        sty FAC + 1
        rts
element:
        jsr array_element
        jmp get_value
stored: jsr find_variable
        bcs get_value
        lda #<nothing
        sta VARPNT
        lda #>nothing
        sta VARPNT + 1

; FAC = what is at VARPNT
get_value:
        bit VALTYP
        bmi string
        bit INTFLG
        bmi integer
        ldy #4
copy:   lda (VARPNT),Y
        sta FAC_FRACTION,Y
        dey
        bpl copy
        rts
integer:
        ldy #1
        lda (VARPNT),Y
        tax
        dey
        lda (VARPNT),Y
        pha
        txa
        tay
        pla
        jmp integer_to_number
string: lda VARPNT
        sta FAC + 2
        lda VARPNT + 1
        sta FAC + 3
        lda #0
        sta FAC_FRACTION
        rts

nothing:                        ; a variable that nobody has set
        .byte 0, 0, 0, 0, 0
