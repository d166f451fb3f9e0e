; The calls that only set or read a cell, at their published addresses
; $FDF9-$FE42.

.include "io.inc"
.include "lowmem.inc"

.export memory_bottom, memory_top, readst, set_status, setlfs, setmsg, setnam
.export settmo

RS_232          = 2

.segment "PARAMETERS"           ; $FDF9

; SETNAM. In: A = length, X/Y = address of the name
setnam: stx FNADR
        sty FNADR + 1
        sta FNLEN
        rts

; SETLFS. In: A, X, Y = logical file, device, secondary address
setlfs: stx FA                  ; $FE00
        sty SA
        sta LA
        rts

; READST. Out: A = STATUS; that of RS-232 is cleared by reading it
readst: lda FA                  ; $FE07
        cmp #RS_232
        beq of_rs_232
        lda STATUS
        rts
of_rs_232:
        jmp rs_232

.segment "CALLS"

rs_232: lda RSSTAT
        pha
        lda #0
        sta RSSTAT
        pla
        rts

.segment "SET_MESSAGES"         ; $FE18

; SETMSG. In: A = MSGFLG
setmsg: sta MSGFLG
        rts

.segment "SET_STATUS"           ; $FE1C

; Sets bits of STATUS. In: A = the bits. Out: A = STATUS
set_status:
        ora STATUS
        sta STATUS
        rts

; SETTMO. In: A = TIMOUT
settmo: sta TIMOUT              ; $FE21
        rts

; MEMTOP. In: C = 1: read, C = 0: set. In/out: X/Y = end of the memory
memory_top:                     ; $FE25
        bcc set_top
        ldy MEMEND + 1
        ldx MEMEND
set_top:
        sty MEMEND + 1
        stx MEMEND
        rts

; MEMBOT. In: C = 1: read, C = 0: set. In/out: X/Y = start of the memory
memory_bottom:                  ; $FE34
        bcc set_bottom
        ldy MEMSTR + 1
        ldx MEMSTR
set_bottom:
        sty MEMSTR + 1
        stx MEMSTR
        rts
