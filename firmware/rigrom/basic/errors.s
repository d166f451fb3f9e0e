; What the errors are called.

.include "errors.inc"

.export error_name

.segment "CODE"

; In:   X = error number
; Out:  A/Y = its text, ended by 0
; Uses: X
error_name:
        txa
        ldx #ERRORS - 1
find:   cmp numbers,X
        beq found
        dex
        bne find                ; entry 0 for any other
found:  lda names_low,X
        ldy names_high,X
        rts

.segment "TABLES"
numbers:
        .byte SYNTAX, TOO_MANY_FILES, FILE_OPEN, FILE_NOT_OPEN, FILE_NOT_FOUND
        .byte DEVICE_NOT_PRESENT, NOT_INPUT_FILE, NOT_OUTPUT_FILE
        .byte MISSING_FILE_NAME, ILLEGAL_DEVICE_NUMBER, ILLEGAL_QUANTITY
        .byte OUT_OF_MEMORY, UNDEFINED_STATEMENT, VERIFY_FAILED, LOAD_FAILED
ERRORS = * - numbers
.define NAMES_1 syntax_text, too_many_text, open_text, not_open_text, not_found_text
.define NAMES_2 device_text, input_text, output_text
.define NAMES_3 name_text, illegal_device_text, quantity_text
.define NAMES_4 memory_text, statement_text, verify_text, load_text
names_low:
        .lobytes NAMES_1
        .lobytes NAMES_2
        .lobytes NAMES_3
        .lobytes NAMES_4
names_high:
        .hibytes NAMES_1
        .hibytes NAMES_2
        .hibytes NAMES_3
        .hibytes NAMES_4
syntax_text:            .byte "SYNTAX", 0
too_many_text:          .byte "TOO MANY FILES", 0
open_text:              .byte "FILE OPEN", 0
not_open_text:          .byte "FILE NOT OPEN", 0
not_found_text:         .byte "FILE NOT FOUND", 0
device_text:            .byte "DEVICE NOT PRESENT", 0
input_text:             .byte "NOT INPUT FILE", 0
output_text:            .byte "NOT OUTPUT FILE", 0
name_text:              .byte "MISSING FILE NAME", 0
illegal_device_text:    .byte "ILLEGAL DEVICE NUMBER", 0
quantity_text:          .byte "ILLEGAL QUANTITY", 0
memory_text:            .byte "OUT OF MEMORY", 0
statement_text:         .byte "UNDEF'D STATEMENT", 0
verify_text:            .byte "VERIFY", 0
load_text:              .byte "LOAD", 0
