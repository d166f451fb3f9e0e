; Running: statement after statement, line after line.

.include "errors.inc"
.include "kernal.inc"
.include "lowmem.inc"
.include "tokens.inc"

.export restart_program, run_statements
.import chrget, chrgot, clear_program, clear_variables, find_line, list
.import load, parse_number, raise, ready, set_text_start, sys

.segment "CODE"

; Runs the statements behind TXTPTR to the end of the line or program.
run_statements:
        jsr chrget
statement:
        jsr chrgot
        beq ended
        jsr execute
        jsr chrgot
        bne syntax              ; something is left of the statement
ended:  jsr STOP
        beq stopped
        ldy #0
        lda (TXTPTR),Y
        bne run_statements      ; ":"
        ldx CURLIN + 1
        inx
        beq to_ready            ; direct mode
next_line:
        ldy #2                  ; TXTPTR at the 0 before the line
        lda (TXTPTR),Y
        beq to_ready            ; a link of 0: the end
        iny
        lda (TXTPTR),Y
        sta CURLIN
        iny
        lda (TXTPTR),Y
        sta CURLIN + 1
        tya                     ; to the last byte before the text
        clc
        adc TXTPTR
        sta TXTPTR
        bcc run_statements
        inc TXTPTR + 1
        bcs run_statements      ; always
to_ready:
        jmp ready
stopped:
        lda #BREAK
        jmp raise
syntax: lda #SYNTAX
        jmp raise

; Calls the routine of the token in A with TXTPTR behind the token.
execute:
        ldx #STATEMENTS - 1
find:   cmp tokens,X
        beq found
        dex
        bpl find
        bmi syntax
found:  lda handlers_high,X
        pha
        lda handlers_low,X
        pha
        jmp chrget

; END
end:    bne wrong
        jmp ready
wrong:  rts                     ; the caller says so

; REM, and DATA in a stub that reads none: the rest of the line is skipped.
remark: ldy #0
        beq look
skip:   inc TXTPTR
        bne look
        inc TXTPTR + 1
look:   lda (TXTPTR),Y
        bne skip
        rts

; NEW
new:    bne wrong
        jsr clear_program
        jmp ready

; CLR
clear:  bne wrong
        jmp clear_variables

; RUN, RUN line
run:    beq restart_program
        bcs wrong
        jsr parse_number
        bne wrong
        jsr find_line
        bne undefined
        pla
        pla
        lda #0
        jsr SETMSG
        jsr clear_variables
        sec
        lda INDEX
        sbc #1
        sta TXTPTR
        lda INDEX + 1
        sbc #0
        sta TXTPTR + 1
        jmp next_line
undefined:
        lda #UNDEFINED_STATEMENT
        jmp raise

; Runs the program from its first line; whoever called is forgotten.
restart_program:
        pla
        pla
        lda #0                  ; no messages while a program runs
        jsr SETMSG
        jsr clear_variables
        jsr CLALL
        jsr set_text_start
        jmp next_line

tokens: .byte TOKEN_END, TOKEN_REM, TOKEN_DATA, TOKEN_NEW, TOKEN_CLR
        .byte TOKEN_RUN, TOKEN_LIST, TOKEN_LOAD, TOKEN_SYS
STATEMENTS = * - tokens
handlers_low:
        .lobytes end - 1, remark - 1, remark - 1, new - 1, clear - 1
        .lobytes run - 1, list - 1, load - 1, sys - 1
handlers_high:
        .hibytes end - 1, remark - 1, remark - 1, new - 1, clear - 1
        .hibytes run - 1, list - 1, load - 1, sys - 1
