; What the KERNAL says by itself: to a person in direct mode (MSGFLG bit 7), and
; numbers of errors to programs that ask for them (MSGFLG bit 6).

.include "errors.inc"
.include "lowmem.inc"
.include "petscii.inc"

.export fail, say_loading, say_saving, say_searching
.import call_chrout, call_clrchn

.segment "MESSAGES"

; Ends a call with an error: channels are closed.
; In:   A = error number
; Out:  A = error number, C = 1
; Uses: X, Y
fail:   pha
        jsr call_clrchn
        bit MSGFLG
        bvc silent
        ldy #error - texts
        jsr say
        pla
        pha
        ora #'0'
        jsr call_chrout
silent: pla
        sec
        rts

; "SEARCHING FOR" and the file's name, if a person is there.
; Uses: A, X, Y
say_searching:
        bit MSGFLG
        bpl quiet
        ldy #searching - texts
        jsr say

say_name:
        ldy #0
letter: cpy FNLEN
        beq quiet
        lda (FNADR),Y
        jsr call_chrout
        iny
        bne letter
quiet:  rts

; "LOADING", or "VERIFYING". Uses: A, Y
say_loading:
        ldy #loading - texts
        lda VERCK
        beq to_person
        ldy #verifying - texts
to_person:
        bit MSGFLG
        bpl quiet

; Prints the text at offset Y; its last character has bit 7 set.
say:    lda texts,Y
        php
        and #$7F
        jsr call_chrout
        iny
        plp
        bpl say
        rts

; "SAVING" and the name. Uses: A, Y
say_saving:
        bit MSGFLG
        bpl quiet
        ldy #saving - texts
        jsr say
        jmp say_name

texts:
searching:
        .byte RETURN, "SEARCHING FOR", ' ' | $80
loading:
        .byte RETURN, "LOADIN", 'G' | $80
verifying:
        .byte RETURN, "VERIFYIN", 'G' | $80
saving: .byte RETURN, "SAVING", ' ' | $80
error:  .byte RETURN, "I/O ERROR ", '#' | $80
