; Direct mode: READY., a line from the person, and what it asks for.

.include "errors.inc"
.include "kernal.inc"
.include "lowmem.inc"
.include "petscii.inc"

.export direct_mode, error_exit, raise, ready
.import chrget, crunch, error_name, parse_number, print_number, print_text
.import run_statements, store_line

TOP_OF_STACK    = $FA
LINE_SIZE       = 88
DIRECT          = $FF           ; high byte of CURLIN
SHOW_MESSAGES   = $80

.segment "CODE"

; Says READY. and waits for a line.
ready:  lda #<ready_text
        ldy #>ready_text
        jsr print_text
        lda #SHOW_MESSAGES
        jsr SETMSG
next_input:
        jmp (IMAIN)

direct_mode:
        ldx #TOP_OF_STACK
        txs
        lda #DIRECT
        sta CURLIN + 1
        jsr read_line
        lda #<(BUF - 1)
        sta TXTPTR
        lda #>(BUF - 1)
        sta TXTPTR + 1
        jsr chrget
        beq next_input          ; an empty line
        bcc numbered
        jsr crunch
        jmp run_statements

numbered:
        jsr parse_number
        jsr crunch
        jsr store_line
        jmp next_input

; Reads a line into BUF, 0 behind it. Uses: A, X
read_line:
        ldx #0
next:   jsr CHRIN
        cmp #RETURN
        beq end
        sta BUF,X
        inx
        cpx #LINE_SIZE
        bcc next
end:    lda #0
        sta BUF,X
        rts

; Ends what is being done with an error.
; In:   A = error number
raise:  tax
        jmp (IERROR)

; In:   X = error number
error_exit:
        txa
        ldx #TOP_OF_STACK
        txs
        pha
        jsr CLRCHN
        pla
        tax
        bne not_break
        lda #<break_text
        ldy #>break_text
        bne say
not_break:
        jsr error_name          ; A/Y = its text
        pha
        lda #RETURN
        jsr CHROUT
        lda #'?'
        jsr CHROUT
        pla
        jsr print_text
        lda #<error_text
        ldy #>error_text
say:    jsr print_text
        ldx CURLIN + 1
        inx
        beq to_ready
        lda #<in_text
        ldy #>in_text
        jsr print_text
        ldx CURLIN
        lda CURLIN + 1
        jsr print_number
to_ready:
        jmp ready

ready_text:
        .byte RETURN, "READY.", RETURN, 0
error_text:
        .byte "  ERROR", 0
break_text:
        .byte RETURN, "BREAK", 0
in_text:
        .byte " IN ", 0
