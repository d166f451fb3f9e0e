; The talk: a line is typed, a reply comes, and so on until `q`.

        .include "hardware.inc"
        .include "palette.inc"
        .include "petscii.inc"
        .include "text.inc"
        .include "config.inc"

        .export prompt, reply_from_ids
        .import bank_editing, bank_thinking, clock_mark, edit_leave, edit_line, entry_stack, line, line_length
        .import quit, reply, reply_begin, screen_fresh_line, screen_newline, screen_text, tokenize
        .importzp text_colour

.code

; prompt: asks for lines and answers them.
prompt:
        jsr bank_editing
        lda #COLOUR_PROMPT
        sta text_colour
        lda #<asking
        ldx #>asking
        jsr screen_text
        jsr edit_line
        jsr is_quit
        bne @answer
        jmp quit
@answer:
        jsr clock_mark
        jsr reply_begin
        jsr tokenize
answer:
        jsr reply
.if BLANK
        lda #VIC_TEXT
        sta VIC_CONTROL
.endif
        lda #BORDER_EDITING
        sta VIC_BORDER
        jsr screen_fresh_line
        jsr screen_newline
        jmp prompt

; reply_from_ids: answers prompt_ids as if they had been typed. For a rig, which sets the program counter to here while
; the program waits at its prompt, perhaps in the midst of an interrupt: nothing is taken for granted.
; In: prompt_ids, prompt_length (1..CONTEXT)
reply_from_ids:
        jsr bank_thinking
        cld
        ldx entry_stack
        txs
        jsr edit_leave          ; takes a few cycles more where the cursor is shown: not the reply's
        jsr clock_mark
        jsr reply_begin
        jmp answer

; is_quit: Out: Z=1 the line is a `q`, small or capital. Uses: A
is_quit:
        lda line_length
        cmp #1
        bne @decided
        lda line
        cmp #KEY_Q
        beq @decided
        cmp #KEY_Q_SHIFTED
        beq @decided
        cmp #KEY_Q_SHIFTED_ALIAS
@decided:
        rts

.rodata

asking: text "you> "
