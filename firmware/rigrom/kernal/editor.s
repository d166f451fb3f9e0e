; Printing to the screen: characters, quotes, lines that grow, DEL and INST.

.include "lowmem.inc"
.include "petscii.inc"

.export cursor_right, delete, insert, screen_put, show_control
.import control, cursor_left, insert_row, next_line, scroll_up, select_row

COLUMNS         = 40
LAST_ROW        = 24
SPACE           = $20
REVERSED        = $80
LINE_START      = $80           ; in LDTB1

.segment "SCREEN_PUT"           ; $E716

; Prints a character at the cursor.
; In:   A = PETSCII
; Out:  C = 0; keeps A, X, Y
; Cycles: 178 for a letter; 35,000 more where the screen scrolls or a line grows
screen_put:
        sta SCHAR
        pha
        txa
        pha
        tya
        pha
        lda #0                  ; what CHRIN has not handed out yet is forgotten
        sta CRSW
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
        beq is_control
        cmp #PI
        bne not_pi
        lda #$DE                ; π has two codes
not_pi: cmp #QUOTE
        bne visible
        ldx INSRT               ; a quote that is inserted opens nothing, unless
        cpx #2                  ; it is the last one
        bcs visible
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
        jsr extend
step:   inc PNTR
        lda PNTR
        cmp #COLUMNS
        bne stay
        inc TBLX
        jmp select_row
stay:   rts
to_next:
        jmp next_line
is_control:
        jmp control
new_line:
        lda #0
        sta INSRT
        sta QTSW
        sta RVS
        beq to_next

; Makes the cursor's line, one row long, two rows long. Keeps PNTR. While a
; person types, the rows below make room; a program writes over them.
extend: lda AUTODN
        bne grow
        jsr room_below
        bcc join                ; always

grow:   jsr room_below
        jsr insert_row          ; X = TBLX + 1 again
join:   lda LDTB1,X
        and #<~LINE_START
        sta LDTB1,X
        lda LDTB1 + 1,X         ; the second row of the line that was written over
        ora #LINE_START
        sta LDTB1 + 1,X
        jmp select_row

; Out: X = TBLX + 1, at most the last row; C = 0
room_below:
        lda TBLX
        cmp #LAST_ROW
        bcc below
        jsr scroll_up
below:  ldx TBLX
        inx
        clc
        rts

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

; INST: the rest of the line moves right; the line grows if its end is taken
; or the cursor is there.
insert: ldy LNMX
        cpy PNTR
        beq full
        lda (PNT),Y
        cmp #SPACE
        beq open
full:   cpy #COLUMNS
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

; The cursor goes one column on, from the end of a line to the next one.
cursor_right:
        ldy PNTR
        cpy LNMX
        bcs line_below
        jmp step
line_below:
        jmp next_line

; A control code that is not obeyed, as a reversed character. In: A
show_control:
        jsr screen_code
        ora #REVERSED
        jmp draw

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
