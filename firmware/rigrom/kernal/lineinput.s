; Input from the screen: CHRIN from the keyboard lets a person edit a line until
; RETURN, then hands it out character by character. From the screen (device 3)
; it hands out the rest of the line where the cursor is.

.include "lowmem.inc"
.include "petscii.inc"

.export read_keyboard, read_screen
.import AUTOSTART_LENGTH, autostart, cursor_hide, first_row, key_fetch, screen_put

SPACE           = $20
SCREEN          = 3
SHIFTED_UP      = $DE

.segment "EDITOR"

; Out:  A = the next character, RETURN after the last; C = 0; keeps X, Y
read_keyboard:
        jsr save_registers
        lda TBLX
        sta LXSP
        lda PNTR
        sta LXSP + 1
        lda CRSW
        bne hand_out
edit:   lda NDX
        sta BLNSW               ; the cursor flashes while nothing waits
        sta AUTODN
        beq edit
        jsr cursor_hide
        jsr key_fetch
        cmp #RUN_CODE
        beq load_and_run
        cmp #RETURN
        beq entered
        jsr screen_put
        jmp edit

; SHIFT + RUN/STOP types LOAD and RUN.
load_and_run:
        ldx #0
type:   lda autostart,X
        sta KEYD,X
        inx
        cpx #<AUTOSTART_LENGTH
        bne type
        stx NDX
        beq edit                ; always: X = the length

; Where the line ends and where it begins.
entered:
        lda #0
        sta AUTODN
        jsr line_length
        lda LNMX
        sta CRSW
        ldx TBLX
        cpx LXSP
        beq from_cursor
        jsr first_row
        cpx LXSP
        bne from_start          ; another line than where input began
from_cursor:
        lda LXSP + 1
        sta PNTR
        cmp INDX
        bcs line_end            ; nothing behind a prompt
        bcc hand_out            ; always
from_start:
        lda #0
        sta PNTR
        beq hand_out            ; always

; Out: as read_keyboard
read_screen:
        jsr save_registers
        lda CRSW
        bne hand_out
        lda #SCREEN
        sta CRSW
        lda LNMX
        sta INDX
        lda #0
        sta QTSW

hand_out:
        ldy PNTR
        inc PNTR
        cpy INDX
        bcs line_end
        lda (PNT),Y
        jsr petscii
        sta SCHAR
        jmp restore_registers

line_end:
        lda #0
        sta CRSW
        lda DFLTN               ; of the keyboard's line the caller prints it, if
        bne echo                ; that comes to the screen
        lda DFLTO
        cmp #SCREEN
        beq no_echo
echo:   lda #RETURN
        jsr screen_put
no_echo:
        lda #RETURN
        sta SCHAR

restore_registers:
        pla
        tay
        pla
        tax
        lda SCHAR
        clc
        rts

; Pushes X and Y under the return address.
save_registers:
        pla
        sta SAL
        pla
        sta SAL + 1
        txa
        pha
        tya
        pha
        lda SAL + 1
        pha
        lda SAL
        pha
        rts

; Out: INDX = columns up to the last that is not blank, at least 1; QTSW = 0
line_length:
        ldy LNMX
        lda #SPACE
back:   cmp (PNT),Y
        bne found
        dey
        bne back
found:  iny
        sty INDX
        lda #0
        sta QTSW
        rts

; PETSCII of screen code A; reversed characters between quotes are the control
; codes that they stand for.
; Uses: A, X
petscii:
        pha
        and #$7F
        cmp #QUOTE
        bne plain
        lda QTSW
        eor #1
        sta QTSW
plain:  pla
        bpl normal
        ldx QTSW
        beq normal
        cmp #$A0
        bcc code                ; $80-$9F: $00-$1F
        cmp #$C0
        bcc normal
        cmp #$E0
        bcs normal
        and #$1F                ; $C0-$DF: $80-$9F
        ora #$80
        rts
code:   and #$1F
        rts
normal: and #$7F
        pha
        lsr
        lsr
        lsr
        lsr
        lsr
        tax
        pla
        and #$1F
        ora petscii_base,X
        cmp #SHIFTED_UP
        bne known
        lda #PI                 ; of its two codes the one that BASIC knows
known:  rts
petscii_base:                   ; for $00, $20, $40, $60
        .byte $40, $20, $C0, $A0
