; Control codes: obeyed, or shown between quotes and while inserting.

.include "io.inc"
.include "lowmem.inc"
.include "petscii.inc"

.export control, cursor_left
.import cursor_right, delete, home, insert, screen_clear, scroll_up, select_row
.import show_control

COLUMNS         = 40
LAST_ROW        = 24
CHARSET_BIT     = $02
CASE_LOCKED     = $80

.segment "EDITOR"

; In:   A = PETSCII $00-$1F or $80-$9F
control:
        cmp #INST               ; not between quotes
        bne not_insert
        ldx QTSW
        beq to_insert
not_insert:
        ldx INSRT
        bne show
        cmp #DEL                ; not while inserting
        beq to_delete
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
to_delete:
        jmp delete
to_insert:
        jmp insert
set_colour:
        stx COLOR
        rts
show:   jmp show_control

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
        lda LNMX
        sec
        sbc #COLUMNS
        bcc leave_line          ; a line of one row
        cmp PNTR
        bcs row_below           ; from its first row to its second
leave_line:
        lsr LXSP                ; another line than where input began
row_below:
        inc TBLX
        lda TBLX
        cmp #LAST_ROW + 1
        bcc moved
        jsr scroll_up
moved:  jmp select_row

reverse_on:
        lda #RVS_ON
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
