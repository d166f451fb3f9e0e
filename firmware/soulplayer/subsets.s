; subsets.s - tables of the sums of every subset of a product's inputs
;
; The inputs x_j of a product are split into groups of up to eight. The table of a group holds, at index i, the sum of
; its x_j over the bits j set in i, plus the sum of its |x_j| over x_j < 0: so no entry is negative, and adding
; entries never leaves a carry behind. `negative` is the sum of what was added so, `total` the sum of all |x_j|. Of a
; product's last group (not of a query's) the entries get `delta` more, `negative` as much, `total` twice as much: so
; total's low byte is $FE or $FF and that of `negative` below $80, which spares every row a subtraction.
; Entries have 16 bits in subset_lo and subset_hi; 24 bits, with subset_top, for inputs too large for that.

.include "engine.inc"

.export subsets_init, word_tables, subset_lo, subset_hi, subset_top, first_group, last_group
.exportzp input_lo, input_hi, negative, total
.import __ZEROPAGE_LOAD__, __ZEROPAGE_SIZE__, __ZPROWS_LOAD__
.import abandon, engine_poll
.import group_first, group_low, group_high, group_table, group_page

.assert __ZEROPAGE_LOAD__ + __ZEROPAGE_SIZE__ <= __ZPROWS_LOAD__, lderror, "the zero page is too full"

LOW_INPUTS = 4                  ; of a group: their sums stand in the loop that writes the table
RUN = 16                        ; entries that it writes at a time
LARGEST_MAGNITUDE = $1F         ; high byte: eight such inputs make 2^16 at most, and then total shows it

.zeropage
input_lo:       .res 2          ; address of x
input_hi:       .res 2
negative:       .res 3          ; sum of |x_j| over x_j < 0
total:          .res 3          ; sum of |x_j|
high_lo:        .res 1          ; the sum of a subset of the group's further inputs
high_hi:        .res 1
base:           .res 2          ; what is added so that no entry is negative
term_lo:        .res LOW_INPUTS ; inputs
term_hi:        .res LOW_INPUTS
magnitude:      .res 1          ; bits that the high bytes of |x_j| have

.bss
first_group:    .res 1          ; of the product's inputs
last_group:     .res 1          ; and the one behind the last
group:          .res 1
made_page:      .res 1          ; page that the loop writes to
high_sums:      .res 1          ; how many
further_lo:     .res 16         ; sums of subsets of the group's further inputs
further_hi:     .res 16
further:        .res 1          ; how many further inputs
delta:          .res 1          ; what a product's last group has more

.segment "PAGED"
subset_lo:      .res SUBSET_PAGES * 256
subset_hi:      .res SUBSET_PAGES * 256

tops_segment
subset_top:     .res SUBSET_PAGES * 256

.code

; word_tables - the tables of all groups, in 16 bits
; In: input (address of x), first_group, last_group   Out: C = 0: tables, negative, total; C = 1: too large for 16 bits
; Uses: A, X, Y   Cycles: 14 K for 32 inputs in 448 entries: 22 an entry, 30 an input, 450 a group
word_tables:
        lda #$00
        sta negative
        sta negative+1
        sta total
        sta total+1
        sta total+2
        sta magnitude
        ldx first_group
@next_group:
        stx group
        lda group_page,x
        cmp made_page
        beq @page_there
        jsr turn_page
        ldx group
@page_there:
        jsr low_sums
        ldx group
        jsr further_sums
        ldx group
        inx
        cpx last_group
        bne :+
        cpx #GROUPS_HEAD_FIRST+1
        bcs :+
        jsr round_total
:       jsr write_table
        clc                     ; total += the sum of the whole group
        lda high_lo
        adc run_lo_15
        tay
        lda high_hi
        adc run_hi_15
        tax
        clc
        tya
        adc total
        sta total
        txa
        adc total+1
        sta total+1
        bcc :+
        inc total+2
:       ldx group
        inx
        cpx last_group
        bne @next_group
        clc
        lda total
        adc negative
        sta total
        lda total+1
        adc negative+1
        sta total+1
        bcs @too_large
        lda total+2
        bne @too_large
        lda #LARGEST_MAGNITUDE
        cmp magnitude
        lda #$00
        rol
        eor #$01
        lsr                     ; C = magnitude is larger
        rts
@too_large:
        sec
        rts

; round_total - delta into the sums of the last group, before its table is written
; In: further, high_sums, run, negative, total without the group   Out: further, negative
; Uses: A, X   Cycles: 80, 20 a further sum
round_total:
        ldx high_sums
        clc
        lda total
        adc further_lo-1,x
        clc
        adc run_lo_15
        clc
        adc negative
        eor #$FF
        lsr
        sta delta
        clc
        adc negative
        bpl :+
        lda delta
        eor #$80
        sta delta
:       lda negative
        clc
        adc delta
        sta negative
        bcc @next_sum
        inc negative+1
        bne @next_sum
        inc total+2             ; too large
@next_sum:
        clc
        lda further_lo-1,x
        adc delta
        sta further_lo-1,x
        bcc :+
        inc further_hi-1,x
:       dex
        bne @next_sum
        rts

; subsets_init - once: no page is chosen
; In: -   Out: -   Uses: A
subsets_init:
        lda #$FF
        sta made_page
        rts

