; planes.s - rows of weights times the tables of subset sums: the code that the engine spends its time in
;
; A row of k bits is a byte a group in each of its planes t = k-1 (the lowest bit) .. 0 (the sign): the index of the
; subset of the group's inputs whose weights have that bit. Planes are summed from the lowest up, halving in between:
;   sum := negative + bias_low; for t = k-1 .. 0: sum := floor(sum / 2) + the groups' entries
; Floors nest, so 16 bits suffice, and sum - total + bias_high = floor((w * x + bias) / 2^(k-1)).
; The code is unrolled over planes and groups, a `body` for each way that inputs are grouped. Rows of fewer bits enter
; later. A product writes the addresses of its planes into the code (`aim`).

.include "engine.inc"
.include "planes.inc"

.export rows_plain, rows_biased, finish_plain, finish_biased, finish_plain_17, finish_biased_17, bias_low_at_17
.export bias_high_at_17, shift_none
.export row_entry, bias_fraction, bias_low_at, bias_high_at, row_shift, row_order, row_out_lo, row_out_hi, row_next
.export aim_hi, aim_lo, entries_hi, entries_lo, finish_hi, finish_lo, shifts_hi, shifts_lo
.exportzp cursor, plane_rows, row_end, sum_hi, sum_lo, sum_top
.import rows_too_large, subset_lo, subset_hi
.importzp negative, total

SIGN = $80
SHIFTS_RIGHT = 16
SHIFT_STEP = 5          ; bytes of code a bit

.segment "ZPROWS": zeropage
sum_lo:         .res 1
sum_hi:         .res 1
sum_top:        .res 1          ; 17th bit
fraction:       .res 1          ; bits dropped by the last halvings, the latest on top
row_end:        .res 1          ; the row behind the last
cursor:         .res 2          ; address of the first plane
stream:         .res 1          ; rows of a plane
plane_rows:     .res PLANES     ; by plane t: how many rows have it

.code

; aim - write the planes' addresses into the code
; In: cursor (address of the first plane), plane_rows   Out: -   Uses: A, X, Y   Cycles: 15 a plane and group
.macro  aim_rows name, groups
        lda cursor
        ldx cursor+1
        clc
        .repeat PLANES, I
        ldy plane_rows+PLANES-1-I
        bne :+
        jmp .ident (.sprintf ("%s_aimed_%d", name, I))
:       sty stream
          .repeat groups, G
        sta .ident (.sprintf ("%s_%d_%d", name, PLANES-1-I, G)) + 1
        stx .ident (.sprintf ("%s_%d_%d", name, PLANES-1-I, G)) + 2
        adc stream
        bcc :+
        inx
        clc
:
          .endrepeat
.ident (.sprintf ("%s_aimed_%d", name, I)):
        .endrepeat
        rts
.endmacro

.macro  body name, groups, top
        sum_planes name, PLANES, groups, FRACTION, top
.ident (.sprintf ("%s_finish", name)):
        jmp $FFFF
.endmacro

.macro  difference                      ; A, sum_lo := sum - total
        tay
        sec
        lda sum_lo
        sbc total
        sta sum_lo
        tya
        sbc total+1
.endmacro

.macro  difference_17                   ; Y, sum_lo := sum - total if that is an int16
        difference
        tay
        lda sum_top
        sbc #$00
        sty sum_top
        eor sum_top             ; bit 7: the signs differ
        bmi too_large
        lda #$00
        sta sum_top
.endmacro

; rows_plain, rows_biased - rows X .. row_end - 1 of a class of rows of equal bits, without and with a bias
; y_order[i] = (sum - total + bias_high) >> shift
; In: X = row, row_end, negative, total; written into the code: row_entry, bias_*, row_shift, row_order, row_out_*,
;   row_next, the planes   Out: y, X = row_end   Uses: A, Y   Cycles: 115 a plane of 5 groups, 75 a row
rows_biased:
        lda negative+1
        sta sum_hi
        clc
        lda negative
bias_fraction:
        adc $FFFF,x
        bcc row_entry
        inc sum_hi
        clc
        bcc row_entry           ; always
rows_plain:
        lda negative+1
        sta sum_hi
        lda negative
        clc
row_entry:
        jmp $FFFF

        body "BODY0", GROUPS_0, TOP_0
.if BODIES > 1
        body "BODY1", GROUPS_1, TOP_1
.endif
.if BODIES > 2
        body "BODY2", GROUPS_2, TOP_2
.endif

finish_biased_17:
        difference_17
        clc
        lda sum_lo
bias_low_at_17:
        adc $FFFF,x
        sta sum_lo
        tya
bias_high_at_17:
        adc $FFFF,x
        bvc row_shift
too_large:                      ; all over again, in 24 bits
        pla
        pla
        jmp rows_too_large
finish_plain_17:
        difference_17
        tya
        jmp row_shift

finish_biased:
        difference
        tay
        clc
        lda sum_lo
bias_low_at:
        adc $FFFF,x
        sta sum_lo
        tya
bias_high_at:
        adc $FFFF,x
        jmp row_shift
finish_plain:
        difference
row_shift:
        jmp $FFFF

.if FRACTION > 0
        .repeat FRACTION, I     ; left, with the bits that were dropped
.ident (.sprintf ("shift_left_%d", FRACTION - I)):
        .scope
        asl fraction
        rol sum_lo
        rol
        bcs was_negative
        bpl doubled
        ldy #$FF                ; $7FFF
        lda #$7F
        bne clip                ; always
was_negative:
        bmi doubled
        ldy #$00                ; $8000
        lda #SIGN
clip:   sty sum_lo
        jmp shift_none
doubled:
        .endscope
        .endrepeat
        jmp shift_none
.endif
        .repeat SHIFTS_RIGHT    ; right; SHIFT_STEP bytes a bit
        cmp #SIGN
        ror
        ror sum_lo
        .endrepeat
shift_none:
row_order:
        ldy $FFFF,x
row_out_hi:
        sta $FFFF,y
        lda sum_lo
row_out_lo:
        sta $FFFF,y
        inx
        cpx row_end
        beq :+
row_next:
        jmp $FFFF
:       rts

aim_0:  aim_rows "BODY0", GROUPS_0
.if BODIES > 1
aim_1:  aim_rows "BODY1", GROUPS_1
.endif
.if BODIES > 2
aim_2:  aim_rows "BODY2", GROUPS_2
.endif

.rodata

.macro  entry_table part                ; where rows of t + 1 bits enter a body
        .repeat BODIES, B
          .repeat PLANES, T
        .byte part .ident (.sprintf ("BODY%d_plane_%d", B, T))
          .endrepeat
        .endrepeat
.endmacro

entries_lo:     entry_table <
entries_hi:     entry_table >

.macro  body_table part, name, offset
        .repeat BODIES, B
        .byte part (.ident (.sprintf (name, B)) + offset)
        .endrepeat
.endmacro

finish_lo:      body_table <, "BODY%d_finish", 1
finish_hi:      body_table >, "BODY%d_finish", 1
aim_lo:         body_table <, "aim_%d", 0
aim_hi:         body_table >, "aim_%d", 0

.macro  shift_table part                ; by shift + FRACTION
        .repeat FRACTION, I
        .byte part .ident (.sprintf ("shift_left_%d", FRACTION - I))
        .endrepeat
        .repeat SHIFTS_RIGHT + 1, I
        .byte part (shift_none - I * SHIFT_STEP)
        .endrepeat
.endmacro

shifts_lo:      shift_table <
shifts_hi:      shift_table >
