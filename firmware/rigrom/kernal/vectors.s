; The vectors in RAM at $0314-$0333, and the calls that go through them.

.include "lowmem.inc"

.export call_chkin, call_chkout, call_chrin, call_chrout, call_clall
.export call_close, call_clrchn, call_getin, call_open, call_stop
.export restor, vector
.import brk_handler, chkin, chkout, chrin, chrout, clall, close_file, clrchn
.import getin, irq_handler, load_handler, nmi_handler, open_file
.import save_handler, stop_key

VECTOR_BYTES    = ISAVE + 2 - CINV

.segment "CALLS"

call_open:      jmp (IOPEN)
call_close:     jmp (ICLOSE)
call_chkin:     jmp (ICHKIN)
call_chkout:    jmp (ICKOUT)
call_clrchn:    jmp (ICLRCH)
call_chrin:     jmp (IBASIN)
call_chrout:    jmp (IBSOUT)
call_stop:      jmp (ISTOP)
call_getin:     jmp (IGETIN)
call_clall:     jmp (ICLALL)

.segment "VECTORS"              ; $FD15: RESTOR, $FD1A: VECTOR

; RESTOR: the vectors as they are after a reset.
; Uses: A, X, Y, MEMUSS
restor: ldx #<defaults
        ldy #>defaults
        clc

; VECTOR: reads or sets all vectors at once.
; In:   C = 1: copy the vectors to (X/Y); C = 0: set them from there
; Uses: A, Y, MEMUSS
vector: stx MEMUSS
        sty MEMUSS + 1
        ldy #VECTOR_BYTES - 1
next:   lda CINV,Y
        bcs copy
        lda (MEMUSS),Y
        sta CINV,Y
copy:   bcc skip
        sta (MEMUSS),Y
skip:   dey
        bpl next
        rts

.segment "CALLS"

defaults:                       ; the addresses are published too
        .addr irq_handler       ; CINV
        .addr brk_handler       ; CBINV
        .addr nmi_handler       ; NMINV
        .addr open_file         ; IOPEN
        .addr close_file        ; ICLOSE
        .addr chkin             ; ICHKIN
        .addr chkout            ; ICKOUT
        .addr clrchn            ; ICLRCH
        .addr chrin             ; IBASIN
        .addr chrout            ; IBSOUT
        .addr stop_key          ; ISTOP
        .addr getin             ; IGETIN
        .addr clall             ; ICLALL
        .addr brk_handler       ; USRCMD
        .addr load_handler      ; ILOAD
        .addr save_handler      ; ISAVE
        .assert * - defaults = VECTOR_BYTES, error, "vector table length"
