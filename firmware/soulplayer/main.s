; The talk: a line is typed, a reply comes, and so on until `q`.

        .include "hardware.inc"
        .include "palette.inc"
        .include "petscii.inc"
        .include "text.inc"
        .include "config.inc"

        .export is_quit, prompt, reply_from_ids
        .import ahead_begin, ahead_poll, ahead_step, clock_mark, drop, edit_begin, edit_leave, editing, engine_reset
        .import entry_stack, line, line_length, quit, reply, reply_begin, screen_fresh_line, screen_newline, screen_text
        .import sound_poll, take_prompt, telemetry_ahead
        .importzp text_colour
.if WIRE
        .import wire_ask, wire_end
.endif

.code

; prompt: asks for lines and answers them.
prompt:
        lda #COLOUR_PROMPT
        sta text_colour
        lda #<asking
        ldx #>asking
        jsr screen_text
        jsr edit_begin
        jsr ahead_begin
        cli
@typing:
        jsr sound_poll
        jsr ahead_poll
        bcc @kept
        jsr drop
@kept:  lda editing
        beq @entered
        jsr ahead_step
.if WIRE
        lda editing
        beq @entered
        jsr wire_ask
.endif
        lda editing
        bne @typing
@entered:
        jsr is_quit
        bne @answer
        jmp quit
@answer:
        jsr take_prompt
answer:
        jsr reply
.if WIRE
        jsr wire_end
.endif
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
; the program waits at its prompt, perhaps in the midst of an interrupt or of a position: nothing is taken for granted,
; no position is kept.
; In: prompt_ids, prompt_length (1..CONTEXT)
reply_from_ids:
        sei
        cld
        lda #BANK_THINKING
        sta PROCESSOR_PORT
        ldx entry_stack
        txs
        jsr edit_leave          ; takes a few cycles more where the cursor is shown: not the reply's
        jsr ahead_begin
        jsr clock_mark
        jsr reply_begin
        jsr engine_reset
        jsr telemetry_ahead
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
