; What the screen shows first: what this is and how to use it.

        .include "hardware.inc"
        .include "palette.inc"
        .include "text.inc"
        .include "config.inc"

        .export banner
        .import screen_newline, screen_put, screen_text
        .importzp text_colour

RULE                    = $40           ; screen code of a horizontal line

.bss

banner_line:            .res 1

.code

; banner: draws the lines below.
; Uses: A, X, Y
banner:
        jsr rule
        ldy #0
@next:  sty banner_line
        lda line_colour,y
        sta text_colour
        lda line_low,y
        ldx line_high,y
        jsr screen_text
        jsr screen_newline
        ldy banner_line
        iny
        cpy #LINES
        bne @next
        jsr rule
        jmp screen_newline

; rule: a line across the screen; the cursor is at the start of a row before and after.
rule:
        lda #COLOUR_RULE
        sta text_colour
        lda #COLUMNS
        sta banner_line
@next:  lda #RULE
        jsr screen_put
        dec banner_line
        bne @next
        rts

.rodata

.if PARAMETERS >= 1000
        .define COUNT .sprintf("%d,%03d", PARAMETERS / 1000, PARAMETERS .mod 1000)
.else
        .define COUNT .sprintf("%d", PARAMETERS)
.endif
.if LAYERS = 1
        .define PLURAL ""
.else
        .define PLURAL "s"
.endif

line_1: text " soulrig: a transformer in your c64"
line_2: text .sprintf(" %s parameters in %d layer%s", COUNT, LAYERS, PLURAL)
line_3: text .sprintf(" %d tokens, %d of them in sight", VOCAB, CONTEXT)
line_4: text " stop ends a reply, q goes to basic"

line_low:
        .byte <line_1, <line_2, <line_3, <line_4
line_high:
        .byte >line_1, >line_2, >line_3, >line_4
line_colour:
        .byte COLOUR_TITLE, COLOUR_BANNER, COLOUR_BANNER, COLOUR_BANNER
LINES = * - line_colour
