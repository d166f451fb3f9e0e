; Addresses of the BASIC ROM that programs call or jump to, as the published
; memory maps name them. Each only jumps; what In, Out and Uses are stands at the
; routine. Where two entries lie side by side, the first runs into the second.

.include "errors.inc"
.include "lowmem.inc"
.include "workspace.inc"

.export check_char, check_close, check_comma, check_open, error, expression
.export gone, operand_vector
.import address_byte, byte_value, check_number, clear_statement, comma_byte
.import compare_char, crunch, data, direct_mode, evaluate_text, execute
.import find_line, free_string, goto, illegal_quantity, integer_to_number
.import line_number, list_word, new_line, new_statement, next_statement
.import number_address, number_text, operand, parenthesis, print_char
.import print_number, print_text, ready, relink, run, run_clear
.import set_text_start, signed_integer, small_number, syntax_error
.import variable_address

.segment "AT_A435"              ; $A435: out of memory
        ldx #OUT_OF_MEMORY
error:  jmp (IERROR)            ; $A437: error X

.segment "AT_A474"
        jmp ready               ; READY. and direct mode

.segment "AT_A480"
        jmp (IMAIN)             ; the next line from a person
        jmp direct_mode         ; $A483: what IMAIN holds after a reset

.segment "AT_A533"
        jmp relink              ; sets all line links

.segment "AT_A57C"
        jmp crunch              ; words to tokens: what ICRNCH holds

.segment "AT_A613"
        jmp find_line           ; looks for line LINNUM

.segment "AT_A642"
        jmp new_statement       ; NEW

.segment "AT_A659"
        jmp run_clear           ; text pointer to the program, and CLR
        nop
        nop
        jmp clear_statement     ; $A65E: CLR

.segment "AT_A68E"
        jmp set_text_start      ; text pointer to before the program

.segment "AT_A71A"
        jmp list_word           ; what IQPLOP holds

.segment "AT_A7AE"
        jmp next_statement      ; runs on behind the text pointer

.segment "AT_A7E4"
gone:   jsr CHRGET              ; what IGONE holds
        jsr execute_statement   ; $A7E7: with the character in A
        jmp next_statement
execute_statement:
        jmp execute             ; $A7ED

.segment "AT_A871"
        jmp run                 ; RUN

.segment "AT_A8A0"
        jmp goto                ; GOTO

.segment "AT_A8F8"
        jmp data                ; to the end of the statement

.segment "AT_A96B"
        jmp line_number         ; number in the text to LINNUM

.segment "AT_AAD7"
        jmp new_line            ; RETURN to the output

.segment "AT_AB1E"
        jmp print_text          ; text A/Y to the output

.segment "AT_AB47"
        jmp print_char          ; A to the output

.segment "AT_AD8A"
        jsr expression          ; number from the text
        jmp check_number        ; $AD8D

.segment "AT_AD9E"
expression:
        jmp evaluate_text       ; number or string from the text

.segment "AT_AE86"              ; what IEVAL holds
operand_vector:
        lda #0
        sta VALTYP
        jsr CHRGET
expression_here:
        jmp operand             ; $AE8D: with the character in A

.segment "AT_AEF1"
        jmp parenthesis         ; ( number or string )

.segment "AT_AEF7"
check_close:
        lda #')'
        .byte $2C               ; BIT: skips the next instruction
check_open:
        lda #'('                ; $AEFA
        .byte $2C
check_comma:
        lda #','                ; $AEFD
check_char:
        jmp compare_char        ; $AEFF: A must be the next character

.segment "AT_AF08"
        jmp syntax_error

.segment "AT_B08B"
        jmp variable_address    ; variable in the text

.segment "AT_B1AA"
        jmp signed_integer      ; number to Y/A, -32768 to 32767

.segment "AT_B1BF"
        jmp signed_integer      ; number to $65/$64

.segment "AT_B248"
        jmp illegal_quantity

.segment "AT_B391"
        jmp integer_to_number   ; Y/A to number

.segment "AT_B3A2"
        jmp small_number        ; Y to number

.segment "AT_B6A3"
        jmp free_string         ; length and address of a string

.segment "AT_B79B"
        jsr CHRGET
        jmp byte_value          ; $B79E: number 0-255 from the text to X

.segment "AT_B7EB"
        jmp address_byte        ; address, byte: LINNUM and X
        nop
        nop
        nop
        jmp comma_byte          ; $B7F1: , byte: X
        nop
        nop
        nop
        jmp number_address      ; $B7F7: number to Y/A and LINNUM, 0-65535

.segment "AT_BDCD"
        jmp print_number        ; prints X/A

.segment "AT_BDDD"
        jmp number_text         ; number to text at $0100
