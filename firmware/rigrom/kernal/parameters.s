; The calls that only set or read a cell.

.include "io.inc"
.include "lowmem.inc"

.export iobase, memory_bottom, memory_top, readst, setlfs, setmsg, setnam
.export settmo

.segment "PARAMETERS"

; SETLFS. In: A, X, Y = logical file, device, secondary address
setlfs: sta LA
        stx FA
        sty SA
        rts

; SETNAM. In: A = length, X/Y = address of the name
setnam: sta FNLEN
        stx FNADR
        sty FNADR + 1
        rts

; SETMSG. In: A = MSGFLG
setmsg: sta MSGFLG
        rts

; READST. Out: A = STATUS
readst: lda STATUS
        rts

; SETTMO. In: A = TIMOUT
settmo: sta TIMOUT
        rts

; MEMTOP. In: C = 1: read, C = 0: set. In/out: X/Y = end of the memory
memory_top:
        bcc set_top
        ldx MEMEND
        ldy MEMEND + 1
set_top:
        stx MEMEND
        sty MEMEND + 1
        rts

; MEMBOT. In: C = 1: read, C = 0: set. In/out: X/Y = start of the memory
memory_bottom:
        bcc set_bottom
        ldx MEMSTR
        ldy MEMSTR + 1
set_bottom:
        stx MEMSTR
        sty MEMSTR + 1
        rts

; IOBASE. Out: X/Y = address of CIA 1
iobase: ldx #<CIA1
        ldy #>CIA1
        rts
