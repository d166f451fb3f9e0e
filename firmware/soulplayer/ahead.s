; Thinking ahead: while the user types, the line's tokens go through the engine as far as they are known. What typing on
; or an edit changes is found by comparing token ids: the positions up to the first that differs stay as they are.
; The positions of the prompt before stay too, where they are equal; so the SEP that leads is computed once, at
; the start.
;
; No position is computed out of turn, and none beyond the line; the prompt's last one, a SEP, is that whose logits are
; wanted, and waits for RETURN. The last token may well merge with what comes next, but until then there is nothing
; better to do than to compute it, and a step in work is abandoned as soon as it turns out wrong.
; Where the line's ids are not those of the line as it is, nothing is wrong but the guess: RETURN compares anew.

        .include "hardware.inc"
        .include "config.inc"

        .export ahead_begin, ahead_cycles, ahead_poll, ahead_step, append, drop, editing
        .import cache_rewind, clear_tallies, clock_elapsed, clock_lap, clock_mark, edit_take, encode, engine_step
        .import is_quit, line_changed, line_length, position, reply_begin, telemetry_ahead, wanted_ids, wanted_length

.bss

held_ids:               .res CONTEXT    ; of the positions that the engine's cache holds

LONG_LINE               = 64            ; keys from which on a change is encoded only at RETURN: the context is full

.segment "LOWBSS"

editing:                .res 1          ; not 0: the user may type
in_work:                .res 1          ; 1: a position is being computed, its id is held_ids[position]
counted:                .res 1          ; not 0: the tallies are of the reply before
held:                   .res 1          ; how many positions are held, the one in work included
ahead_cycles:           .res 4          ; spent on the line's tokens before RETURN

.code

; ahead_begin: a new line.
; Uses: A, X
ahead_begin:
        lda #0
        sta in_work
        ldx #3
@clear: sta ahead_cycles,x
        dex
        bpl @clear
        lda #1
        sta editing
        sta counted
        rts

; ahead_poll: obeys the keys that wait, and RETURN. For the line's loop and, while a step is in work, for the engine.
; Out: C=1 positions were dropped: a step in work is to be abandoned, and `drop` to be called.
;      At RETURN editing = 0, and unless the line is a `q` the reply has begun. Uses: A, X, Y
; Cycles: 60; a key costs 1 K to draw, and to encode the line anew 7 K for ten keys, 50 K for 63
ahead_poll:
        jsr edit_take
        bcs @return
        lda line_changed
        beq @kept
        lda line_length
        cmp #LONG_LINE
        bcc changed
        clc                     ; until it is shorter again, or RETURN comes
@kept:  rts
@return:
        jsr is_quit
        beq @quit
        jsr clock_lap
        lda in_work
        beq @begin
        jsr add_cycles
@begin: jsr reply_begin
        lda line_changed
        beq @encoded
        jsr encode
@encoded:
        jsr hold
        jmp telemetry_ahead
@quit:  lda #0
        sta editing
        sec
        rts
changed:
        jsr encode
        ; fall through

; hold: keeps the positions whose ids are those wanted, drops the rest.
; In: wanted_ids, wanted_length. Out: position; C=1 some were dropped. Uses: A, X. Cycles: 20 + 22 a position
hold:   clc
        lda position
        adc in_work
        sta held
        ldx #$FF
@next:  inx
        cpx held
        beq @kept
        cpx wanted_length
        beq @drop
        lda held_ids,x
        cmp wanted_ids,x
        beq @next
@drop:  cpx position
        bcs @in_work            ; only the one in work is wrong
        stx position
@in_work:
        sec
        rts
@kept:  clc
        rts

; ahead_step: computes the next position that is wanted and not there, if there is one.
; Uses: A, X, Y
ahead_step:
        ldx position
        cpx wanted_length
        bcs none
        jsr clock_mark
        ldx position
        lda wanted_ids,x
        clc
        jsr append
        lda editing
        beq none                ; RETURN came meanwhile and has counted
        jsr clock_lap
        ; fall through

; add_cycles: ahead_cycles += clock_elapsed. Uses: A, X, Y
add_cycles:
        ldx #0
        ldy #4
        clc
@byte:  lda ahead_cycles,x
        adc clock_elapsed,x
        sta ahead_cycles,x
        inx
        dey
        bne @byte
none:   rts

; append: engine_step with the books kept.
; In: A token; C=1 with logits. Out: C=1 abandoned, the cache as if it had never begun. Uses: A, X, Y
append:
        php
        ldx position
        sta held_ids,x
        inc in_work
        ldx counted
        beq @counting
        dec counted
        pha
        jsr clear_tallies
        pla
@counting:
        plp
        jsr engine_step
        dec in_work             ; keeps C
        bcc none
        ; fall through

; drop: brings the engine's cache down to `position`.
; Out: C=1. Uses: A, X, Y
drop:
        jsr cache_rewind
        sec
        rts
