; The channels between open files and CHRIN, CHROUT.

.include "errors.inc"
.include "lowmem.inc"

.export chkin, chkout, clall, clrchn
.import fail, find_file, listen, release_attention, second, talk, tksa
.import turn_round, unlsn, untlk, use_file

KEYBOARD        = 0
SCREEN          = 3
FIRST_SERIAL    = 4

.segment "CHKIN"                ; $F20E

; CHKIN: input from an open file.
; In:   X = logical file
; Out:  C = 1: A = error number
; Uses: A, X
chkin:  lda #0
        sta STATUS
        txa
        jsr find_file
        bne unknown
        jsr use_file
        lda FA
        cmp #FIRST_SERIAL
        bcc input_is
        jsr talk
        lda SA
        bmi no_secondary
        jsr tksa
        jmp talking
no_secondary:
        jsr turn_round
talking:
        lda FA
        bit STATUS
        bmi no_talker_there
input_is:
        sta DFLTN
        clc
        rts
no_talker_there:
        jmp absent
unknown:
        jmp not_open

.segment "CHKOUT"               ; $F250

; CHKOUT: output to an open file.
; In:   X = logical file
; Out:  C = 1: A = error number
; Uses: A, X
chkout: lda #0
        sta STATUS
        txa
        jsr find_file
        bne not_open
        jsr use_file
        lda FA
        beq no_output
        cmp #FIRST_SERIAL
        bcc output_is
        jsr listen
        lda SA
        bmi no_second
        jsr second
        jmp listening
no_second:
        jsr release_attention
listening:
        lda FA
        bit STATUS
        bmi absent
output_is:
        sta DFLTO
        clc
        rts

not_open:
        lda #FILE_NOT_OPEN
        .byte $2C               ; BIT: skips the next instruction
no_output:
        lda #NOT_OUTPUT_FILE
        .byte $2C
absent: lda #DEVICE_NOT_PRESENT
        jmp fail

.segment "CLALL"                ; $F32F

; CLALL: forgets all files. Uses: A
clall:  lda #0
        sta LDTND

; CLRCHN: input from the keyboard, output to the screen again. Uses: A
clrchn: jmp end_channels        ; $F333

.segment "CHANNELS"

end_channels:
        lda DFLTO
        cmp #FIRST_SERIAL
        bcc no_listener
        jsr unlsn
no_listener:
        lda DFLTN
        cmp #FIRST_SERIAL
        bcc no_talker
        jsr untlk
no_talker:
        lda #SCREEN
        sta DFLTO
        lda #KEYBOARD
        sta DFLTN
        rts
