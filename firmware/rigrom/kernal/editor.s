; Printing to the screen: characters, control codes, quote and insert mode.

.include "io.inc"
.include "lowmem.inc"
.include "petscii.inc"

.export screen_put
.import home, insert_row, next_line, screen_clear, scroll_up, select_row

COLUMNS         = 40
LAST_ROW        = 24
SPACE           = $20
REVERSED        = $80
CHARSET_BIT     = $02
CASE_LOCKED     = $80

.segment "SCREEN_PUT"           ; $E716

; Prints a character at the cursor.
; In:   A = PETSCII
; Out:  C = 0; keeps A, X, Y
; Cycles: 178 for a letter; 34,000 more where the screen scrolls or a line grows
screen_put:
        sta SCHAR
        pha
        txa
        pha
        tya
        pha
        lda SCHAR
        jsr put
        pla
        tay
        pla
        tax
        pla
        clc
        rts

put:    cmp #RETURN
        beq new_line
        cmp #SHIFT_RETURN
        beq new_line
        bit control_bits        ; $00-$1F and $80-$9F
        beq control
        cmp #PI
        bne not_pi
        lda #$DE                ; π has two codes
not_pi: cmp #QUOTE
        bne visible
        lda QTSW
        eor #1
        sta QTSW
        lda #QUOTE
visible:
        jsr screen_code
        ldx RVS
        beq draw
        ora #REVERSED
draw:   ldy PNTR
        sta (PNT),Y
        lda COLOR
        sta (USER),Y
        lda INSRT
        beq advance
        dec INSRT

; The cursor after a character: a line of one row grows to two at its end.
advance:
        ldy PNTR
        cpy LNMX
        bcc step
        cpy #COLUMNS
        bcs to_next
        lda AUTODN
        bne to_next
        jsr grow
step:   inc PNTR
        lda PNTR
        cmp #COLUMNS
        bne stay
        inc TBLX
        jmp select_row
stay:   rts
to_next:
        jmp next_line
new_line:
        lda #0
        sta INSRT
        sta QTSW
        sta RVS
        beq to_next

; Makes the cursor's line, one row long, two rows long. Keeps PNTR.
grow:   lda TBLX
        cmp #LAST_ROW
        bcc room
        jsr scroll_up
room:   ldx TBLX
        inx
        jsr insert_row          ; X = TBLX + 1 again
        lda LDTB1,X
        and #$7F
        sta LDTB1,X
        jmp select_row

; A control code: obeyed, or shown reversed between quotes and while inserting.
control:
        cmp #INST               ; always obeyed
        beq insert
        ldx INSRT
        bne show
        cmp #DEL
        beq delete
        ldx QTSW
        bne show
        ldx #CODES - 1
find:   cmp codes,X
        beq obey
        dex
        bpl find
        ldx #15
colour: cmp colour_codes,X
        beq set_colour
        dex
        bpl colour
        rts
obey:   lda actions_high,X
        pha
        lda actions_low,X
        pha
        rts
set_colour:
        stx COLOR
        rts
show:   jsr screen_code
        ora #REVERSED
        jmp draw

; DEL: the rest of the line moves left, onto the character before the cursor.
delete: lda PNTR
        ora TBLX
        beq deleted             ; home: nothing before it
        jsr cursor_left
        ldy PNTR
pull:   cpy LNMX
        beq blank
        iny
        lda (PNT),Y
        tax
        lda (USER),Y
        dey
        sta (USER),Y
        txa
        sta (PNT),Y
        iny
        bne pull                ; always
blank:  lda #SPACE
        sta (PNT),Y
        lda COLOR
        sta (USER),Y
deleted:
        rts

; INST: the rest of the line moves right; the line grows if its end is taken.
insert: ldy LNMX
        lda (PNT),Y
        cmp #SPACE
        beq open
        cpy #COLUMNS
        bcs deleted             ; a line of two rows is full
        jsr grow
open:   ldy LNMX
push:   cpy PNTR
        beq opened
        dey
        lda (PNT),Y
        tax
        lda (USER),Y
        iny
        sta (USER),Y
        txa
        sta (PNT),Y
        dey
        bpl push                ; always
opened: inc INSRT
        bne blank               ; always

cursor_right:
        ldy PNTR
        cpy LNMX
        bcs line_below
        jmp step
line_below:
        jmp next_line

cursor_left:
        lda PNTR
        beq row_above
        dec PNTR
        lda PNTR
        cmp #COLUMNS - 1
        bne left_done
        dec TBLX                ; from the second row of the line to the first
left_done:
        rts
row_above:
        lda TBLX
        beq left_done           ; home: nothing before it
        lda #COLUMNS - 1
        sta PNTR
cursor_up:
        lda TBLX
        beq left_done
        dec TBLX
        jmp select_row

cursor_down:
        inc TBLX
        lda TBLX
        cmp #LAST_ROW + 1
        bcc moved
        jsr scroll_up
moved:  jmp select_row

reverse_on:
        lda #REVERSED
        bne set_reverse
reverse_off:
        lda #0
set_reverse:
        sta RVS
        rts

lower_case:
        lda VIC_MEMORY
        ora #CHARSET_BIT
        bne set_case
upper_case:
        lda VIC_MEMORY
        and #<~CHARSET_BIT
set_case:
        sta VIC_MEMORY
        rts

lock_case:
        lda MODE
        ora #CASE_LOCKED
        bne set_mode
unlock_case:
        lda MODE
        and #<~CASE_LOCKED
set_mode:
        sta MODE
        rts

; Screen code of PETSCII A, reversal apart: control codes get the code of the
; letter or graphic that stands for them.
; Uses: A
;   $00-$1F, $20-$3F as they are; $40-$5F -> $00; $60-$7F -> $40
;   $80-$9F -> $40; $A0-$BF -> $60; $C0-$DF -> $40; $E0-$FF -> $60
screen_code:
        cmp #$40
        bcc coded
        pha
        lsr
        lsr
        lsr
        lsr
        lsr
        tax
        pla
        and #$1F
        ora code_base - 2,X
coded:  rts
code_base:                      ; for $40, $60, ... $E0
        .byte $00, $40, $40, $60, $40, $60

control_bits:
        .byte %01100000

codes:  .byte RIGHT, LEFT, DOWN, UP, HOME, CLEAR, RVS_ON, RVS_OFF
        .byte LOWER_CASE, UPPER_CASE, LOCK_CASE, UNLOCK_CASE
CODES = * - codes
actions_low:
        .lobytes cursor_right - 1, cursor_left - 1, cursor_down - 1, cursor_up - 1
        .lobytes home - 1, screen_clear - 1, reverse_on - 1, reverse_off - 1
        .lobytes lower_case - 1, upper_case - 1, lock_case - 1, unlock_case - 1
actions_high:
        .hibytes cursor_right - 1, cursor_left - 1, cursor_down - 1, cursor_up - 1
        .hibytes home - 1, screen_clear - 1, reverse_on - 1, reverse_off - 1
        .hibytes lower_case - 1, upper_case - 1, lock_case - 1, unlock_case - 1

colour_codes:                   ; CTRL and Commodore key with 1-8, colours 0-15
        .byte $90, $05, $1C, $9F, $9C, $1E, $1F, $9E
        .byte $81, $95, $96, $97, $98, $99, $9A, $9B
