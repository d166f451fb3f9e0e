; Direct mode: READY., a line from the person, and what it asks for.

.include "kernal.inc"
.include "lowmem.inc"
.include "petscii.inc"
.include "workspace.inc"

.export direct_mode, read_line, read_typed, ready
.import line_number, print_char, print_text, stack_start, store_line, too_long

LINE_SIZE       = 88            ; BUF without its 0
SHOW_MESSAGES   = $80

.segment "DIRECT"

; Says READY. and waits for a line.
ready:  lda #<ready_text
        ldy #>ready_text
        jsr print_text
        lda #SHOW_MESSAGES
        jsr SETMSG
next_input:
        jmp (IMAIN)

; What IMAIN holds.
direct_mode:
        jsr stack_start
        lda #DIRECT
        sta CURLIN + 1
        jsr read_typed
        lda #<(BUF - 1)
        sta TXTPTR
        lda #>(BUF - 1)
        sta TXTPTR + 1
        jsr CHRGET
        tax
        beq next_input          ; an empty line
        bcc numbered
        jsr crunch_line
        jmp (IGONE)

numbered:
        jsr line_number
        jsr crunch_line
        jsr store_line
        jmp next_input

crunch_line:
        jmp (ICRNCH)

.segment "READ_LINE"

; A line from the person; CHRIN leaves the cursor behind it. In, Out, Uses: as
; read_line
read_typed:
        jsr read_line
        lda #RETURN
        jmp print_char

; Reads a line into BUF, 0 behind it.
; Uses: A, X
read_line:
        ldx #0
next:   jsr CHRIN
        cmp #RETURN
        beq end
        sta BUF,X
        inx
        cpx #LINE_SIZE + 1
        bcc next
        jmp too_long
end:    lda #0
        sta BUF,X
        rts

.segment "DIRECT"

ready_text:
        .byte RETURN, "READY.", RETURN, 0
