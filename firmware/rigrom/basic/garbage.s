; Strings that nobody uses any more make room for new ones.

.include "lowmem.inc"
.include "workspace.inc"

.export collect_garbage

best            = SECOND        ; descriptor of the highest text below FRETOP
highest         = EXTENT        ; its address
array_end       = INDEX2

; Moves all texts above FRETOP up to MEMSIZ, the highest first.
; Out:  FRETOP
; Uses: A, X, Y, INDEX, INDEX2, SECOND, EXTENT, LOWTR, RESULT
.segment "GARBAGE"
collect_garbage:
        lda FRETOP              ; texts lie between here
        sta RESULT
        lda FRETOP + 1
        sta RESULT + 1
        lda MEMSIZ              ; and FRETOP, which sinks
        sta FRETOP
        lda MEMSIZ + 1
        sta FRETOP + 1
round:  lda #0
        sta best + 1
        sta best
        lda RESULT
        sta highest
        lda RESULT + 1
        sta highest + 1
        lda #0
        sta LOWTR + 1
        lda #TEMPST
temporary:
        cmp TEMPPT
        beq scalars
        sta LOWTR
        jsr consider
        lda LOWTR
        clc
        adc #3
        bne temporary           ; always

scalars:
        lda VARTAB
        ldy VARTAB + 1
scalar: sta LOWTR
        sty LOWTR + 1
        cpy ARYTAB + 1
        bne look
        cmp ARYTAB
        beq array
look:   jsr is_string
        bpl no_string
        lda #2
        jsr skip
        jsr consider
        lda #5
        .byte $2C               ; BIT: skips the next instruction
no_string:
        lda #7
        jsr skip
        lda LOWTR
        ldy LOWTR + 1
        bne scalar              ; always

array:  lda LOWTR + 1
        cmp STREND + 1
        bne this_array
        lda LOWTR
        cmp STREND
        beq move_best
this_array:
        ldy #2
        clc
        lda (LOWTR),Y
        adc LOWTR
        sta array_end
        iny
        lda (LOWTR),Y
        adc LOWTR + 1
        sta array_end + 1
        jsr is_string
        bpl next_array
        ldy #4
        lda (LOWTR),Y           ; dimensions
        asl
        adc #5
element:
        jsr skip
        lda LOWTR
        cmp array_end
        bne in_array
        lda LOWTR + 1
        cmp array_end + 1
        beq array
in_array:
        jsr consider
        lda #3
        bne element             ; always
next_array:
        lda array_end
        sta LOWTR
        lda array_end + 1
        sta LOWTR + 1
        jmp array

move_best:
        lda best + 1
        ora best
        beq done
        ldy #0
        lda (best),Y
        sta INDEX
        sec
        lda FRETOP
        sbc INDEX
        sta FRETOP
        bcs same_page
        dec FRETOP + 1
same_page:
        ldy INDEX
letter: dey
        lda (highest),Y
        sta (FRETOP),Y
        tya
        bne letter
        iny
        lda FRETOP
        sta (best),Y
        iny
        lda FRETOP + 1
        sta (best),Y
        jmp round
done:   rts

; Is the variable at LOWTR a string? Out: N = 1: yes
is_string:
        ldy #0
        lda (LOWTR),Y
        eor #$80
        iny
        and (LOWTR),Y
        rts

; LOWTR = LOWTR + A
skip:   clc
        adc LOWTR
        sta LOWTR
        bcc no_carry
        inc LOWTR + 1
no_carry:
        rts

; The descriptor at LOWTR: is its text the highest so far? Uses: A, X, Y
consider:
        ldy #0
        lda (LOWTR),Y
        beq no_carry            ; no text
        iny
        lda (LOWTR),Y
        tax
        iny
        lda (LOWTR),Y
        cpx FRETOP
        sbc FRETOP + 1
        bcs no_carry            ; in its place already
        cpx highest
        lda (LOWTR),Y
        sbc highest + 1
        bcc no_carry
        stx highest
        lda (LOWTR),Y
        sta highest + 1
        lda LOWTR
        sta best
        lda LOWTR + 1
        sta best + 1
        rts
