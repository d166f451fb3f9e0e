; LOAD and VERIFY from the serial bus. What is loaded goes into the RAM, also
; under the ROMs; a file may end as high as $CFFF.

.include "errors.inc"
.include "lowmem.inc"

.export load, load_handler, reject_device
.import acptr, call_stop, fail, say_loading, say_searching, serial_close
.import serial_open, talk, tksa, untlk

OPEN_LOAD       = $F0           ; the drive's channel for loading
DATA_LOAD       = $60
FIRST_SERIAL    = 4

relocation      = SAL           ; the secondary address: 0: load to MEMUSS

.segment "LOAD"                 ; $F49E

; LOAD
; In:   A = 0: load, otherwise verify; X/Y = address for secondary address 0;
;       SETLFS, SETNAM
; Out:  C = 0: X/Y = end + 1; C = 1: A = error number; STATUS
load:   sty MEMUSS + 1
        stx MEMUSS
        jmp (ILOAD)

; Where ILOAD leads to. In: A, MEMUSS
load_handler:                   ; $F4A5
        sta VERCK
        lda #0
        sta STATUS
        jsr reject_device
        bcs refused
        lda #MISSING_FILE_NAME
        ldx FNLEN
        beq refused
        jsr say_searching
        lda SA
        sta relocation
        lda #DATA_LOAD
        sta SA
        lda #OPEN_LOAD
        jsr serial_open
        bcs nobody
        lda FA
        jsr talk
        lda #DATA_LOAD
        jsr tksa
        jsr acptr
        sta EAL
        lda #ST_TIMEOUT
        bit STATUS
        bmi nobody
        bne no_file
        jsr acptr
        sta EAL + 1
        lda relocation
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

nobody: lda #DEVICE_NOT_PRESENT
refused:
        jmp fail

no_file:
        lda #FILE_NOT_FOUND
        bne give_up
broken: lda #LOAD_FAILED
        bne give_up
stopped:
        lda #BREAK
give_up:
        pha
        jsr untlk
        jsr serial_close
        pla
        jmp fail

        .assert load_handler = $F4A5, error, "published address"

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
