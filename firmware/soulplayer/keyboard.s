; The keyboard: the matrix is scanned, and each key that goes down leaves its code in a queue. Keys held together are
; told apart, so that a key counts when it goes down, whichever are still held.
;
; A contact bounces for less than 5 ms. Scans are 16 ms apart, or as far as the engine's polls are in a reply: of two
; that follow each other only one can see it bounce, and what it sees is then the state before or behind.
;
; Three keys on the corners of a rectangle close the fourth one's circuit as well. Where two columns have two rows in
; common, a key that seems to go down there is passed over until that is no longer so.

        .include "hardware.inc"
        .include "petscii.inc"

        .export key_rows, keyboard_repeat, keyboard_scan, keyboard_start, keyboard_take, last_number, queue_end, queue_first
        .import keys_commodore, keys_plain, keys_shifted

QUEUE                   = 32            ; keys; a power of two
NO_KEY                  = 64            ; as a key's number
FIRST_REPEAT            = 20            ; jiffies
NEXT_REPEAT             = 4

; Keys that only change others, as bits of their columns' rows
SHIFT_LEFT_COLUMN       = 1             ; bit 7
SHIFT_RIGHT_COLUMN      = 6
SHIFT_RIGHT             = %00010000
COMMODORE_COLUMN        = 7
COMMODORE               = %00100000
CONTROL_COLUMN          = 7
CONTROL                 = %00000100

.segment "LOWBSS"

key_rows:               .res 8          ; by column: rows of the keys that were down at the last scan
any_down:               .res 1          ; all of them together
rows_now:               .res 8          ; at this one
rows_new:               .res 1          ; of the column in work: those that went down
column:                 .res 1
row_bit:                .res 1
keyboard_number:        .res 1          ; 8 * column + row
last_number:            .res 1          ; of the key that went down last and has a code
queue:                  .res QUEUE
queue_first:            .res 1          ; the next to take
queue_end:              .res 1          ; behind the last; equal: none
repeat_code:            .res 1          ; of the key that repeats
repeat_column:          .res 1
repeat_row:             .res 1          ; its bit; 0: none repeats
repeat_wait:            .res 1          ; jiffies

.code

; keyboard_start: no key is in the queue; one that is held already does not count as going down.
; In: I/O banked in, no interrupt. Uses: A, X, Y
keyboard_start:
        lda #$FF
        sta any_down
        ldx #7
@column:
        sta key_rows,x
        dex
        bpl @column
        lda #NO_KEY
        sta last_number
        lda #0
        sta queue_first
        sta queue_end
        sta repeat_row
        ; fall through

; keyboard_scan: looks which keys are down, and queues those that were not. Leaves RUN/STOP's column selected, as the
; KERNAL does.
; In: I/O banked in; no interrupt that scans too. Out: key_rows, the queue. Uses: A, X, Y
; Cycles: 32 with no key down, 580 with one, 560 more for one that goes down
keyboard_scan:
        lda #0                  ; all columns at once
        sta CIA1_COLUMNS
        lda CIA1_ROWS
        eor #$FF
        ora any_down
        beq @selected
        ldx #7
@look:  lda column_select,x
        sta CIA1_COLUMNS
@settle:
        lda CIA1_ROWS
        cmp CIA1_ROWS           ; lines need time to rise
        bne @settle
        eor #$FF
        sta rows_now,x
        dex
        bpl @look
        ldx #0
        stx any_down
        ldx #7
@compare:
        lda rows_now,x
        tay
        eor key_rows,x
        and rows_now,x
        beq @no_new
        jsr keys_down
@no_new:
        tya
        sta key_rows,x
        ora any_down
        sta any_down
        dex
        bpl @compare
@selected:
        lda #STOP_COLUMN
        sta CIA1_COLUMNS
        rts

; keys_down: some keys of a column went down.
; In: A their rows, X column. Out: Y rows of the column that count as down. Uses: A
keys_down:
        sta rows_new
        stx column
        ldy #7
