; Errors: what they are called, how they end what is being done.

.include "errors.inc"
.include "kernal.inc"
.include "lowmem.inc"
.include "petscii.inc"
.include "words.inc"
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

.segment "ERROR_NAMES"
names:                          ; from error 1 on
        phrase "TOO MANY FILES"
        phrase "FILE OPEN"
        phrase "FILE NOT OPEN"
        phrase "FILE NOT FOUND"
        phrase "DEVICE NOT PRESENT"
        phrase "NOT INPUT FILE"
        phrase "NOT OUTPUT FILE"
        phrase "MISSING FILE NAME"
        phrase "ILLEGAL DEVICE NUMBER"
        phrase "NEXT WITHOUT FOR"
        phrase "SYNTAX"
        phrase "RETURN WITHOUT GOSUB"
        phrase "OUT OF DATA"
        phrase "ILLEGAL QUANTITY"
        phrase "OVERFLOW"
        phrase "OUT OF MEMORY"
        phrase "UNDEF'D STATEMENT"
        phrase "BAD SUBSCRIPT"
        phrase "REDIM'D ARRAY"
        phrase "DIVISION BY ZERO"
        phrase "ILLEGAL DIRECT"
        phrase "TYPE MISMATCH"
        phrase "STRING TOO LONG"
        phrase "FILE DATA"
        phrase "FORMULA TOO COMPLEX"
        phrase "CAN'T CONTINUE"
        phrase "UNDEF'D FUNCTION"
        phrase "VERIFY"
        phrase "LOAD"
        phrase "BREAK"
        phrase "WHOLE NUMBERS ONLY"
        .byte WORDS_END
