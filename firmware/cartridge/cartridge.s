; Starts a C64 from a Magic Desk cartridge as its KERNAL would, copies the program into RAM, leaves the bus for good, and
; has BASIC start: that comes to READY. as it does without a cartridge, and finds RUN typed. So all is as after a LOAD.
; What the outside world fixes: the mark at $8004 and the two vectors before it, which a KERNAL looks for at a reset and
; at RESTORE; the register at $DE00, which is Magic Desk's.

        .include "cartridge.inc"        ; PROGRAM, PROGRAM_END, LINK: written by buildtools/cartridge.py

        .import __RESIDENT_LOAD__, __RESIDENT_RUN__, __RESIDENT_SIZE__

BANK                    = $DE00         ; write-only: the number of the bank at $8000
BANK_OFF                = $80           ; RAM is there instead
WINDOW                  = $8000         ; where a bank is seen
WINDOW_END              = $A000
FIRST_PAGE              = $8100         ; of bank 0 that holds program
PAGES                   = (PROGRAM_END - PROGRAM + $FF) / $100

PORT_BYTES              = 2             ; the processor port, at the start of memory
BASIC_COLD              = $A000         ; vector
BASIC_START             = $0800         ; of its memory
BASIC_TOP               = $A000
BASIC_VARIABLES         = $2D           ; where they begin: behind the program
TAPE1                   = $B2           ; address of the tape's buffer
TAPE_BUFFER             = $033C
HIBASE                  = $0288         ; page of the screen
SCREEN_PAGE             = $04
IBASIN                  = $0324         ; vector of CHRIN
KERNAL_NMI_EXIT         = $FEBC         ; takes Y, X and A off the stack, RTI
CINT                    = $FF81
IOINIT                  = $FF84
RESTOR                  = $FF8A
MEMTOP                  = $FF99
MEMBOT                  = $FF9C

KEY_RETURN              = $0D

.segment "HEADER"

        .word reset
        .word KERNAL_NMI_EXIT           ; RESTORE does nothing yet
        .byte $C3, $C2, $CD, "80"       ; CBM80, its letters shifted

.code

; reset: the KERNAL's cold start jumps to here with no chip set up. What RAMTAS leaves is made here: a genuine one first
; tries every byte of memory, for 1.5 s.
; Cycles: see docs/loading.md
reset:
        sei
        cld
        ldx #$FF
        txs
        jsr IOINIT
        lda #0
        tax
clear:  sta $0200,x
        sta $0300,x
        cpx #PORT_BYTES
        bcc port
        sta $00,x
port:   inx
        bne clear
        lda #<TAPE_BUFFER
        sta TAPE1
        lda #>TAPE_BUFFER
        sta TAPE1 + 1
        lda #SCREEN_PAGE
        sta HIBASE
        ldx #<BASIC_START
        ldy #>BASIC_START
        clc
        jsr MEMBOT
        ldx #<BASIC_TOP
        ldy #>BASIC_TOP
        clc
        jsr MEMTOP
        jsr RESTOR
        jsr CINT
        sei                     ; whatever a KERNAL does: while banks are switched its handler may see no BASIC
        ldx #<__RESIDENT_SIZE__
@move:  lda __RESIDENT_LOAD__ - 1,x
        sta __RESIDENT_RUN__ - 1,x
        dex
        bne @move
        jmp copy

        .assert __RESIDENT_SIZE__ < $100, lderror, "the resident part is moved by an index of 8 bits"

.segment "RESIDENT"

; copy: the program from the banks to RAM, in whole pages; then BASIC, with `typed` as its keyboard.
; Cycles: 14 a byte, 25 a page
copy:
        ldx #PAGES
        ldy #0
next:
from := * + 1
        lda FIRST_PAGE,y
to := * + 1
        sta PROGRAM,y
        iny
        bne next
        inc to + 1
        inc from + 1
        lda from + 1
        cmp #>WINDOW_END
        bne same_bank
        lda #>WINDOW
        sta from + 1
        inc bank
bank := * + 1
        lda #0
        sta BANK
same_bank:
        dex
        bne next
        lda #BANK_OFF
        sta BANK
        lda IBASIN
        sta kept
        lda IBASIN + 1
        sta kept + 1
        lda #<typed
        sta IBASIN
        lda #>typed
        sta IBASIN + 1
        cli
        jmp (BASIC_COLD)

; typed: CHRIN for the first line that BASIC reads, which is RUN. BASIC's start has cleared the line's link, which lies in
; its empty program: it is put back. Out: A = the next character, C = 0. Keeps X, Y
typed:
        stx keep_x
        lda #<LINK
        sta PROGRAM
        lda #>LINK
        sta PROGRAM + 1
        lda #<PROGRAM_END
        sta BASIC_VARIABLES
        lda #>PROGRAM_END
        sta BASIC_VARIABLES + 1
place := * + 1
        ldx #0
        inc place
        lda command,x
        cmp #KEY_RETURN
        bne return
        ldx kept
        stx IBASIN
        ldx kept + 1
        stx IBASIN + 1
return:
keep_x := * + 1
        ldx #0
        clc
        rts

command:                .byte "RUN", KEY_RETURN
kept:                   .word 0
