; Arrays: name, length (2), number of dimensions, their sizes (2, high byte
; first; the last dimension first), the elements, the first subscript fastest.

.include "errors.inc"
.include "lowmem.inc"
.include "workspace.inc"

.export array_element, dim
.import bad_subscript, check_char, check_comma, check_number, check_room
.import error, expression, illegal_quantity, parse_name, signed_integer

DEFAULT_SIZE    = 11
HEADER          = 5

.segment "ARRAYS"

; DIM array(size, ...), ...
dim:    jsr CHRGOT
        jsr parse_name
        ldx #1
        stx DIMFLG
        cmp #'('
        bne scalar
        jsr array_element
scalar: jsr CHRGOT
        beq dimensioned
        jsr check_comma
        jmp dim
dimensioned:
        rts

; An element of array VARNAM, or with DIMFLG the array.
; In:   TXTPTR at "("; VARNAM, VALTYP, INTFLG
; Out:  A/Y = VARPNT; VALTYP, INTFLG
array_element:
        lda #0
        sta COUNT
subscript:
        lda COUNT
        pha
        lda DIMFLG
        pha
        lda VALTYP
        pha
        lda INTFLG
        pha
        lda VARNAM
        pha
        lda VARNAM + 1
        pha
        jsr CHRGET
        jsr expression
        jsr check_number
        jsr signed_integer
        tax
        bmi negative
        pla
        sta VARNAM + 1
        pla
        sta VARNAM
        pla
        sta INTFLG
        pla
        sta VALTYP
        pla
        sta DIMFLG
        pla
        sta COUNT
        inc COUNT
        tya
        pha
        txa
        pha                     ; the subscript, high byte on top
        jsr CHRGOT
        cmp #','
        beq subscript
        lda #')'
        jsr check_char
        lda ARYTAB
        ldy ARYTAB + 1
find:   sta LOWTR
        sty LOWTR + 1
        cpy STREND + 1
        bne compare
        cmp STREND
        bne compare
        jmp create
compare:
        ldy #0
        lda (LOWTR),Y
        iny
        cmp VARNAM
        bne other
        lda (LOWTR),Y
        cmp VARNAM + 1
        beq found
other:  clc
        iny
        lda (LOWTR),Y
        adc LOWTR
        tax
        iny
        lda (LOWTR),Y
        adc LOWTR + 1
        tay
        txa
        jmp find
negative:
        jmp illegal_quantity

found:  lda DIMFLG
        bne again
        ldy #4
        lda (LOWTR),Y
        cmp COUNT
        beq locate
outside:
        jmp bad_subscript
again:  ldx #REDIMENSIONED_ARRAY
        jmp error

; FIRST = ((last * size + ...) * size of the first + first subscript)
locate: lda #0
        sta FIRST
        sta FIRST + 1
        ldy #HEADER
dimension:
        lda (LOWTR),Y
        sta SECOND + 1
        iny
        lda (LOWTR),Y
        sta SECOND
        iny
        sty INDEX2
        jsr multiply
        pla                     ; the subscript
        tax
        pla
        cpx SECOND + 1
        bcc inside
        bne outside
        cmp SECOND
        bcs outside
inside: adc FIRST               ; C = 0
        sta FIRST
        txa
        adc FIRST + 1
        sta FIRST + 1
        ldy INDEX2
        dec COUNT
        bne dimension
        jsr element_size
        sta SECOND
        lda #0
        sta SECOND + 1
        jsr multiply
        lda INDEX2              ; LOWTR + header + offset
        clc
        adc LOWTR
        tax
        lda LOWTR + 1
        adc #0
        tay
        txa
        clc
        adc FIRST
        sta VARPNT
        tya
        adc FIRST + 1
        sta VARPNT + 1
        tay
        lda VARPNT
        rts

.segment "NEW_ARRAY"

; A new array at LOWTR = STREND: FIRST = its length
create: jsr element_size
        sta FIRST
        lda #0
        sta FIRST + 1
        lda COUNT               ; the head must fit already
        asl
        adc #HEADER
        ldx #0
        jsr check_room
        lda STREND              ; it may have used LOWTR
        sta LOWTR
        lda STREND + 1
        sta LOWTR + 1
        ldy #0
        lda VARNAM
        sta (LOWTR),Y
        iny
        lda VARNAM + 1
        sta (LOWTR),Y
        ldy #4
        lda COUNT
        sta (LOWTR),Y
        sta INDEX2 + 1
        iny
size:   ldx #0
        lda DIMFLG
        beq default
        pla
        tax
        pla
        clc
        adc #1
        bcc sized
        inx
        bne sized               ; always
default:
        lda #DEFAULT_SIZE
sized:  sta SECOND
        stx SECOND + 1
        iny
        sta (LOWTR),Y
        dey
        txa
        sta (LOWTR),Y
        iny
        iny
        sty INDEX2
        jsr multiply
        ldy INDEX2
        dec INDEX2 + 1
        bne size
        tya                     ; and the head
        clc
        adc FIRST
        sta FIRST
        bcc same_page
        inc FIRST + 1
        bne same_page
        jmp too_large
same_page:
        ldy #2
        lda FIRST
        sta (LOWTR),Y
        iny
        lda FIRST + 1
        sta (LOWTR),Y
        tax
        lda FIRST
        jsr check_room
        lda STREND
        sta LOWTR
        sta INDEX
        lda STREND + 1
        sta LOWTR + 1
        sta INDEX + 1
        ldy #4
        lda (LOWTR),Y
        asl
        adc #HEADER
        tay
        lda #0
empty:  sta (INDEX),Y
        iny
        bne to_end
        inc INDEX + 1
to_end: tya                     ; up to EXTENT
        clc
        adc INDEX
        tax
        lda INDEX + 1
        adc #0
        cmp EXTENT + 1
        bne not_there
        cpx EXTENT
        beq filled
not_there:
        lda #0
        beq empty               ; always
filled: stx STREND
        sta STREND + 1
        lda DIMFLG
        bne created
        jmp locate
created:
        rts

; Out: A = bytes of an element
element_size:
        lda #3
        bit VALTYP
        bmi sized_element
        lda #2
        bit INTFLG
        bmi sized_element
        lda #5
sized_element:
        rts

; FIRST = FIRST * SECOND. Uses: A, X, RESULT
multiply:
        lda FIRST
        sta RESULT
        lda FIRST + 1
        sta RESULT + 1
        lda #0
        sta FIRST
        sta FIRST + 1
        ldx #16
shift:  asl FIRST
        rol FIRST + 1
        bcs too_large
        asl RESULT
        rol RESULT + 1
        bcc next_bit
        clc
        lda FIRST
        adc SECOND
        sta FIRST
        lda FIRST + 1
        adc SECOND + 1
        sta FIRST + 1
        bcs too_large
next_bit:
        dex
        bne shift
        rts
too_large:
        ldx #OUT_OF_MEMORY
        jmp error
