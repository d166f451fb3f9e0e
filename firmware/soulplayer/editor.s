; The line editor: up to LINE_MAX keys over several rows of the screen, insert as typed, RETURN anywhere ends.
; It never waits: what it keeps from key to key lies in memory.

        .include "hardware.inc"
        .include "palette.inc"
        .include "petscii.inc"
        .include "config.inc"

        .export edit_begin, edit_leave, edit_take, line, line_changed, line_length
        .import keyboard_take, petscii_screen
        .import screen_goto, screen_put, screen_reverse, screen_scroll, screen_store
        .importzp cursor_column, cursor_row, text_colour

NOT_PRINTABLE           = $FF           ; in petscii_screen
SPACE                   = $20           ; screen code
BLINK                   = 5             ; the cursor turns over every 5 * 65,536 cycles, a third of a second

.bss

line:                   .res LINE_MAX   ; PETSCII
line_length:            .res 1
line_changed:           .res 1          ; not 0: since this was set to 0
edit_index:             .res 1          ; 0..line_length: the cursor's place in the line
edit_key:               .res 1
draw_index:             .res 1
line_row:               .res 1          ; where the line begins on the screen
line_column:            .res 1
cursor_shown:           .res 1          ; not 0: the cell at the cursor is reversed
cursor_since:           .res 1          ; CIA2_TIMER_B_LOW when it became what it is

.code

; edit_begin: an empty line, from the screen's cursor on.
; Uses: A, X, Y
edit_begin:
        lda #0
        sta line_length
        sta edit_index
        sta cursor_shown
        lda cursor_row
        sta line_row
        lda cursor_column
        sta line_column
        lda #COLOUR_TYPED
        sta text_colour
        ldx #0
        jsr draw_from
show_cursor:
        lda edit_index
        jsr go_to
        jmp turn_cursor

; edit_take: obeys the keys that wait, up to a RETURN, and lets the cursor blink.
; Out: line, line_length, line_changed; C=1 it was RETURN, the screen's cursor is behind the line. Uses: A, X, Y
; Cycles: 50; 1 K a key at the line's end, 110 more for each key behind it
edit_take:
        jsr keyboard_take
        beq blink
        sta edit_key
        jsr edit_leave
        lda edit_key
        cmp #KEY_RETURN
        beq @return
        cmp #KEY_RETURN_SHIFTED
        beq @return
        jsr obey_key
        jsr show_cursor
        jmp edit_take
@return:
        lda line_length
        jsr go_to
        sec
        rts

; edit_leave: takes the cursor from the screen, if it is there.
; Uses: A, Y
edit_leave:
        lda cursor_shown
        bne turn_cursor
        rts

; blink: turns the cursor over when its time has come.
; Out: C=0. Uses: A, Y
blink:
        sec
        lda cursor_since
        sbc CIA2_TIMER_B_LOW    ; which counts down
        cmp #BLINK
        bcc @not_yet
        jsr turn_cursor
        clc
@not_yet:
        rts

; turn_cursor: shows the cursor or hides it. Uses: A, Y
turn_cursor:
        lda cursor_shown
        eor #1
        sta cursor_shown
        lda CIA2_TIMER_B_LOW
        sta cursor_since
        jmp screen_reverse

; obey_key: In: A the key. Uses: A, X, Y
obey_key:
        cmp #KEY_DELETE
        beq delete
        cmp #KEY_INSERT
        beq insert_space
        cmp #KEY_LEFT
        beq left
        cmp #KEY_RIGHT
        beq right
        cmp #KEY_HOME
        beq home
        cmp #KEY_CLEAR
        beq clear
        tax
        lda petscii_screen,x
        cmp #NOT_PRINTABLE
        beq ignore
        ; fall through

; insert: edit_key before the cursor; a full line ignores it.
insert:
        ldx line_length
        cpx #LINE_MAX
        beq ignore
@shift: cpx edit_index
        beq @place
        lda line - 1,x
        sta line,x
        dex
        jmp @shift
@place: lda edit_key
        sta line,x
        inc line_length
        inc edit_index
        jmp draw_from

; insert_space: a space behind the cursor.
insert_space:
        lda #KEY_SPACE
        sta edit_key
        lda line_length
        cmp #LINE_MAX
        beq ignore
        jsr insert
        ; fall through

left:
        lda edit_index
        beq ignore
        dec edit_index
ignore: rts

right:
        lda edit_index
        cmp line_length
        beq ignore
        inc edit_index
        rts

home:
        lda #0
        sta edit_index
        rts

; delete: the key before the cursor.
delete:
        ldx edit_index
        beq ignore
@shift: cpx line_length
        beq @shorter
        lda line,x
        sta line - 1,x
        inx
        jmp @shift
@shorter:
        dec line_length
        dec edit_index
        ldx edit_index
        jmp draw_from

; clear: the whole line, by its last key time and again.
clear:
        ldx line_length
        stx edit_index
        jsr delete
        lda line_length
        bne clear
        rts

; draw_from: draws the line from its key X on, and a blank behind it. Scrolls first if the line and the cell behind it
; reach below the screen, so that the drawing itself never does.
draw_from:
        stx draw_index
        lda #1
        sta line_changed
        lda line_length
        jsr locate
        sbc #ROWS - 1           ; carry is set; rows too many
        beq @fits
        bcc @fits
        tax
@scroll:
        txa
        pha
        jsr screen_scroll
        dec line_row
        pla
        tax
        dex
        bne @scroll
@fits:  lda draw_index
        jsr go_to
@next:  ldx draw_index
        cpx line_length
        beq @blank
        lda line,x
        tax
        lda petscii_screen,x
        jsr screen_put
        inc draw_index
        bne @next               ; always: a line is shorter than 256
@blank: lda #SPACE
        jmp screen_store

; go_to: the screen's cursor to the line's key A. Uses: A, X, Y
go_to:
        jsr locate
        jmp screen_goto

; locate: the place of the line's key A: line_column + A cells behind the start of line_row.
; Out: A row, Y column, C=1. Uses: X
locate:
        ldx line_row
        clc
        adc line_column
        bcc @rest
        inx                     ; 256 cells and more: one row off, and it is below 256
        sbc #COLUMNS            ; carry is set
@rest:  sec
@row:   tay
        sbc #COLUMNS
        bcc @found
        inx
        bcs @row                ; always
@found: txa
        sec
        rts
