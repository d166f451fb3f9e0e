; planes.s - rows of weights times the tables of subset sums: the code that the engine spends its time in
;
; A row of k bits is a byte a group in each of its planes t = k-1 (the lowest bit) .. 0 (the sign): the index of the
; subset of the group's inputs whose weights have that bit. Planes are summed from the lowest up, halving in between:
;   sum := negative + bias_low + 1; for t = k-1 .. 0: sum := ceil(sum / 2) + the groups' entries
; Ceilings nest as floors do, and floor(v / 2^n) = ceil((v + 1) / 2^n) - 1. So 16 bits suffice, and
;   sum - (total + 1) + bias_high = floor((w * x + bias) / 2^(k-1))
; total + 1 is a multiple of 256 or one less: the clc before the last group's low byte becomes a sec then, and only
; the high byte is left to be subtracted.
;
; The code is unrolled over planes and groups, a `body` for each way that inputs are grouped. Rows of fewer bits enter
; later. Behind a body's planes stands a `row_frame` that ends a row and begins the next. A product writes the
; addresses of its planes into the code (`aim`), and into the frame what is the same for all its rows.
;
; Where a row's inputs are too many for one set of tables, they come in chunks: the sum of a chunk is the bias of the
; next one. It must not lose a bit then, and is halved by floors. The last chunk's planes may be those of another body.

.include "engine.inc"
.include "planes.inc"

.export add_bias, bias_high_at, bias_low_at, bias_round, keep, keep_bits, row_shift, rows, store_high, store_low
.export store_next, store_order, bits_kept
.export aim_hi, aim_lo, entries_hi, entries_lo, frames_hi, frames_lo, last_lows, shifts_hi, shifts_lo
.exportzp cursor, frame, plane_rows, row_end, sum_hi, sum_lo, sum_top
.if CHUNKS > 1
.export partial
.endif
.import floors, rows_too_large, subset_lo, subset_hi

SIGN = $80
SHIFTS_RIGHT = 16
SHIFT_STEP = 5          ; bytes of code a bit

.segment "ZPROWS": zeropage
sum_lo:         .res 1
sum_hi:         .res 1
sum_top:        .res 1
fraction:       .res 2          ; bits dropped by the last halvings
row_end:        .res 1          ; the row behind the last
cursor:         .res 2          ; address of the first plane
plane_rows:     .res PLANES     ; by plane t: how many rows have it
stream = sum_lo                 ; rows of a plane

.zeropage
frame:          .res 2          ; address of the body's frame

.if CHUNKS > 1
vectors_segment
partial:        .res 3 * WIDTH  ; sums of the chunks before, as biases are stored: bits below, low bytes, high bytes
.endif

.code

; aim - write the planes' addresses into the code
; In: cursor (address of the first plane), plane_rows   Out: A, X = low and high byte of what lies behind the last one
; Uses: Y
; Cycles: 15 a plane and group
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

.macro  body name, groups, chunks
        .if chunks > 1
        sum_planes name, PLANES, groups, FLOORS, PLANES - 1, 1
        .else
        sum_planes name, PLANES, groups, CEILINGS, FRACTION, 1
        .endif
.ident (.sprintf ("%s_frame", name)):
        row_frame
.endmacro

; rows - rows X .. of a class of rows of equal bits: y_order[i] = (sum - total + bias_high) >> shift
; In: X = row, C = 0; written into the code: all that is $FFFF there, see `word_block`
; Out: y, X = the row behind the last   Uses: A, Y
; Cycles: 113 a plane of 5 groups, 90 of 4; 41 a row, 55 where it is added to a bias
rows:
        jmp $FFFF

        body "BODY0", GROUPS_0, CHUNKS_0
.if BODIES > 1
        body "BODY1", GROUPS_1, CHUNKS_1
.endif
.if BODIES > 2
        body "BODY2", GROUPS_2, CHUNKS_2
.endif

; add_bias - the end of a row that has a bias
; In: A, sum_lo = the row's sum, less total (+ 1)   Out: as `row_shift` wants it
add_bias:
        sta sum_hi
bias_round:
        clc                     ; or sec: after floors
        lda sum_lo
bias_low_at:
        adc $FFFF,x
        sta sum_lo
        lda sum_hi
bias_high_at:
        adc $FFFF,x
        bvs too_large
row_shift:
        jmp $FFFF
too_large:                      ; all over again, in 24 bits
        pla
        pla
        jmp rows_too_large

; keep - the end of a row of a chunk that is not the last
.if CHUNKS > 1
keep:
        sta partial+2*WIDTH,x
        lda sum_lo
        sta partial+WIDTH,x
        lda fraction
keep_bits:
        jmp $FFFF
        .repeat PLANES
        lsr
        .endrepeat
bits_kept:
        sta partial,x
        jmp store_next
.else
keep = row_shift
keep_bits = row_shift
bits_kept = row_shift
.endif

.if FRACTION > 0
        .repeat FRACTION, I     ; left, with the bits that were dropped
.ident (.sprintf ("left_%d", FRACTION - I)):
        jsr take_fraction
        jmp .ident (.sprintf ("shift_left_%d", FRACTION - I))
        .endrepeat
        .repeat FRACTION, I
.ident (.sprintf ("shift_left_%d", FRACTION - I)):
        .scope
        asl fraction
        rol sum_lo
        rol
        bcs was_negative
        bpl doubled
        ldy #$FF                ; $7FFF
        lda #SIGN-1
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

; fraction := the bits that ceilings dropped, as floors would, the latest on top; A is kept
take_fraction:
        ldy floors
        bne :+
        tay
        lda fraction+1
        lsr                     ; C = the bit before the last
        lda fraction
        ror
        ror
        eor #$FF
        sta fraction
        tya
:       rts
.endif
        .repeat SHIFTS_RIGHT    ; right; SHIFT_STEP bytes a bit
        cmp #SIGN
        ror
        ror sum_lo
        .endrepeat
shift_none:
store_order:
        ldy $FFFF,x
store_high:
        sta $FFFF,y
        lda sum_lo
store_low:
        sta $FFFF,y
store_next:
        jmp $FFFF

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

.macro  body_table part, name
        .repeat BODIES, B
        .byte part (.ident (.sprintf (name, B)))
        .endrepeat
.endmacro

frames_lo:      body_table <, "BODY%d_frame"
frames_hi:      body_table >, "BODY%d_frame"
aim_lo:         body_table <, "aim_%d"
aim_hi:         body_table >, "aim_%d"

; How far before its frame a body's clc stands: `adc`, `sta`, `lda` and, where the high byte comes last, another `adc`
last_lows:
        .repeat BODIES, B
        .byte 8 + 3 * (.ident (.sprintf ("GROUPS_%d", B)) .mod 2)
        .endrepeat

.macro  shift_table part                ; by shift + FRACTION
        .repeat FRACTION, I
        .byte part .ident (.sprintf ("left_%d", FRACTION - I))
        .endrepeat
        .repeat SHIFTS_RIGHT + 1, I
        .byte part (shift_none - I * SHIFT_STEP)
        .endrepeat
.endmacro

shifts_lo:      shift_table <
shifts_hi:      shift_table >
