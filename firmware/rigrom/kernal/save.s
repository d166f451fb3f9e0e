; SAVE to the serial bus.

.include "errors.inc"
.include "lowmem.inc"

.export save, save_handler
.import call_stop, ciout, fail, listen, reject_device, say_saving, second
.import serial_close, serial_open, unlsn

OPEN_WRITE      = $F1           ; the drive's channel for saving
DATA_WRITE      = $61

.segment "SAVE"

; SAVE
; In:   A = zero page address of the start address, X/Y = end + 1;
;       SETLFS, SETNAM
; Out:  C = 1: A = error number; STATUS
save:   sty EAL + 1             ; $F5DD
        stx EAL
        tax
        lda $01,X
        sta STAL + 1
        lda $00,X
        sta STAL
        jmp (ISAVE)

; Where ISAVE leads to. In: STAL, EAL
save_handler:                   ; $F5ED
        lda #0
        sta STATUS
        jsr reject_device
        bcs failed
        lda #MISSING_FILE_NAME
        ldx FNLEN
        beq failed
        lda #DATA_WRITE
        sta SA
        lda #OPEN_WRITE
        jsr serial_open
        bcs nobody
        jsr say_saving
        lda FA
        jsr listen
        lda SA
        jsr second
        lda STAL
        sta SAL
        jsr ciout
        lda STAL + 1
        sta SAL + 1
        jsr ciout
        ldy #0
next:   lda SAL
        cmp EAL
        lda SAL + 1
        sbc EAL + 1
        bcs done
        lda (SAL),Y
        jsr ciout
        jsr call_stop
        beq stopped
        inc SAL
        bne next
        inc SAL + 1
        bne next
done:   jsr unlsn
        jsr serial_close
        clc
        rts

stopped:
        jsr unlsn
        jsr serial_close
        lda #BREAK
        beq failed
nobody: lda #DEVICE_NOT_PRESENT
failed: jmp fail
