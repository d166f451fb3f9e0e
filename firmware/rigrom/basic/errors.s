; Errors: what they are called, how they end what is being done.

.include "errors.inc"
.include "kernal.inc"
.include "lowmem.inc"
.include "petscii.inc"
.include "workspace.inc"

.export bad_subscript, break_message, error_exit, file_data, illegal_direct
.export illegal_quantity, overflow, syntax_error, too_long, type_mismatch
.export undefined_statement, whole_numbers_only
.import error, new_line, print_char, print_number, print_text, print_word
.import ready, stack_start

.segment "RAISE"

syntax_error:
        ldx #SYNTAX
        .byte $2C               ; BIT: skips the next instruction
illegal_quantity:
        ldx #ILLEGAL_QUANTITY
        .byte $2C
type_mismatch:
        ldx #TYPE_MISMATCH
        .byte $2C
overflow:
        ldx #OVERFLOW
        .byte $2C
whole_numbers_only:
        ldx #WHOLE_NUMBERS_ONLY
        .byte $2C
undefined_statement:
        ldx #UNDEFINED_STATEMENT
        .byte $2C
bad_subscript:
        ldx #BAD_SUBSCRIPT
        .byte $2C
too_long:
        ldx #STRING_TOO_LONG
        .byte $2C
file_data:
        ldx #FILE_DATA
        .byte $2C
illegal_direct:
        ldx #ILLEGAL_DIRECT
        jmp error

.segment "ERRORS"

; What IERROR holds: says the error and returns to direct mode.
; In:   X = error number; bit 7: none, only READY.
error_exit:
        txa
        bmi no_error
        pha
        jsr CLRCHN
        pla
        ldx #0
        stx CHANNL
        tax
        jsr stack_start
        cpx #BREAK
        beq break_message
        cpx #BREAK_AGAIN
        beq break_message
        lda #0
        sta OLDTXT + 1          ; CONT can't go on
        txa
        pha
        jsr new_line
        lda #'?'
        jsr print_char
        pla
        tax
        dex
        lda #<names
        ldy #>names
        jsr print_word
        lda #<error_text
        ldy #>error_text
        bne say                 ; always

; BREAK, and the line.
break_message:
        lda #<break_text
        ldy #>break_text
say:    jsr print_text
        ldx CURLIN + 1
        inx
        beq no_error            ; direct mode
        lda #<in_text
        ldy #>in_text
        jsr print_text
        ldx CURLIN
        lda CURLIN + 1
        jsr print_number
no_error:
        jmp ready

error_text:
        .byte "  ERROR", 0
break_text:
        .byte RETURN, "BREAK", 0
in_text:
        .byte " IN ", 0

.macro name text
        .repeat .strlen(text) - 1, n
        .byte .strat(text, n)
        .endrepeat
        .byte .strat(text, .strlen(text) - 1) | $80
.endmacro

.segment "ERROR_NAMES"
names:                          ; from error 1 on
        name "TOO MANY FILES"
        name "FILE OPEN"
        name "FILE NOT OPEN"
        name "FILE NOT FOUND"
        name "DEVICE NOT PRESENT"
        name "NOT INPUT FILE"
        name "NOT OUTPUT FILE"
        name "MISSING FILE NAME"
        name "ILLEGAL DEVICE NUMBER"
        name "NEXT WITHOUT FOR"
        name "SYNTAX"
        name "RETURN WITHOUT GOSUB"
        name "OUT OF DATA"
        name "ILLEGAL QUANTITY"
        name "OVERFLOW"
        name "OUT OF MEMORY"
        name "UNDEF'D STATEMENT"
        name "BAD SUBSCRIPT"
        name "REDIM'D ARRAY"
        name "DIVISION BY ZERO"
        name "ILLEGAL DIRECT"
        name "TYPE MISMATCH"
        name "STRING TOO LONG"
        name "FILE DATA"
        name "FORMULA TOO COMPLEX"
        name "CAN'T CONTINUE"
        name "UNDEF'D FUNCTION"
        name "VERIFY"
        name "LOAD"
        name "BREAK"
        name "WHOLE NUMBERS ONLY"