; turn_page - let the loop write to a group's page
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

        .repeat RUN, I
.ident (.sprintf ("run_lo_%d", I)) = .ident (.sprintf ("run_code_lo_%d", I)) + 1
.ident (.sprintf ("run_hi_%d", I)) = .ident (.sprintf ("run_code_hi_%d", I)) + 1
.ident (.sprintf ("further_lo_%d", I)) = further_lo + I
.ident (.sprintf ("further_hi_%d", I)) = further_hi + I
        .endrepeat

.macro  load_input number, base         ; term := the next input; base -= term if it is negative
        .local  minus, loaded
        lda (input_lo),y
        sta term_lo+number
        lda (input_hi),y
        sta term_hi+number
        bmi minus
        ora magnitude
        sta magnitude
        jmp loaded
minus:  eor #$FF
        ora magnitude
        sta magnitude
        sec
        lda base
        sbc term_lo+number
        sta base
        lda base+1
        sbc term_hi+number
        sta base+1
loaded: iny
.endmacro

.macro  add_sums sum, from, to, number  ; sum[to] := sum[from] + term
        clc
        lda .ident (.sprintf ("%s_lo_%d", sum, from))
        adc term_lo+number
        sta .ident (.sprintf ("%s_lo_%d", sum, to))
        lda .ident (.sprintf ("%s_hi_%d", sum, from))
        adc term_hi+number
        sta .ident (.sprintf ("%s_hi_%d", sum, to))
.endmacro

.macro  count_negative base             ; negative += base
        .local  counted
        clc
        lda negative
        adc base
        sta negative
        lda negative+1
        adc base+1
        sta negative+1
        bcc counted
        inc total+2             ; too large
counted:
.endmacro

; run_i = sum of the group's first inputs j over the bits set in i, plus their base
; In: X = group   Out: run, negative, Y = the next input   Uses: A   Cycles: 600
low_sums:
        lda #$00
        sta base
        sta base+1
.if SMALLEST_GROUP < LOW_INPUTS
        .repeat LOW_INPUTS, J
        sta term_lo+J
        sta term_hi+J
        .endrepeat
        clc
        lda group_first,x
        adc group_low,x
        sta further             ; here the first input that is none of them
.endif
        ldy group_first,x
        .repeat LOW_INPUTS, J
        load_input J, base
.if SMALLEST_GROUP < LOW_INPUTS
        cpy further
        bne :+
        jmp low_loaded
:
.endif
        .endrepeat
low_loaded:
        lda base
        sta run_lo_0
        lda base+1
        sta run_hi_0
        .repeat 1, I
        add_sums "run", I, I+1, 0
        .endrepeat
        .repeat 2, I
        add_sums "run", I, I+2, 1
        .endrepeat
        .repeat 4, I
        add_sums "run", I, I+4, 2
        .endrepeat
        .repeat 8, I
        add_sums "run", I, I+8, 3
        .endrepeat
        count_negative base
        rts

; further_a = the same of the group's further inputs, up to four
; In: X = group, Y = input   Out: further, high_sums, negative   Uses: A, X, Y   Cycles: 30 an input, 25 a sum
further_sums:
        lda #$00
        sta base
        sta base+1
        sta further_lo
        sta further_hi
        lda #$01
        sta high_sums
        lda group_high,x
        sta further
        bne :+
        rts
:       tax
        .repeat LOW_INPUTS, J
        load_input J, base
  .if J < LOW_INPUTS - 1
        dex
        bne :+
        jmp further_loaded
:
  .endif
        .endrepeat
further_loaded:
        lda base
        sta further_lo
        lda base+1
        sta further_hi
        count_negative base
        ldx further
        .repeat 1, I
        add_sums "further", I, I+1, 0
        .endrepeat
        asl high_sums
        dex
        beq further_summed
        .repeat 2, I
        add_sums "further", I, I+2, 1
        .endrepeat
        asl high_sums
        dex
        beq further_summed
        .repeat 4, I
        add_sums "further", I, I+4, 2
        .endrepeat
        asl high_sums
        dex
        bne :+
further_summed:
        rts
:       .repeat 8, I
        add_sums "further", I, I+8, 3
        .endrepeat
        asl high_sums
        rts

; The table: further_a + run_b at index 16 * a + b. The run's sums stand in the code.
; In: group, made_page   Out: high = the last of further   Uses: A, X, Y
write_table:
        ldx group
        lda group_table,x
        tax
        ldy #$00
        clc
next_run:
        lda further_lo,y
        sta high_lo
        lda further_hi,y
        sta high_hi
        .repeat RUN, I          ; sums of two non-negative numbers: C stays clear
.ident (.sprintf ("run_code_lo_%d", I)):
        lda #$FF
        adc high_lo
.ident (.sprintf ("run_entry_lo_%d", I)):
        sta subset_lo+I,x
.ident (.sprintf ("run_code_hi_%d", I)):
        lda #$FF
        adc high_hi
.ident (.sprintf ("run_entry_hi_%d", I)):
        sta subset_hi+I,x
        .endrepeat
        iny
        cpy high_sums
        bcs written
        txa
        adc #RUN
        tax
        jmp next_run            ; C = 0: a table ends within its page
written:
        rts
