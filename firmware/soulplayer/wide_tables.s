; wide_tables.s - the tables of the sums of every subset of a product's inputs, in 24 bits: as in subsets.s, but plainly

.include "engine.inc"

.export point_entries, wide_tables
.exportzp entry_hi, entry_lo, entry_top
.import abandon, engine_poll
.import first_group, group_first, group_high, group_low, group_page, group_table, last_group
.import subset_hi, subset_lo, subset_top
.importzp input_hi, input_lo, negative, total

.segment "ZPWIDE": zeropage
entry_lo:       .res 2          ; address of a group's table: low bytes,
entry_hi:       .res 2          ; middle bytes,
entry_top:      .res 2          ; and top bytes

.bss
term:           .res 3          ; an input
base:           .res 3          ; what is added so that no entry of a group is negative
group:          .res 1
input:          .res 1          ; index of an input
inputs_left:    .res 1
subsets:        .res 1          ; entries made
subset:         .res 1          ; one of them

.code

; wide_tables - the tables of all groups, in 24 bits
; In: input (address of x), first_group, last_group   Out: tables, negative, total   Uses: A, X, Y
; Cycles: 75 an entry, 90 an input
wide_tables:
        lda #$00
        .repeat 3, I
        sta negative+I
        sta total+I
        .endrepeat
        ldx first_group
@next_group:
        stx group
        jsr group_base
        jsr fill_table
        jsr engine_poll
        bcs stop
        ldx group
        inx
        cpx last_group
        bne @next_group
        clc
        .repeat 3, I
        lda total+I
        adc negative+I
        sta total+I
        .endrepeat
        rts
stop:
        jmp abandon

; inputs_left, input of the group
all_inputs:
        ldx group
        clc
        lda group_low,x
        adc group_high,x
        sta inputs_left
        lda group_first,x
        sta input
        rts

; term := the next input, 24 bits; N = its sign
next_term:
        ldy input
        inc input
        lda (input_lo),y
        sta term
        ldx #$00
        lda (input_hi),y
        sta term+1
        bpl :+
        dex
:       stx term+2
        txa
        rts

; base = sum of |x_j| over the group's x_j < 0; negative += base
group_base:
        lda #$00
        .repeat 3, I
        sta base+I
        .endrepeat
        jsr all_inputs
@next_input:
        jsr next_term
        bpl @positive
        sec
        .repeat 3, I
        lda base+I
        sbc term+I
        sta base+I
        .endrepeat
@positive:
        dec inputs_left
        bne @next_input
        clc
        .repeat 3, I
        lda negative+I
        adc base+I
        sta negative+I
        .endrepeat
        rts

; point_entries - the address of a group's table
; In: X = group   Out: entry   Uses: A   Cycles: 40
point_entries:
        lda group_table,x
        sta entry_lo
        sta entry_hi
        sta entry_top
        clc
        lda group_page,x
        adc #>subset_lo
        sta entry_lo+1
        adc #>subset_hi - >subset_lo
        sta entry_hi+1
        adc #>subset_top - >subset_hi
        sta entry_top+1
        rts

; The group's table: an input doubles it. total += its last entry
fill_table:
        ldx group
        jsr point_entries
        ldy #$00
        lda base
        sta (entry_lo),y
        lda base+1
        sta (entry_hi),y
        lda base+2
        sta (entry_top),y
        lda #$01
        sta subsets
        jsr all_inputs
@next_input:
        jsr next_term
        ldx subsets
        ldy #$00
@next_subset:
        sty subset
        clc
        lda (entry_lo),y
        adc term
        pha
        lda (entry_hi),y
        adc term+1
        pha
        lda (entry_top),y
        adc term+2
        pha
        txa
        tay
        pla
        sta (entry_top),y
        pla
        sta (entry_hi),y
        pla
        sta (entry_lo),y
        inx
        ldy subset
        iny
        cpy subsets
        bne @next_subset
        asl subsets
        dec inputs_left
        bne @next_input
        ldy subsets
        dey
        clc
        lda (entry_lo),y
        adc total
        sta total
        lda (entry_hi),y
        adc total+1
        sta total+1
        lda (entry_top),y
        adc total+2
        sta total+2
        rts
