; RUN comes here: moves the agent to where it stays, and back to BASIC.

        .include "basic_line.inc"

        .import __RESIDENT_LOAD__, __RESIDENT_RUN__, __STAYEND_LOAD__
        .import connect

        basic_line start

; start: entry from BASIC.
start:
        ldy #>(__STAYEND_LOAD__ - __RESIDENT_LOAD__) + 1
        ldx #0
@move:
@from := * + 1
        lda __RESIDENT_LOAD__,x
@to := * + 1
        sta __RESIDENT_RUN__,x
        inx
        bne @move
        inc @from + 1
        inc @to + 1
        dey
        bne @move
        jmp connect

.segment "STAYEND"
