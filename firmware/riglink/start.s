; RUN comes here: moves the agent to where it stays, and back to BASIC.

        .import __RESIDENT_LOAD__, __RESIDENT_RUN__, __STAYEND_LOAD__
        .import connect

BASIC_START             = $0801
BASIC_LINE              = 10
BASIC_SYS               = $9E
ENTRY                   = BASIC_START + 13      ; the line below, link and end of program included

.segment "LOADADDR"

        .word BASIC_START

.segment "ENTRY"

; 10 SYS 2062
        .word line_end
        .word BASIC_LINE
        .byte BASIC_SYS, .sprintf(" %d", ENTRY), 0
line_end:
        .word 0
        .assert start = ENTRY, error, "the BASIC line's SYS does not point at start"

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
