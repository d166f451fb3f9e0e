; subsets.s - tables of the sums of every subset of a product's inputs
;
; The inputs x_j of a product are split into groups of up to eight. The table of a group holds, at index i, the sum of
; its x_j over the bits j set in i, plus the sum of its |x_j| over x_j < 0: so no entry is negative, and adding
; entries never leaves a carry behind. `negative` is the sum of what was added so, `total` the sum of all |x_j|. Of a
; product's last group (not of a query's, see subsets_query.s) the entries get up to 255 more, `negative` as much,
; `total` twice as much: so total's low byte is $FE or $FF and that of `negative` below $80, which spares every row a
; subtraction.
; Entries have 16 bits in subset_lo and subset_hi; 24 bits, with subset_top, for inputs too large for that.

.include "engine.inc"
.include "subsets.inc"

.export subsets_init, word_tables, subset_lo, subset_hi, subset_top, first_group, last_group, finish_total, load_low
.exportzp base, further, input_lo, input_hi, negative, term_hi, term_lo, total
.import __ZEROPAGE_LOAD__, __ZEROPAGE_SIZE__, __ZPROWS_LOAD__
.import abandon, engine_poll
.import group_first, group_low, group_high, group_table, group_page

.assert __ZEROPAGE_LOAD__ + __ZEROPAGE_SIZE__ <= __ZPROWS_LOAD__, lderror, "the zero page is too full"

FURTHER_INPUTS = 4              ; at most

; High bytes of the first numbers that are too large: eight smaller ones, and what is added to them, make no 2^16
TOO_LARGE = $1F
TOO_NEGATIVE = $E0

.zeropage
input_lo:       .res 2          ; address of x
input_hi:       .res 2
negative:       .res 3          ; sum of |x_j| over x_j < 0
total:          .res 3          ; sum of |x_j|
base:           .res 2          ; what is added so that no entry of the group is negative
group:          .res 1
made_page:      .res 1          ; page that the code writes to
further:        .res 1          ; how many further inputs; counted down while their sums are made
high_hi:        .res 1          ; the sum of a subset of the further inputs: high byte; the low one is in Y
first:          .res 2          ; the sum of none of them: their part of `base`
half:           .res 2          ; the sum with the last alone
quarter:        .res 2          ; with the last but one, and the last or not

.segment "ZPTABLES": zeropage
term_lo:        .res LOW_INPUTS + FURTHER_INPUTS ; the group's inputs
term_hi:        .res LOW_INPUTS + FURTHER_INPUTS

.bss
first_group:    .res 1          ; of the product's inputs
last_group:     .res 1          ; and the one behind the last

.segment "PAGED"
subset_lo:      .res SUBSET_PAGES * 256
subset_hi:      .res SUBSET_PAGES * 256

tops_segment
subset_top:     .res SUBSET_PAGES * 256

.code

        .repeat RUN, I          ; the sums of the low inputs' subsets, in write_run
.ident (.sprintf ("run_lo_%d", I)) = .ident (.sprintf ("run_code_lo_%d", I)) + 1
.ident (.sprintf ("run_hi_%d", I)) = .ident (.sprintf ("run_code_hi_%d", I)) + 1
        .endrepeat

.macro  load_input number               ; term := the next input; base -= term if it is negative; C = 1: too large
        .local  loaded, small
        lda (input_lo),y
        sta term_lo+number
        lda (input_hi),y
        sta term_hi+number
        iny
        cmp #TOO_LARGE
        bcc loaded
        cmp #TOO_NEGATIVE+1
        bcs small
        sec
        rts
small:  lda base
        sbc term_lo+number
        sta base
        lda base+1
        sbc term_hi+number
        sta base+1
loaded:
.endmacro

.macro  add_low number                  ; the sums of the first inputs up to this one, from those without it
        ldx term_lo+number
        ldy term_hi+number
        .repeat 1 << number, I
        clc
        txa
        adc .ident (.sprintf ("run_lo_%d", I))
        sta .ident (.sprintf ("run_lo_%d", I + (1 << number)))
        tya
        adc .ident (.sprintf ("run_hi_%d", I))
        sta .ident (.sprintf ("run_hi_%d", I + (1 << number)))
        .endrepeat
.endmacro

.macro  next_run number, before         ; the run of the subset with this further input and what is in `before`, or
.ifblank before                         ; of the run before it; C = 0 before and after
        tya
.else
        lda before
.endif
        adc term_lo+LOW_INPUTS+number
        tay
.ifblank before
        lda high_hi
.else
        lda before+1
.endif
        adc term_hi+LOW_INPUTS+number
        sta high_hi
        jsr write_run
.endmacro

.macro  keep sum                        ; sum := that of the run's subset
        sty sum
        lda high_hi
        sta sum+1
.endmacro

.macro  leave_if_last number            ; no input is further than this one
        .local  more
        dec further
        bne more
        jmp written
more:
.endmacro

; word_tables - the tables of all groups, in 16 bits
; In: input (address of x), first_group, last_group
; Out: C = 0: tables, negative, total; C = 1: too large for 16 bits   Uses: A, X, Y
; Cycles: 19 an entry, 37 a run of 16, 23 or 44 an input, 580 a group
word_tables:
        lda #$00
        sta negative
        sta negative+1
        sta total
        sta total+1
        ldx first_group
next_group:
        stx group
        lda group_page,x
        cmp made_page
        beq @page_there
        jsr turn_page
        ldx group
