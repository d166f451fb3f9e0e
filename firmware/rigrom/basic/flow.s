; GOTO, GOSUB, RETURN, IF, ON, and skipping text. A GOSUB lies on the stack as:
; token, text pointer, line.

.include "errors.inc"
.include "lowmem.inc"
.include "tokens.inc"
.include "workspace.inc"

.export check_stack, data, gosub, goto, if, on, rem, return
.import byte_value, check_number, error, execute, expression
.import find_line, line_number, next_statement, skip_loops, syntax_error
.import undefined_statement

.segment "FLOW"

; GOTO line. In: A and flags as CHRGOT. Uses: A, X, Y, LINNUM, LOWTR, INDEX
goto:   jsr line_number
        jsr find_line
        bcc missing
        ldx LOWTR + 1           ; to the byte before the line
        ldy LOWTR
        bne borrow
        dex
borrow: dey
        sty TXTPTR
        stx TXTPTR + 1
        rts
missing:
        jmp undefined_statement

; GOSUB line
gosub:  jsr check_stack
        pla
        pla
        lda CURLIN + 1
        pha
        lda CURLIN
        pha
        lda TXTPTR + 1
        pha
        lda TXTPTR
        pha
        lda #TOKEN_GOSUB
        pha
        jsr CHRGOT
        jsr goto
        jmp next_statement

; RETURN
return: bne done                ; not the end of the statement
        pla
        pla
        jsr skip_loops          ; loops inside the subroutine are over
        cmp #TOKEN_GOSUB
        bne no_gosub
        txs
        pla
        pla
        sta TXTPTR
        pla
        sta TXTPTR + 1
        pla
        sta CURLIN
        pla
        sta CURLIN + 1
        jsr data
        jmp next_statement
no_gosub:
        ldx #RETURN_WITHOUT_GOSUB
        jmp error

; Out: the stack has room for a loop. Uses: X
check_stack:
        tsx
        cpx #STACK_ROOM
        bcc full
done:   rts
full:   ldx #OUT_OF_MEMORY
        jmp error

.segment "CONDITIONS"

; IF number THEN line, THEN statement, or GOTO line
if:     jsr expression
        jsr check_number
        jsr CHRGOT
        cmp #TOKEN_GOTO
        beq decide
        cmp #TOKEN_THEN
        bne wrong
        jsr CHRGET
decide: lda FAC
        ora FAC + 1
        ora FAC + 2
        ora FAC + 3
        ora FAC_FRACTION
        beq not_true
        jsr CHRGOT
        bcc to_line
        jmp execute
to_line:
        jmp goto
not_true:
        jmp rem

; ON number GOTO or GOSUB line, line ...
on:     jsr byte_value
        stx COUNT
        pha                     ; GOTO or GOSUB
        cmp #TOKEN_GOSUB
        beq next
        cmp #TOKEN_GOTO
        bne wrong
next:   dec COUNT
        bne other
        pla
        jmp execute             ; looks at the line number next
other:  jsr CHRGET
        jsr line_number
        cmp #','
        beq next
        pla                     ; no line for this number
        rts
wrong:  jmp syntax_error

.segment "SKIPPING"

; REM: to the end of the line
rem:    ldx #0
        .byte $2C               ; BIT: skips the next instruction

; DATA: to the end of the statement
data:   ldx #':'

; TXTPTR on to the next X or 0 that is not between quotes.
; Out:  A = the character found; Y = 0
; Uses: CHARAC, QUOTED
skip_statement:
        stx CHARAC
        ldy #0
        sty QUOTED
look:   lda (TXTPTR),Y
        beq skipped
        cmp #$22
        bne no_quote
        lda QUOTED
        eor #$80
        sta QUOTED
        jmp step
no_quote:
        bit QUOTED
        bmi step
        cmp CHARAC
        beq skipped
step:   inc TXTPTR
        bne look
        inc TXTPTR + 1
        bne look                ; always
skipped:
        rts
