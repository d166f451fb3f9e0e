; A typed line to token ids: characters, then byte-pair merges in the order of their rank.

        .include "config.inc"

        .export encode, prompt_ids, prompt_length, take_prompt, wanted_ids, wanted_length
        .import char_ids, line, line_changed, line_length
.if MERGES > 0
        .import merge_left, merge_right, merge_result
.endif

SPECIALS                = 3             ; positions that are not text's: SEP before, SEP behind, one for a reply

.zeropage

key_index:              .res 1
merge:                  .res 1          ; rank
merge_first:            .res 1          ; the pair looked for, and what it becomes
merge_second:           .res 1
merge_whole:            .res 1
token_count:            .res 1

.bss

prompt_ids:             .res CONTEXT
prompt_length:          .res 1
wanted_ids:             .res 1          ; TOKEN_SEP; the line's ids follow
token_ids:              .res 256        ; of the whole line; TOKEN_PAD behind the last
wanted_length:          .res 1          ; of the prompt, but for the SEP at its end
token_seen:             .res 256        ; not 0: this id is or was in token_ids

.code

; encode: wanted_ids = [SEP] + encode(line)[:CONTEXT - 3], the prompt if RETURN came now, but for its last id.
; In: line, line_length. Out: wanted_ids, wanted_length; line_changed = 0. Uses: A, X, Y
; Cycles: 7 K for 10 keys, 0.35 M for 255, with 124 merges
encode:
        ldx #0
        stx line_changed
        txa
@forget:
        sta token_seen,x
        inx
        bne @forget
        ldy #0                  ; characters: X reads, Y writes
@key:   cpx line_length
        beq @characters_done
        stx key_index
        lda line,x
        tax
        lda char_ids,x
        beq @skip
        sta token_ids,y
        iny
        tax
        sta token_seen,x
@skip:  ldx key_index
        inx
        bne @key                ; always: a line is shorter than 256
@characters_done:
        sty token_count
.if MERGES > 0
        lda #TOKEN_PAD
        sta token_ids,y
        tax
@rank:  stx merge
        ldy merge_left,x
        lda token_seen,y
        beq @skip_merge
        ldy merge_right,x
        lda token_seen,y
        beq @skip_merge
        jsr merge_pairs
        ldx merge
@skip_merge:
        inx
        cpx #MERGES
        bne @rank
.endif
        lda #TOKEN_SEP
        sta wanted_ids
        ldx token_count
        cpx #CONTEXT - SPECIALS
        bcc @all
        ldx #CONTEXT - SPECIALS
@all:   inx
        stx wanted_length
        rts

; take_prompt: prompt_ids = wanted_ids + [SEP].
; Out: prompt_ids, prompt_length. Uses: A, X
take_prompt:
        ldx wanted_length
        lda #TOKEN_SEP
@copy:  sta prompt_ids,x
        lda wanted_ids - 1,x
        dex
        bpl @copy
        ldx wanted_length
        inx
        stx prompt_length
        rts

.if MERGES > 0
; merge_pairs: replaces every adjacent pair of merge X, from left to right; the list gets shorter in place.
; In: X rank. Out: token_ids, token_count. Uses: A, X, Y. Cycles: 12 an id where no pair is
merge_pairs:
        lda merge_right,x
        sta merge_second
        lda merge_result,x
        sta merge_whole
        lda merge_left,x
        sta merge_first
        ldx #0
        beq @compare            ; always
@next:  inx                     ; nothing merged yet: all stays in its place
@compare:
        cmp token_ids,x
        beq @candidate
        cpx token_count
        bcc @next
        rts
@candidate:
        ldy token_ids + 1,x     ; behind the last lies a PAD, which is no part of a pair
        cpy merge_second
        bne @next
        txa
        tay                     ; from here X reads, Y writes
        lda merge_whole
@replace:
        sta token_ids,y
        iny
        inx
@read:  inx
        cpx token_count
        bcs @done
        lda token_ids,x
        cmp merge_first
        bne @keep
        lda token_ids + 1,x
        cmp merge_second
        beq @pair
        lda merge_first
@keep:  sta token_ids,y
        iny
        bne @read               ; always
@pair:  lda merge_whole
        bne @replace            ; always: no token of text is 0
@done:  lda #TOKEN_PAD
        sta token_ids,y
        sty token_count
        ldx merge_whole
        inc token_seen,x
        rts
.endif