@page_there:
.if SMALLEST_GROUP < LOW_INPUTS
        clc
        lda group_first,x
        adc group_low,x
        sta further             ; here the first input that is none of them
.endif
        ldy group_first,x
        jsr load_low
        bcc :+
        rts                     ; too large
:       lda base
        sta run_lo_0
        lda base+1
        sta run_hi_0
        lda group_high,x
        sta further
        bne :+
        jmp loaded
:       tax
        .repeat FURTHER_INPUTS, J
        load_input LOW_INPUTS + J
  .if J < FURTHER_INPUTS - 1
        dex
        bne :+
        jmp loaded
:
  .endif
        .endrepeat
loaded:
        .repeat LOW_INPUTS, J
        add_low J
        .endrepeat
        sec                     ; the further inputs' part of base
        lda base
        sbc run_lo_0
        sta first
        lda base+1
        sbc run_hi_0
        sta first+1
        clc
        lda negative
        adc base
        sta negative
        lda negative+1
        adc base+1
        sta negative+1
        bcc :+
        rts                     ; too large
:       ldx group
        inx
        cpx last_group
        bne :+
        jsr round_total
        bcc :+
        rts
:       ldx group
        lda group_table,x
        tax
        ldy first
        lda first+1
        sta high_hi
        jsr write_run
        lda further
        bne :+
        jmp written
:
        next_run 0
        leave_if_last 0
        next_run 1, first
        next_run 0
        leave_if_last 1
        next_run 2, first
        keep quarter
        next_run 0
        next_run 1, quarter
        next_run 0
        leave_if_last 2
        next_run 3, first
        keep half
        next_run 0
        next_run 1, half
        next_run 0
        next_run 2, half
        keep quarter
        next_run 0
        next_run 1, quarter
        next_run 0
written:                        ; total += the sum of the whole group
        clc
        tya
        adc run_lo_15
        tay
        lda high_hi
        adc run_hi_15
        tax
        tya
        adc total
        sta total
        txa
        adc total+1
        sta total+1
        bcs too_large
        ldx group
        inx
        cpx last_group
        beq finish_total
        jmp next_group

; finish_total - what both kinds of tables end with: total, of all entries that are sums of whole groups, += negative
; In: total, negative   Out: total; C = 1: too large for 16 bits   Uses: A   Cycles: 26
finish_total:
        clc
        lda total
        adc negative
        sta total
        lda total+1
        adc negative+1
        sta total+1
too_large:
        rts

; load_low - the first inputs of a group
; In: Y = the first, input, further = the one behind the last where groups may have less than LOW_INPUTS
; Out: C = 0: term, base, Y = the next input; C = 1: too large   Uses: A   Cycles: 100-190
load_low:
        lda #$00
        sta base
        sta base+1
.if SMALLEST_GROUP < LOW_INPUTS
        .repeat LOW_INPUTS, J
        sta term_lo+J
        sta term_hi+J
        .endrepeat
.endif
        .repeat LOW_INPUTS, J
        load_input J
  .if SMALLEST_GROUP < LOW_INPUTS
        cpy further
        beq low_loaded
  .endif
        .endrepeat
low_loaded:
        clc
        rts

; round_total - add to the last group's sums what rounds total and negative
; In: total and negative, run, first, further   Out: first, negative; C = 1: too large for 16 bits
; Uses: A, X   Cycles: 70, 9 a further input
round_total:
        clc
        lda total               ; its low byte, but for what is added
        adc negative
        clc
        adc run_lo_15
        clc
        adc first
        ldx further
        beq @summed
@next_term:
        clc
        adc term_lo+LOW_INPUTS-1,x
        dex
        bne @next_term
@summed:
        eor #$FF
        lsr
        tax
        clc
        adc negative
        bpl @add
        txa
        eor #$80
        tax
@add:   clc
        txa
        adc first
        sta first
        bcc :+
        inc first+1
        clc
:       txa
        adc negative
        sta negative
        bcc :+
        inc negative+1
        beq @too_large
        clc
:       rts
@too_large:
        sec
        rts

; subsets_init - once: no page is chosen
; In: -   Out: -   Uses: A
subsets_init:
        lda #$FF
        sta made_page
        rts

; turn_page - let the code write to a group's page
; In: A = page   Out: -   Uses: A, X, Y, made_page
turn_page:
        pha
        jsr engine_poll
        pla
        bcc :+
        jmp abandon
:       sta made_page
        adc #>subset_lo
        tax
        clc
        lda made_page
        adc #>subset_hi
        .repeat RUN, I
        stx .ident (.sprintf ("run_entry_lo_%d", I)) + 2
        sta .ident (.sprintf ("run_entry_hi_%d", I)) + 2
        .endrepeat
        rts

; write_run - entries of the low inputs' subsets with one subset of the others
; In: X = index of the first in its page, Y, high_hi = the other inputs' sum
; Out: X = index of the next run's first, C = 0 if that is in the page   Uses: A   Cycles: 318
write_run:
        clc
        .repeat RUN, I          ; sums of two non-negative numbers: C stays clear
        tya
.ident (.sprintf ("run_code_lo_%d", I)):
        adc #$FF
.ident (.sprintf ("run_entry_lo_%d", I)):
        sta subset_lo+I,x
        lda high_hi
.ident (.sprintf ("run_code_hi_%d", I)):
        adc #$FF
.ident (.sprintf ("run_entry_hi_%d", I)):
        sta subset_hi+I,x
        .endrepeat
        txa
        adc #RUN
        tax
        rts
