; The keyboard: matrix scan, modifiers, repeat, buffer.
; Key n is row n % 8 of column n / 8; 64 stands for no key.

.include "io.inc"
.include "lowmem.inc"

.export key_fetch, keyboard_init, scnkey
.import decode_commodore, decode_control, decode_plain, decode_shifted

NO_KEY          = 64
NO_CODE         = $FF
BUFFER_SIZE     = 10
FIRST_DELAY     = 16            ; jiffies
REPEAT_DELAY    = 4
DELAY_AT_RESET  = 10
SHIFT           = 1
COMMODORE       = 2
CONTROL         = 4
CHARSET_BIT     = $02

column          = KEYTAB        ; KEYTAB is free until the scan has ended

.segment "KEY_SCAN"             ; $EA87

; SCNKEY: scans the matrix, sends the key of a press or repeat to the buffer.
; Out:  SFDX, SHFLAG, KEYD, NDX
; Uses: A, X, Y, KEYTAB
; Cycles: 45 with no key down, 1,212 with one, 91 more for a modifier
scnkey: lda #NO_KEY
        sta SFDX
        ldy #0
        sty SHFLAG
        sty CIA1_COLUMNS        ; all columns: is any key down?
        ldx CIA1_ROWS
        inx
        beq released
        lda #%11111110
scan:   sta column
        sta CIA1_COLUMNS
settle: lda CIA1_ROWS           ; contacts bounce, and lines need time to rise
        cmp CIA1_ROWS
        bne settle
        ldx #8
row:    lsr
        bcs up
        jsr key_down
up:     iny
        dex
        bne row
        lda column
        sec
        rol
        bcs scan                ; the 0 has left: all eight columns seen
scanned:
        lda #%01111111          ; RUN/STOP's column stays selected
        sta CIA1_COLUMNS
        jmp (KEYLOG)

; No key at all. Y = 0
released:
        lda #%01111111
        sta CIA1_COLUMNS
        sty LSTSHF
        lda #NO_KEY
        sta LSTX
        rts

.segment "EDITOR"

; Key Y is down: a modifier or the key itself. Keeps A, X, Y.
key_down:
        pha
        txa
        pha
        ldx #MODIFIERS - 1
find:   tya
        cmp modifier_keys,X
        beq modifier
        dex
        bpl find
        sty SFDX
        bmi found
modifier:
        lda modifier_bits,X
        ora SHFLAG
        sta SHFLAG
found:  pla
        tax
        pla
        rts

modifier_keys:
        .byte 15, 52, 61, 58    ; both SHIFT keys, Commodore key, CTRL
MODIFIERS = * - modifier_keys
modifier_bits:
        .byte SHIFT, SHIFT, COMMODORE, CONTROL

.segment "KEY_SCAN"

; The key's code by KEYTAB goes to the buffer, if it is pressed or repeats.
decode: ldy SFDX
        lda (KEYTAB),Y
        tax
        cpy LSTX
        beq held
        lda #FIRST_DELAY
        sta DELAY
        bne put                 ; always
held:   cpx #NO_CODE
        beq done
        bit RPTFLG
        bmi repeats             ; all keys do
        bvs done                ; none does
        txa
        and #$7F                ; space, cursor keys and DEL, shifted or not
        cmp #' '
        beq repeats
        cmp #$11
        beq repeats
        cmp #$1D
        beq repeats
        cmp #$14
        bne done
repeats:
        lda DELAY
        beq next
        dec DELAY
        bne done
next:   dec KOUNT
        bne done
        lda #REPEAT_DELAY
        sta KOUNT
        lda NDX                 ; never ahead of the reader
        bne done
put:    cpx #NO_CODE
        beq done
        ldy NDX
        cpy XMAX
        bcs done
        txa
        sta KEYD,Y
        inc NDX
done:   lda SFDX
        sta LSTX
        lda SHFLAG
        sta LSTSHF
        rts

.segment "KEY_TABLE"            ; $EB48: POKE 655,72 sets it again

; Picks the decode table by the modifiers; SHIFT with the Commodore key switches
; the character set instead.
choose_table:
        lda SHFLAG
        cmp #SHIFT | COMMODORE
        bne pick
        cmp LSTSHF              ; once a press
        beq switched
        bit MODE
        bmi switched
        lda VIC_MEMORY
        eor #CHARSET_BIT
        sta VIC_MEMORY
switched:
        lda SHFLAG
        sta LSTSHF
        rts
pick:   tax
        lda table_low,X
        sta KEYTAB
        lda table_high,X
        sta KEYTAB + 1
        jmp decode

.segment "KEYBOARD"

table_low:                      ; by SHFLAG: CTRL before Commodore before SHIFT
        .lobytes decode_plain, decode_shifted, decode_commodore, decode_commodore
        .lobytes decode_control, decode_control, decode_control, decode_control
table_high:
        .hibytes decode_plain, decode_shifted, decode_commodore, decode_commodore
        .hibytes decode_control, decode_control, decode_control, decode_control

.segment "SCREEN_ROWS"          ; $E5B4

; Takes the oldest key from the buffer.
; Out:  A = its code, 0 if there is none; Z
; Uses: A; keeps X, Y
; Cycles: 71 + 17 for each further key in the buffer, 12 if there is none
key_fetch:
        lda NDX
        beq empty
        php
        sei
        txa
        pha
        lda KEYD
        pha
        ldx #1
shift:  lda KEYD,X
        sta KEYD - 1,X
        cpx NDX
        inx
        bcc shift
        dec NDX
        pla
        sta SCHAR
        pla
        tax
        plp
        lda SCHAR
empty:  rts

.segment "START_UP"

; Uses: A
keyboard_init:
        lda #BUFFER_SIZE
        sta XMAX
        lda #DELAY_AT_RESET
        sta DELAY
        lda #REPEAT_DELAY
        sta KOUNT
        lda #NO_KEY
        sta LSTX
        sta SFDX
        lda #0
        sta NDX
        sta RPTFLG
        sta SHFLAG
        sta LSTSHF
        sta MODE
        lda #<choose_table
        sta KEYLOG
        lda #>choose_table
        sta KEYLOG + 1
        rts
