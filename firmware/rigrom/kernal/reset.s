; Power on and reset: $FCE2 is the address that programs jump to for a reset.

.include "io.inc"
.include "lowmem.inc"

.export cartridge_present, ramtas, reset
.import chip_init, find_standard, jiffy_start, restor, screen_init

DEFAULT_HIBASE  = $04
FIRST_PAGE      = $08           ; memory for programs begins here
BASIC_ROM_PAGE  = $A0           ; and ends here at the latest

.segment "RESET"                ; $FCE2

; Cold start: a cartridge if one says so, otherwise BASIC.
reset:  sei
        ldx #$FF
        txs
        cld
        jsr cartridge_present
        bne no_cartridge
        jmp (CARTRIDGE)
no_cartridge:
        jsr chip_init
        jsr ramtas
        jsr restor
        jsr find_standard
        jsr screen_init
        jsr jiffy_start
        cli
        jmp (BASIC_COLD)

; Looks for an autostart cartridge: "CBM80" with the letters shifted at $8004.
; Out:  Z = 1: there is one
; Uses: A, X
cartridge_present:
        ldx #mark_end - mark - 1
next:   lda mark,X
        cmp CARTRIDGE + 4,X
        bne done
        dex
        bpl next
        lda #0
done:   rts

.segment "START_UP"

mark:   .byte $C3, $C2, $CD, "80"
mark_end:

.segment "RAMTAS"               ; $FD50

; RAMTAS: clears pages 0, 2 and 3 and finds the end of the memory.
; Out:  MEMSTR, MEMEND, HIBASE, TAPE1
; Uses: A, X, Y, MEMUSS
; Cycles: 18,600
; A byte of each page is tried and put back, so programs outlive a reset.
ramtas: lda #0
        tay
clear:  sta $0200,Y
        sta $0300,Y
        iny
        bne clear
        ldx #2
low:    sta $00,X
        inx
        bne low
        ldx #FIRST_PAGE
        stx MEMUSS + 1
page:   lda (MEMUSS),Y          ; MEMUSS = page * 256, Y = 0
        tax
        lda #$55
        jsr holds
        bne end
        lda #$AA
        jsr holds
        bne end
        txa
        sta (MEMUSS),Y
        inc MEMUSS + 1
        lda MEMUSS + 1
        cmp #BASIC_ROM_PAGE
        bne page
end:    ldx MEMUSS + 1
        sty MEMEND
        stx MEMEND + 1
        sty MEMSTR
        lda #FIRST_PAGE
        sta MEMSTR + 1
        lda #DEFAULT_HIBASE
        sta HIBASE
        lda #<TAPE_BUFFER
        sta TAPE1
        lda #>TAPE_BUFFER
        sta TAPE1 + 1
        rts

.segment "START_UP"

holds:  sta (MEMUSS),Y
        cmp (MEMUSS),Y
        rts
