; SAVE to the serial bus.

.include "errors.inc"
.include "lowmem.inc"

.export save, save_handler
.import call_stop, ciout, fail, listen, reject_device, say_saving, second
.import send_name, serial_close, unlsn

OPEN_WRITE      = $F1
DATA_WRITE      = $61

.segment "FILES"

; SAVE
; In:   A = zero page address of the start address, X/Y = end + 1;
;       SETLFS, SETNAM
; Out:  C = 1: A = error number; STATUS
save:   stx EAL
        sty EAL + 1
        tax
        lda $00,X
        sta STAL
        lda $01,X
        sta STAL + 1
        jmp (ISAVE)

save_handler:
        lda #0
        sta STATUS
        jsr reject_device
        bcs failed
        lda #MISSING_FILE_NAME
        ldx FNLEN
        beq failed
        lda #OPEN_WRITE & $0F   ; the drive's channel for saving
        sta SA
        lda FA
        jsr listen
        lda #OPEN_WRITE
        jsr second
        bit STATUS
        bmi nobody
        jsr say_saving
        jsr send_name
        jsr unlsn
        lda FA
        jsr listen
        lda #DATA_WRITE
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
nobody: jsr unlsn
        lda #DEVICE_NOT_PRESENT
failed: jmp fail
