; Open files: OPEN, CLOSE and the table of what is open.

.include "errors.inc"
.include "lowmem.inc"

.export close_file, find_file, open_file, use_file
.import fail, serial_close, serial_open

MAX_FILES       = 10
SCREEN          = 3
FIRST_SERIAL    = 4
DATA_COMMAND    = $60
OPEN_COMMAND    = $F0

.segment "CLOSE"                ; $F291

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
        bit SA
        bmi remove
        jsr serial_close
remove: pla
        tax
        dec LDTND
        ldy LDTND               ; the last entry fills the gap
        lda SAT,Y
        sta SAT,X
        lda FAT,Y
        sta FAT,X
        lda LAT,Y
        sta LAT,X
closed: clc
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
        lda SAT,X
        sta SA
        lda FAT,X
        sta FA
        lda LAT,X
        sta LA
        rts

.segment "OPEN"                 ; $F34A

; OPEN
; In:   SETLFS, SETNAM
; Out:  C = 1: A = error number
; Uses: A, X, Y
open_file:
        lda #0
        sta STATUS
        lda LA
        beq no_number
        jsr find_file
        bne is_new
        lda #FILE_OPEN
        jmp fail
is_new: ldx LDTND
        cpx #MAX_FILES
        lda #TOO_MANY_FILES
        bcs open_failed
        lda SA
        ora #DATA_COMMAND
        sta SA
        sta SAT,X
        lda LA
        sta LAT,X
        inc LDTND               ; it is in the table even if nobody answers
        lda FA
        sta FAT,X
        beq is_open
        cmp #SCREEN
        beq is_open
        cmp #FIRST_SERIAL
        bcc absent
        jsr open_serial
        bcs absent
is_open:
        clc
        rts
no_number:
        lda #NOT_INPUT_FILE     ; what file 0 has always been called
        bne open_failed
absent: lda #DEVICE_NOT_PRESENT
open_failed:
        jmp fail

; Sends the name to the drive, if there is one. Out: C = 1: nobody answers
open_serial:
        clc
        lda SA
        bmi opened              ; 128-255: no secondary address
        lda FNLEN
        beq opened
        lda SA
        and #$0F
        ora #OPEN_COMMAND
        jmp serial_open
opened: rts