@other: cpy column              ; two rows or more in common with another column?
        beq @next
        lda rows_now,y
        and rows_now,x
        beq @next
        sta row_bit
        sec
        sbc #1                  ; clears the lowest bit: none is left of a single one
        and row_bit
        bne @unsure
@next:  dey
        bpl @other
        txa
        asl a
        asl a
        asl a
        sta keyboard_number     ; of row 0's key
        lda #1
@row:   sta row_bit
        and rows_new
        beq @up
        jsr key_down
@up:    inc keyboard_number
        lda row_bit
        asl a
        bcc @row
        ldx column
        ldy rows_now,x
        rts
@unsure:
        lda rows_now,x
        eor rows_new
        tay
        rts

; key_down: In: keyboard_number, column, row_bit. Uses: A, X, Y
key_down:
        ldy keyboard_number
        lda rows_now + CONTROL_COLUMN
        and #CONTROL
        bne @control
        lda rows_now + COMMODORE_COLUMN
        and #COMMODORE
        bne @commodore
        lda rows_now + SHIFT_LEFT_COLUMN
        bmi @shifted
        lda rows_now + SHIFT_RIGHT_COLUMN
        and #SHIFT_RIGHT
        bne @shifted
        lda keys_plain,y
        jmp @code
@control:
        lda keys_plain,y
        sec
        sbc #$40                ; letters and the signs beside them have a code
        cmp #$20
        bcs none
        bcc @code               ; always
@commodore:
        lda keys_commodore,y
        jmp @code
@shifted:
        lda keys_shifted,y
@code:  tax
        beq none
        sty last_number
        and #$7F                ; of two codes that SHIFT tells apart, both repeat
        ldy #REPEATING - 1
@repeats:
        cmp repeating,y
        beq @repeating
        dey
        bpl @repeats
        lda #0
        beq @known              ; always
@repeating:
        stx repeat_code
        lda column
        sta repeat_column
        lda #FIRST_REPEAT
        sta repeat_wait
        lda row_bit
@known: sta repeat_row
        txa
        ; fall through

; put: In: A code; a full queue drops it. Uses: A, Y
put:    ldy queue_end
        sta queue,y
        iny
        tya
        and #QUEUE - 1
        cmp queue_first
        beq none
        sta queue_end
none:   rts

; keyboard_repeat: for each jiffy: the cursor keys, space and DEL come again as long as they are held, but never more
; than can be taken.
; Uses: A, X, Y. Cycles: 12, 37 while such a key is held
keyboard_repeat:
        lda repeat_row
        beq none
        ldx repeat_column
        and key_rows,x
        sta repeat_row
        beq none
        dec repeat_wait
        bne none
        lda #NEXT_REPEAT
        sta repeat_wait
        lda queue_first
        cmp queue_end
        bne none
        lda repeat_code
        jmp put

; keyboard_take: the oldest key, those of the matrix first, then those that a rig has put into the KERNAL's buffer. A
; rig writes there only while the count is 0, so the count is brought down last.
; Out: A code, 0 if there is none; Z. Uses: X. Cycles: 26 if there is none, 29 + 17 a key in the KERNAL's buffer
keyboard_take:
        ldx queue_first
        cpx queue_end
        beq @mailbox
        lda queue,x
        pha
        inx
        txa
        and #QUEUE - 1
        sta queue_first
        pla
        rts
@mailbox:
        lda KERNAL_KEY_COUNT
        beq @none
        lda KERNAL_KEYS
        pha
        ldx #0
@shift: lda KERNAL_KEYS + 1,x
        sta KERNAL_KEYS,x
        inx
        cpx KERNAL_KEY_COUNT
        bcc @shift
        dec KERNAL_KEY_COUNT
        pla
@none:  rts

.rodata

column_select:
        .byte $FE, $FD, $FB, $F7, $EF, $DF, $BF, $7F
repeating:
        .byte KEY_DOWN, KEY_DELETE, KEY_RIGHT, KEY_SPACE
REPEATING = * - repeating
