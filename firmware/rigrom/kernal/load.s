; LOAD and VERIFY from the serial bus. What is loaded goes into the RAM, also
; under the ROMs; a file may end as high as $CFFF.

.include "errors.inc"
.include "lowmem.inc"

.export load, load_handler, reject_device
.import acptr, call_stop, fail, listen, say_loading, say_searching, second
.import send_name, serial_close, talk, tksa, unlsn, untlk

OPEN_COMMAND    = $F0
DATA_COMMAND    = $60
FIRST_SERIAL    = 4

.segment "FILES"

; LOAD
; In:   A = 0: load, otherwise verify; X/Y = address for secondary address 0;
;       SETLFS, SETNAM
; Out:  C = 0: X/Y = end + 1; C = 1: A = error number; STATUS
load:   sta VERCK
        stx MEMUSS
        sty MEMUSS + 1
        jmp (ILOAD)

nobody: jsr unlsn
        lda #DEVICE_NOT_PRESENT
refused:
        jmp fail

load_handler:
        lda #0
        sta STATUS
        jsr reject_device
        bcs refused
        lda #MISSING_FILE_NAME
        ldx FNLEN
        beq refused
        jsr say_searching
        lda FA
        jsr listen
        lda #OPEN_COMMAND
        jsr second
        bit STATUS
        bmi nobody
        jsr send_name
        jsr unlsn
        lda FA
        jsr talk
        lda #DATA_COMMAND
        jsr tksa
        jsr acptr
        sta EAL
        lda #ST_TIMEOUT
        bit STATUS
        bmi nobody
        bne no_file
        jsr acptr
        sta EAL + 1
        lda SA
        bne own_address
        lda MEMUSS
        sta EAL
        lda MEMUSS + 1
        sta EAL + 1
own_address:
        jsr say_loading
        ldy #0
next:   jsr call_stop
        beq stopped
        jsr acptr
        tax
        lda STATUS
        and #ST_TIMEOUT | ST_NO_DEVICE
        bne broken
        txa
        ldx VERCK
        bne verify
        sta (EAL),Y
count:  inc EAL
        bne same_page
        inc EAL + 1
same_page:
        bit STATUS
        bvc next                ; ST_END
        jsr untlk
        jsr serial_close
        ldx EAL
        ldy EAL + 1
        clc
        rts

verify: cmp (EAL),Y
        beq count
        lda STATUS
        ora #ST_VERIFY
        sta STATUS
        bne count               ; always

broken: jsr untlk
        jsr serial_close
        lda #LOAD_FAILED
        bne failed
stopped:
        jsr untlk
        jsr serial_close
        lda #BREAK
        beq failed
no_file:
        jsr untlk
        jsr serial_close
        lda #FILE_NOT_FOUND
        bne failed
failed: jmp fail

; Is FA a device to load from or save to?
; Out:  C = 0: yes; C = 1: A = error number
; Uses: A
reject_device:
        lda FA
        beq illegal
        cmp #3                  ; keyboard and screen hold no files
        beq illegal
        cmp #FIRST_SERIAL       ; tape and RS-232 are not there
        lda #DEVICE_NOT_PRESENT
        bcc absent
        clc
        rts
illegal:
        lda #ILLEGAL_DEVICE_NUMBER
absent: sec
        rts
