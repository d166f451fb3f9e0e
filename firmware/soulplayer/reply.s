; A reply, from the prompt's ids to its last token: what goes through the engine, what is shown, heard and recorded.

        .include "hardware.inc"
        .include "palette.inc"
        .include "text.inc"
        .include "config.inc"

        .export reply, reply_begin, reply_drawn
        .exportzp reply_token
        .import append, choose, editing, key_rows, position, prompt_ids, prompt_length
        .import screen_fresh_line, screen_text, sound_chord
        .import telemetry_begin, telemetry_finish, telemetry_prefill, telemetry_prompt, telemetry_record
        .import token_text_lo, token_text_hi
        .importzp text_colour
.if WIRE
        .import wire_begin, wire_token
.endif

CHORD_BEGIN             = 341           ; chords that are no tokens
CHORD_CUT               = 342           ; the context or the limit ended the reply

.zeropage

reply_length:           .res 1          ; tokens, END not counted
reply_token:                            ; as a rig knows it
token:                  .res 1          ; the latest

.code

; reply_begin: RETURN has been pressed: everything that tells so. From here on there is no interrupt.
; Uses: A, X, Y
reply_begin:
        sei
        lda #0
        sta editing
.if BLANK
        lda #VIC_BLANK
        sta VIC_CONTROL
.endif
        jsr telemetry_begin
        lda #BORDER_READING
        sta VIC_BORDER
        lda #<CHORD_BEGIN
        ldx #>CHORD_BEGIN
        jsr sound_chord
        jsr screen_fresh_line
        lda #COLOUR_PROMPT
        sta text_colour
        lda #<speaker
        ldx #>speaker
        jsr screen_text
        lda #COLOUR_REPLY
        sta text_colour
        rts

; reply: answers a prompt and tells the telemetry that it is done. Ends at END, with the context full, after MAX_REPLY
; tokens or with RUN/STOP.
; In: prompt_ids, prompt_length (1..CONTEXT), after reply_begin; of its positions those that are there already.
; Uses: A, X, Y
reply:
        jsr telemetry_prompt
.if WIRE
        jsr wire_begin
.endif
        lda #0
        sta reply_length
        lda prompt_length
        cmp #CONTEXT
        beq @full_at_once
        bit key_rows + STOP_COLUMN_NUMBER
        bmi @key                ; a position begun before RETURN has been abandoned for it
@prefill:
        ldx position
        lda prompt_ids,x
        sta token
        inx
        cpx prompt_length
        beq @answer             ; the last one makes the first token
        clc
        jsr append
        bcc @prefill
@key:   lda #COLOUR_STOPPED
        sta text_colour
        lda #<stopped
        ldx #>stopped
        jsr screen_text
        lda #STOP_KEY
        jmp telemetry_finish

@answer:
        jsr telemetry_prefill
        lda #BORDER_ANSWERING
        sta VIC_BORDER
@step:  lda token
        sec
        jsr append
        bcs @key
        jsr choose
        sta token
@drawn: ldy token
        lda token_text_lo,y
        ldx token_text_hi,y
        jsr screen_text
        lda token
        ldx #0
        jsr sound_chord
        lda token
        jsr telemetry_record
.if WIRE
        jsr wire_token
.endif
.if DECODE_END
        lda token
        cmp #TOKEN_END
        beq @end
.endif
        inc reply_length
        clc
        lda prompt_length
        adc reply_length
        cmp #CONTEXT
        beq @context
        lda reply_length
        cmp #MAX_REPLY
        bne @step
        lda #STOP_LIMIT
        bne @cut                ; always
@full_at_once:
        jsr telemetry_prefill
@context:
        lda #STOP_CONTEXT
@cut:   pha
        lda #<CHORD_CUT
        ldx #>CHORD_CUT
        jsr sound_chord
        pla
        jmp telemetry_finish
.if DECODE_END
@end:   lda #STOP_END
        jmp telemetry_finish
.endif

reply_drawn = @drawn                    ; a rig may stop here and put another token into reply_token

.rodata

speaker:
        text "c64> "
stopped:
        text " (stopped)"
