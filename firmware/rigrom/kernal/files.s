; Open files and the channels between them and CHRIN, CHROUT.

.include "errors.inc"
.include "lowmem.inc"

.export chkin, chkout, clall, close_file, clrchn, open_file
.import fail, listen, second, send_name, serial_close, talk, tksa, unlsn, untlk

MAX_FILES       = 10
KEYBOARD        = 0
SCREEN          = 3
FIRST_SERIAL    = 4
DATA_COMMAND    = $60
OPEN_COMMAND    = $F0

.segment "FILES"

; OPEN
; In:   SETLFS, SETNAM
; Out:  C = 1: A = error number
; Uses: A, X, Y
open_file:
        lda LA
        jsr find_file
        bne is_new
        lda #FILE_OPEN
        jmp fail
is_new: ldx LDTND
        cpx #MAX_FILES
        lda #TOO_MANY_FILES
        bcs open_failed
        lda FA
        beq enter
        cmp #SCREEN
        beq enter
        cmp #FIRST_SERIAL
        bcc absent
        jsr open_serial
        bcs absent
enter:  ldx LDTND
        inc LDTND
        lda LA
        sta LAT,X
        lda FA
        sta FAT,X
        lda SA
        ora #DATA_COMMAND
        sta SAT,X
        clc
        rts
absent: lda #DEVICE_NOT_PRESENT
open_failed:
        jmp fail

; Sends the name to the drive, if there is one. Out: C = 1: nobody answers
open_serial:
        lda FNLEN
        beq opened
        lda #0
        sta STATUS
        lda FA
        jsr listen
        lda SA
        and #$0F
        ora #OPEN_COMMAND
        jsr second
        lda STATUS
        bmi nobody
        jsr send_name
        jsr unlsn
opened: clc
        rts
nobody: jsr unlsn
        sec
        rts

; CLOSE
; In:   A = logical file
; Out:  C = 0, also when there is no such file
; Uses: A, X, Y
close_file:
        jsr find_file
        bne closed
        jsr use_file
        txa
        pha
        lda FA
        cmp #FIRST_SERIAL
        bcc remove
        jsr serial_close
remove: pla
        tax
        dec LDTND
        ldy LDTND               ; the last entry fills the gap
        lda LAT,Y
        sta LAT,X
        lda FAT,Y
        sta FAT,X
        lda SAT,Y
        sta SAT,X
closed: clc
        rts

; CHKIN: input from an open file.
; In:   X = logical file
; Out:  C = 1: A = error number
; Uses: A, X
chkin:  txa
        jsr find_file
        bne not_open
        jsr use_file
        lda FA
        cmp #FIRST_SERIAL
        bcc input_is
        lda #0
        sta STATUS
        lda FA
        jsr talk
        lda SA
        jsr tksa
        lda STATUS
        bmi absent
        lda FA
input_is:
        sta DFLTN
        clc
        rts
not_open:
        lda #FILE_NOT_OPEN
        jmp fail

; CHKOUT: output to an open file.
; In:   X = logical file
; Out:  C = 1: A = error number
; Uses: A, X
chkout: txa
        jsr find_file
        bne no_output_file
        jsr use_file
        lda FA
        bne not_keys
        lda #NOT_OUTPUT_FILE
        jmp fail
no_output_file:
        lda #FILE_NOT_OPEN
        jmp fail
not_keys:
        cmp #FIRST_SERIAL
        bcc output_is
        lda #0
        sta STATUS
        lda FA
        jsr listen
        lda SA
        jsr second
        lda STATUS
        bmi no_listener_there
        lda FA
output_is:
        sta DFLTO
        clc
        rts
no_listener_there:
        lda #DEVICE_NOT_PRESENT
        jmp fail

; CLALL: forgets all files. Uses: A
clall:  lda #0
        sta LDTND

; CLRCHN: input from the keyboard, output to the screen again. Uses: A
clrchn: lda DFLTO
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

; Finds logical file A. Out: Z = 1: X = its entry. Uses: X
find_file:
        ldx LDTND
back:   dex
        bmi missing
        cmp LAT,X
        bne back
        rts
missing:
        cpx #0                  ; X = $FF: Z = 0
        rts

; LA, FA, SA of entry X. Uses: A
use_file:
        lda LAT,X
        sta LA
        lda FAT,X
        sta FA
        lda SAT,X
        sta SA
        rts
