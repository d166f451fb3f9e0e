; What a machine that reads memory sees of a reply: the header at TM_BASE and a record a step. The state is written
; last, so that who sees STATE_DONE sees all the rest done.

        .include "config.inc"

        .export records, telemetry_ahead, telemetry_begin, telemetry_clear, telemetry_finish, telemetry_prefill
        .export telemetry_prompt, telemetry_record, telemetry_start, told_cycles
        .import ahead_cycles, clock_elapsed, clock_lap, position, prompt_ids, prompt_length
        .importzp checksum_s1, checksum_s2
.if WIRE
        .import notice
.endif

MAGIC_SIZE              = 4

.zeropage

record:                 .res 2          ; address of the next record

.bss

records:                .res CONTEXT * RECORD_SIZE
told_cycles:            .res 4          ; ahead_cycles of the latest reply

.segment "STUB"                          ; called before the rest is there

; telemetry_clear: no header, so that nobody takes an old one for this run's.
; Uses: A, X
telemetry_clear:
        lda #0
        ldx #TM_SIZE - 1
@next:  sta TM_BASE,x
        dex
        bpl @next
        rts

.code

; telemetry_start: the header's fields that stay, state idle; the magic last.
; In: the header cleared. Uses: A, X
telemetry_start:
        lda #TELEMETRY_VERSION
        sta TM_BASE + TM_VERSION
        lda #<prompt_ids
        sta TM_BASE + TM_PROMPT_ADDRESS
        lda #>prompt_ids
        sta TM_BASE + TM_PROMPT_ADDRESS + 1
        lda #<records
        sta TM_BASE + TM_RECORDS_ADDRESS
        lda #>records
        sta TM_BASE + TM_RECORDS_ADDRESS + 1
        .repeat 4, index
        lda #<(SOUL_CRC >> (8 * index))
        sta TM_BASE + TM_CRC + index
        .endrepeat
        lda #STATE_IDLE
        sta TM_BASE + TM_STATE
        ldx #MAGIC_SIZE - 1
@magic: lda magic,x
        sta TM_BASE + TM_MAGIC,x
        dex
        bpl @magic
        rts

; telemetry_begin: a reply begins.
; Uses: A, X
telemetry_begin:
        lda #STATE_THINKING
        sta TM_BASE + TM_STATE
        inc TM_BASE + TM_SEQUENCE
        bne @same_page
        inc TM_BASE + TM_SEQUENCE + 1
@same_page:
        lda #0
        sta TM_BASE + TM_PROMPT_LENGTH
        sta TM_BASE + TM_STEPS
        sta TM_BASE + TM_STOP   ; STOP_NONE
        ldx #3
@prefill:
        sta TM_BASE + TM_PREFILL,x
        dex
        bpl @prefill
        lda #<records
        sta record
        lda #>records
        sta record + 1
        rts

; telemetry_ahead: tells which positions were there at RETURN, and what they took.
; Uses: A, X; keeps C
telemetry_ahead:
        lda position
        sta TM_BASE + TM_AHEAD
        ldx #3
@next:  lda ahead_cycles,x
        sta told_cycles,x
        dex
        bpl @next
        rts

; telemetry_prompt: the prompt's ids are there.
; Uses: A
telemetry_prompt:
        lda prompt_length
        sta TM_BASE + TM_PROMPT_LENGTH
        rts

; telemetry_prefill: all but the prompt's last position is done; the first step begins.
; Uses: A, X, Y
telemetry_prefill:
        jsr clock_lap
        ldx #3
@next:  lda clock_elapsed,x
        sta TM_BASE + TM_PREFILL,x
        dex
        bpl @next
        rts

; telemetry_record: a step is done: its token, its logits' checksum, its cycles.
; In: A token, checksum_s1, checksum_s2. Uses: A, X, Y. Cycles: 385, of which 220 count to the next step
telemetry_record:
        ldy #RECORD_TOKEN
        sta (record),y
        ldy #RECORD_S1
        lda checksum_s1
        sta (record),y
        iny
        lda checksum_s1 + 1
        sta (record),y
        ldy #RECORD_S2
        lda checksum_s2
        sta (record),y
        iny
        lda checksum_s2 + 1
        sta (record),y
        jsr clock_lap
        ldy #RECORD_CYCLES
        ldx #0
@cycles:
        lda clock_elapsed,x
        sta (record),y
        iny
        inx
        cpx #4
        bne @cycles
.if WIRE
        ldy #RECORD_SIZE - 1    ; 140 cycles of the next step's
@told:  lda (record),y
        sta notice + NOTICE_HEAD_SIZE,y
        dey
        bpl @told
.endif
        clc
        lda record
        adc #RECORD_SIZE
        sta record
        bcc @same_page
        inc record + 1
@same_page:
        inc TM_BASE + TM_STEPS
        rts

; telemetry_finish: the reply is over.
; In: A why, a STOP_ constant. Uses: A, X
telemetry_finish:
        sta TM_BASE + TM_STOP
        ldx #STATE_DONE
        cmp #STOP_KEY
        bne @done
        ldx #STATE_STOPPED
@done:  stx TM_BASE + TM_STATE
        rts

.rodata

magic:  .byte $53, $4F, $55, $4C        ; SOUL
