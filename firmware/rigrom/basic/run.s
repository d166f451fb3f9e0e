; Running: statement after statement, line after line.

.include "errors.inc"
.include "kernal.inc"
.include "lowmem.inc"
.include "tokens.inc"
.include "workspace.inc"

.export check_stop, clear, clear_statement, execute, new_program
.export new_statement, next_statement, restore, run, run_clear, stack_start
.import break_message, clear_lines, clear_variables, close_statement, cmd
.import compare_char, data, dim, error, for, get, gosub, goto, if, input
.import input_file, let, list, load, next, on, open, poke, print, print_file
.import read, ready, rem, return, save, set_text_start, syntax_error, sys
.import verify, wait

.segment "RUN"

; Runs what stands behind TXTPTR, which is at the end of a statement or line.
next_statement:
        jsr check_stop
        jsr keep_place
        ldy #0
        lda (TXTPTR),Y
        beq line_end
        cmp #':'
        bne wrong
do:     jmp (IGONE)
wrong:  jmp syntax_error

line_end:
        jsr is_direct
        beq to_ready
        ldy #2                  ; TXTPTR is at the 0 before the line
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
        bcc do
        inc TXTPTR + 1
        bcs do                  ; always
to_ready:
        jmp ready

; Out: Z = 1: the text is the line that a person typed. Uses: A
is_direct:
        lda TXTPTR + 1
        cmp #>BUF
        rts

; Remembers for CONT where the program is. Uses: A
keep_place:
        jsr is_direct
        beq kept
        sta OLDTXT + 1
        lda TXTPTR
        sta OLDTXT
        lda CURLIN
        sta OLDLIN
        lda CURLIN + 1
        sta OLDLIN + 1
kept:   rts

.segment "EXECUTE"

; Does the statement at TXTPTR.
; In:   A and flags as CHRGOT
; Uses: all
execute:
        beq executed            ; nothing to do
        sec
        sbc #TOKEN_END
        bcc assignment
        cmp #TOKEN_NEW - TOKEN_END + 1
        bcs go
        tax
        lda handlers_high,X
        pha
        lda handlers_low,X
        pha
        jmp CHRGET
assignment:
        jmp let
go:     cmp #TOKEN_GO - TOKEN_END
        bne unknown             ; GO TO is GOTO
        jsr CHRGET
        lda #TOKEN_TO
        jsr compare_char
        jmp goto
unknown:
        jmp syntax_error
executed:
        rts

.segment "STOPPING"

; RUN/STOP ends the program. Uses: A, X
check_stop:
        jsr STOP
        bne left

; STOP
stop:   bne left                ; not the end of the statement
        jsr keep_place
        jmp break_message

; END
end:    bne left
        jsr keep_place
        jmp ready

; CONT
cont:   bne left
        ldx #CANNOT_CONTINUE
        ldy OLDTXT + 1
        beq raise
        sty TXTPTR + 1
        lda OLDTXT
        sta TXTPTR
        lda OLDLIN
        sta CURLIN
        lda OLDLIN + 1
        sta CURLIN + 1
left:   rts
raise:  jmp error

.segment "START"

; RUN, RUN line
run:    php
        lda #0                  ; no messages while a program runs
        jsr SETMSG
        plp
        beq run_clear
        jsr clear
        jsr CHRGOT
        jsr goto
        jmp next_statement

; NEW
new_statement:
        bne wrong_2
new_program:
        jsr clear_lines

; The text pointer to the program's start, and CLR.
run_clear:
        jsr set_text_start
        jmp clear

; CLR: variables, files and what is on the stack are forgotten.
clear_statement:
        bne wrong_2
clear:  jsr CLALL
        jsr clear_variables
        lda #0
        sta OLDTXT + 1
        jsr restore

; An empty stack but for the caller. Keeps X. Uses: A, FIRST, SECOND
stack_start:
        stx SECOND
        pla
        sta FIRST
        pla
        sta FIRST + 1
        ldx #TOP_OF_STACK
        txs
        pha
        lda FIRST
        pha
        lda #TEMPST
        sta TEMPPT
        ldx SECOND
wrong_2:
        rts

.segment "RESTORE"

; RESTORE: DATA from the program's start. Uses: A
restore:
        sec
        lda TXTTAB
        sbc #1
        sta DATPTR
        lda TXTTAB + 1
        sbc #0
        sta DATPTR + 1
        rts

.define STATEMENTS_1 end - 1, for - 1, next - 1, data - 1, input_file - 1, input - 1, dim - 1
.define STATEMENTS_2 read - 1, let - 1, goto - 1, run - 1, if - 1, restore - 1, gosub - 1
.define STATEMENTS_3 return - 1, rem - 1, stop - 1, on - 1, wait - 1, load - 1, save - 1
.define STATEMENTS_4 verify - 1, syntax_error - 1, poke - 1, print_file - 1, print - 1
.define STATEMENTS_5 cont - 1, list - 1, clear_statement - 1, cmd - 1, sys - 1, open - 1
.define STATEMENTS_6 close_statement - 1, get - 1, new_statement - 1

.segment "STATEMENTS"
handlers_low:                   ; from END to NEW
        .lobytes STATEMENTS_1
        .lobytes STATEMENTS_2
        .lobytes STATEMENTS_3
        .lobytes STATEMENTS_4
        .lobytes STATEMENTS_5
        .lobytes STATEMENTS_6
handlers_high:
        .hibytes STATEMENTS_1
        .hibytes STATEMENTS_2
        .hibytes STATEMENTS_3
        .hibytes STATEMENTS_4
        .hibytes STATEMENTS_5
        .hibytes STATEMENTS_6
