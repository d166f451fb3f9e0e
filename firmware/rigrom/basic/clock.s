; TI$: the time of day as six digits, hours, minutes, seconds.

.include "kernal.inc"
.include "lowmem.inc"
.include "workspace.inc"

.export clock_text, set_clock
.import divide_unsigned, free_string, illegal_quantity, multiply
.import text_to_string, zero

DIGITS          = 6
place           = STRING_END    ; of the digit in hand

.segment "CLOCK_TEXT"

; TI$ = the string in FAC
; n = n base(place) + digit
set_clock:
        jsr free_string
        cmp #DIGITS
        bne wrong
        jsr zero
        sta place
digit:  jsr take_base
        jsr multiply
        ldy place
        cpy #DIGITS
        beq jiffies
        lda (INDEX),Y
        sec
        sbc #'0'
        bcc wrong
        cmp #10
        bcs wrong
        adc FAC + 3             ; C = 0
        sta FAC + 3
        bcc same_page
        inc FAC + 2
        bne same_page
        inc FAC + 1
same_page:
        inc place
        bne digit               ; always
jiffies:
        lda FAC + 3
        ldx FAC + 2
        ldy FAC + 1
        jmp SETTIM
wrong:  jmp illegal_quantity

; FAC = TI$
clock_text:
        jsr zero
        jsr RDTIM
        sta FAC + 3
        stx FAC + 2
        sty FAC + 1
        ldx #DIGITS             ; the jiffies come first, and are dropped
next:   stx place
        jsr take_base
        jsr divide_unsigned
        ldx place
        lda RESULT + 3
        ora #'0'
        sta NUMBER_TEXT,X
        dex
        bpl next
        lda #0
        sta NUMBER_TEXT + DIGITS
        sta CHARAC
        sta ENDCHR
        tay
        iny
        jmp text_to_string      ; A/Y = NUMBER_TEXT

; ARG = FAC, FAC = base of the place, RESULT = 0. Uses: A, X, Y
take_base:
        ldx #FAC_SIZE - 1
move:   lda FAC_FRACTION,X
        sta ARG_FRACTION,X
        dex
        bpl move
        jsr zero
        ldx #3
empty:  sta RESULT,X
        dex
        bpl empty
        ldx place
        lda bases,X
        sta FAC + 3
        rts

bases:  .byte 10, 10, 6, 10, 6, 10, 60
