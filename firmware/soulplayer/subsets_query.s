; subsets_query.s - the tables of a head's query: small groups of few inputs, which are not worth the code of subsets.s

.include "engine.inc"
.include "subsets.inc"

.export query_tables
.import finish_total, load_low, subset_hi, subset_lo
.importzp base, further, negative, term_hi, term_lo, total

QUERY_TABLES = 2                ; groups of LOW_INPUTS, one after the other from subset_lo on

.code

.macro  add_to_table index, number      ; the sum with this input, from that without it
        clc
        lda subset_lo+index,x
        adc term_lo+number
        sta subset_lo+index+(1 << (number)),x
        lda subset_hi+index,x
        adc term_hi+number
        sta subset_hi+index+(1 << (number)),x
.endmacro

; query_tables - the tables of a head's query, in 16 bits
; In: input (address of q)   Out: C = 0: tables, negative, total; C = 1: too large for 16 bits
; Uses: A, X, Y   Cycles: 1.4 K
query_tables:
        lda #$00
        sta negative
        sta negative+1
        sta total
        sta total+1
        tax
        tay
.if SMALLEST_GROUP < LOW_INPUTS
        sta further             ; all are full
.endif
@next_table:
        jsr load_low
        bcc :+
        rts                     ; too large
:       lda base                ; eight numbers below the limits make no 2^16
        sta subset_lo,x
        adc negative
        sta negative
        lda base+1
        sta subset_hi,x
        adc negative+1
        sta negative+1
        .repeat LOW_INPUTS - 1, J
          .repeat 1 << J, I
        add_to_table I, J
          .endrepeat
        .endrepeat
@next_entry:
        add_to_table 0, LOW_INPUTS-1
        inx
        txa
        and #RUN/2 - 1
        bne @next_entry
        clc
        lda subset_lo+RUN/2-1,x
        adc total
        sta total
        lda subset_hi+RUN/2-1,x
        adc total+1
        sta total+1
        txa                     ; C = 0
        adc #RUN/2
        tax
        cpx #RUN * QUERY_TABLES
        beq :+
        jmp @next_table
:       jmp finish_total
