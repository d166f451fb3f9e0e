; INPUT, INPUT#, READ, GET, GET#.

.include "errors.inc"
.include "kernal.inc"
.include "lowmem.inc"
.include "petscii.inc"
.include "tokens.inc"
.include "words.inc"
.include "workspace.inc"

.export get, input, input_file, read
.import assign, byte_value, check_char, check_comma, close_channel, data
.import error, file_data, get_space, illegal_direct, literal, literal_until
.import new_line, new_temporary, print_char, print_string, print_word, read_line
.import read_typed, signed_number, syntax_error, target, zero

FROM_DATA       = $80           ; INPFLG

.segment "INPUT"

; GET variable, ... or GET# file, variable, ...
get:    jsr not_direct
        cmp #'#'
        bne get_next
        jsr CHRGET
        jsr channel
        jsr get_next
        jmp close_channel

get_next:
        jsr target
        jsr GETIN
        bit TARGET_TYPE
        bmi get_string
        pha
        jsr zero
        sta VALTYP
        pla
        beq got                 ; no key is 0
        sec
        sbc #'0'
        cmp #10
        bcs not_a_digit
        sta FAC + 3
        bcc got                 ; always
get_string:
        tax
        beq length              ; no key is an empty string
        pha
        lda #1
        jsr get_space
        ldy #0
        pla
        sta (FRESPC),Y
        lda #1
length: jsr new_temporary
got:    jsr assign
        jsr CHRGOT
        beq all_got
        jsr check_comma
        jmp get_next
not_a_digit:
        lda #DIRECT             ; the error is the person's, not the line's
        sta CURLIN + 1
        jmp syntax_error

; INPUT, GET are for programs. Keeps A
not_direct:
        ldx CURLIN + 1
        inx
        bne all_got
        jmp illegal_direct

; Input from the file in the text. Out: CHANNL; TXTPTR behind the comma
channel:
        jsr byte_value
        lda #','
        jsr check_char
        stx CHANNL
        jsr CHKIN
        bcs failed
all_got:
        rts
failed: tax
        jmp error

.segment "INPUT_ITEMS"

; INPUT# file, variable, ...
input_file:
        jsr channel
        jsr not_direct
        jsr read_items
        jmp close_channel

; INPUT "text"; variable, ...
input:  jsr not_direct
        cmp #QUOTE
        bne read_items
        jsr literal
        lda #';'
        jsr check_char
        jsr print_string

read_items:
        lda #0
        sta INPFLG
        jsr ask
        stx INPPTR
        sty INPPTR + 1
        lda BUF
        bne items
        lda CHANNL
        beq unchanged
        lda STATUS
        beq read_items          ; empty lines of a file are passed over
        bne items               ; but the last
unchanged:
        jmp data                ; RETURN alone changes nothing

; READ variable, ...
read:   lda #FROM_DATA
        sta INPFLG
        lda DATPTR
        sta INPPTR
        lda DATPTR + 1
        sta INPPTR + 1

; INPPTR is at the comma before an item, or where there are no more.
items:  jsr target
        jsr swap
        jsr CHRGOT
        bne at_comma
        bit INPFLG
        bpl ask_more
        jsr find_data
at_comma:
        jsr CHRGET
        bit TARGET_TYPE
        bmi string
        jsr signed_number
        jmp read_one
ask_more:
        lda CHANNL
        bne no_prompt
        lda #'?'
        jsr print_char
no_prompt:
        jsr ask
        stx TXTPTR
        sty TXTPTR + 1
        jmp at_comma
string: cmp #QUOTE
        beq quoted
        lda #':'
        sta CHARAC
        lda #','
        sta ENDCHR
        jsr literal_until
        jmp read_one
quoted: jsr literal
read_one:
        jsr CHRGOT
        beq item_read
        cmp #','
        bne bad
item_read:
        jsr swap
        jsr assign
        jsr CHRGOT
        beq finished
        jsr check_comma
        jmp items

finished:
        bit INPFLG
        bmi keep_data
        ldy #0
        lda (INPPTR),Y
        beq done
        lda CHANNL
        bne done
        ldx #0
        jmp complain
keep_data:
        lda INPPTR
        sta DATPTR
        lda INPPTR + 1
        sta DATPTR + 1
done:   rts

; What was found is no number.
bad:    bit INPFLG
        bmi bad_data
        lda CHANNL
        bne bad_file
        ldx #1
        jsr complain
        lda OLDTXT              ; the statement once more
        sta TXTPTR
        lda OLDTXT + 1
        sta TXTPTR + 1
        rts
bad_file:
        jmp file_data
bad_data:
        lda DATLIN
        sta CURLIN
        lda DATLIN + 1
        sta CURLIN + 1
        jmp syntax_error

.segment "FIND_DATA"

; TXTPTR to the next DATA. Out: DATLIN. Uses: A, X, Y
find_data:
        jsr data
        tax
        bne statement
        ldy #2
        lda (TXTPTR),Y
        beq no_more
        iny
        lda (TXTPTR),Y
        sta DATLIN
        iny
        lda (TXTPTR),Y
        sta DATLIN + 1
        tya
        clc
        adc TXTPTR
        sta TXTPTR
        bcc statement
        inc TXTPTR + 1
statement:
        jsr CHRGET
        cmp #TOKEN_DATA
        bne find_data
        rts
no_more:
        ldx #OUT_OF_DATA
        jmp error

; A line from the person or the file.
; Out:  X/Y = before it, a comma
; Uses: A
ask:    lda CHANNL
        bne from_file
        lda #'?'
        jsr print_char
        lda #' '
        jsr print_char
        jsr read_typed
        jmp asked
from_file:
        jsr read_line
asked:  lda #','
        sta COMMA_CELL
        ldx #<COMMA_CELL
        ldy #>COMMA_CELL
        rts

; TXTPTR <-> INPPTR. Uses: A, X
swap:   ldx TXTPTR
        lda INPPTR
        sta TXTPTR
        stx INPPTR
        ldx TXTPTR + 1
        lda INPPTR + 1
        sta TXTPTR + 1
        stx INPPTR + 1
        rts

; Complaint X and RETURN to the screen. Uses: A, X, Y, INDEX
complain:
        lda #<complaints
        ldy #>complaints
        jsr print_word
        jmp new_line            ; CHANNL is 0

complaints:
        phrase "?EXTRA IGNORED"
        phrase "?REDO FROM START"
        .byte WORDS_END
